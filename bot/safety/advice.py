"""The guided check: a few questions, then a decision by a table.

The decision is a pure function of the answers over data/triage/advice.yml: the first
row whose conditions all hold. The last row has none, so there is no gap.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.problems import (
    DataError,
    KeyPath,
    Problem,
    line_of,
    load_yaml,
    read_text,
    relative,
    to_struct,
)
from bot.safety.model import LEVELS, Level, Screening

UNKNOWN = "not said"
# The questions that the conversation asks (domain.yml has a slot for each), and the options
# that this module knows by their ids. Their texts may be any.
_NEEDED: dict[str, tuple[str, ...]] = {
    "what": ("eyes", "other"),
    "where": ("eye_area",),
    "since": (),
    "warnings": ("some", "none", "unsure"),
}
_LEVELS_OF_ROWS = "Use emergency, same_day or routine."
_NAME = re.compile(r"\{(\w+)\}")

# Where something is wrong in a file, what, and the fix.
Mistake = tuple[KeyPath, str, str]


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reply to a question: its button's text, and words that mean the same."""

    id: str
    text: str
    says: tuple[str, ...]


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question of the guided check. A reply with a word of `unless` answers another one."""

    id: str
    text: str
    options: tuple[Option, ...]
    unless: tuple[str, ...] = ()


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the decision: conditions (question to options), level, reason, source."""

    id: str
    when: dict[str, tuple[str, ...]]
    level: Level
    kind: str
    reason: str
    source: tuple[int, ...]


