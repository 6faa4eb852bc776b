"""When the conversation may explain a message, and when it must not.

"Is that common?" says nothing without the answer before it. The rule is narrow on
purpose: a wrong guess here looks like an answer to a question nobody asked.

1. A message with words of its own that is clear by itself is read by itself.
2. A short message that points back and is not clear by itself may be read together
   with the question that was answered last.
3. A bare message, without one word of its own, is never read by itself. After an answer
   it may lead to one of that answer's follow-ups, where one fits clearly better than
   the others; without an answer before it, it gets suggestions.
"""

from __future__ import annotations

import re

LONGEST = 9  # words
_POINTS_BACK = re.compile(
    r"\b(?:that|it|this|those|these|them|they|one|same|so|either|then|too)\b"
    r"|^(?:and|but|what about|how about|what if|or|why|how (?:long|common|often|bad|come|much)"
    r"|for how long|when|is|are|does|do|should|can|will|even|also|with|for|in|on)\b",
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
    "happens away mean means help worse better exactly".split()
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def bare(text: str) -> bool:
    """Whether the text asks something, but without one word that says of what."""
    words = [word.replace("'", "").replace("’", "") for word in _WORD.findall(text.lower())]
    if not 0 < len(words) <= LONGEST or not _ASKS.search(text.lower()):
        return False
    return all(word in _EMPTY_WORDS for word in words)


def points_back(text: str) -> bool:
    """Whether the text is short and leans on what was said before."""
    words = text.split()
    return 0 < len(words) <= LONGEST and bool(_POINTS_BACK.search(text))


def in_context(text: str, topic_question: str) -> str:
    """The text as it reads right after an answer to `topic_question`."""
    return f"{topic_question} {text}"
