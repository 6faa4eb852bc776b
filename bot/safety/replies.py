"""What is said when a person is needed. The words are in data/triage/replies.yml."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import msgspec

from bot.problems import DataError, Problem, line_of, load_yaml, read_text, relative, to_struct
from bot.safety.advice_file import AdviceFile
from bot.safety.model import Finding, Level
from bot.safety.texts import Mistake, text_mistakes

# A "no" and more words than these tells something else: "no, I don't have an EpiPen".
_WORDS_AFTER_NO = 4
# What takes a call back says so in few words; a longer message tells something else.
_LONGEST_TAKEN_BACK = 12
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
    violence_line: str

    def phones_in(self, text: str) -> tuple[tuple[str, str], ...]:
        """Label and number of everybody whom a text says to call, in the text's order."""
        numbers = (
            ("Emergency", self.emergency_number),
            ("Suicide and Crisis Lifeline", self.crisis_line),
            ("Poison Help", self.poison_line),
            ("Domestic Violence Hotline", self.violence_line),
            (self.clinic_name, self.phone),
            (self.after_hours_name, self.after_hours_phone),
            (self.urgent_care_name, self.urgent_care_phone),
            (self.eye_care_name, self.eye_care_phone),
        )
        places = [
            (found.start(), place)
            for place, (_, number) in enumerate(numbers)
            # A whole number: 911 is no part of 202-555-0911.
            if (found := re.search(rf"(?<![\d-]){re.escape(number)}(?!-?\d)", text))
        ]
        return tuple(numbers[place] for _, place in sorted(places))


_SAME_DAY = "same_day_contact"
# What may stand in {braces}: `is_open` decides which contact is named, and is no word.
_CONTACT = (
    "clinic_phone",
    *(f.name for f in msgspec.structs.fields(ClinicContact) if f.name != "is_open"),
)
_NAMES = (_SAME_DAY, *_CONTACT)
# The texts that replies are made of whatever the findings are.
_NEEDED = {
    "emergency": ("crisis", "taken", "guessed", "general"),
    "same_day": ("general",),
    "routine": ("general",),
    "again": (
        "crisis",
        "violence",
        "taken",
        "poisoning",
        "guessed",
        "eyes",
        "emergency",
        "allergy_no_dose",
        "wrong_dose",
        "same_day",
        "routine",
    ),
    "confirm": ("crisis", "taken", "guessed", "general"),
    "if_now": ("emergency", "crisis", "same_day", "routine"),
}
# Further texts in these are for the kinds that rules and the guided check name.
_BY_KIND = ("emergency", "same_day", "routine")


class ReplyTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """data/triage/replies.yml."""

    emergency: dict[str, str]
    same_day: dict[str, str]
    routine: dict[str, str]
    open_contact: str
    closed_contact: str
    again: dict[str, str]
    guess_is_about: dict[str, str]
    withheld_answers: tuple[str, ...]
    never_in_part: tuple[str, ...]
    confirm: dict[str, str]
    confirm_yes: str
    confirm_no: str
    yes_begins: tuple[str, ...]
    no_begins: tuple[str, ...]
    half_a_no: tuple[str, ...]
    taken_back: str
    fillers: tuple[str, ...]
    takes_back_begins: tuple[str, ...]
    takes_back_whole: tuple[str, ...]
    not_if_now: tuple[str, ...]
    if_now: dict[str, str]


