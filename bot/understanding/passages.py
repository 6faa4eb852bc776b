"""Which part of a text is nearest to a question: an answer's own sentences, word for word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import msgspec
import numpy as np

MOST_PASSAGES = 2
# A judgement from reading some 150 follow-ups beside their answers, not measured: above 0.42
# nearly nine of ten seemed to fit, from here to there two of three.
_NEAR = 0.36
# So near to the topic a question is the topic's own, asked once more.
_SAME = 0.9
# A second passage has to be about as near as the first.
_BESIDE = 0.8
_ITEM = re.compile(r"[-*]\s+|\d+\.\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")


class Passage(msgspec.Struct, frozen=True):
    """A sentence or a list's item, and what it may not be shown without.

    That is a sentence's paragraph, and the line that leads to an item ("Call today for:").
    """

    text: str
    within: str
    item: bool = False


def passages(markdown: str) -> Iterator[Passage]:
    """The sentences and list items of a text, in order."""
    lead = ""
    in_list = False
    for line in map(str.strip, markdown.splitlines()):
        item = _ITEM.match(line)
        if item:
            yield Passage(line[item.end() :], lead, item=True)
        elif line:
            sentences = _SENTENCE_END.split(line)
            lead = sentences.pop() if sentences[-1].endswith(":") else ""
            yield from (Passage(sentence, " ".join(sentences)) for sentence in sentences)
        elif in_list:
            lead = ""
        in_list = bool(item)


def nearest(
    question: str, topic: str, markdown: str, encode: Callable[[Sequence[str]], np.ndarray]
) -> tuple[Passage, ...] | None:
    """The passages that a question is likely about, in the text's order; none if none is near.

    None where the question is the one that the whole text answers.

    Args:
        question: what was asked.
        topic: the question that the text answers: "is that common?" needs it.
        markdown: the text.
        encode: texts to unit vectors.
    """
    found = list(passages(markdown))
    asked, together, about = encode([question, f"{topic} {question}", topic])
    if not found or asked @ about > _SAME:
        return None
    # Less the topic: what only says it again ("Yes, it can") is near to every question about it.
    near = encode([passage.text for passage in found]) @ (asked + together - about)
    enough = max(_NEAR, _BESIDE * near.max())
    best = sorted(np.argsort(-near)[:MOST_PASSAGES])
    return tuple(found[place] for place in best if near[place] >= enough)


def first_paragraph(markdown: str) -> str:
    """What a text says first; nothing where that only leads to a list."""
    first = next(filter(None, map(str.strip, markdown.splitlines())), "")
    return "" if first.endswith(":") or _ITEM.match(first) else first


def as_markdown(found: Sequence[Passage]) -> str:
    """Passages as they stood in their text: with their paragraph, or below the line before."""
    blocks: list[str] = []
    for passage in found:
        if passage.within and passage.within not in blocks:
            blocks.append(passage.within)
        if passage.item:
            blocks.append(f"- {passage.text}")
    return re.sub(r"(^- .*)\n\n(?=- )", r"\1\n", "\n\n".join(blocks), flags=re.MULTILINE)
