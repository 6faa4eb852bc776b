"""What the channel itself says, outside the curated answers."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from bot.engine import resources
from bot.engine.messages import blank, clinic_contact, clinic_values, escalation_message, fill
from bot.settings import Settings
from bot.web.requests import MAX_TEXT_CHARACTERS

GREETING = (
    "Hello! I answer common questions about Dupixent and eczema for patients of {clinic_name}."
)
BEFORE_THE_FIRST_MESSAGE = (
    "Not for emergencies. In an emergency, call {emergency_number}.",
    "I am a computer program, not a clinician. I cannot diagnose.",
    "This chat is kept for {days} and then removed. You can delete it at any time.",
    "Please do not type names, birth dates or other personal details.",
)
REDACTED = (
    "I removed personal details from your message. Please do not type names, birth dates or "
    "numbers here."
)
PAUSED = (
    "The assistant is switched off at the moment. Please call {clinic_name}: {clinic_phone}. "
    "{open_now} {after_hours_name}: {after_hours_phone}. "
    "In an emergency, call {emergency_number}."
)
TRY_AGAIN = (
    "Something is not working on our side. Please try again, or call {clinic_phone}. "
    "In an emergency, call {emergency_number}."
)
STILL_WORKING = (
    "This is taking longer than it should. Please try again, or call {clinic_phone}. "
    "In an emergency, call {emergency_number}."
)
TOO_MANY = (
    "That is a lot at once. Please wait {wait}, or call {clinic_phone}. "
    "In an emergency, call {emergency_number}."
)


def said(text: str, **values: str) -> str:
    """A text with the clinic's details filled in."""
    return fill(text, {**clinic_values(resources.clinic(), dt.datetime.now(dt.UTC)), **values})


def too_many(seconds: int) -> str:
    """What a patient is told at a limit."""
    wait = f"{seconds} seconds" if seconds < 100 else f"{math.ceil(seconds / 60)} minutes"
    return said(TOO_MANY, wait="1 second" if seconds == 1 else wait)


def introduction(settings: Settings) -> dict[str, Any]:
    """What a patient is told before the first message."""
    clinic = resources.clinic()
    kept = settings.retention_days
    days = "1 day" if kept == 1 else f"{kept:g} days"
    return {
        "greeting": said(GREETING),
        "notices": [said(text, days=days) for text in BEFORE_THE_FIRST_MESSAGE],
        "clinic": {
            "name": clinic.name,
            "phone": clinic.phone,
            "emergency_number": clinic.emergency_number,
            "open_now": clinic.open_now_text(dt.datetime.now(dt.UTC)),
            "demo": clinic.demo,
        },
        "max_characters": MAX_TEXT_CHARACTERS,
        "retention_days": settings.retention_days,
        "session_hours": settings.session_hours,
    }


def redacted() -> dict[str, Any]:
    """The message that follows when personal data was masked."""
    return blank("notice", REDACTED)


def paused() -> dict[str, Any]:
    """The message that stands in for the assistant while it is switched off."""
    clinic = resources.clinic()
    message = blank("notice", said(PAUSED))
    message["phones"] = [
        {"label": clinic.name, "number": clinic.phone},
        {"label": clinic.after_hours.name, "number": clinic.after_hours.phone},
    ]
    return message


def emergency(text: str, rules_only: bool = False) -> dict[str, Any] | None:
    """The emergency reply if the text calls for one.

    Args:
        text: what the patient wrote.
        rules_only: do without the second detector.

    It needs the safety screen alone: no model, no store, no action server. So it is there
    when everything else is away.
    """
    screen = resources.screen()
    screening = screen.read_by_rules(text) if rules_only else screen.read(text)
    if screening.level != "emergency":
        return None
    contact = clinic_contact(resources.clinic(), dt.datetime.now(dt.UTC))
    return escalation_message(
        resources.replies().escalation("emergency", screening.findings, contact, frozenset())
    )