class EscalationReply(msgspec.Struct, frozen=True):
    """An escalation as the patient gets it: text in Markdown, phones as label and number.

    The phones are those that the text names, and the emergency number where it may get worse.
    """

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
        """Reads and checks replies.yml.

        Raises:
            DataError: a text is missing or cannot be filled, or the guided check leads to a
                kind that has no text; all are listed.
        """
        path = folder / "replies.yml"
        data = load_yaml(read_text(path), path)
        replies = cls(to_struct(data, ReplyTexts, path))
        problems = [
            Problem(relative(path), line_of(data, keys), message, fix)
            for keys, message, fix in replies._mistakes()
        ]
        problems += replies._advice_without_a_text(folder / "advice.yml")
        if problems:
            raise DataError(problems)
        return replies

    @property
    def withheld_answers(self) -> tuple[str, ...]:
        """Ids of answers that are not given beside a call to make now or today."""
        return self._texts.withheld_answers

    @property
    def never_in_part(self) -> tuple[str, ...]:
        """Ids of answers of which no part is shown without the rest."""
        return self._texts.never_in_part

    def confirms(self, text: str) -> bool | None:
        """Whether a reply to `question`, button or typed, is a yes (True), a no (False) or neither.

        The longer beginning counts: "not sure" is no "no". A "no, but …" is neither, and so
        is a "no" that much else follows.
        """
        said = _words(text)
        texts = self._texts
        yes = _beginning(said, (texts.confirm_yes, *texts.yes_begins))
        no = _beginning(said, (texts.confirm_no, *texts.no_begins))
        if yes > no:
            return True
        rest = said[no:]
        half = set(self._texts.half_a_no)
        much = len(rest) > _WORDS_AFTER_NO and not _beginning(rest, texts.no_begins)
        if not no or much or half.intersection(said):
            return None
        return False

    def takes_back(self, text: str) -> bool:
        """Whether a message says that what sounded urgent was long ago or only asked about."""
        said = _words(text)
        fillers = set(self._texts.fillers)
        small = len(list(itertools.takewhile(fillers.__contains__, said)))
        half = set(self._texts.half_a_no)
        clear = len(said) <= _LONGEST_TAKEN_BACK and half.isdisjoint(said)
        rests = [said[place:] for place in range(small + 1)]
        begins, whole = self._texts.takes_back_begins, self._texts.takes_back_whole
        return clear and any(
            _beginning(rest, begins)
            or ((end := _beginning(rest, whole)) and fillers.issuperset(rest[end:]))
            for rest in rests
        )

    @property
    def taken_back(self) -> str:
        """A button's text, by which a patient takes a call back."""
        return self._texts.taken_back

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
        # A confirmed question has no finding: what it is about is not known.
        unknown = "general" if current or "guessed" not in texts else "guessed"
        kind = next((k for k in texts if k in kinds), unknown)
        if kinds == {"guessed"}:
            kind = self._about(level, [f.kind for f in findings if f.escalates]) or kind
        if {"crisis", "poisoning"} <= kinds:
            kind = "poisoning"  # Its text names all numbers.
        rules = tuple(sorted({f"{f.rule}:{level}" for f in current}))
        if rules and set(rules) <= told:
            again = self.again(level, kinds, clinic)
            return msgspec.structs.replace(again, rules=rules)
        text = texts[kind]
        if level == "emergency" and kind == "crisis" and len(kinds) > 1:
            text += "\n\n" + texts["general"]
        return self._reply(level, text, clinic, rules)

    def again(self, level: Level, kinds: Collection[str], clinic: ClinicContact) -> EscalationReply:
        """The reminder of a call of this level, because of findings of these kinds."""
        texts = self._texts.again
        # What no rule has heard may be anything: its text names 988, too.
        kinds = kinds or ("guessed",)
        known = {*kinds, self._about(level, kinds)}
        fitting = [k for k in texts if k in known and k in getattr(self._texts, level)]
        return self._reply(level, texts[fitting[0] if fitting else level], clinic)

    def _about(self, level: Level, heard: Collection[str]) -> str | None:
        """What a guess is about, by what the rules hear of it, be it less urgent."""
        known = (self._texts.guess_is_about.get(kind) for kind in heard)
        return next((kind for kind in known if kind in getattr(self._texts, level)), None)

    def for_kind(self, level: Level, kind: str, clinic: ClinicContact) -> EscalationReply:
        """The reply of one kind, for advice that stands on no finding."""
        texts = getattr(self._texts, level)
        return self._reply(level, texts.get(kind) or texts["general"], clinic)

    def question(
        self, findings: Sequence[Finding], clinic: ClinicContact
    ) -> tuple[str, tuple[str, str]]:
        """The plain question for an emergency that is only guessed, and its replies, yes and no."""
        texts = self._texts
        kinds = {finding.kind for finding in findings if finding.level == "emergency"}
        asked = next((text for kind, text in texts.confirm.items() if kind in kinds), None)
        confirm = self._fill(asked or texts.confirm["guessed"], clinic)
        return confirm, (texts.confirm_yes, texts.confirm_no)

    def if_happening_now(
        self, level: Level, findings: Sequence[Finding], clinic: ClinicContact
    ) -> str:
        """The line after the reply to a question about a red flag of this level."""
        asked = {f.kind for f in findings if f.level == level and f.status == "hypothetical"}
        if asked and asked.issubset(self._texts.not_if_now):
            return ""
        crisis = level == "emergency" and any(finding.kind == "crisis" for finding in findings)
        return self._fill(self._texts.if_now.get("crisis" if crisis else level, ""), clinic)

    def _mistakes(self) -> Iterator[Mistake]:
        texts = self._texts
        for group, needed in _NEEDED.items():
            written: dict[str, str] = getattr(texts, group)
            for key in needed:
                if key not in written:
                    yield (group,), f"`{group}` has no text for `{key}`.", f"Add `{key}: …`."
            for key, text in written.items():
                if key not in needed and group not in _BY_KIND:
                    fix = f"Use one of: {', '.join(needed)}."
                    yield (group, key), f"`{group}` has no use for `{key}`.", fix
                yield from text_mistakes((group, key), text, _NAMES)
        single: dict[str, Collection[str]] = {
            "open_contact": _CONTACT,
            "closed_contact": _CONTACT,
            "confirm_yes": (),
            "confirm_no": (),
            "taken_back": (),
        }
        for key, names in single.items():
            yield from text_mistakes((key,), getattr(texts, key), names)
        if not self.takes_back(texts.taken_back):
            message = "The button takes no call back: it is not in `takes_back_whole`."
            yield ("taken_back",), message, "Add its words there."
        yield from self._mistakes_in_beginnings()

    def _mistakes_in_beginnings(self) -> Iterator[Mistake]:
        texts = self._texts
        yes = {_words(text) for text in (texts.confirm_yes, *texts.yes_begins)}
        for key in ("yes_begins", "no_begins", "takes_back_begins", "takes_back_whole"):
            for place, text in enumerate(getattr(texts, key)):
                words = _words(text)
                if not words:
                    message = f"`{text}` has no words, so every reply begins with it."
                    yield (key, place), message, "Remove it."
                elif key == "no_begins" and words in yes:
                    message = f"`{text}` stands under `yes_begins` too."
                    yield (key, place), message, "Remove one of the two."

    def _advice_without_a_text(self, path: Path) -> Iterator[Problem]:
        """What the check of advice.yml can end with, of a kind which no text here is for."""
        try:
            data = load_yaml(read_text(path), path)
            file = to_struct(data, AdviceFile, path)
        except DataError:  # `GuidedCheck.load` says what is wrong with that file.
            return
        for keys, name, outcome in file.outcomes():
            if outcome.level == "none":  # `GuidedCheck.load` says this, too.
                continue
            kinds = getattr(self._texts, outcome.level)
            if outcome.kind not in kinds:
                yield Problem(
                    relative(path),
                    line_of(data, (*keys, "kind")),
                    f"{name} is of the kind `{outcome.kind}`, which has no text under "
                    f"`{outcome.level}` in replies.yml.",
                    f"Use one of: {', '.join(kinds)}.",
                )

    def _reply(
        self, level: Level, text: str, clinic: ClinicContact, rules: tuple[str, ...] = ()
    ) -> EscalationReply:
        filled = self._fill(text, clinic)
        phones = clinic.phones_in(filled)
        emergency = ("Emergency", clinic.emergency_number)
        if level != "routine" and emergency not in phones:
            phones += (emergency,)
        return EscalationReply(level, filled, phones, rules)

    def _fill(self, text: str, clinic: ClinicContact) -> str:
        contact = self._texts.open_contact if clinic.is_open else self._texts.closed_contact
        text = text.replace("{same_day_contact}", contact)
        values = {**msgspec.structs.asdict(clinic), "clinic_phone": clinic.phone}
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text


def _beginning(said: Sequence[str], begins: Sequence[str]) -> int:
    """How many words the longest of these takes that the message begins with; 0 for none."""
    lengths = [len(words) for words in map(_words, begins) if tuple(said[: len(words)]) == words]
    return max(lengths, default=0)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold().replace("’", "'")))
