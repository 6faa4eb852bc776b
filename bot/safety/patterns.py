"""What a `says` line in red_flags.yml matches.

`throat ... {swelling}`: parts between `...` stand in the same clause in any order, at
most `NEAR` words apart. Within a part the words stand in order with at most two filler
words between them. `word*` matches every ending, `one|all_over` either, `[38.5-42]` a number
in that range, {name} any entry of a concept; a last `$` stands for the end of the text.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NewType

from bot.problems import KeyPath, Problem, line_of, relative
from bot.safety.spellings import NO_SPELLINGS, Spellings
from bot.safety.words import as_read

NEAR = 8
FAR = 30
_FILLERS = frozenset(
    "a an the my his her our your their some this that it just really so very kind of sort like "
    "getting been being bit little lot super pretty too all is are was were am be feel feels "
    "feeling felt i i'm have has had get got even any also still now in to up out at on and quite "
    "rather completely totally barely right both one keep keeps gone going starting started about "
    "properly fully do".split()
)
# Of the marked text: to name the filler words in every expression would make them slow to compile.
_UP_TO_TWO_FILLERS = r"(?:\S+\t){0,2}"
# A text with a tab for the space after each filler word; see `marked`.
Marked = NewType("Marked", str)
_CONCEPT = re.compile(r"\{(\w+)\}")
_RANGE = re.compile(r"\[(\d+)(?:\.(\d))?-(\d+)(?:\.\d)?\]")
# A word, or several joined by "_"; what else stands in it no message can hold.
_PLAIN = re.compile(r"[^{}\[\]*]*\*?(?:_[^{}\[\]*]*\*?)*")
_ENDINGS = ("", "s", "es", "ed", "ing", "en", "er", "y", "ness", "ling", "ting", "ning", "d", "ly")
_ANY_NUMBER = "#"
_SHORTEST_STEM = 3
_MOST_PLACES = 4


class BadPattern(ValueError):
    """A `says` line that can never match, or matches everything."""


class Pattern:
    """One `says` line. Its expressions are compiled when a text first needs them.

    Args:
        says: the line.
        concepts: the concepts' entries by name.

    Raises:
        BadPattern: an unknown concept, or a pattern that matches the empty string.
    """

    def __init__(self, says: str, concepts: Mapping[str, Sequence[str]]) -> None:
        self.says = says
        parts = [part.strip() for part in says.split("...")]
        if not all(parts):
            raise BadPattern("has nothing on one side of `...`")
        self._parts: list[str] = []
        # For each part, the words of which one must be in a text for it to match: a look
        # into a set spares nearly every search.
        self.needs: list[frozenset[str]] = []
        for part in parts:
            end = "$" if part.endswith(" $") else ""
            pieces = [_piece(piece, concepts) for piece in part.removesuffix(" $").split()]
            self._parts.append(rf"\s{_UP_TO_TWO_FILLERS}".join(regex for regex, _ in pieces) + end)
            self.needs.append(min((starts for _, starts in pieces), key=len))

    def find(self, text: Marked, wide: bool = False) -> list[tuple[int, int]]:
        """The first match in a text: one span for each part, or nothing.

        Args: as for `places`.
        """
        return next(self.places(text, wide), [])

    def places(self, text: Marked, wide: bool = False) -> Iterator[list[tuple[int, int]]]:
        """The matches in a text, each as one span for each part, in the text's order.

        Args:
            text: words, as `marked` gives them.
            wide: let the parts stand further apart, for a whole message.
        """
        spans = []
        for part in self._parts:
            found = [match.span() for match in _compiled(part).finditer(text)]
            if not found:
                return
            spans.append(found[:_MOST_PLACES])
        near = FAR if wide else NEAR
        for choice in itertools.product(*spans):
            ordered = sorted(choice)
            if all(_apart(text, a, b) <= near for a, b in itertools.pairwise(ordered)):
                yield ordered


def marked(text: str) -> Marked:
    """A text of words with single spaces between them, as patterns look at it.

    The space after a filler word becomes a tab; every word stays at its place.
    """
    if not text:
        return Marked("")
    *words, last = text.split(" ")
    return Marked("".join(w + ("\t" if w in _FILLERS else " ") for w in words) + last)


class PatternIndex:
    """Which of many patterns could match a text, without trying them."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._patterns = tuple(patterns)
        self._by_word: dict[str, list[int]] = {}
        for number, pattern in enumerate(self._patterns):
            for word in min(pattern.needs, key=len):
                self._by_word.setdefault(word, []).append(number)

    def candidates(self, words: Iterable[str]) -> list[int]:
        """The numbers of the patterns whose needed words are all there, in order."""
        present = starts(words)
        numbers = {n for word in present for n in self._by_word.get(word, ())}
        return sorted(
            n
            for n in numbers
            if not any(needed.isdisjoint(present) for needed in self._patterns[n].needs)
        )


