"""What is shown of the curated answers: whole, once more, a part, or in short."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine import resources
from bot.engine.conversation import context_of, repeated
from bot.engine.messages import answer_message, buttons
from bot.engine.reading import Reading
from bot.knowledge import Answer
from bot.understanding.followups import bare
from bot.understanding.passages import as_markdown, first_paragraph, nearest

# Under an answer that is given once more: buttons, and how many of them are other questions
# that may have been meant.
_BUTTONS = 3
_OTHERS = 2
Messages = list[dict[str, Any]]
# The messages of one of domain.yml's responses; none where it has no such response.
Say = Callable[[str], Messages]


def answers_of(reading: Reading, first: str | None = None) -> Messages:
    """The answers that a message asks for, `first` before the others; the last has buttons."""
    wanted = dict.fromkeys((first, reading.faq_id, *reading.also))
    found = [answer for faq_id in wanted if (answer := _answer(faq_id))]
    messages = [_message(answer) for answer in found]
    for earlier in messages[:-1]:
        earlier["quick_replies"] = []
    return messages


def once_more(
    answers: Messages, reading: Reading, tracker: DialogueStateTracker, say: Say
) -> Messages:
    """An answer asked for again: the part of it that is near to what was asked.

    Where none is, it does not say it: a pointer to it, above. All of it once more for what
    names nothing ("is that common?"), is clear by itself or is the answer's own question.
    """
    replies = _other_questions(reading, answers)
    answer, asked = _answer(reading.faq_id), _said(tracker)
    part = None  # As for the answer's own question: it is asked for as a whole.
    if answer and not bare(asked) and _may_be_parted(answer):
        part = nearest(asked, answer.question, answer.body, resources.encoder().encode)
    if part:
        answers[-1].update(text=as_markdown(part), quick_replies=replies)
        return [*say("utter_part_of_answer"), *answers]
    if part is None and not reading.again:
        return answers
    if (part is None or not reading.again) and repeated(tracker) < 2:
        answers[-1]["quick_replies"] = replies
        return [*say("utter_same_answer"), *answers]
    above = say("utter_answer_above")
    for notice in above:
        notice["quick_replies"] = replies
    return above or answers


def part_told(reading: Reading, tracker: DialogueStateTracker, say: Say) -> Messages:
    """What the last answer says of a detail: "I have Medicare", "it is gone in an hour"."""
    answer = _answer(context_of(tracker).topic)
    if answer is None or reading.standing or not _may_be_parted(answer):
        return []
    part = nearest(_said(tracker), answer.question, answer.body, resources.encoder().encode)
    if not part:
        return []
    return [*say("utter_told_part"), {**_message(answer), "text": as_markdown(part)}]


def in_short(tracker: DialogueStateTracker, say: Say) -> Messages:
    """The first paragraph of the last answer; all of it where a part could mislead."""
    answer = _answer(context_of(tracker).topic)
    if answer is None:
        return []
    gist = first_paragraph(answer.body) if _may_be_parted(answer) else ""
    if not gist:
        return [_message(answer)]
    return [*say("utter_in_short_notice"), {**_message(answer), "text": gist}]


def asked_next(topic: str | None) -> list[dict[str, str]]:
    """What people ask after an answer, as buttons."""
    answer = _answer(topic)
    return list(_message(answer)["quick_replies"]) if answer else []


def _other_questions(reading: Reading, answers: Messages) -> list[dict[str, str]]:
    """Buttons under an answer given again: what else may have been meant, what comes next."""
    near = (faq_id for faq_id, _ in reading.alternatives if faq_id != reading.faq_id)
    found = [answer for faq_id in near if (answer := _answer(faq_id))]
    others = buttons(answer.question for answer in found[:_OTHERS])
    known = [reply for reply in answers[-1]["quick_replies"] if reply not in others]
    return [*others, *known][:_BUTTONS]


def _may_be_parted(answer: Answer) -> bool:
    """Whether a part of an answer may be shown without what it says of dangers and doses."""
    whole = resources.replies().never_in_part
    return answer.contact_level != "same_day" and answer.id not in whole


def _answer(faq_id: str | None) -> Answer | None:
    return resources.answers().get(faq_id) if faq_id else None


def _message(answer: Answer) -> dict[str, Any]:
    now = dt.datetime.now(dt.UTC)
    return answer_message(answer, resources.answers(), resources.clinic(), now)


def _said(tracker: DialogueStateTracker) -> str:
    return (tracker.latest_message.text if tracker.latest_message else None) or ""
