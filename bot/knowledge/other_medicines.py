"""Questions about other medicines, which get no answer about Dupixent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from bot.problems import (
    DataError,
    Problem,
    line_of,
    load_yaml,
    read_text,
    relative,
    to_struct,
)

_WORD = re.compile(r"[^\W_]+")
# To forbid nothing has to be written: a file that an editor is about to save is empty or gone.
_NONE = "Put it back; to forbid nothing, write `names: []` in it."


class OtherMedicines(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """Names of medicines, and the answers that speak of them (data/other_medicines.yml)."""

    ours: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def _theirs(self) -> frozenset[str]:
        return frozenset(name for group in self.names for name in group)

    def forbids(self, text: str, faq_ids: Sequence[str]) -> bool:
        """Whether the text asks about another medicine and its answer is about Dupixent.

        Of several questions nobody knows which one is about the other medicine.
        """
        return len(faq_ids) == 1 and faq_ids[0] not in self.answers and self.named_alone(text)

    def named_alone(self, text: str) -> bool:
        """Whether the text names another medicine, and not Dupixent."""
        words = set(_WORD.findall(text.lower()))
        return not words.isdisjoint(self._theirs) and words.isdisjoint(self.ours)


def read_other_medicines(path: Path) -> OtherMedicines:
    """Reads data/other_medicines.yml.

    Raises:
        DataError: the file or its `names` are missing, an unknown key, a name that is no
            single word in lower case or stands twice, or an answer for which data/faq has
            no file.
    """
    if not path.exists():
        raise DataError([Problem(relative(path), 1, "The file is missing.", _NONE)])
    data = load_yaml(read_text(path), path)
    others: OtherMedicines = to_struct(data, OtherMedicines, path)
    problems: list[Problem] = []

    def wrong(keys: tuple[str | int, ...], message: str, fix: str) -> None:
        problems.append(Problem(relative(path), line_of(data, keys), message, fix))

    if "names" not in data:
        wrong((), "The key `names` is missing.", _NONE)
    for place, faq_id in enumerate(others.answers):
        if not (path.parent / "faq" / f"{faq_id}.md").exists():
            wrong(("answers", place), f"There is no answer `{faq_id}`.", "Name an answer's id.")
    seen = set(others.ours)
    for group, names in enumerate(others.names):
        for place, name in enumerate(names):
            keys = ("names", group, place)
            if not _WORD.fullmatch(name) or name != name.lower():
                wrong(keys, f"`{name}` is not one word in lower case.", "Write it so.")
            if name in seen:
                wrong(keys, f"`{name}` stands twice.", "Remove one of the two.")
            seen.add(name)
    if problems:
        raise DataError(problems)
    return others
