"""The messages a patient sees, in the one form that widget, shell and history share.

A message is a dict with the keys of `blank`: role, kind (answer, escalation,
suggestions or notice), text (Markdown), faq_id, level, sources, reviewed_on,
reviewed_by, quick_replies (title and payload, both plain text), phones (label and
number) and rules (the red-flag rules that it speaks to).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from bot.knowledge import Answer, AnswerStore, Clinic
from bot.safety import ClinicContact
from bot.safety.replies import EscalationReply

NONE_OF_THESE = "None of these"


def blank(kind: str, text: str) -> dict[str, Any]:
    """A message of this kind with nothing but its text."""
    return {
        "role": "assistant",
        "kind": kind,
        "text": text,
        "faq_id": None,
        "level": "none",
        "sources": [],
        "reviewed_on": None,
        "reviewed_by": None,
        "quick_replies": [],
        "phones": [],
        "rules": [],
    }


def buttons(texts: Iterable[str]) -> list[dict[str, str]]:
    """Quick replies whose payload is what a patient could have typed."""
    return [{"title": text, "payload": text} for text in texts]


def labelled(phones: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Phone buttons from labels and numbers."""
    return [{"label": label, "number": number} for label, number in phones]


def answer_message(
    answer: Answer, answers: AnswerStore, clinic: Clinic, now: dt.datetime
) -> dict[str, Any]:
    """A curated answer with its sources, review state, what people ask next, and whom to call."""
    follow_ups = [found for faq_id in answer.follow_ups if (found := answers.get(faq_id))]
    message = blank("answer", answer.body)
    message.update(
        faq_id=answer.id,
        sources=[
            {"title": source.title, "publisher": source.publisher, "url": source.link}
            for source in answer.sources
        ],
        reviewed_on=answer.reviewed_on.isoformat() if answer.reviewed_on else None,
        reviewed_by=answer.reviewed_by,
        quick_replies=buttons(found.question for found in follow_ups[:3]),
    )
    if answer.contact_level == "same_day" and not clinic.is_open(now):
        others = (clinic.after_hours, clinic.urgent_care)
        message["phones"] = labelled((place.name, place.phone) for place in others)
    elif answer.contact_level != "none":
        message["phones"] = labelled([(clinic.name, clinic.phone)])
    return message


def suggestions_message(text: str, found: Iterable[Answer]) -> dict[str, Any]:
    """The nearest questions as buttons, and a way to say that none of them fits."""
    message = blank("suggestions", text)
    message["quick_replies"] = buttons([*(answer.question for answer in found), NONE_OF_THESE])
    return message


def escalation_message(reply: EscalationReply) -> dict[str, Any]:
    """An escalation with its level, phones and the rules that it speaks to."""
    message = blank("escalation", reply.text)
    message["level"] = reply.level
    message["phones"] = labelled(reply.phones)
    message["rules"] = list(reply.rules)
    return message


def clinic_values(clinic: Clinic, now: dt.datetime) -> dict[str, str]:
    """What the {braces} in curated texts stand for."""
    return {
        "clinic_name": clinic.name,
        "clinic_phone": clinic.phone,
        "clinic_address": clinic.address,
        "clinic_portal": clinic.portal,
        "opening_hours": clinic.hours_text(),
        "open_now": clinic.open_now_text(now),
        "after_hours_name": clinic.after_hours.name,
        "after_hours_phone": clinic.after_hours.phone,
        "urgent_care_name": clinic.urgent_care.name,
        "urgent_care_phone": clinic.urgent_care.phone,
        "eye_care_name": clinic.eye_care.name,
        "eye_care_phone": clinic.eye_care.phone,
        "emergency_number": clinic.emergency_number,
        "crisis_line": clinic.crisis_line,
        "poison_line": clinic.poison_line,
        "violence_line": clinic.violence_line,
    }


def fill(text: str, values: dict[str, str]) -> str:
    """Replaces {name} by its value and leaves every other brace alone."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def clinic_contact(clinic: Clinic, now: dt.datetime) -> ClinicContact:
    """The clinic as the safety room needs it at this moment."""
    return ClinicContact(
        clinic_name=clinic.name,
        phone=clinic.phone,
        is_open=clinic.is_open(now),
        after_hours_name=clinic.after_hours.name,
        after_hours_phone=clinic.after_hours.phone,
        urgent_care_name=clinic.urgent_care.name,
        urgent_care_phone=clinic.urgent_care.phone,
        eye_care_name=clinic.eye_care.name,
        eye_care_phone=clinic.eye_care.phone,
        portal=clinic.portal,
        emergency_number=clinic.emergency_number,
        crisis_line=clinic.crisis_line,
        poison_line=clinic.poison_line,
        violence_line=clinic.violence_line,
    )


def plain_text(messages: Iterable[dict[str, Any]]) -> str:
    """The messages as one text, for the terminal: sources, phones and buttons included."""
    parts = []
    for message in messages:
        lines = [message["text"]]
        if message["sources"]:
            names = "; ".join(f"{s['title']} ({s['publisher']})" for s in message["sources"])
            lines.append(f"Sources: {names}")
        if message["kind"] == "answer":
            reviewed = message["reviewed_on"]
            lines.append(f"Reviewed on {reviewed}." if reviewed else f"({message['reviewed_by']})")
        lines += [f"{phone['label']}: {phone['number']}" for phone in message["phones"]]
        if message["quick_replies"]:
            lines.append("\n".join(f"[ {reply['title']} ]" for reply in message["quick_replies"]))
        parts.append("\n\n".join(lines))
    return "\n\n".join(parts)
