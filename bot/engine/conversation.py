"""What of the conversation so far matters for reading the next message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

# Under this name a message's `Reading` is stored in the tracker.
READING = "reading"
CHECK_FORM = "skin_check_form"
CHECK_SLOT_PREFIX = "check_"
# A topic fades: after this many messages of the patient it no longer explains "is that common?".
TOPIC_TURNS = 2


class Context(msgspec.Struct, frozen=True):
    """The conversation as the reader of a message needs it.

    `topic` is the id of the answer given last; `asking` the guided check's open
    question; `confirming` says that the assistant has just asked whether a red flag
    is happening right now, and `held` the answers that wait for it; `emergency` that
    the last reply told the patient to get emergency help; `told` are the red-flag rules
    already escalated.
    """

    topic: str | None = None
    asking: str | None = None
    confirming: bool = False
    held: tuple[str, ...] = ()
    emergency: bool = False
    told: frozenset[str] = frozenset()


def context_of(tracker: DialogueStateTracker | None) -> Context:
    """Reads the context from Rasa's tracker, before the new message is added to it."""
    if tracker is None:
        return Context()
    asking = None
    if tracker.active_loop_name == CHECK_FORM:
        requested = tracker.get_slot("requested_slot") or ""
        asking = requested.removeprefix(CHECK_SLOT_PREFIX) or None
    last_actions = _last_turn_actions(tracker)
    confirming = "utter_confirm_red_flag" in last_actions
    return Context(
        topic=_topic(tracker),
        asking=asking,
        confirming=confirming,
        held=_held(tracker) if confirming else (),
        emergency="utter_emergency" in last_actions,
        told=frozenset(
            rule
            for event in _applied_backwards(tracker)
            if isinstance(event, BotUttered)
            for message in event.metadata.get("messages") or []
            for rule in message.get("rules") or []
        ),
    )


def _applied_backwards(tracker: DialogueStateTracker) -> Iterator[Event]:
    return reversed(tracker.applied_events())


def _topic(tracker: DialogueStateTracker) -> str | None:
    turns = 0
    for event in _applied_backwards(tracker):
        if isinstance(event, UserUttered):
            turns += 1
            if turns >= TOPIC_TURNS:
                return None
        elif isinstance(event, BotUttered):
            for message in reversed(event.metadata.get("messages") or []):
                if message.get("faq_id"):
                    return str(message["faq_id"])
    return None


def _held(tracker: DialogueStateTracker) -> tuple[str, ...]:
    """The answers that waited for the last message's red flag to be settled."""
    return tuple(stored_reading(tracker).get("held") or ())


def stored_reading(tracker: DialogueStateTracker) -> dict[str, Any]:
    """How the latest message was read (a `Reading` as builtins); empty without one."""
    latest = tracker.latest_message
    return dict(latest.parse_data.get(READING) or {}) if latest else {}


def _last_turn_actions(tracker: DialogueStateTracker) -> set[str]:
    actions: set[str] = set()
    for event in _applied_backwards(tracker):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name:
            actions.add(event.action_name)
    return actions
