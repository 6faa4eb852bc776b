"""Repairs slips in the words that matter here, and in no others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

# Shorter words have too many neighbours ("rush" is no slip for "rash").
SHORTEST = 5
# A word is the right spelling of another one only if people write it this much more often.
TIMES_AS_FREQUENT = 3
# Longest first. What differs in these alone is another form of the word, no slip.
_ENDINGS = "ions ing ion ies ers ed en er es ia ic or e s y".split()
_BEGINNINGS = ("re", "un", "pre", "non")
_WORD = re.compile(r"(?<![\w'’@./-])[^\W\d_]+(?![\w'’@-]|\.\w)")


class Speller:
    """Knows the words of the training examples and which of them are ordinary English.

    Args:
        counts: how often each lower-case word stands in the examples.
        ordinary: lower-case words that are right as they are, whatever they resemble.
    """

    def __init__(self, counts: Mapping[str, int], ordinary: frozenset[str]) -> None:
        self._counts = {w: n for w, n in counts.items() if len(w) >= SHORTEST and n >= 2}
        self._ordinary = ordinary
        self._words = sorted(self._counts, key=lambda word: (-self._counts[word], word))
        # Under a hash, and "" for what stays: no word of a patient is kept in memory.
        self._known: dict[int, str] = {}

    @classmethod
    def learn(cls, texts: Iterable[str], ordinary: frozenset[str]) -> Speller:
        """Learns the vocabulary from training texts."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(word.lower() for word in _WORD.findall(text))
        return cls(counts, ordinary)

    @property
    def counts(self) -> dict[str, int]:
        """The learned words with their counts, to be stored with the model."""
        return dict(self._counts)

    def repair(self, text: str) -> str:
        """The text with slips in known words mended; all else stays to the letter."""
        return _WORD.sub(lambda match: self._mend(match[0]), text)

    def knows_most(self, text: str) -> bool:
        """Whether at least half of the longer words of a text are known: "grmpf zint" is noise."""
        words = [word.lower() for word in _WORD.findall(text) if len(word) >= SHORTEST]
        known = sum(word in self._ordinary or word in self._counts for word in words)
        return 2 * known >= len(words)

    def _mend(self, word: str) -> str:
        low = word.lower()
        if len(low) < SHORTEST or len(low) > 30 or not low.isascii() or low in self._ordinary:
            return word
        key = hash(low)
        if key not in self._known:
            if len(self._known) > 20_000:
                self._known.clear()
            right = self._correct(low)
            self._known[key] = "" if right == low else right
        right = self._known[key]
        if not right:
            return word
        return right.upper() if word.isupper() else right

    def _correct(self, word: str) -> str:
        allowed = 1 if len(word) < 8 else 2
        least = max(2, TIMES_AS_FREQUENT * self._counts.get(word, 0))
        # extract returns matches by distance; ties keep the order of frequency.
        for candidate, *_ in process.extract(
            word, self._words, scorer=OSA.distance, score_cutoff=allowed, limit=5
        ):
            if candidate == word:
                continue
            if self._counts[candidate] < least:
                continue
            # A different first letter is a slip only in a long word.
            if candidate[0] != word[0] and len(word) < 7:
                continue
            # An inflection is no slip: "reactions" stays beside "reaction".
            if _stem(candidate) == _stem(word):
                continue
            # Nor is a singular, but "mattres" is a slip.
            if candidate == f"{word}s" and not word.endswith("s"):
                continue
            if any(word == beginning + candidate for beginning in _BEGINNINGS):
                continue
            return candidate
        return word


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
