"""What is said when a person is needed. The words are in data/triage/replies.yml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bot.problems import load_yaml, read_text, to_struct
from bot.safety.model import Finding, Level

# What makes a "no" half a "no".
_TURNS = frozenset("but though although except still worse".split())
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


class ClinicContact(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a patient can reach, at this moment."""

    clinic_name: str
    phone: str
    is_open: bool
    after_hours_name: str
    after_hours_phone: str
    urgent_care_name: str
    urgent_care_phone: str
    eye_care_name: str
    eye_care_phone: str
    portal: str
    emergency_number: str
    crisis_line: str
    poison_line: str


class ReplyTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """data/triage/replies.yml."""

    emergency: dict[str, str]
    same_day: dict[str, str]
    routine: dict[str, str]
    open_contact: str
    closed_contact: str
    again: dict[str, str]
    confirm: str
    confirm_yes: str
    confirm_no: str
    yes_begins: tuple[str, ...]
    no_begins: tuple[str, ...]
    if_now: dict[str, str]


class EscalationReply(msgspec.Struct, frozen=True):
    """An escalation as the patient gets it: text in Markdown, phones as label and number."""

    level: Level
    text: str
    phones: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]


class Replies:
    """The escalation texts. Make it with `load`."""

    def __init__(self, texts: ReplyTexts) -> None:
        self._texts = texts

    @classmethod
    def load(cls, folder: Path) -> Replies:
        """Reads replies.yml. Raises `DataError` when it cannot be used."""
        path = folder / "replies.yml"
        return cls(to_struct(load_yaml(read_text(path), path), ReplyTexts, path))

    def confirms(self, text: str) -> bool | None:
        """Whether a reply to `question`, button or typed, is a yes (True), a no (False) or neither.

        The longer beginning counts: "not sure" is no "no". A "no, but …" is neither.
        """
        said = _words(text)
        texts = self._texts
        begins = {
            **dict.fromkeys(map(_words, (texts.confirm_yes, *texts.yes_begins)), True),
            **dict.fromkeys(map(_words, (texts.confirm_no, *texts.no_begins)), False),
        }
        fitting = [words for words in begins if said[: len(words)] == words]
        if not fitting:
            return None
        yes = begins[max(fitting, key=len)]
        return None if not yes and _TURNS.intersection(said) else yes

    def escalation(
        self, level: Level, findings: Sequence[Finding], clinic: ClinicContact, told: frozenset[str]
    ) -> EscalationReply:
        """The reply to a message whose highest escalating finding has this level.

        Args:
            level: emergency, same_day or routine.
            findings: what the screen found; may be empty (a confirmed question).
            clinic: whom to contact.
            told: rules that this conversation has already escalated: when nothing is new,
                the reply is a short reminder.
        """
        current = [f for f in findings if f.escalates and f.level == level]
        texts = getattr(self._texts, level)
        kinds = {finding.kind for finding in current}
        kind = next((k for k in texts if k in kinds), "general")
        rules = tuple(sorted({f"{f.rule}:{level}" for f in current}))
        if rules and set(rules) <= told:
            text = self._texts.again["crisis" if kind == "crisis" else level]
        else:
            text = texts[kind]
            if level == "emergency" and "crisis" in kinds and len(kinds) > 1:
                text += "\n\n" + texts["general"]
        return EscalationReply(
            level, self._fill(text, clinic), self._phones(level, kind, clinic), rules
        )

    def for_kind(self, level: Level, kind: str, clinic: ClinicContact) -> EscalationReply:
        """The reply of one kind, for advice that stands on no finding."""
        texts = getattr(self._texts, level)
        text = self._fill(texts.get(kind) or texts["general"], clinic)
        return EscalationReply(level, text, self._phones(level, kind, clinic), ())

    def question(self, clinic: ClinicContact) -> tuple[str, tuple[str, str]]:
        """The one plain question and its two replies, yes and no."""
        texts = self._texts
        return self._fill(texts.confirm, clinic), (texts.confirm_yes, texts.confirm_no)

    def if_happening_now(
        self, level: Level, findings: Sequence[Finding], clinic: ClinicContact
    ) -> str:
        """The line after the reply to a question about a red flag of this level."""
        crisis = level == "emergency" and any(finding.kind == "crisis" for finding in findings)
        return self._fill(self._texts.if_now.get("crisis" if crisis else level, ""), clinic)

    def _fill(self, text: str, clinic: ClinicContact) -> str:
        contact = self._texts.open_contact if clinic.is_open else self._texts.closed_contact
        text = text.replace("{same_day_contact}", contact)
        values = {**msgspec.structs.asdict(clinic), "clinic_phone": clinic.phone}
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    @staticmethod
    def _phones(level: Level, kind: str, clinic: ClinicContact) -> tuple[tuple[str, str], ...]:
        emergency = ("Emergency", clinic.emergency_number)
        if level == "emergency":
            if kind == "crisis":
                return (("Suicide and Crisis Lifeline", clinic.crisis_line), emergency)
            if kind == "poisoning":
                return (emergency, ("Poison Help", clinic.poison_line))
            return (emergency,)
        if level == "routine":
            return ((clinic.clinic_name, clinic.phone),)
        if clinic.is_open:
            phones = [(clinic.clinic_name, clinic.phone)]
        else:
            phones = [
                (clinic.after_hours_name, clinic.after_hours_phone),
                (clinic.urgent_care_name, clinic.urgent_care_phone),
            ]
        if kind == "eyes":
            phones.insert(0, (clinic.eye_care_name, clinic.eye_care_phone))
        if kind in ("poisoning", "wrong_dose"):
            phones.insert(0, ("Poison Help", clinic.poison_line))
        return (*phones, emergency)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold().replace("’", "'")))
