"""What a report reads from the database."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sqlalchemy.engine import Engine
from turns_table import NOW, add, answer, escalation, suggestions

from bot.engine.database import connect
from bot.report import Activity, period, read_activity


def read(engine: Engine) -> Activity:
    return read_activity(engine, period("7d", NOW))


def test_a_database_without_tables_has_had_no_activity(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'new.db'}")
    assert read(engine).turns == ()
    engine.dispose()


def test_only_the_period_is_read_oldest_first(engine: Engine) -> None:
    add(engine, "too old", "answered", at=NOW - dt.timedelta(days=8))
    add(engine, "new", "answered", at=NOW - dt.timedelta(hours=1))
    add(engine, "older", "answered", at=NOW - dt.timedelta(days=6))
    add(engine, "of tomorrow", "answered", at=NOW + dt.timedelta(days=1))
    assert [turn.text for turn in read(engine).turns] == ["older", "new"]


def test_conversations_and_outcomes_are_counted(engine: Engine) -> None:
    add(engine, "a", "answered", conversation="one")
    add(engine, "b", "declined", conversation="one")
    add(engine, "c", "escalated_emergency", conversation="two")
    activity = read(engine)
    assert activity.conversations == 2
    assert activity.count("answered") == 1
    assert activity.count("declined", "escalated_emergency") == 2


def test_days_without_messages_are_shown_too(engine: Engine) -> None:
    add(engine, "a", "answered", at=NOW)
    days = read(engine).by_day()
    assert len(days) == 8
    assert days[NOW.date()]["answered"] == 1
    assert sum(sum(counted.values()) for counted in days.values()) == 1


def test_hours_are_the_clinics(engine: Engine) -> None:
    add(engine, "a", "answered", at=NOW.astimezone(dt.UTC))
    hours = read(engine).by_hour()
    assert hours[1][15] == 1  # Tuesday, half past three in the afternoon
    assert sum(map(sum, hours)) == 1


def test_every_answer_of_a_reply_counts(engine: Engine) -> None:
    add(engine, "a", "answered", answer("storage"), answer("travel"))
    add(engine, "b", "answered", answer("travel"), rating=-1)
    add(engine, "c", "answered", answer("travel"), rating=1)
    activity = read(engine)
    assert activity.answers().most_common() == [("travel", 3), ("storage", 1)]
    assert activity.thumbs("travel") == (1, 1)
    assert activity.thumbs("storage") == (0, 0)


def test_rules_count_with_the_level_they_led_to(engine: Engine) -> None:
    add(engine, "a", "escalated_emergency", escalation("emergency", "airway", "fainting"))
    add(engine, "b", "escalated_emergency", escalation("emergency", "airway"))
    add(engine, "c", "escalated_same_day", escalation("same_day", "eye_pain"))
    assert read(engine).rules() == {
        ("airway", "emergency"): 2,
        ("fainting", "emergency"): 1,
        ("eye_pain", "same_day"): 1,
    }


def test_offers_and_refusals_are_questions_without_an_answer(engine: Engine) -> None:
    add(engine, "a", "answered", answer("storage"))
    add(engine, "b", "suggested", suggestions("How do I store it?", "How do I travel?"))
    add(engine, "c", "declined")
    add(engine, "d", "escalated_routine", escalation("routine"))
    found = read(engine).unanswered()
    assert [turn.text for turn in found] == ["b", "c"]
    assert found[0].offered == ("How do I store it?", "How do I travel?")


def test_thumbs_down_come_with_their_reasons_newest_first(engine: Engine) -> None:
    add(engine, "a", "answered", at=NOW - dt.timedelta(days=2), rating=-1, reason="too short")
    add(engine, "b", "answered", at=NOW - dt.timedelta(days=1), rating=-1)
    add(engine, "c", "answered", rating=1)
    assert [(turn.text, turn.reason) for turn in read(engine).disliked()] == [
        ("b", ""),
        ("a", "too short"),
    ]
