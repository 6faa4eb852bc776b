"""How people type the words that the rules use: data/triage/spellings.yml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from bot.problems import DataError, Problem, line_of, load_yaml, read_text, relative, to_struct

# One word as a message is split into: small letters, apostrophes within.
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")

Spellings = Mapping[str, str]
NO_SPELLINGS: Spellings = {}


class _SpellingsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    spellings: dict[str, tuple[str, ...]]


def read_spellings(path: Path) -> Spellings:
    """What is typed, and the word or words that are meant by it.

    Raises:
        DataError: what is typed is no single word in small letters, stands twice, or is
            itself what another line means; all are listed.
    """
    data = load_yaml(read_text(path), path)
    file = to_struct(data, _SpellingsFile, path)
    found: dict[str, str] = {}
    problems: list[Problem] = []

    def wrong(meant: str, message: str, fix: str) -> None:
        problems.append(Problem(relative(path), line_of(data, ("spellings", meant)), message, fix))

    for meant, typed in file.spellings.items():
        if not all(_WORD.fullmatch(word) for word in meant.split(" ")):
            wrong(meant, f"`{meant}` is not in small letters.", "Write words in small letters.")
        for word in typed:
            if not _WORD.fullmatch(word):
                wrong(
                    meant,
                    f"`{word}` is no single word in small letters.",
                    "Write one word; what takes two belongs into red_flags.yml.",
                )
            elif word in found or word == meant:
                wrong(meant, f"`{word}` is already `{found.get(word, meant)}`.", "Remove it here.")
            elif word in file.spellings:
                wrong(meant, f"`{word}` is what another line means.", "Remove it from one of them.")
            found.setdefault(word, meant)
    if problems:
        raise DataError(problems)
    return found
