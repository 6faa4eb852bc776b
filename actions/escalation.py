"""What follows when a person is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.safe_action import SafeAction, reading_of
from bot.safety import LEVELS, GuidedCheck
from bot.settings import read_settings

_ORDER: list[str] = [*LEVELS]
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
        self._folder: Path = read_settings().data / "triage"

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
        advice = GuidedCheck.load(self._folder).advise(answers, raised=raised_in_check(tracker))
        dispatcher.utter_message(response="utter_advice", advice=msgspec.to_builtins(advice))
        return [
            *(SlotSet(slot, None) for slot in CHECK_SLOTS),
            highest_so_far(tracker, advice.level),
        ]


def raised_in_check(tracker: Tracker) -> bool:
    """Whether the patient named a baby, pregnancy or weak immunity since the check began."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            reading = (event.get("parse_data") or {}).get("reading") or {}
            if reading.get("raises"):
                return True
            if reading.get("intent") == "start_skin_check":
                return False
    return False


def highest_so_far(tracker: Tracker, level: str) -> dict[str, Any]:
    """The event that keeps the higher of this level and the conversation's."""
    before = tracker.get_slot("escalation_level") or "none"
    return SlotSet("escalation_level", min(level, before, key=_ORDER.index))
