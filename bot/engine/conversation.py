"""What of the conversation so far matters for reading the next message."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import msgspec
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.safety.model import GUESSED, LEVELS, Level, highest

# Under this name a message's `Reading` is stored in the tracker.
READING = "reading"
CHECK_FORM = "skin_check_form"
CHECK_SLOT_PREFIX = "check_"
# A topic fades: after this many messages of the patient it no longer explains "is that common?".
# Details told about it ("three days late") do not count, up to so many messages in all.
TOPIC_TURNS = 2
_TOPIC_TURNS_WITH_DETAILS = 4
TOLD_MORE = "told_more"
# For so many messages of the patient a call to make now or today is said again, whatever
# else is asked: "should I wait?", "is it just a flare?".
STANDING_TURNS = 3
# "That was years ago": nothing urgent happens now.
TAKEN_BACK = "call_taken_back"
# A sign may be told in pieces ("her eczema is oozing", "she has a fever", "39 degrees"): so
# many messages before a new one are heard together with it, of so many that are looked at.
PIECES_BEFORE = 2
_LOOKED_AT = 7
# What says nothing of how somebody is, nor do the guided check's questions on time and signs.
_NO_PIECE = {"affirm", "deny", "goodbye", "greeting", "none_of_these", "thanks"}
# "It is not happening": what was told before is not heard again.
_OVER = (TAKEN_BACK, "red_flag_denied")
_NO_PIECE_OF_CHECK = {"since", "warnings"}
# Inside the guided check: its questions, what began it, and a reply that was not understood.
PIECES_OF_CHECK = 6
_NO_CHECK_ANSWER = ("utter_unclear_check_answer", "utter_check_goes_on")
_CALLS = ("utter_emergency", "utter_same_day", "utter_advice")


class Standing(msgspec.Struct, frozen=True):
    """A call that the patient was told to make a moment ago: how soon, and for what kinds."""

    level: Level
    kinds: tuple[str, ...] = ()


class Said(msgspec.Struct, frozen=True):
    """An earlier message of the patient, as it was kept, and the level that it was given."""

    text: str
    level: Level


class Context(msgspec.Struct, frozen=True):
    """The conversation as the reader of a message needs it.

    `topic` is the id of the answer given last; `asking` the guided check's open question, and
    `checked` the answers that it has had; `confirming` says that the assistant has just asked
    whether a red flag is happening right now, and `held` the answers that wait for it; `standing`
    is the most urgent call that the patient was told to make a moment ago; `told` are the
    red-flag rules already escalated; `said` the last messages before this one. `unclear` says
    that the last reply inside the guided check was no reply to its question either; `raised`
    that a baby, pregnancy or weak immunity has been named in it.
    """

    topic: str | None = None
    asking: str | None = None
    checked: dict[str, str] = {}
    confirming: bool = False
    held: tuple[str, ...] = ()
    standing: Standing | None = None
    told: frozenset[str] = frozenset()
    said: tuple[Said, ...] = ()
    unclear: bool = False
    raised: bool = False


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
        checked=_checked(tracker) if asking else {},
        confirming=confirming,
        held=_held(tracker) if confirming else (),
        standing=_standing(tracker),
        said=_said(tracker),
        raised=asking is not None and bool(stored_reading(tracker).get("raises")),
        unclear=not last_actions.isdisjoint(_NO_CHECK_ANSWER),
        told=frozenset(
            rule
            for event in _applied_backwards(tracker)
            if isinstance(event, BotUttered)
            for message in event.metadata.get("messages") or []
            for rule in message.get("rules") or []
        ),
    )


def _checked(tracker: DialogueStateTracker) -> dict[str, str]:
    """What has been replied in the guided check, by question."""
    slots = tracker.current_slot_values()
    given = {
        name.removeprefix(CHECK_SLOT_PREFIX): value
        for name, value in slots.items()
        if name.startswith(CHECK_SLOT_PREFIX)
    }
    return {question: str(value) for question, value in given.items() if value}


def _applied_backwards(tracker: DialogueStateTracker) -> Iterator[Event]:
    return reversed(tracker.applied_events())


def _topic(tracker: DialogueStateTracker) -> str | None:
    turns = messages = 0
    for event in _applied_backwards(tracker):
        if isinstance(event, UserUttered):
            messages += 1
            turns += (event.parse_data.get(READING) or {}).get("intent") != TOLD_MORE
            if turns >= TOPIC_TURNS or messages >= _TOPIC_TURNS_WITH_DETAILS:
                return None
        elif isinstance(event, BotUttered):
            for message in reversed(event.metadata.get("messages") or []):
                if message.get("faq_id"):
                    return str(message["faq_id"])
    return None


def _standing(tracker: DialogueStateTracker) -> Standing | None:
    turns, found, taken_back = 0, list[Standing](), list[str]()
    level: Level = "none"
    for event in _applied_backwards(tracker):
        if isinstance(event, BotUttered) and event.metadata.get("utter_action") in _CALLS:
            messages = event.metadata.get("messages") or []
            level = highest([level, *(m["level"] for m in messages if m["kind"] == "escalation")])
        elif isinstance(event, UserUttered):
            reading = event.parse_data.get(READING) or {}
            if reading.get("intent") == TAKEN_BACK:
                # The call that stood then; an earlier, less urgent one was not spoken of.
                taken_back.append((reading.get("standing") or {}).get("level", "emergency"))
            if level in ("emergency", "same_day") and level not in taken_back:
                findings = reading.get("findings") or []
                kinds = dict.fromkeys(f["kind"] for f in findings if f["level"] == level)
                if set(kinds) == {GUESSED}:  # What a rule heard beside it says what it is about.
                    kinds |= dict.fromkeys(f["kind"] for f in findings)
                found.append(Standing(level, tuple(kinds)))
            level = "none"
            turns += 1
            if turns >= STANDING_TURNS:
                break
    return min(found, key=lambda standing: LEVELS.index(standing.level), default=None)


def _said(tracker: DialogueStateTracker) -> tuple[Said, ...]:
    checking = tracker.active_loop_name == CHECK_FORM
    # Not the applied events: of those Rasa takes a form's earlier replies out.
    events = itertools.takewhile(
        lambda event: not isinstance(event, Restarted), reversed(tracker.events)
    )
    messages = (event for event in events if isinstance(event, UserUttered))
    read = [
        (event.text or "", event.parse_data.get(READING) or {})
        for event in itertools.islice(messages, PIECES_OF_CHECK if checking else _LOOKED_AT)
    ]
    if not checking:
        valid = itertools.takewhile(lambda one: one[1].get("intent") not in _OVER, read)
        read = [one for one in valid if _is_piece(one[1])][:PIECES_BEFORE]
    return tuple(Said(text, reading.get("level", "none")) for text, reading in reversed(read))


def _is_piece(reading: dict[str, Any]) -> bool:
    """Whether a message may be a piece of what is told: not "thanks", nor "two weeks ago"."""
    if reading.get("intent") == "answer_check":
        return not _NO_PIECE_OF_CHECK.issuperset(reading.get("check_answers") or {})
    return reading.get("intent") not in _NO_PIECE


def _messages_backwards(tracker: DialogueStateTracker) -> Iterator[UserUttered]:
    return (event for event in _applied_backwards(tracker) if isinstance(event, UserUttered))


def readings_backwards(tracker: DialogueStateTracker) -> Iterator[dict[str, Any]]:
    """How the patient's messages were read, the latest first."""
    return (event.parse_data.get(READING) or {} for event in _messages_backwards(tracker))


def repeated(tracker: DialogueStateTracker) -> int:
    """How many messages in a row, the latest ones, got an answer that stood there already."""
    # Where a question or a call took its place, the answer was not given.
    given = (
        bool(reading.get("again") and reading.get("faq_id"))
        for reading in readings_backwards(tracker)
    )
    return sum(itertools.takewhile(bool, given))


def _held(tracker: DialogueStateTracker) -> tuple[str, ...]:
    """The answers that waited for the last message's red flag to be settled."""
    return tuple(stored_reading(tracker).get("held") or ())


def stored_reading(tracker: DialogueStateTracker) -> dict[str, Any]:
    """How the latest message was read (a `Reading` as builtins); empty without one."""
    latest = tracker.latest_message
    return dict(latest.parse_data.get(READING) or {}) if latest else {}


def _last_turn_actions(tracker: DialogueStateTracker) -> set[str]:
    actions: set[str] = set()
    # Not the applied events: of those Rasa takes a form's earlier replies out.
    for event in reversed(tracker.events):
        if isinstance(event, (UserUttered, Restarted, SessionStarted)):
            break
        if isinstance(event, ActionExecuted) and event.action_name:
            actions.add(event.action_name)
    return actions
