"""The sheet for the clinician who will sign off: every answer, claim by claim."""

from __future__ import annotations

import re
from pathlib import Path

from bot.knowledge.answers import Answer, read_answer
from bot.knowledge.readability import plain_sentences
from bot.problems import DataError, Problem, load_yaml, read_text, relative

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_HEADER = """\
Generated from the data by `faqbot review-sheet`; do not edit by hand.

{count} answers, {waiting} of them not yet reviewed by a clinician. Tick each claim that is right. \
After the review set `reviewed_on` and `reviewed_by` in the answer's file.

The sources were read as stored copies or excerpts, not on the live pages: open each one and see \
that it still says the same. What an answer tells people to do, and how soon (call 911, the same \
day, within a few days), is this project's proposal wherever the source does not say so itself."""


def review_sheet(data: Path) -> str:
    """The sheet as Markdown, made from data/faq and data/review_points.yml.

    Raises:
        DataError: an answer or review_points.yml cannot be read.
    """
    points = _points(data / "review_points.yml")
    answers = [read_answer(path) for path in sorted((data / "faq").glob("*.md"))]
    waiting = sum(not answer.is_reviewed for answer in answers)
    parts = [
        "# Clinical review",
        _HEADER.format(count=len(answers), waiting=waiting),
        "## To be checked against the live label and sources before launch",
        "\n".join(f"- [ ] {point}" for point in points),
    ]
    groups: dict[str, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(answer.group, []).append(answer)
    for group in sorted(groups):
        parts.append(f"## {group.replace('_', ' ').capitalize()}")
        parts += [_entry(answer) for answer in groups[group]]
    return "\n\n".join(parts) + "\n"


def _points(path: Path) -> list[str]:
    data = load_yaml(read_text(path), path)
    points = data.get("points") if isinstance(data, dict) else None
    if not isinstance(points, list) or not all(isinstance(point, str) for point in points):
        message, fix = "No list of points.", "Write `points:` and one `- …` a line, in quotes."
        raise DataError([Problem(relative(path), 1, message, fix)])
    return [str(point) for point in points]


def _entry(answer: Answer) -> str:
    claims = [part for part in _SENTENCE.split(plain_sentences(answer.body)) if part.strip()]
    sources = []
    for source in answer.sources:
        supports = f" For: {source.supports}." if source.supports else ""
        sources.append(f"  - [{source.title}]({source.link}), {source.publisher}.{supports}")
    reviewed = f" on {answer.reviewed_on}" if answer.reviewed_on else ""
    draft = " · draft, not shown" if answer.status == "draft" else ""
    return "\n".join(
        [
            f"### {answer.question}",
            "",
            f"`{answer.id}`{draft} · contact: {answer.contact_level} · "
            f"review by {answer.review_by} · {answer.reviewed_by}{reviewed}",
            "",
            *(f"- [ ] {claim}" for claim in claims),
            "- Sources:",
            *sources,
        ]
    )