class Raised(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is advised for a baby, in pregnancy and with weak immunity instead of `routine`."""

    level: Level
    kind: str
    reason: str


class AdviceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """data/triage/advice.yml."""

    questions: tuple[Question, ...]
    rows: tuple[Row, ...]
    raised: Raised
    summary: str
    advice_words: dict[str, str]
    small_words: tuple[str, ...]

    def outcomes(self) -> Iterator[tuple[KeyPath, str, Row | Raised]]:
        """All that the check can end with: where it stands, its name for people, and itself."""
        for number, row in enumerate(self.rows):
            yield ("rows", number), f"The row `{row.id}`", row
        yield ("raised",), "`raised`", self.raised


class Advice(msgspec.Struct, frozen=True):
    """The outcome: how soon, why, by which row, and a summary to read out at the clinic."""

    level: Level
    kind: str
    reason: str
    summary: str
    row: str


class GuidedCheck:
    """The guided check as its file says it. Make it with `load`."""

    def __init__(self, file: AdviceFile, ordinary: Collection[str] = ()) -> None:
        self._file = file
        self._ordinary = ordinary
        self._questions = {question.id: question for question in file.questions}

    @classmethod
    def load(cls, folder: Path, ordinary: Collection[str] = ()) -> GuidedCheck:
        """Reads and checks advice.yml.

        Args:
            folder: the folder with advice.yml.
            ordinary: English words, which are no slips: "check" is no "cheek".

        Raises:
            DataError: a missing or unknown question or option, a text that cannot be filled,
                a row that cannot be reached or names nobody to contact, or a combination of
                answers that no row decides; all are listed.
        """
        path = folder / "advice.yml"
        data = load_yaml(read_text(path), path)
        check = cls(to_struct(data, AdviceFile, path), ordinary)
        problems = [
            Problem(relative(path), line_of(data, keys), message, fix)
            for keys, message, fix in check._mistakes()
        ]
        if problems:
            raise DataError(problems)
        return check

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions in the order in which they are asked."""
        return self._file.questions

    @property
    def rows(self) -> tuple[Row, ...]:
        """The decision table."""
        return self._file.rows

    def question(self, question_id: str) -> Question:
        """The question with this id. Raises `KeyError` if there is none."""
        return self._questions[question_id]

    def interpret(self, question_id: str, text: str) -> str | None:
        """The option that a typed reply means, or None when that is not clear.

        A reply of many words is an answer only where it is a button's text: a long
        message is something of its own.
        """
        question = self._questions.get(question_id)
        said = _plain(text)
        if question is None or not said:
            return None
        for option in question.options:
            if said == _plain(option.text):
                return option.id
        words = said.split()
        if len(words) > 14 or not set(question.unless).isdisjoint(words):
            return None
        slips = [word for word in words if word not in self._ordinary]
        hits = {option.id: _longest_hit(option, said, slips) for option in question.options}
        best = max(hits.values())
        winners = [option for option, size in hits.items() if size == best]
        if best == 0:
            return None
        if question_id == "warnings":
            return self._warnings(said, hits)
        return winners[0] if len(winners) == 1 else None

    def only_answers(self, question_id: str, text: str) -> bool:
        """Whether a reply consists of nothing but one option's words and small words.

        "On my arms and legs" does; "my chest feels heavy" says more than where it is.
        """
        question = self._questions.get(question_id)
        if question is None or self.interpret(question_id, text) is None:
            return False
        said = f" {_plain(text)} "
        phrases = [p for o in question.options for p in (*o.says, _plain(o.text))]
        for phrase in sorted(phrases, key=len, reverse=True):
            said = said.replace(f" {phrase} ", "  ")
        return set(said.split()) <= set(self._file.small_words)

    def known_from(self, text: str) -> dict[str, str]:
        """What the message that starts the check already says: the topic, and eyes as place."""
        what = self.interpret("what", text)
        if what == "eyes":
            return {"what": "eyes", "where": "eye_area"}
        if what in (None, "other"):
            return {}
        known = {"what": str(what)}
        where = self.interpret("where", text)
        if where:
            known["where"] = where
        return known

    def concerns(self, screening: Screening) -> bool:
        """Whether a routine finding is of the kind that the check is for: skin or eyes."""
        kinds = {f.kind for f in screening.findings if f.escalates}
        return bool(kinds & {"skin", "eyes_routine"})

    def advise(self, answers: Mapping[str, str], raised: bool = False) -> Advice:
        """The decision for some answers (question id to option id).

        Args:
            answers: what was replied.
            raised: a baby, pregnancy or weak immunity was named: one level up.

        Raises:
            LookupError: no row fits; `load` makes sure that this cannot happen.
        """
        row = self._decide(answers)
        if row is None:
            raise LookupError("No row of data/triage/advice.yml fits these answers.")
        words = {
            question.id: next(
                (o.text.lower() for o in question.options if o.id == answers.get(question.id)),
                UNKNOWN,
            )
            for question in self.questions
        }
        decided = self._file.raised if raised and row.level == "routine" else row
        advice = self._file.advice_words.get(decided.level, decided.level)
        summary = self._file.summary.format(**words, advice=advice)
        return Advice(decided.level, decided.kind, decided.reason, summary, row.id)

    def _decide(self, answers: Mapping[str, str]) -> Row | None:
        for row in self.rows:
            if all(answers.get(key) in options for key, options in row.when.items()):
                return row
        return None

    def _warnings(self, said: str, hits: Mapping[str, int]) -> str | None:
        """One checklist question: any named sign counts, unless all are denied."""
        words = said.split()
        denied = words[0] in ("no", "none", "nope", "nah", "nothing", "neither", "not", "without")
        if hits["unsure"] and not hits["some"]:
            return "unsure"
        if denied and not re.search(r"\b(?:but|except|only|just|though)\b", said):
            return "none"
        return "some" if hits["some"] else ("none" if hits["none"] else None)

    def _mistakes(self) -> Iterator[Mistake]:
        yield from self._mistakes_in_ids()
        yield from self._mistakes_in_texts()
        yield from self._mistakes_in_rows()

    def _mistakes_in_ids(self) -> Iterator[Mistake]:
        yield from _twice(("questions",), self.questions)
        yield from _twice(("rows",), self.rows)
        keep = f"The conversation asks {', '.join(_NEEDED)}; keep these ids."
        for question_id in _NEEDED:
            if question_id not in self._questions:
                yield ("questions",), f"The question `{question_id}` is missing.", keep
        for number, question in enumerate(self.questions):
            keys = ("questions", number)
            if question.id not in _NEEDED:
                yield keys, f"The question `{question.id}` is never asked.", keep
            yield from _twice((*keys, "options"), question.options)
            if len(question.options) < 2:
                yield keys, f"`{question.id}` needs two or more options.", "Add some."
            ids = {option.id for option in question.options}
            for option_id in _NEEDED.get(question.id, ()):
                if option_id not in ids:
                    yield (
                        keys,
                        f"`{question.id}` has no option `{option_id}`, which the check needs.",
                        "Keep its id; its text may change.",
                    )

    def _mistakes_in_texts(self) -> Iterator[Mistake]:
        yield from text_mistakes(("summary",), self._file.summary, (*_NEEDED, "advice"))
        for number, question in enumerate(self.questions):
            keys = ("questions", number)
            yield from text_mistakes((*keys, "text"), question.text)
            for place, option in enumerate(question.options):
                yield from text_mistakes((*keys, "options", place, "text"), option.text)
        for place_of_outcome, _, outcome in self._file.outcomes():
            yield from text_mistakes((*place_of_outcome, "reason"), outcome.reason)
        for level, text in self._file.advice_words.items():
            place_of_words = ("advice_words", level)
            if level not in LEVELS or level == "none":
                yield place_of_words, f"`{level}` is no level.", _LEVELS_OF_ROWS
            yield from text_mistakes(place_of_words, text)

    def _mistakes_in_rows(self) -> Iterator[Mistake]:
        levels: dict[Level, None] = {}
        for keys, name, outcome in self._file.outcomes():
            if outcome.level == "none":
                yield (*keys, "level"), f"{name} names nobody to contact.", _LEVELS_OF_ROWS
            elif outcome.level not in self._file.advice_words:
                levels[outcome.level] = None
        for level in levels:
            yield (
                ("advice_words",),
                f"There is nothing for `{level}`, which the check can end with.",
                f"Add `{level}: …`, the advice in a few words.",
            )
        for number, row in enumerate(self.rows):
            for key, options in row.when.items():
                question = self._questions.get(key)
                known = {option.id for option in question.options} if question else set()
                for option in options:
                    if option not in known:
                        yield (
                            ("rows", number, "when"),
                            f"The row `{row.id}` asks for `{key}: {option}`, which no reply gives.",
                            "Use the ids under `questions`.",
                        )
        reached: set[str] = set()
        gap = False
        for answers in self.combinations():
            row_found = self._decide(answers)
            if row_found is None:
                gap = True
            else:
                reached.add(row_found.id)
        if gap:
            yield ("rows",), "Some answers are decided by no row.", "End with a row `when: {}`."
        for number, row in enumerate(self.rows):
            if row.id not in reached:
                yield (
                    ("rows", number),
                    f"The row `{row.id}` is never reached: rows above decide all its answers.",
                    "Move it up or remove it.",
                )

    def combinations(self) -> Iterator[dict[str, str]]:
        """All combinations of answers, with unanswered questions among them."""
        ids = [question.id for question in self.questions]
        options = [[*(o.id for o in q.options), UNKNOWN] for q in self.questions]
        for choice in itertools.product(*options):
            yield {key: value for key, value in zip(ids, choice, strict=True) if value != UNKNOWN}


def text_mistakes(keys: KeyPath, text: str, names: Collection[str] = ()) -> Iterator[Mistake]:
    """What a patient would see of a text when it is filled: nothing, {this}, or a brace.

    Args:
        keys: where the text stands.
        text: the text as written.
        names: what may stand in {braces} in it.
    """
    fix = "Write the words themselves: nothing is filled in here."
    if names:
        fix = f"Use one of: {', '.join(f'{{{name}}}' for name in names)}."
    if not text.strip():
        yield keys, "The text is empty.", "Write it."
    for name in dict.fromkeys(_NAME.findall(text)):
        if name not in names:
            yield keys, f"There is no {{{name}}}.", fix
    if re.search(r"[{}]", _NAME.sub("", text)):
        yield keys, "A brace belongs to no {name}.", "Mend or remove it."


def _twice(keys: KeyPath, entries: Sequence[Option | Question | Row]) -> Iterator[Mistake]:
    """The entries whose id an earlier one has."""
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        if entry.id in seen:
            yield (*keys, place), f"The id `{entry.id}` stands twice.", "Rename one of the two."
        seen.add(entry.id)


def _plain(text: str) -> str:
    text = text.replace("’", "'").casefold()
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)?", text))


def _longest_hit(option: Option, said: str, slips: Sequence[str]) -> int:
    """The length, in letters, of the longest of the option's words in a reply.

    Args:
        option: the option.
        said: the reply.
        slips: those of its words that may be meant for another one.
    """
    best = 0
    for phrase in option.says:
        if re.search(rf"(?<!\S){re.escape(phrase)}(?!\S)", said):
            best = max(best, len(phrase))
        elif " " not in phrase and len(phrase) >= 5:
            match = process.extractOne(phrase, slips, scorer=OSA.distance, score_cutoff=1)
            if match and len(match[0]) >= 5:
                best = max(best, len(phrase) - 1)
    return best
