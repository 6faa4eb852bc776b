"""How hard an answer is to read: US school grade by textstat's consensus of formulas."""

from __future__ import annotations

import re

import textstat

_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_MARKS = re.compile(r"[*_`]+")
_ITEM = re.compile(r"^\s*(?:[-*]|\d+\.)\s+", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’./-]*")


def plain_sentences(markdown: str) -> str:
    """The text as a reader hears it: no markup, each list item a sentence of its own."""
    text = _MARKS.sub("", _LINK.sub(r"\1", _ITEM.sub("", markdown)))
    lines = []
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.endswith(":"):
            stripped = stripped[:-1] + "."
        if stripped and stripped[-1] not in ".!?":
            stripped += "."
        lines.append(stripped)
    return "\n".join(lines).strip()


def grade(markdown: str) -> float:
    """The US grade (8.0 for eighth grade)."""
    return float(textstat.text_standard(plain_sentences(markdown), float_output=True))


def word_count(markdown: str) -> int:
    """How many words an answer has."""
    return len(_WORD.findall(plain_sentences(markdown)))
