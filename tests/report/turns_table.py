"""Turns as the server stores them, for reports."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.engine.database import TURNS
from bot.engine.messages import blank, buttons

ZONE = ZoneInfo("America/Chicago")
NOW = dt.datetime(2026, 11, 24, 15, 30, tzinfo=ZONE)  # a Tuesday
_numbers = itertools.count()


def answer(faq_id: str) -> dict[str, Any]:
    return {**blank("answer", "A curated text."), "faq_id": faq_id}


def suggestions(*questions: str) -> dict[str, Any]:
    message = blank("suggestions", "I am not sure.")
    return {**message, "quick_replies": buttons([*questions, "None of these"])}


def escalation(level: str, *rules: str) -> dict[str, Any]:
    return {**blank("escalation", "Call."), "level": level, "rules": list(rules)}


def add(
    engine: Engine,
    text: str,
    outcome: str,
    *reply: dict[str, Any],
    at: dt.datetime = NOW,
    conversation: str = "one",
    rating: int | None = None,
    reason: str | None = None,
) -> None:
    number = next(_numbers)
    with engine.begin() as connection:
        connection.execute(
            sa.insert(TURNS).values(
                conversation=conversation,
                message_id=f"m{number}",
                number=number,
                timestamp=at.timestamp(),
                text=text,
                reply=json.dumps(reply),
                outcome=outcome,
                rating=rating,
                rating_reason=reason,
            )
        )
