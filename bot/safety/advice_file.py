"""data/triage/advice.yml: what the guided check asks and decides, as written, and checked."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from bot.problems import KeyPath
from bot.safety.model import LEVELS, Level
from bot.safety.texts import Mistake, text_mistakes

# The questions that the conversation asks (domain.yml has a slot for each), and the options
# that this module knows by their ids. Their texts may be any.
_NEEDED: dict[str, tuple[str, ...]] = {
    "what": ("eyes", "other"),
    "where": ("eye_area", "unknown"),
    "since": ("before", "no_dose"),
    "warnings": ("some", "none", "unsure"),
}
_LEVELS_OF_ROWS = "Use emergency, same_day or routine."


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reply to a question: its button's text, and words that mean the same.

    `says_here` are words that mean it only in reply to the question itself: "yes".
    """

    id: str
    text: str
    says: tuple[str, ...]
    says_here: tuple[str, ...] = ()


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question of the guided check. A reply with a word of `unless` answers another one.

    `unclear` is the option that is taken when a second reply is not understood. With
    `first_counts` a reply that names several options counts as the first of them.
    """

    id: str
    text: str
    options: tuple[Option, ...]
    unclear: str
    unless: tuple[str, ...] = ()
    first_counts: bool = False


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
    denies: tuple[str, ...]
    concerns: tuple[str, ...]
    noted: str

    def outcomes(self) -> Iterator[tuple[KeyPath, str, Row | Raised]]:
        """All that the check can end with: where it stands, its name for people, and itself."""
        for number, row in enumerate(self.rows):
            yield ("rows", number), f"The row `{row.id}`", row
        yield ("raised",), "`raised`", self.raised

    def decide(self, answers: Mapping[str, str]) -> Row | None:
        """The first row whose conditions all hold for some answers (question to option)."""
        for row in self.rows:
            if all(answers.get(key) in options for key, options in row.when.items()):
                return row
        return None

    def combinations(self) -> Iterator[dict[str, str]]:
        """All combinations of answers, with unanswered questions among them."""
        ids = [question.id for question in self.questions]
        options = [[*(o.id for o in q.options), None] for q in self.questions]
        for choice in itertools.product(*options):
            yield {key: value for key, value in zip(ids, choice, strict=True) if value is not None}


def mistakes(file: AdviceFile) -> Iterator[Mistake]:
    """What would go wrong with the file in a conversation."""
    yield from _in_ids(file)
    yield from _in_texts(file)
    yield from _in_rows(file)


def _in_ids(file: AdviceFile) -> Iterator[Mistake]:
    questions = {question.id for question in file.questions}
    yield from _twice(("questions",), file.questions)
    yield from _twice(("rows",), file.rows)
    keep = f"The conversation asks {', '.join(_NEEDED)}; keep these ids."
    for question_id in _NEEDED:
        if question_id not in questions:
            yield ("questions",), f"The question `{question_id}` is missing.", keep
    for number, question in enumerate(file.questions):
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
        if question.unclear not in ids:
            message = f"`unclear: {question.unclear}` is no option of `{question.id}`."
            yield (*keys, "unclear"), message, f"Use one of: {', '.join(sorted(ids))}."


def _in_texts(file: AdviceFile) -> Iterator[Mistake]:
    yield from text_mistakes(("summary",), file.summary, (*_NEEDED, "advice"))
    yield from text_mistakes(("noted",), file.noted)
    for number, question in enumerate(file.questions):
        keys = ("questions", number)
        yield from text_mistakes((*keys, "text"), question.text)
        for place, option in enumerate(question.options):
            yield from text_mistakes((*keys, "options", place, "text"), option.text)
    for place_of_outcome, _, outcome in file.outcomes():
        yield from text_mistakes((*place_of_outcome, "reason"), outcome.reason)
    for level, text in file.advice_words.items():
        place_of_words = ("advice_words", level)
        if level not in LEVELS or level == "none":
            yield place_of_words, f"`{level}` is no level.", _LEVELS_OF_ROWS
        yield from text_mistakes(place_of_words, text)


def _in_rows(file: AdviceFile) -> Iterator[Mistake]:
    questions = {question.id: question for question in file.questions}
    levels: dict[Level, None] = {}
    for keys, name, outcome in file.outcomes():
        if outcome.level == "none":
            yield (*keys, "level"), f"{name} names nobody to contact.", _LEVELS_OF_ROWS
        elif outcome.level not in file.advice_words:
            levels[outcome.level] = None
    for level in levels:
        yield (
            ("advice_words",),
            f"There is nothing for `{level}`, which the check can end with.",
            f"Add `{level}: …`, the advice in a few words.",
        )
    for number, row in enumerate(file.rows):
        for key, options in row.when.items():
            question = questions.get(key)
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
    for answers in file.combinations():
        row_found = file.decide(answers)
        if row_found is None:
            gap = True
        else:
            reached.add(row_found.id)
    if gap:
        yield ("rows",), "Some answers are decided by no row.", "End with a row `when: {}`."
    for number, row in enumerate(file.rows):
        if row.id not in reached:
            yield (
                ("rows", number),
                f"The row `{row.id}` is never reached: rows above decide all its answers.",
                "Move it up or remove it.",
            )


def _twice(keys: KeyPath, entries: Sequence[Option | Question | Row]) -> Iterator[Mistake]:
    """The entries whose id an earlier one has."""
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        if entry.id in seen:
            yield (*keys, place), f"The id `{entry.id}` stands twice.", "Rename one of the two."
        seen.add(entry.id)
