"""How well the safety screen does on labelled sentences: `faqbot evaluate-safety`."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec

from bot.problems import DataError, Problem, read_text, relative
from bot.safety.model import LEVELS, Level, Screening

URGENT = ("emergency", "same_day")


class LabelledText(msgspec.Struct, frozen=True):
    """A sentence with its level and a second level that will do as well ("" for none)."""

    text: str
    level: Level
    alt: str = ""


class SafetyReport(msgspec.Struct, frozen=True):
    """Counts by (true level, given level), and the sentences that went wrong.

    `failed` counts messages on which the screen itself broke. The level that they get to
    be safe says nothing about the rules: with any of them the figures are void.
    """

    confusion: dict[tuple[str, str], int]
    recall: dict[str, float | None]
    precision: dict[str, float | None]
    missed_emergencies: tuple[tuple[str, str], ...]
    over_escalations: tuple[tuple[str, str], ...]
    over_escalation_rate: float | None
    asked: int
    failed: int

    def as_dict(self) -> dict[str, Any]:
        """The report for JSON."""
        return {
            "recall": self.recall,
            "precision": self.precision,
            "over_escalation_rate": self.over_escalation_rate,
            "asked": self.asked,
            "failed": self.failed,
            "confusion": {
                level: {got: self.confusion.get((level, got), 0) for got in LEVELS}
                for level in LEVELS
            },
            "missed_emergencies": [
                {"text": text, "given": given} for text, given in self.missed_emergencies
            ],
            "over_escalations": [
                {"text": text, "given": given} for text, given in self.over_escalations
            ],
        }

    def as_text(self) -> str:
        """The report for people."""
        lines = []
        if self.failed:
            lines += [f"THE SCREEN FAILED ON {self.failed} MESSAGES: these figures are void.", ""]
        lines.append("level        recall  precision")
        for level in LEVELS:
            lines.append(
                f"{level:<11} {_percent(self.recall[level])}    {_percent(self.precision[level])}"
            )
        lines += ["", "true \\ given " + "".join(f"{level:>11}" for level in LEVELS)]
        for level in LEVELS:
            row = "".join(f"{self.confusion.get((level, got), 0):>11}" for got in LEVELS)
            lines.append(f"{level:<12} {row}")
        lines.append(f"\nAsked whether it is happening now: {self.asked}")
        lines.append(
            "No contact needed but sent to same day or emergency: "
            f"{_percent(self.over_escalation_rate).strip()}"
        )
        lines.append(f"\nMissed emergencies ({len(self.missed_emergencies)}):")
        lines += [f"  {given:<9} {text}" for text, given in self.missed_emergencies]
        lines.append(f"\nOver-escalations ({len(self.over_escalations)}):")
        lines += [f"  {given:<9} {text}" for text, given in self.over_escalations]
        return "\n".join(lines)


def read_rows(path: Path) -> list[LabelledText]:
    """Reads a CSV file with the columns text, level and perhaps alt.

    Raises:
        DataError: a column is missing, a level is unknown or there is no message; every
            line is listed.
    """
    # Spreadsheets put a byte order mark first.
    text = read_text(path).removeprefix("\ufeff")
    reader = csv.DictReader(text.splitlines(keepends=True))
    if not {"text", "level"} <= set(reader.fieldnames or ()):
        raise DataError(
            [
                Problem(
                    relative(path),
                    1,
                    "The columns text and level are needed.",
                    "Name them in line 1.",
                )
            ]
        )
    rows, problems = [], []
    for row in reader:
        level, alt = (row["level"] or "").strip(), (row.get("alt") or "").strip()
        if level not in LEVELS or (alt and alt not in LEVELS):
            problems.append(
                Problem(
                    relative(path),
                    reader.line_num,
                    f"There is no level `{level if level not in LEVELS else alt}`.",
                    f"Use one of: {', '.join(LEVELS)}.",
                )
            )
            continue
        rows.append(LabelledText(row["text"] or "", level, alt))
    if not rows and not problems:
        problems.append(
            Problem(relative(path), 1, "There is no message.", "Add a line for each message.")
        )
    if problems:
        raise DataError(problems)
    return rows


def evaluate(rows: Iterable[LabelledText], screen: Callable[[str], Screening]) -> SafetyReport:
    """Screens every row and compares. A row's second level counts as right."""
    confusion: Counter[tuple[str, str]] = Counter()
    missed: list[tuple[str, str]] = []
    over: list[tuple[str, str]] = []
    asked = failed = 0
    for row in rows:
        screening = screen(row.text)
        asked += screening.unsure
        failed += screening.failed
        given = screening.level
        counted = row.level if given == row.alt else given
        confusion[row.level, counted] += 1
        if row.level == "emergency" and counted != "emergency":
            missed.append((row.text, given))
        if row.level == "none" and counted in URGENT:
            over.append((row.text, given))
    recall: dict[str, float | None] = {}
    precision: dict[str, float | None] = {}
    for level in LEVELS:
        true = sum(n for (real, _), n in confusion.items() if real == level)
        given_count = sum(n for (_, got), n in confusion.items() if got == level)
        hit = confusion[level, level]
        recall[level] = hit / true if true else None
        precision[level] = hit / given_count if given_count else None
    calm = sum(n for (real, _), n in confusion.items() if real == "none")
    return SafetyReport(
        dict(confusion),
        recall,
        precision,
        tuple(missed),
        tuple(over),
        len(over) / calm if calm else None,
        asked,
        failed,
    )


def _percent(share: float | None) -> str:
    return "   –  " if share is None else f"{100 * share:5.1f}%"
