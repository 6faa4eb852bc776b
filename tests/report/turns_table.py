"""Turns as the server stores them, for reports."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.engine.database import TURNS
from bot.engine.messages import blank, buttons, clinic_contact, escalation_message
from bot.knowledge import read_clinic
from bot.safety import Finding, Level, Replies

DATA = Path(__file__).resolve().parents[2] / "data"
ZONE = ZoneInfo("America/Chicago")
NOW = dt.datetime(2026, 11, 24, 15, 30, tzinfo=ZONE)  # a Tuesday
REPLIES = Replies.load(DATA / "triage")
CONTACT = clinic_contact(read_clinic(DATA / "clinic.yml"), NOW)
_numbers = itertools.count()


def answer(faq_id: str) -> dict[str, Any]:
    return {**blank("answer", "A curated text."), "faq_id": faq_id}


def suggestions(*questions: str) -> dict[str, Any]:
    message = blank("suggestions", "I am not sure.")
    return {**message, "quick_replies": buttons([*questions, "None of these"])}


def escalation(level: Level, *rules: str) -> dict[str, Any]:
    """The message as the server makes it of findings of these rules."""
    findings = [Finding(rule, level, "words", 0, 5, "asserted") for rule in rules]
    return escalation_message(REPLIES.escalation(level, findings, CONTACT, frozenset()))


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
