"""When the conversation may explain a message, and when it must not.

"Is that common?" says nothing without the answer before it. The rule is narrow on
purpose: a wrong guess here looks like an answer to a question nobody asked.

1. A message with words of its own that is clear by itself is read by itself.
2. A short message that points back and is not clear by itself may be read together
   with the question that was answered last.
   Where that is not clear either, but the nearest answer is one of the last answer's
   follow-ups, it is meant. What goes on with the last question ("and below six months?")
   and means nothing else asks more of the same answer.
3. A bare message, without one word of its own, is never read by itself. After an answer
   it leads to one of that answer's follow-ups, where one fits clearly better than the
   others; else to what it means together with that answer's question; else to the nearest
   answer of the same group. Where nothing of this fits, it asks more of the same answer,
   which is given again, with a word that there is no more. Without an answer before it,
   a bare message gets suggestions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

import msgspec

from bot.understanding.ranking import FAQ, Ranked

# Where a follow-up fits this many times better than the next, it is the one that is meant.
CLEARLY_BETTER = 2.0
# What a message can mean at all is among its so many best answers.
IN_REACH = 5
LONGEST = 9  # words
_POINTS_BACK = re.compile(
    r"\b(?:that|it|this|those|these|them|they|one|same|so|either|then|too)\b"
    r"|^(?:and|but|what about|how about|what if|or|why|how (?:long|common|often|bad|come|much)"
    r"|for how long|when|is|are|does|do|should|can|will|even|also|with|for|in|on)\b",
    re.IGNORECASE,
)
# Words that begin a question which goes on with the last one: "and below six months?".
_GOES_ON = re.compile(
    r"^(?:(?:ok|okay|so|oh|hm+)\s+)*(?:and|even|not even|what about|how about|what if|or|but|also"
    r"|does (?:it|that|this)|is (?:it|that|this)|which one|how (?:much|many|often|long)"
    r"|in|on|for|with|at)\b|\b(?:too|either|as well|though|tho)\W*$",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\b(?:what|why|when|how|is|are|does|do|did|can|will|should|would|could)\b")
_EMPTY_WORDS = frozenset(
    # who, what and when, without saying it
    "i me my we us you your it its that this these those they them there here one same "
    "he she him her his thing things "
    # question and helping words
    "what whats why when how is isnt are was were be been being do does doesnt did can could "
    "will would should shall may might must have has had get gets go goes come comes "
    # joints
    "and but or so then now too also either if in on at to of for from with about as than the a "
    "an not no ok okay well just even still ever again really very much more most all any some "
    # what can be said of anything
    "common normal usual rare often long bad serious dangerous safe last lasts lasting happen "
    "happens away mean means help worse better exactly normally usually "
    # how many of whom, how long, and what it is like
    "people person everyone anyone everybody others many day days week weeks month months "
    "like look looks".split()
)
# After an answer these say no more than "that" does: "what about three weeks", "why tho".
_TIME_WORDS = frozenset(
    "start starts started begin begins stay stays still after before though tho hour hours year "
    "years one two three four five six seven eight nine ten".split()
)
# "Is it the Dupixent?" names the drug and asks of something else.
_DRUG_WORDS = frozenset(
    "dupixent dupilumab dupi shot shots injection injections jab jabs drug medicine medication "
    "med meds treatment both either".split()
)
_ASKS_OF_DRUG = re.compile(
    r"^(?:(?:and|so|but|or)\s+)?(?:is|are|was|were|could|can|would|might|may)\s+"
    r"(?:it|this|that|these|those|both|either|they|all)\b"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def bare(text: str, after_answer: bool = False) -> bool:
    """Whether the text asks something, but without one word that says of what.

    Args:
        text: the message.
        after_answer: whether an answer has just been given, to which words of time belong.
    """
    words = [word.replace("'", "").replace("’", "") for word in _WORD.findall(text.lower())]
    if not 0 < len(words) <= LONGEST or not _ASKS.search(text.lower()):
        return False
    empty = _EMPTY_WORDS | _DRUG_WORDS if _ASKS_OF_DRUG.match(text.lower()) else _EMPTY_WORDS
    if after_answer:
        empty |= _TIME_WORDS
    return all(word in empty for word in words)


def points_back(text: str) -> bool:
    """Whether the text is short and leans on what was said before."""
    words = text.split()
    return 0 < len(words) <= LONGEST and bool(_POINTS_BACK.search(text))


def in_context(text: str, topic_question: str) -> str:
    """The text as it reads right after an answer to `topic_question`."""
    return f"{topic_question} {text}"


class LastAnswer(msgspec.Struct, frozen=True):
    """The answer that the conversation has just had, and its follow-ups.

    `akin` says of another answer's id whether it is of the same group.
    """

    faq_id: str
    follow_ups: Collection[str] = ()
    akin: Callable[[str], bool] = lambda faq_id: False


def explained(
    text: str, whole: Ranked, together: Ranked, last: LastAnswer, threshold: float
) -> Ranked | None:
    """The meaning of an unclear message (rule 2), or None; led by the last answer where the
    message goes on with its question and means nothing else.

    Args:
        text: the message.
        whole: the message by itself.
        together: the message after the question that was answered last.
        last: the answer to that question.
        threshold: the confidence from which on a meaning is clear.
    """
    if together.faq_id not in (None, last.faq_id) and together.confidence >= threshold:
        return together
    # The topic's own words pull towards the topic; what the new words add decides.
    alone, moved = dict(whole.ranking), dict(together.ranking)
    others = [FAQ + faq_id for faq_id in together.faq_ids if faq_id != last.faq_id][:IN_REACH]
    shares = {intent: moved[intent] + alone.get(intent, 0) for intent in others}
    intent = max(shares, key=lambda name: shares[name], default=None)
    if intent is not None and shares[intent] >= threshold:
        return together.led_by(intent, min(1.0, shares[intent]))
    nearest = whole.faq_ids[0]
    if whole.confidence >= threshold:
        return None
    if nearest in last.follow_ups:
        return together.led_by(FAQ + nearest, threshold)
    if whole.faq_id and (nearest == last.faq_id or _GOES_ON.search(text)):
        return together.led_by(FAQ + last.faq_id, threshold)
    return None


def bare_meaning(
    whole: Ranked, together: Ranked | None, last: LastAnswer, threshold: float
) -> Ranked:
    """The meaning of a bare message (rule 3): led by the last answer where it asks for more.

    Args: as for `explained`; `together` is None where the message does not point back.
    """
    shares = dict(whole.ranking)
    fitting = [faq_id for faq_id in whole.faq_ids if faq_id in last.follow_ups]
    first, second = [*(shares[FAQ + faq_id] for faq_id in fitting), 0.0, 0.0][:2]
    if fitting and fitting[0] in whole.faq_ids[:IN_REACH] and first >= CLEARLY_BETTER * second:
        return whole.led_by(FAQ + fitting[0], max(threshold, first))
    if together and together.faq_id not in (None, last.faq_id) and together.confidence >= threshold:
        return together
    nearest = whole.faq_ids[0]
    if last.akin(nearest) and whole.confidence >= threshold:
        return whole.led_by(FAQ + nearest, whole.confidence)
    return whole.led_by(FAQ + last.faq_id, threshold)
