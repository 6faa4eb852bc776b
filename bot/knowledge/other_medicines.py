"""Questions about other medicines, which get no answer about Dupixent."""

from __future__ import annotations

import re
from functools import cached_property
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
)

_WORD = re.compile(r"[^\W_]+")


class OtherMedicines(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """Names of medicines, and the answers that speak of them (data/other_medicines.yml)."""

    ours: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def _theirs(self) -> frozenset[str]:
        return frozenset(name for group in self.names for name in group)

    def forbids(self, text: str, faq_id: str) -> bool:
        """Whether the text asks about another medicine and this answer is about Dupixent."""
        words = set(_WORD.findall(text.lower()))
        return (
            faq_id not in self.answers
            and not words.isdisjoint(self._theirs)
            and words.isdisjoint(self.ours)
        )


def read_other_medicines(path: Path) -> OtherMedicines:
    """Reads data/other_medicines.yml; without the file nothing is forbidden.

    Raises:
        DataError: an unknown key, or a name that is no single word in lower case or stands twice.
    """
    if not path.exists():
        return OtherMedicines()
    data = load_yaml(read_text(path), path)
    others: OtherMedicines = to_struct(data, OtherMedicines, path)
    problems: list[Problem] = []
    seen = set(others.ours)
    for group, names in enumerate(others.names):
        for place, name in enumerate(names):
            line = line_of(data, ("names", group, place))
            if not _WORD.fullmatch(name) or name != name.lower():
                message, fix = f"`{plain(name)}` is not one word in lower case.", "Write it so."
                problems.append(Problem(relative(path), line, message, fix))
            if name in seen:
                message, fix = f"`{plain(name)}` stands twice.", "Remove one of the two."
                problems.append(Problem(relative(path), line, message, fix))
            seen.add(name)
    if problems:
        raise DataError(problems)
    return others
