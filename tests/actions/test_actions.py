"""The custom actions: thin layers that never show a stranger what went wrong."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import ActionAdviseNextStep, ActionEscalate, ActionSuggestQuestions
from actions.suggestions import misses_in_a_row

Events = list[dict[str, Any]]


def tracker(
    intent: str = "nlu_fallback",
    slots: dict[str, Any] | None = None,
    events: Events | None = None,
    **reading: Any,
) -> Tracker:
    message = {"intent": {"name": intent}, "text": "secret words", "reading": reading}
    own = [{"event": "user", "parse_data": {"intent": {"name": intent}}}]
    return Tracker("x", slots or {}, message, events or own, False, None, {}, "action_listen")


def run(action: Any, state: Tracker) -> tuple[list[dict[str, Any]], Events]:
    dispatcher = CollectingDispatcher()
    events = action.run(dispatcher, state, {})
    return dispatcher.messages, events


def user(intent: str) -> dict[str, Any]:
    return {"event": "user", "parse_data": {"intent": {"name": intent}}}


@pytest.mark.parametrize(
    ("before", "now", "after"),
    [
        (None, "same_day", "same_day"),
        ("emergency", "routine", "emergency"),
        ("routine", "emergency", "emergency"),
        ("same_day", "none", "same_day"),
    ],
)
def test_escalate_keeps_the_highest_level(before: str | None, now: str, after: str) -> None:
    _, events = run(ActionEscalate(), tracker(slots={"escalation_level": before}, level=now))
    assert events[0]["value"] == after


def test_escalate_says_nothing_the_rule_has_said_it() -> None:
    messages, _ = run(ActionEscalate(), tracker(level="emergency"))
    assert messages == []


def test_the_guided_check_ends_with_advice_and_clears_its_slots() -> None:
    slots = {"check_what": "new_rash", "check_where": "face", "check_since": "first_weeks",
             "check_warnings": "none"}  # fmt: skip
    messages, events = run(ActionAdviseNextStep(), tracker(slots=slots))
    assert messages[0]["response"] == "utter_advice"
    assert messages[0]["advice"]["level"] == "routine"
    assert "face or neck" in messages[0]["advice"]["summary"]
    assert {e["name"]: e["value"] for e in events} == {
        **dict.fromkeys(slots),
        "escalation_level": "routine",
    }


@pytest.mark.parametrize(("raises", "level"), [(True, "same_day"), (False, "routine")])
def test_who_names_a_baby_or_pregnancy_in_the_check_is_sent_sooner(
    raises: bool, level: str
) -> None:
    slots = {"check_what": "new_rash", "check_warnings": "none"}
    messages, _ = run(ActionAdviseNextStep(), tracker(slots=slots, raises=raises))
    assert messages[0]["advice"]["level"] == level


def test_the_check_does_not_lower_the_level_of_the_conversation() -> None:
    slots = {"check_what": "new_rash", "check_warnings": "none", "escalation_level": "same_day"}
    _, events = run(ActionAdviseNextStep(), tracker(slots=slots))
    assert events[-1]["value"] == "same_day"


def test_suggest_offers_the_nearest_questions() -> None:
    messages, _ = run(ActionSuggestQuestions(), tracker(suggested=["storage", "travel"]))
    assert messages[0]["response"] == "utter_suggest_questions"
    assert messages[0]["faq_ids"] == ["storage", "travel"]


def test_who_asks_what_to_do_about_nothing_is_asked_what_it_is_about() -> None:
    state = tracker("what_should_i_do", suggested=["storage"])
    messages, _ = run(ActionSuggestQuestions(), state)
    assert messages[0]["response"] == "utter_what_is_it_about"
    assert messages[0]["faq_ids"] == ["storage"]


def test_with_nothing_near_it_asks_for_other_words() -> None:
    messages, _ = run(ActionSuggestQuestions(), tracker())
    assert messages[0]["response"] == "utter_no_answer"


def test_a_second_miss_in_a_row_gives_the_clinic() -> None:
    events = [user("nlu_fallback"), user("nlu_fallback")]
    messages, _ = run(ActionSuggestQuestions(), tracker(events=events, suggested=["storage"]))
    assert messages[0]["response"] == "utter_contact_clinic"


def test_out_of_scope_has_been_said_so_only_near_questions_are_added() -> None:
    messages, _ = run(ActionSuggestQuestions(), tracker("out_of_scope", suggested=["storage"]))
    assert messages[0]["response"] == "utter_related_questions"
    messages, _ = run(ActionSuggestQuestions(), tracker("out_of_scope"))
    assert messages == []


@pytest.mark.parametrize(
    ("intents", "count"),
    [
        (["nlu_fallback"], 1),
        (["nlu_fallback", "out_of_scope"], 2),
        (["nlu_fallback", "faq", "nlu_fallback"], 1),
        (["greeting"], 0),
    ],
)
def test_misses_are_counted_back_to_the_last_hit(intents: list[str], count: int) -> None:
    assert misses_in_a_row([user(intent) for intent in intents]) == count


def test_a_restart_ends_the_count() -> None:
    events = [user("nlu_fallback"), {"event": "restart"}, user("nlu_fallback")]
    assert misses_in_a_row(events) == 1


@pytest.mark.parametrize("action", [ActionEscalate, ActionAdviseNextStep, ActionSuggestQuestions])
def test_a_failing_action_says_try_again_and_logs_no_text(
    action: type, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("secret words")

    monkeypatch.setattr(action, "act", broken)
    with caplog.at_level(logging.DEBUG):
        messages, events = run(action(), tracker())
    assert messages[0]["response"] == "utter_try_again"
    assert events == []
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text
