"""Reads from the database what a report is about. Texts there have personal data masked."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.engine.database import TURNS
from bot.report.period import Period

# What a patient was left with when there was no answer.
UNANSWERED = ("suggested", "declined")


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One message and what came of it. `rules` are (rule, level) of its escalations."""

    conversation: str
    at: dt.datetime
    text: str
    outcome: str
    answers: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()
    rating: int = 0
    reason: str = ""


class Activity(msgspec.Struct, frozen=True):
    """All turns of a period, oldest first, and the sums that a report shows."""

    period: Period
    turns: tuple[Turn, ...]

    @property
    def conversations(self) -> int:
        """How many conversations had at least one message."""
        return len({turn.conversation for turn in self.turns})

    def count(self, *outcomes: str) -> int:
        """How many turns had one of these outcomes."""
        return sum(turn.outcome in outcomes for turn in self.turns)

    def by_day(self) -> dict[dt.date, Counter[str]]:
        """Outcomes of each day, days without any included."""
        days: dict[dt.date, Counter[str]] = {day: Counter() for day in self.period.days}
        for turn in self.turns:
            days[turn.at.date()][turn.outcome] += 1
        return days

    def by_hour(self) -> list[list[int]]:
        """Messages by weekday (Monday first) and hour of the day."""
        hours = [[0] * 24 for _ in range(7)]
        for turn in self.turns:
            hours[turn.at.weekday()][turn.at.hour] += 1
        return hours

    def answers(self) -> Counter[str]:
        """How often each answer was given."""
        return Counter(faq_id for turn in self.turns for faq_id in turn.answers)

    def thumbs(self, faq_id: str) -> tuple[int, int]:
        """Thumbs up and down on replies with this answer."""
        ratings = [turn.rating for turn in self.turns if faq_id in turn.answers]
        return ratings.count(1), ratings.count(-1)

    def rules(self) -> Counter[tuple[str, str]]:
        """How often each red-flag rule led to an escalation, by (rule, level)."""
        return Counter(rule for turn in self.turns for rule in turn.rules)

    def unanswered(self) -> list[Turn]:
        """The turns that left a question without an answer."""
        return [turn for turn in self.turns if turn.outcome in UNANSWERED]

    def disliked(self) -> list[Turn]:
        """The turns with a thumb down, newest first."""
        return [turn for turn in reversed(self.turns) if turn.rating < 0]


def read_activity(engine: Engine, period: Period) -> Activity:
    """Everything that happened in a period.

    Args:
        engine: the database; nothing is written to it.
        period: the time, in the clinic's zone, which all times in the report are in.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database cannot be read.
    """
    if not sa.inspect(engine).has_table(TURNS.name):
        return Activity(period, ())
    query = (
        sa.select(TURNS)
        .where(TURNS.c.timestamp >= period.start.timestamp())
        .where(TURNS.c.timestamp <= period.end.timestamp())
        .order_by(TURNS.c.timestamp)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).mappings()
        return Activity(period, tuple(_turn(dict(row), period) for row in rows))


def _turn(row: dict[str, Any], period: Period) -> Turn:
    reply = json.loads(row["reply"])
    escalations = [message for message in reply if message["kind"] == "escalation"]
    return Turn(
        conversation=row["conversation"],
        at=dt.datetime.fromtimestamp(row["timestamp"], period.end.tzinfo),
        text=row["text"],
        outcome=row["outcome"],
        answers=tuple(message["faq_id"] for message in reply if message.get("faq_id")),
        offered=tuple(
            button["title"]
            for message in reply
            if message["kind"] == "suggestions"
            for button in message["quick_replies"][:-1]  # the last says: none of these
        ),
        rules=tuple(
            (rule.partition(":")[0], message["level"])  # stored as rule:level
            for message in escalations
            for rule in message.get("rules", [])
        ),
        rating=row["rating"] or 0,
        reason=row["rating_reason"] or "",
    )
