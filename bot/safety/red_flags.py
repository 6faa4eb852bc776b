"""The red-flag rules: read from data/triage/red_flags.yml, checked, compiled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

from bot.problems import (
    DataError,
    Problem,
    line_of,
    load_yaml,
    plain,
    read_text,
    relative,
    to_struct,
)  # fmt: skip
from bot.safety.model import LEVELS, Level
from bot.safety.patterns import (
    BadPattern,
    Pattern,
    any_of,
    marked,
    stems,
    unheard,
    unheard_problem,
    vocabulary,
)
from bot.safety.spellings import NO_SPELLINGS, Spellings


class RuleData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule as written. `always`: it stands, whatever the second detector makes of a message."""

    id: str
    level: Level
    why: str
    source: tuple[int, ...]
    kind: str
    says: tuple[str, ...]
    unless: tuple[str, ...] = ()
    whole_message: bool = False
    always: bool = False


class LeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the fact sheet that no rule covers, and why."""

    row: int
    reason: str


class Raises(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who goes one level up, which words are not meant, and from which level to which.

    What is of `not_kinds` says itself what it means for them.
    """

    says: tuple[str, ...]
    levels: dict[str, Level]
    not_kinds: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class RedFlagFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file as written."""

    concepts: dict[str, tuple[str, ...]]
    raises: Raises
    idioms: tuple[str, ...]
    not_a_patient: tuple[str, ...]
    a_patient: tuple[str, ...]
    red_flags: tuple[RuleData, ...]
    left_out: tuple[LeftOut, ...]


class RedFlag(msgspec.Struct, frozen=True):
    """A rule ready to be matched; words inside one of `unless` do not count."""

    data: RuleData
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]


class RedFlags(msgspec.Struct, frozen=True):
    """All rules, and what belongs to them."""

    rules: tuple[RedFlag, ...]
    raisers: tuple[Pattern, ...]
    no_raisers: tuple[Pattern, ...]
    raised: dict[str, Level]
    not_raised: frozenset[str]
    always: frozenset[str]
    idioms: tuple[Pattern, ...]
    not_a_patient: re.Pattern[str]
    a_patient: re.Pattern[str]
    vocabulary: frozenset[str]
    stems: frozenset[str]
    file: RedFlagFile

    def raises(self, message: str) -> bool:
        """Whether a message, as words with single spaces, names a baby, pregnancy or weak
        immunity: "9 months old", but not "9 months on Dupixent".
        """
        excused = [span for found in _places(self.no_raisers, message) for span in found]
        return any(
            not any(a <= start and end <= b for a, b in excused)
            for found in _places(self.raisers, message)
            for start, end in found
        )


def read_red_flags(path: Path, spellings: Spellings = NO_SPELLINGS) -> RedFlags:
    """Reads and checks the rules.

    Raises:
        DataError: unknown key or level, a rule twice or without words, an unknown
            concept, a pattern that matches nothing or everything; all are listed.
    """
    return _read(path, read_text(path), tuple(spellings.items()))


@lru_cache(maxsize=1)  # A training reads the same file twice, a second each time.
def _read(path: Path, text: str, spellings: tuple[tuple[str, str], ...]) -> RedFlags:
    data = load_yaml(text, path)
    file = to_struct(data, RedFlagFile, path)
    problems: list[Problem] = []

    def wrong(keys: tuple[str | int, ...], message: str, fix: str) -> None:
        problems.append(Problem(relative(path), line_of(data, keys), message, fix))

    def compiled(lines: tuple[str, ...], keys: tuple[str | int, ...]) -> tuple[Pattern, ...]:
        patterns = []
        for number, line in enumerate(lines):
            try:
                patterns.append(Pattern(line, file.concepts))
            except BadPattern as error:
                wrong((*keys, number), f"`{line}` {error}.", "Correct the line or remove it.")
        check_words(lines, keys)
        return tuple(patterns)

    def check_words(lines: tuple[str, ...], keys: tuple[str | int, ...]) -> None:
        for number, line in enumerate(lines):
            for word, read in unheard([line], dict(spellings)):
                problems.append(unheard_problem(path, data, (*keys, number), word, read))

    for name, entries in file.concepts.items():
        check_words(entries, ("concepts", name))
    check_words(file.not_a_patient, ("not_a_patient",))
    check_words(file.a_patient, ("a_patient",))
    rules: list[RedFlag] = []
    seen: dict[str, str] = {}
    for number, rule in enumerate(file.red_flags):
        keys: tuple[str | int, ...] = ("red_flags", number)
        if any(earlier.data.id == rule.id for earlier in rules):
            wrong((*keys, "id"), f"The rule `{rule.id}` stands twice.", "Join the two rules.")
        if not rule.says:
            wrong((*keys, "says"), "The rule has no words.", "Write how people say it.")
        if not rule.source:
            wrong((*keys, "source"), "The rule has no source row.", "Name the row it is for.")
        for place, line in enumerate(rule.says):
            if line in rule.says[:place]:
                wrong((*keys, "says", place), f"`{line}` stands twice.", "Remove it here.")
                continue
            earlier_rule = seen.setdefault(f"{rule.whole_message}{line}", rule.id)
            if earlier_rule == rule.id:
                continue
            levels = {r.data.id: r.data.level for r in rules}
            if LEVELS.index(levels[earlier_rule]) <= LEVELS.index(rule.level):
                wrong(
                    (*keys, "says", place),
                    f"`{line}` can never decide: the rule `{earlier_rule}` above has it too.",
                    "Remove it from one of the two.",
                )
        says = compiled(rule.says, (*keys, "says"))
        rules.append(RedFlag(rule, says, compiled(rule.unless, (*keys, "unless"))))
    result = RedFlags(
        rules=tuple(rules),
        raisers=compiled(file.raises.says, ("raises", "says")),
        no_raisers=compiled(file.raises.unless, ("raises", "unless")),
        raised=dict(file.raises.levels),
        not_raised=frozenset(file.raises.not_kinds),
        always=frozenset(rule.id for rule in file.red_flags if rule.always),
        idioms=compiled(file.idioms, ("idioms",)),
        not_a_patient=any_of(file.not_a_patient),
        a_patient=any_of(file.a_patient),
        vocabulary=frozenset(_vocabulary(file)),
        stems=frozenset(stems(_lines(file))),
        file=file,
    )
    kinds = {rule.kind for rule in file.red_flags}
    for place, kind in enumerate(file.raises.not_kinds):
        if kind not in kinds:
            keys = ("raises", "not_kinds", place)
            wrong(keys, f"No rule is of the kind `{kind}`.", "Use the `kind` of a rule.")
    for level in (*file.raises.levels, *file.raises.levels.values()):
        if level not in LEVELS:
            wrong(("raises", "levels"), f"There is no level `{level}`.", f"Use {LEVELS}.")
    if problems:
        raise DataError(problems)
    return result


def _places(patterns: Iterable[Pattern], text: str) -> Iterator[list[tuple[int, int]]]:
    """Every place at which one of the patterns matches."""
    looked_at = marked(text)
    for pattern in patterns:
        yield from pattern.places(looked_at)


def _vocabulary(file: RedFlagFile) -> set[str]:
    return {word for line in vocabulary(_lines(file)) for word in plain(line).split()}


def _lines(file: RedFlagFile) -> list[str]:
    """Everything that is matched against messages, as written."""
    lines = [entry for entries in file.concepts.values() for entry in entries]
    for rule in file.red_flags:
        lines += (*rule.says, *rule.unless)
    return [*lines, *file.idioms, *file.raises.says, *file.raises.unless]
