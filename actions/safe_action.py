"""A custom action whose failure tells a stranger nothing."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

logger = logging.getLogger(__name__)


class SafeAction:
    """A mix-in for custom actions: runs `act` and catches what it raises.

    The action server answers an exception with a page that repeats the request, patient
    text included; so none may leave here. The patient gets "try again" and the phone.
    """

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        """What the action does; returns Rasa events."""
        raise RuntimeError(f"{type(self).__name__} does nothing")

    def name(self) -> str:
        """The action's name in the domain."""
        raise RuntimeError(f"{type(self).__name__} has no name")

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Called by the action server."""
        try:
            return self.act(dispatcher, tracker)
        except Exception as error:
            # The type alone: an exception's text may repeat what the patient wrote.
            logger.error("%s failed: %s", self.name(), type(error).__name__)
            dispatcher.messages.clear()
            dispatcher.utter_message(response="utter_try_again")
            return []


def reading_of(tracker: Tracker) -> dict[str, Any]:
    """The reading that the NLU pipeline left with the latest message."""
    return dict((tracker.latest_message or {}).get("reading") or {})
