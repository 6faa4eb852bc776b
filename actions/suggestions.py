"""What to do when there is no answer: offer the nearest questions, then a person."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.safe_action import SafeAction, reading_of

MISS_INTENTS = ("nlu_fallback", "out_of_scope")
# What the nearest questions are offered with, where it is not "did you mean".
WORDS = {"what_should_i_do": "utter_what_is_it_about", "told_first": "utter_told_first"}


class ActionSuggestQuestions(SafeAction, Action):
    """Offers up to three of the nearest questions; after a second miss, a person."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_suggest_questions"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        """Says what helps next, by how the latest messages went."""
        suggested = reading_of(tracker).get("suggested") or []
        # Not the SDK's get_intent_of_latest_message: that is the ranking's first, which the
        # safety screen or the threshold may have overruled.
        intent = ((tracker.latest_message or {}).get("intent") or {}).get("name")
        if intent == "out_of_scope":
            # The rule has said so, with the clinic's phone.
            if suggested and misses_in_a_row(tracker.events) == 1:
                dispatcher.utter_message(response="utter_related_questions", faq_ids=suggested)
        elif misses_in_a_row(tracker.events) > 1:
            dispatcher.utter_message(response="utter_contact_clinic")
        elif suggested:
            words = WORDS.get(intent or "", "utter_suggest_questions")
            dispatcher.utter_message(response=words, faq_ids=suggested)
        else:
            dispatcher.utter_message(response="utter_no_answer")
        return []


def misses_in_a_row(events: list[dict[str, Any]]) -> int:
    """How many of the patient's latest messages in a row found no answer."""
    misses = 0
    for event in reversed(events):
        if event.get("event") == "restart":
            break
        if event.get("event") == "user":
            intent = ((event.get("parse_data") or {}).get("intent") or {}).get("name")
            if intent not in MISS_INTENTS:
                break
            misses += 1
    return misses
