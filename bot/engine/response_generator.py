"""Makes the reply at the moment it is sent, from the curated files as they are then.

Rasa names a response (`utter_faq/storage`, `utter_emergency`, …); this class finds its
words. Everything a patient reads comes from data/ or from domain.yml.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import logging
from typing import Any

import msgspec
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.engine import answer_replies, resources
from bot.engine.answer_replies import Messages
from bot.engine.conversation import (
    TAKEN_BACK,
    context_of,
    readings_backwards,
    stored_reading,
)
from bot.engine.messages import (
    blank,
    buttons,
    clinic_contact,
    clinic_values,
    escalation_message,
    fill,
    labelled,
    plain_text,
    suggestions_message,
)
from bot.engine.reading import Reading, is_sooner
from bot.knowledge import Clinic
from bot.safety import Advice, ClinicContact

logger = logging.getLogger(__name__)

ESCALATIONS = ("utter_emergency", "utter_same_day", "utter_routine")
# Plain responses that are shown as what they are: escalations of a level.
_LEVEL_OF = {
    **{name: name.removeprefix("utter_") for name in ESCALATIONS},
    "utter_screen_failed": "same_day",
    "utter_advice": "same_day",
}
SUGGESTIONS = (
    "utter_suggest_questions", "utter_what_is_it_about", "utter_told_first",
    "utter_related_questions",
)  # fmt: skip
# Without an answer, too, who asks about a red flag hears what to do if it happens.
NO_ANSWERS = (
    "utter_suggest_questions", "utter_what_is_it_about", "utter_out_of_scope",
    "utter_contact_clinic", "utter_no_answer", "utter_told_more", "utter_told_more_again",
    "utter_told_beside_call", "utter_told_first",
)  # fmt: skip
# After a call to make today these stand alone; beside all else the call is said again.
_COURTESIES = ("thanks", "goodbye", "greeting", "restart")
ASK_PREFIX = "utter_ask_check_"


class CuratedResponseGenerator(NaturalLanguageGenerator):
    """Rasa's response generator for this assistant; named in endpoints.yml."""

    def __init__(self, endpoint_config: EndpointConfig | None, domain: Domain) -> None:
        self.responses = domain.responses
        # Read once at start: a clinic file that is broken then stops the start, and one that
        # breaks later silences nobody.
        resources.clinic()

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """The response as Rasa wants it; `messages` holds what the widget shows.

        A reply that cannot be made from its file falls back on the plain text in
        domain.yml: an escalation is never lost to a broken file.
        """
        try:
            if utter_action.startswith("utter_faq/") or utter_action == "utter_told_more":
                # A part of an answer is found by the encoder, which may not hold up the others.
                messages = await asyncio.to_thread(self._messages, utter_action, tracker, kwargs)
            else:
                messages = self._messages(utter_action, tracker, kwargs)
        except Exception:
            logger.exception("The reply %s could not be made; domain.yml's is used.", utter_action)
            answer = utter_action.startswith("utter_faq/")  # There stands its question alone.
            messages = self._from_domain("utter_try_again" if answer else utter_action)
        if messages is None:
            return None
        # Buttons are in the text and in `messages`: as Rasa's own they would make the shell
        # stop at a menu after every answer.
        return {"text": plain_text(messages), "messages": messages}

    def _messages(
        self, name: str, tracker: DialogueStateTracker, values: dict[str, Any]
    ) -> Messages | None:
        reading = _reading(tracker)
        if name == "utter_after_escalation":
            return self._again(reading) or self._from_domain(name)
        if name.startswith("utter_faq/"):
            answers = answer_replies.answers_of(reading, name.removeprefix("utter_faq/"))
            answers = answers or self._said("utter_no_answer")
            # Also where the question was clear by itself: "what about contact lenses?"
            just_given = not reading.also and context_of(tracker).topic == reading.faq_id
            if reading.again or just_given:
                answers = answer_replies.once_more(answers, reading, tracker, self._said)
            if reading.standing:
                return self._beside(reading, answers)
            return [*answers, *self._afterword(reading, tracker)]
        if name in ESCALATIONS:
            # Beside a call to make sooner a later one would say less: "call today".
            higher = reading.standing and is_sooner(reading.standing.level, reading.level)
            call = self._again(reading) if higher else self._escalation(reading, tracker)
            return [*call, *answer_replies.answers_of(reading)]
        if name == "utter_red_flag_denied":
            return [*self._said(name), *answer_replies.answers_of(reading)]
        if name == "utter_confirm_red_flag":
            return [self._confirm(reading)]
        if name.startswith(ASK_PREFIX):
            return [self._check_question(name.removeprefix(ASK_PREFIX), reading)]
        if name == "utter_advice" and "advice" in values:
            return [self._advice(msgspec.convert(values["advice"], Advice))]
        if name == "utter_check_goes_on" and context_of(tracker).asking == "warnings":
            name = "utter_check_other_signs"
        if name == "utter_told_more":
            if part := answer_replies.part_told(reading, tracker, self._said):
                return part
            name = self._told_more(reading, tracker)
        if name == "utter_in_short" and (gist := answer_replies.in_short(tracker, self._said)):
            return gist
        messages = self._from_domain(name)
        if messages and name in SUGGESTIONS:
            found = [resources.answers().get(faq_id) for faq_id in values.get("faq_ids", [])]
            messages = [suggestions_message(messages[0]["text"], [f for f in found if f])]
        if messages and name in ("utter_told_more", "utter_told_more_again"):
            messages[0]["quick_replies"] = answer_replies.asked_next(context_of(tracker).topic)
        if messages and name in NO_ANSWERS:
            messages = [*self._if_happening_now(reading), *messages]
            return self._beside(reading, messages) if reading.standing else messages
        own_reply = name == f"utter_{reading.intent}"  # Such as the clinic's hours.
        if messages and own_reply and reading.standing and reading.intent != TAKEN_BACK:
            urgent = reading.standing.level == "emergency"
            if urgent or reading.intent not in _COURTESIES:
                return self._beside(reading, messages)
        return messages

    @staticmethod
    def _told_more(reading: Reading, tracker: DialogueStateTracker) -> str:
        """The thanks for a detail: beside a call to make, and the second time in a row, short."""
        if reading.standing:
            return "utter_told_beside_call"
        before = itertools.islice(readings_backwards(tracker), 1, 2)
        again = any(earlier.get("intent") == reading.intent for earlier in before)
        return "utter_told_more_again" if again else "utter_told_more"

    def _afterword(self, reading: Reading, tracker: DialogueStateTracker) -> Messages:
        """After an answer: routine contact, or what to do if what was asked happens now."""
        if reading.level == "routine":
            return self._escalation(reading, tracker)
        return self._if_happening_now(reading)

    def _if_happening_now(self, reading: Reading) -> Messages:
        """What to do if the red flag that was only asked about happens now."""
        if reading.asked == "none":
            return []
        contact = _contact(resources.clinic())
        text = resources.replies().if_happening_now(reading.asked, reading.findings, contact)
        return [blank("notice", text)] if text else []

    def _again(self, reading: Reading) -> Messages:
        """The call that the patient was told to make a moment ago."""
        if reading.standing is None:
            return []
        level, kinds = reading.standing.level, reading.standing.kinds
        replies = resources.replies()
        message = escalation_message(replies.again(level, kinds, _contact(resources.clinic())))
        if level == "emergency" and "crisis" not in kinds:
            message["quick_replies"] = buttons([replies.taken_back])
        return [message]

    def _beside(self, reading: Reading, messages: Messages) -> Messages:
        """A reply together with the call to make: before it in an emergency, else after it."""
        again = self._again(reading)
        urgent = any(message["level"] == "emergency" for message in again)
        return [*again, *messages] if urgent else [*messages, *again]

    def _escalation(self, reading: Reading, tracker: DialogueStateTracker) -> Messages:
        reply = resources.replies().escalation(
            reading.level,
            reading.findings,
            _contact(resources.clinic()),
            context_of(tracker).told,
        )
        return [escalation_message(reply)]

    def _confirm(self, reading: Reading) -> dict[str, Any]:
        """The one plain question, which itself carries the emergency line."""
        contact = _contact(resources.clinic())
        text, choices = resources.replies().question(reading.findings, contact)
        message = blank("escalation", text)
        message["level"] = reading.level
        message["phones"] = labelled(contact.phones_in(text))
        message["quick_replies"] = buttons(choices)
        return message

    def _advice(self, advice: Advice) -> dict[str, Any]:
        """The guided check's outcome: what to do, why, and a summary to read out."""
        reply = resources.replies().for_kind(
            advice.level, advice.kind, _contact(resources.clinic())
        )
        message = escalation_message(reply)
        message["text"] = f"{reply.text}\n\n{advice.reason}\n\n*{advice.summary}*"
        message["rules"] = [f"guided_check:{advice.level}"]  # for the report's table
        return message

    def _check_question(self, question_id: str, reading: Reading) -> dict[str, Any]:
        check = resources.guided_check()
        question = check.question(question_id)
        order = [each.id for each in check.questions]
        ahead = order[order.index(question_id) + 1 :]
        noted = any(reading.check_answers.get(each) for each in ahead)
        message = blank("notice", f"{check.noted} {question.text}" if noted else question.text)
        message["quick_replies"] = buttons(option.text for option in question.options)
        return message

    def _said(self, name: str) -> Messages:
        return self._from_domain(name) or []

    def _from_domain(self, name: str) -> Messages | None:
        variants = self.responses.get(name)
        if not variants:
            return None
        clinic = resources.clinic()
        values = clinic_values(clinic, _now())
        text = fill(variants[0]["text"], values)
        message = blank("notice", text)
        if name in _LEVEL_OF:
            message["kind"] = "escalation"
            message["level"] = _LEVEL_OF[name]
        message["phones"] = labelled(_contact(clinic).phones_in(text))
        return [message]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _contact(clinic: Clinic) -> ClinicContact:
    return clinic_contact(clinic, _now())


def _reading(tracker: DialogueStateTracker) -> Reading:
    stored = stored_reading(tracker)
    return msgspec.convert(stored, Reading) if stored else Reading(intent="nlu_fallback")
