"""What follows when a person is needed."""

from __future__ import annotations

from typing import Any

import msgspec
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.safe_action import SafeAction, reading_of
from bot.safety import GuidedCheck, Level
from bot.safety.model import highest
from bot.settings import read_settings

CHECK_SLOTS = ("check_what", "check_where", "check_since", "check_warnings")


class ActionEscalate(SafeAction, Action):
    """Keeps the highest triage level of the conversation for whoever takes it over.

    The words have been said by then, by a rule: an emergency waits for no other process.
    """

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_escalate"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        """Raises the slot `escalation_level`; it never falls within a conversation."""
        return [highest_so_far(tracker, reading_of(tracker).get("level") or "none")]


class ActionAdviseNextStep(SafeAction, Action):
    """Ends the guided check: level, reason, whom to contact when, and a summary."""

    def __init__(self) -> None:
        self._check = GuidedCheck.load(read_settings().data / "triage")

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_advise_next_step"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        """Decides by the table in data/triage/advice.yml and clears the check's slots."""
        answers = {
            slot.removeprefix("check_"): str(value)
            for slot in CHECK_SLOTS
            if (value := tracker.get_slot(slot))
        }
        advice = self._check.advise(answers, raised=bool(reading_of(tracker).get("raises")))
        dispatcher.utter_message(response="utter_advice", advice=msgspec.to_builtins(advice))
        return [
            *(SlotSet(slot, None) for slot in CHECK_SLOTS),
            highest_so_far(tracker, advice.level),
        ]


def highest_so_far(tracker: Tracker, level: Level) -> dict[str, Any]:
    """The event that keeps the higher of this level and the conversation's."""
    before: Level = tracker.get_slot("escalation_level") or "none"
    return SlotSet("escalation_level", highest([level, before]))
