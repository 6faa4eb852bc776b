"""How a message was read: what was understood, what the safety screen found, what wins.

The order is fixed. A red flag that needs one question; then emergency, then same day;
then the guided check's open question; then the answer; then routine contact. A call that
the patient was told to make a moment ago stands: it is said again beside whatever comes
next, and nothing less urgent takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from bot.engine.conversation import TAKEN_BACK, TOLD_MORE, Context, Standing
from bot.knowledge import FAQ_PREFIX, AnswerStore, OtherMedicines
from bot.safety import LEVELS, Finding, GuidedCheck, Level, Replies, SafetyScreen, Screening
from bot.safety.advice import NOT_ASKED
from bot.safety.model import highest
from bot.understanding import (
    CAN_IT_WAIT,
    SUGGESTIONS,
    TOLD_FIRST,
    VERY_CLEAR,
    WHAT_SHOULD_I_DO,
    Understood,
)
from bot.understanding.parts import asks, goes_on, tells

ESCALATE = {
    "emergency": "escalate_emergency",
    "same_day": "escalate_same_day",
    "routine": "escalate_routine",
}
CONFIRM = "confirm_red_flag"
# Inside the guided check these are still what they are.
_HEARD_INSIDE_CHECK = {"stop", "speak_to_a_person", "goodbye"}
# Neither a reply to the open question nor one of its own: "yes", "should I worry?".
_GOES_ON_WITH_CHECK = {"affirm", "good_news", CAN_IT_WAIT, TOLD_FIRST, WHAT_SHOULD_I_DO}
# What is not understood right after an emergency is no occasion for suggestions.
_MISSED = {"nlu_fallback", "out_of_scope"}
# What else after an emergency gets the call and nothing beside it; of the rest (the clinic's
# hours, its number, a person) the reply follows the call.
_TALK = {
    "affirm", "are_you_sure", "complaint", "deny", "goodbye", "greeting", "none_of_these",
    "good_news", "in_short", "more_questions", "restart", "thanks", TOLD_FIRST,
    "what_can_you_do",
}  # fmt: skip
# A piece of what is told over several messages has at most so many words, and is no question
# that is clear by itself. The number is a guess, not measured.
LONGEST_PIECE = 10
# Emergencies for which somebody else than 911 is called first.
_OTHER_CALLS = {"crisis", "poisoning", "taken", "guessed"}
# What says nothing about "is this happening right now?", which is then asked again.
_NO_REPLY = {*_MISSED, "deny", "none_of_these", CAN_IT_WAIT, TOLD_FIRST, WHAT_SHOULD_I_DO}


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """All that the reply to one message depends on; stored with the message in the tracker.

    `intent` is `faq/<id>`, one of the other intents, or `nlu_fallback`. `faq_id` and
    `also` are the answers that would be given now; `suggested` what would be offered
    instead. `level` is the triage level, `asked` the level of a red flag that the
    patient only asks about. `again` says that `faq_id` was given a moment ago.
    `held` are the answers that wait while a red flag is asked about. `standing` is the call
    that the patient was told to make a moment ago and that is said again with the reply.
    `raises` says that the message, or one before it in the same guided check, names a baby,
    pregnancy or weak immunity. `check_answers` are replies to the guided check's questions;
    None takes an earlier one back.
    """

    intent: str
    faq_id: str | None = None
    also: tuple[str, ...] = ()
    confidence: float = 0.0
    ranking: tuple[tuple[str, float], ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()
    suggested: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    again: bool = False
    level: Level = "none"
    findings: tuple[Finding, ...] = ()
    asked: Level = "none"
    held: tuple[str, ...] = ()
    standing: Standing | None = None
    raises: bool = False
    screen_failed: bool = False
    check_answers: dict[str, str | None] = {}


def first_reading(
    understood: Understood, answers: AnswerStore, others: OtherMedicines, text: str
) -> Reading:
    """What the classifier understood, less the answers that may not be shown now.

    Args:
        understood: what the classifier made of the message.
        answers: the answers that are published.
        others: the medicines of which they say nothing.
        text: the message.
    """
    said = f"{text} {understood.repaired}"
    unclear = understood.intent in (TOLD_FIRST, "nlu_fallback")
    if others.forbids(said, understood.faq_ids) or (unclear and others.named_alone(said)):
        understood = understood.declined("is about another medicine")
    shown = [faq_id for faq_id in understood.faq_ids if answers.get(faq_id) is not None]
    intent = understood.intent
    reasons = tuple(understood.reasons)
    suggested = understood.suggested
    if intent.startswith(FAQ_PREFIX) and not shown:
        intent = "nlu_fallback"
        suggested = tuple(faq_id for faq_id, _ in understood.alternatives)
        reasons += (f"{understood.faq_id} is not published",)
    elif shown:
        intent = FAQ_PREFIX + shown[0]
    return Reading(
        intent=intent,
        faq_id=shown[0] if shown else None,
        also=tuple(shown[1:]),
        confidence=round(float(understood.confidence), 4),
        ranking=tuple((name, round(float(score), 4)) for name, score in understood.ranking[:10]),
        alternatives=tuple(
            (faq_id, round(float(score), 4))
            for faq_id, score in understood.alternatives[:10]
            if answers.get(faq_id) is not None
        ),
        suggested=tuple(
            faq_id
            for faq_id in suggested
            if answers.get(faq_id) is not None and not others.forbids(said, (faq_id,))
        )[:SUGGESTIONS],
        reasons=reasons,
        again=understood.again,
    )


def final_reading(
    text: str,
    reading: Reading,
    screen: SafetyScreen,
    check: GuidedCheck,
    replies: Replies,
    context: Context,
) -> Reading:
    """Lets the safety screen have the last word on a first reading.

    Args:
        text: the raw message.
        reading: what the classifier made of it.
        screen: the safety screen.
        check: the guided check's questions.
        replies: the escalation texts, whose buttons are recognised.
        context: the conversation before this message.
    """
    screening = _heard(text, reading, screen, replies, context)
    reading = msgspec.structs.replace(
        reading,
        standing=context.standing,
        level=screening.level,
        findings=screening.findings,
        asked=screening.asked,
        raises=screening.raises or context.raised,
        screen_failed=screening.failed,
    )
    if context.confirming and (screening.level != "emergency" or screening.unsure):
        yes = replies.confirms(text)
        if yes or (yes is None and reading.intent == "affirm"):
            return _without_answer(reading, ESCALATE["emergency"], level="emergency")
        if screening.level == "same_day" and not screening.guessed:
            # What a rule hears beside the reply counts: "No. My eye hurts and light hurts it."
            return _settle(text, reading, screening, check, replies, context)
        if yes is None and replies.takes_back(text):
            yes = False
        if yes is None and reading.intent in _NO_REPLY:
            again = _without_answer(reading, CONFIRM, level="emergency")
            return msgspec.structs.replace(again, held=context.held)
        if yes is False:
            calm = _without_answer(reading, "red_flag_denied", level="none")
            first, *also = context.held or (None,)
            return msgspec.structs.replace(calm, faq_id=first, also=tuple(also))
    return _settle(text, reading, screening, check, replies, context)


def _heard(
    text: str, reading: Reading, screen: SafetyScreen, replies: Replies, context: Context
) -> Screening:
    """The message alone or, where that is more urgent, with the messages before it."""
    alone = screen.read(text)
    checking = context.asking is not None
    sure = alone.level == "emergency" and not alone.unsure and not (checking and alone.guessed)
    whole = _clear_question(text, reading) or len(text.split()) > LONGEST_PIECE or not context.said
    whole = whole or replies.takes_back(text)
    if sure or whole or (context.confirming and replies.confirms(text) is not None):
        return alone
    earlier = () if context.confirming else (said.level for said in context.said)
    # Replies to the guided check are fragments, which the second detector misreads.
    messages = [*(said.text for said in context.said), text]
    together = screen.read_together(messages, alone, rules_only=checking)
    sooner = is_sooner(together.level, highest([alone.level, *earlier]))
    # What this message only sounds like, the rules may hear in several.
    surer = alone.unsure or (checking and alone.guessed)
    surer = surer and not is_sooner(alone.level, together.level)
    # A doubt about messages that seem calm one by one is no reason to ask.
    if not (sooner or surer) or together.level in ("routine", "none") or together.unsure:
        return alone
    findings = tuple(
        msgspec.structs.replace(finding, span=text, start=0, end=len(text))
        for finding in together.findings
    )
    return msgspec.structs.replace(together, findings=findings)


def _settle(
    text: str,
    reading: Reading,
    screening: Screening,
    check: GuidedCheck,
    replies: Replies,
    context: Context,
) -> Reading:
    # Replies inside the guided check are fragments, which the second detector misreads; a
    # rule's finding, or a reply that says more than was asked, breaks in all the same.
    fragment = (
        context.asking is not None
        and screening.guessed
        and check.only_answers(context.asking, text)
    )
    standing = context.standing
    if screening.unsure and not fragment and standing and standing.level == "emergency":
        return _without_answer(reading, "after_escalation")  # It was told what to do already.
    if screening.unsure and not fragment:
        held = (reading.faq_id, *reading.also) if reading.faq_id else ()
        return msgspec.structs.replace(_without_answer(reading, CONFIRM), held=held)
    if standing and _only_more_of(standing, screening):
        return _without_answer(reading, "after_escalation")  # "I took two Benadryl"
    if screening.level == "emergency" and not fragment:
        return _without_answer(reading, ESCALATE["emergency"])
    if screening.failed:
        return _without_answer(reading, "screen_failed")
    if screening.level == "same_day" and not fragment:
        # The answer, if there is one, follows the escalation in the same reply.
        first, *also = _beside_a_call(text, reading, replies) or (None,)
        return msgspec.structs.replace(
            reading, intent=ESCALATE["same_day"], faq_id=first, also=tuple(also)
        )
    if fragment:
        reading = msgspec.structs.replace(reading, level="none", findings=())
    if context.asking is not None:
        reading = _in_check(text, reading, check, context.asking, context.unclear)
        return _no_more_questions(reading, check, context)
    nothing_now = screening.level == "none" and not asks(text) and replies.takes_back(text)
    if standing and nothing_now and "crisis" not in standing.kinds:
        return _without_answer(reading, TAKEN_BACK)
    of_doses = reading.faq_id in replies.withheld_answers
    if standing and (of_doses or _is_about(standing, reading, screening)):
        return _without_answer(reading, "after_escalation")
    starts = reading.intent == "start_skin_check" and not check.is_denied(screening)
    if starts or (
        screening.level == "routine" and reading.faq_id is None and check.concerns(screening)
    ):
        # What an earlier check, left half-way, was told is no answer to this one.
        anew: dict[str, str | None] = {question.id: None for question in check.questions}
        known = anew | check.known_from(text)
        return _without_answer(reading, "start_skin_check", check_answers=known)
    if screening.level == "routine" and reading.faq_id is None:
        return _without_answer(reading, ESCALATE["routine"])
    tells_only = reading.intent in (TOLD_FIRST, "start_skin_check")
    tells_only = tells_only or _only_tells(text, reading, context)
    if screening.level == "none" and tells_only:
        told_before = context.topic or standing
        return _without_answer(reading, TOLD_MORE if told_before else TOLD_FIRST)
    if screening.level == "routine" and screening.guessed and asks(text):
        # "How much is it?" only sounds like trouble; the answer says when to call.
        return msgspec.structs.replace(reading, level="none")
    return reading


def _only_more_of(standing: Standing, screening: Screening) -> bool:
    """Whether an emergency that is only guessed is told after a call to 911 for the body.

    A guess says less than what was heard then: it must not put Poison Help in its place.
    """
    kinds = {finding.kind for finding in screening.findings if finding.level == "emergency"}
    return (
        standing.level == "emergency"
        and screening.level == "emergency"
        and screening.guessed
        and _OTHER_CALLS.isdisjoint(standing.kinds)
        and "crisis" not in kinds
    )


def _in_check(
    text: str, reading: Reading, check: GuidedCheck, asking: str, unclear: bool
) -> Reading:
    """A message inside the guided check that no red flag breaks into."""
    option = check.interpret(asking, text)
    if option is not None:
        return _without_answer(reading, "answer_check", check_answers={asking: option})
    if _clear_question(text, reading):
        return reading  # A question of its own; the open one is asked again after it.
    ahead = check.ahead(asking, text)
    if ahead:
        return _without_answer(reading, "answer_check", check_answers=ahead)
    if reading.intent in _HEARD_INSIDE_CHECK or (reading.faq_id and asks(text)):
        return reading
    if unclear:  # Not to be asked a third time.
        option = check.at_last(asking, text)
        return _without_answer(reading, "answer_check", check_answers={asking: option})
    goes_on = reading.intent in _GOES_ON_WITH_CHECK or check.denies_signs(text)
    return _without_answer(reading, "check_goes_on" if goes_on else "unclear_check_answer")


def _no_more_questions(reading: Reading, check: GuidedCheck, context: Context) -> Reading:
    """Ends the guided check where what is left to ask could change nothing."""
    given = {key: value for key, value in reading.check_answers.items() if value}
    known = {**context.checked, **given}
    if reading.intent != "answer_check" or not check.settled(known):
        return reading
    left = {q.id: NOT_ASKED for q in check.questions if q.id not in known}
    return msgspec.structs.replace(reading, check_answers={**left, **given})


def _only_tells(text: str, reading: Reading, context: Context) -> bool:
    """Whether a short message tells something, but asks nothing that has a clear answer."""
    if len(text.split()) > LONGEST_PIECE or asks(text) or "?" in text:
        return False
    missed = reading.intent in _MISSED
    unclear = reading.faq_id is not None and reading.confidence < VERY_CLEAR
    if context.standing:  # "Eyes almost shut", "cold turkey": more of what the call is about.
        return missed or reading.again or unclear
    if goes_on(text):  # "And tylenol"
        return False
    if context.topic is None:
        return missed and reading.confidence < VERY_CLEAR and tells(text)
    # "Never had that before", "tried everything": the same answer again says nothing to it.
    return reading.again or ((missed or unclear) and tells(text))


def _beside_a_call(text: str, reading: Reading, replies: Replies) -> list[str]:
    """The answers that may follow a call to make today.

    None that a mere remark ("swollen and hot") only sounds like, and none that says how to go
    on with the doses.
    """
    if not asks(text) and "?" not in text and reading.confidence < VERY_CLEAR:
        return []
    answers = (reading.faq_id, *reading.also)
    return [answer for answer in answers if answer and answer not in replies.withheld_answers]


def is_sooner(level: Level, other: Level) -> bool:
    """Whether a level asks for contact sooner than another one."""
    return LEVELS.index(level) < LEVELS.index(other)


def _clear_question(text: str, reading: Reading) -> bool:
    """Whether a message asks for an answer in words that need nothing before them."""
    clear = reading.faq_id is not None and reading.confidence >= VERY_CLEAR and not reading.again
    return clear and asks(text)


def _is_about(standing: Standing, reading: Reading, screening: Screening) -> bool:
    """Whether a message after an escalation gets the call to make and nothing beside it."""
    said = {reading.intent, *(intent for intent, _ in reading.ranking[:1])}
    if reading.intent in (CAN_IT_WAIT, "start_skin_check") or WHAT_SHOULD_I_DO in said:
        return True
    told_more = screening.level == "routine"  # "It might be my conjunctivitis."
    if standing.level == "emergency":
        unclear = reading.again or reading.confidence < VERY_CLEAR
        nothing = reading.intent in (_MISSED | _TALK) if reading.faq_id is None else unclear
        return told_more or nothing
    return told_more and reading.faq_id is None


def _without_answer(
    reading: Reading,
    intent: str,
    level: Level | None = None,
    check_answers: Mapping[str, str | None] | None = None,
) -> Reading:
    return msgspec.structs.replace(
        reading,
        intent=intent,
        faq_id=None,
        also=(),
        level=level or reading.level,
        check_answers=dict(check_answers or {}),
    )
