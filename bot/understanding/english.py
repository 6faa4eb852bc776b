"""Words that are right as they are: no slip of any other, however near."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """Some 82,000 English words in lower case: the dictionary that comes with symspellpy.

    It is SCOWL's spell-checking list as far as Google's n-grams know the words.
    """
    path = files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return frozenset(line.split()[0] for line in lines)
