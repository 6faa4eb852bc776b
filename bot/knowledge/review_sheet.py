"""The sheet for the clinician who will sign off: every answer, claim by claim."""

from __future__ import annotations

import re
from pathlib import Path

from bot.knowledge.answer_store import AnswerStore
from bot.knowledge.answers import Answer
from bot.knowledge.readability import plain_sentences
from bot.problems import load_yaml, read_text

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def review_sheet(data: Path) -> str:
    """The sheet as Markdown, made from data/faq and data/review_points.yml.

    Raises:
        DataError: review_points.yml cannot be read.
    """
    path = data / "review_points.yml"
    points = [str(point) for point in load_yaml(read_text(path), path)["points"]]
    answers = AnswerStore(data / "faq").published()
    waiting = sum(not answer.is_reviewed for answer in answers.values())
    parts = [
        "# Clinical review",
        "Generated from the data by `faqbot review-sheet`; do not edit by hand.",
        f"{len(answers)} answers, {waiting} of them not yet reviewed by a clinician. "
        "Tick each claim that is right; after the review set `reviewed_on` and `reviewed_by` "
        "in the answer's file.",
        "## To be checked against the live label and sources before launch",
        "\n".join(f"- [ ] {point}" for point in points),
    ]
    groups: dict[str, list[Answer]] = {}
    for answer in answers.values():
        groups.setdefault(answer.group, []).append(answer)
    for group in sorted(groups):
        parts.append(f"## {group.replace('_', ' ').capitalize()}")
        parts += [_entry(answer) for answer in groups[group]]
    return "\n\n".join(parts) + "\n"


def _entry(answer: Answer) -> str:
    claims = [part for part in _SENTENCE.split(plain_sentences(answer.body)) if part.strip()]
    sources = []
    for source in answer.sources:
        supports = f" Supports: {source.supports}." if source.supports else ""
        sources.append(f"  - [{source.title}]({source.link}), {source.publisher}.{supports}")
    return "\n".join(
        [
            f"### {answer.question}",
            f"`{answer.id}` · contact: {answer.contact_level} · review by {answer.review_by} · "
            f"{answer.reviewed_by}",
            "",
            *(f"- [ ] {claim}" for claim in claims),
            "- Sources:",
            *sources,
        ]
    )