def starts(words: Iterable[str]) -> set[str]:
    """Everything that a pattern may need of some words: each, its stems, any number."""
    present: set[str] = set()
    for word in words:
        present.add(word)
        if word[0].isdigit():
            present.add(_ANY_NUMBER)
        present.update(word[:end] + "*" for end in range(_SHORTEST_STEM, len(word) + 1))
    return present


def stems(lines: Iterable[str]) -> set[str]:
    """The beginnings of words that some lines use: `collaps` of `collaps*`."""
    words = (word for line in lines for word in re.split(r"[\s|_]+", line))
    return {word.rstrip("*") for word in words if word.endswith("*")}


def vocabulary(lines: Iterable[str]) -> set[str]:
    """The words that some lines use, with the usual endings of `word*`."""
    words: set[str] = set()
    for line in lines:
        for word in re.split(r"[\s|_]+", line):
            if not word.strip("*") or word == "..." or word[0] in "{[":
                continue
            if word.endswith("*"):
                stem = word.rstrip("*")
                words.update(stem + ending for ending in _ENDINGS)
                words.update(stem + stem[-1] + ending for ending in ("ed", "ing", "y"))
                if stem.endswith("e"):
                    words.add(stem[:-1] + "ing")
            else:
                words.add(word)
    return words


def unheard(lines: Iterable[str], spellings: Spellings = NO_SPELLINGS) -> Iterator[tuple[str, str]]:
    """The words of some lines that no message can hold, each with how it would be read.

    Of `word*` only its letters are looked at: its ending is not known.
    """
    for word in (word for line in lines for word in re.split(r"[\s|]+", line)):
        if not word or word in ("...", "$") or word[0] in "{[":
            continue
        for part in word.split("_") if "[" not in word else ():
            stem = part.removesuffix("*")
            read = as_read(stem, spellings)
            if read != stem and (stem == part or " " in read):
                yield part, read


def unheard_problem(path: Path, data: Any, keys: KeyPath, word: str, read: str) -> Problem:
    """What to say of a word that `unheard` has found in a file, and where."""
    return Problem(
        relative(path),
        line_of(data, keys),
        f"`{word}` is never met: in a message it is read as `{read}`.",
        f"Write `{read.replace(' ', '_')}`, if that does not stand there already.",
    )


def any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """What finds any of some phrases, as whole words, in a text with single spaces."""
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, longest_first))})(?!\S)")


@cache
def _compiled(part: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S){part}(?!\S)")


def _piece(piece: str, concepts: Mapping[str, Sequence[str]]) -> tuple[str, frozenset[str]]:
    """A piece's regular expression, and the words with which it can begin."""
    entries: list[str] = []
    for choice in piece.split("|"):
        concept = _CONCEPT.fullmatch(choice)
        if concept is None:
            if not _PLAIN.fullmatch(_RANGE.sub("", choice)):
                raise BadPattern(f"has `{choice}`, which is no word, {{concept}} or [1-9]")
            entries.append(choice.replace("_", " "))
        elif concept[1] in concepts:
            entries += concepts[concept[1]]
        else:
            raise BadPattern(f"names the unknown concept {{{concept[1]}}}")
    return _either(tuple(entries))


@cache
def _either(entries: tuple[str, ...]) -> tuple[str, frozenset[str]]:
    if not all(entry.strip() for entry in entries):
        raise BadPattern("matches the empty string")
    longest_first = sorted(entries, key=len, reverse=True)
    regex = "|".join(r"\s".join(_word(word) for word in entry.split()) for entry in longest_first)
    first = (entry.split()[0] for entry in entries)
    return f"(?:{regex})", frozenset(_ANY_NUMBER if word[0] == "[" else word for word in first)


def _word(word: str) -> str:
    number = _RANGE.fullmatch(word)
    if number:
        return _number(int(number[1]), number[2], int(number[3]))
    if word.endswith("*"):
        if len(word) <= _SHORTEST_STEM:
            raise BadPattern(f"has the word `{word}`, which matches almost anything")
        return re.escape(word.rstrip("*")) + r"\S*"
    return re.escape(word)


def _number(low: int, tenth: str | None, high: int) -> str:
    """A number between two, as it is written: `[100.4-108]`."""
    first = low + (tenth is not None)
    if first > high:
        raise BadPattern(f"has an empty range that begins with {low}")
    numbers = "|".join(map(str, range(first, high + 1)))
    begun = rf"|{low}\.[{tenth}-9]\d*" if tenth else ""
    return rf"(?:(?:{numbers})(?:\.\d+)?{begun})"


def _apart(text: str, first: tuple[int, int], second: tuple[int, int]) -> int:
    """How many words stand between two spans; overlapping spans are too far apart."""
    if second[0] < first[1]:
        return FAR + 1
    return len(text[first[1] : second[0]].split())
