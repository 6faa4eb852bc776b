"""What a `says` line in red_flags.yml matches.

`throat ... {swelling}`: parts between `...` stand in the same clause in any order, at
most `NEAR` words apart. Within a part the words stand in order with at most two filler
words between them. `word*` matches every ending; {name} any entry of a concept.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence

NEAR = 8
FAR = 30
_FILLER = (
    r"(?:(?:a|an|the|my|his|her|our|your|their|some|this|that|it|just|really|so|very|kind|of|sort"
    r"|like|getting|been|being|bit|little|lot|super|pretty|too|all|is|are|was|were|am|be|feel"
    r"|feels|feeling|felt|i|i'm|have|has|had|get|got|even|any|also|still|now|of|in|to|up|out|at"
    r"|on|and) ){0,2}"
)
_PIECE = re.compile(r"\{(?P<concept>\w+)\}|(?P<word>\S+)")
_ENDINGS = ("", "s", "es", "ed", "ing", "en", "er", "y", "ness", "ling", "ting", "ning", "d", "ly")


class BadPattern(ValueError):
    """A `says` line that can never match, or matches everything."""


class Pattern:
    """One compiled `says` line.

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
        self._parts = tuple(re.compile(rf"(?<!\S){_part(part, concepts)}(?!\S)") for part in parts)
        if any(part.search("") for part in self._parts):
            raise BadPattern("matches the empty string")

    def find(self, text: str, wide: bool = False) -> list[tuple[int, int]]:
        """The first match in a text: one span for each part, or nothing.

        Args:
            text: words with single spaces between them.
            wide: let the parts stand further apart, for a whole message.
        """
        spans = []
        for part in self._parts:
            found = [match.span() for match in part.finditer(text)]
            if not found:
                return []
            spans.append(found[:4])
        if len(spans) == 1:
            return [spans[0][0]]
        near = FAR if wide else NEAR
        for choice in itertools.product(*spans):
            ordered = sorted(choice)
            if all(_apart(text, a, b) <= near for a, b in itertools.pairwise(ordered)):
                return ordered
        return []


def vocabulary(lines: Sequence[str]) -> set[str]:
    """The words that some lines use, with the usual endings of `word*`."""
    words: set[str] = set()
    for line in lines:
        for piece in _PIECE.finditer(line.replace("...", " ")):
            word = piece["word"]
            if not word:
                continue
            if word.endswith("*"):
                stem = word.rstrip("*")
                words.update(stem + ending for ending in _ENDINGS)
                if stem.endswith("e"):
                    words.add(stem[:-1] + "ing")
            else:
                words.add(word)
    return words


def _part(part: str, concepts: Mapping[str, Sequence[str]]) -> str:
    pieces = []
    for piece in _PIECE.finditer(part):
        if piece["concept"]:
            if piece["concept"] not in concepts:
                raise BadPattern(f"names the unknown concept {{{piece['concept']}}}")
            entries = concepts[piece["concept"]]
            longest_first = sorted(entries, key=len, reverse=True)
            pieces.append(f"(?:{'|'.join(_words(entry) for entry in longest_first)})")
        else:
            pieces.append(_word(piece["word"]))
    return rf" {_FILLER}".join(pieces)


def _words(entry: str) -> str:
    return " ".join(_word(word) for word in entry.split())


def _word(word: str) -> str:
    if word.endswith("*"):
        if len(word) < 4:
            raise BadPattern(f"has the word `{word}`, which matches almost anything")
        return re.escape(word.rstrip("*")) + r"\S*"
    return re.escape(word)


def _apart(text: str, first: tuple[int, int], second: tuple[int, int]) -> int:
    """How many words stand between two spans; overlapping spans are too far apart."""
    if second[0] < first[1]:
        return FAR + 1
    return text[first[1] : second[0]].count(" ") - 1
