"""What counts as the same text: one normal form for training, reading and comparing."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 1000
_SPACES = re.compile(r"\s+")
_MARKUP = re.compile(r"<[^<>]{0,200}>|[`*_#>|~]+")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": " - "})
# Control, format (zero-width, direction, tag), surrogate and private characters say nothing.
_SILENT = {"Cc", "Cf", "Cs", "Co", "Cn"}
_LATIN = re.compile(r"[A-Za-z]")


def normal(text: str) -> str:
    """The text as the classifier reads it: NFKC, no invisible characters, no markup, short.

    Never raises. Text over `MAX_CHARACTERS` keeps its beginning and its end, where
    people put their question.
    """
    text = unicodedata.normalize("NFKC", text[: MAX_CHARACTERS * 20])
    text = "".join(" " if c in "\r\n\t" else c for c in text if _visible(c))
    text = _MARKUP.sub(" ", text.translate(_QUOTES))
    text = _SPACES.sub(" ", text).strip()
    if len(text) > MAX_CHARACTERS:
        half = MAX_CHARACTERS // 2
        text = f"{text[:half]} {text[-half:]}"
    return text


def comparable(text: str) -> str:
    """Lower case, without punctuation: two texts with the same form are the same example."""
    return _SPACES.sub(" ", re.sub(r"[^\w\s]", "", normal(text).casefold())).strip()


def has_words(text: str) -> bool:
    """Whether there are letters of the Latin alphabet to read at all."""
    return len(_LATIN.findall(text)) >= 2


def _visible(character: str) -> bool:
    return character in "\r\n\t" or unicodedata.category(character) not in _SILENT
