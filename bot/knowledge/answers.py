"""One curated answer: what a file in data/faq holds, as an immutable object."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Literal

import msgspec

from bot.problems import DataError, Problem, load_yaml, read_text, relative, to_struct

Status = Literal["draft", "published"]
ContactLevel = Literal["none", "routine", "same_day"]

NOT_REVIEWED = "not yet reviewed by a clinician"

_FRONT_MATTER = re.compile(r"\A---\r?\n(?P<yaml>.*?)^---[ \t]*\r?\n(?P<body>.*)\Z", re.S | re.M)


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a fact comes from. Exactly one of url, doi and pmid is given."""

    title: str
    publisher: str
    accessed: dt.date
    url: str | None = None
    doi: str | None = None
    pmid: str | None = None
    supports: str = ""

    @property
    def link(self) -> str:
        """An https address at which a reader finds the source."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        return self.url or ""


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A curated answer, as its file says it. `body` is Markdown without a heading."""

    id: str
    question: str
    group: str
    status: Status
    sources: tuple[Source, ...]
    reviewed_on: dt.date | None
    reviewed_by: str
    review_by: dt.date
    contact_level: ContactLevel
    follow_ups: tuple[str, ...]
    body: str = ""

    @property
    def is_reviewed(self) -> bool:
        """True when a clinician has read the answer."""
        return self.reviewed_on is not None and self.reviewed_by != NOT_REVIEWED


def read_answer(path: Path) -> Answer:
    """Reads one answer file.

    Args:
        path: `data/faq/<id>.md`, front matter between `---` lines, then the body.

    Raises:
        DataError: the file cannot be read as an answer; every reason is listed.
    """
    text = read_text(path)
    match = _FRONT_MATTER.match(text)
    if not match:
        raise DataError(
            [
                Problem(
                    relative(path),
                    1,
                    "No front matter.",
                    "Begin the file with `---`, the keys, and `---` again.",
                )
            ]
        )
    data = load_yaml(match["yaml"], path, first_line=2)
    problems: list[Problem] = []
    answer: Answer | None = None
    if isinstance(data, dict) and "body" in data:
        problems.append(
            Problem(relative(path), 2, "Unknown key `body`.", "Write the body below `---`.")
        )
    try:
        answer = to_struct(data, Answer, path, first_line=2)
    except DataError as error:
        problems.extend(error.problems)
    body = body_of(text)
    if not body:
        problems.append(
            Problem(
                relative(path),
                body_line(text),
                "The answer is empty.",
                "Write the answer below the second `---`.",
            )
        )
    if answer is None or problems:
        raise DataError(problems)
    return msgspec.structs.replace(answer, body=body)


def body_of(text: str) -> str:
    """The body of an answer file's text; empty if there is no front matter."""
    match = _FRONT_MATTER.match(text)
    return match["body"].strip() if match else ""


def body_line(text: str) -> int:
    """The line, from 1, on which the body of an answer file begins."""
    match = _FRONT_MATTER.match(text)
    if not match:
        return 1
    before = text[: match.start("body")]
    blank = len(match["body"]) - len(match["body"].lstrip("\r\n"))
    return before.count("\n") + match["body"][:blank].count("\n") + 1
