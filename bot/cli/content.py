"""Commands for those who write answers, examples and red flags."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bot.cli.common import Add, rasa
from bot.problems import Problem
from bot.settings import Settings


def register(add: Add) -> None:
    """Adds these commands."""
    add("check", _check, "Check every file under data/ and say what to mend.")
    add("validate", _validate, "Run `rasa data validate`.")
    command = add("review-sheet", _review_sheet, "Write docs/clinical-review.md from the data.")
    command.add_argument("--out", type=Path, default=Path("docs/clinical-review.md"))
    command = add("evaluate-safety", _evaluate_safety, "Evaluate the safety screen on a CSV file.")
    command.add_argument("csv", type=Path, help="columns text, level and perhaps alt")
    command.add_argument("--json", action="store_true", help="print JSON instead of text")


def _check(settings: Settings, _: argparse.Namespace) -> int:
    from bot.checks import check_all

    problems: list[Problem] = check_all(settings.data)
    for problem in problems:
        print(problem)
    errors = sum(problem.severity == "error" for problem in problems)
    print(f"{errors} errors, {len(problems) - errors} warnings.")
    return 1 if errors else 0


def _validate(settings: Settings, _: argparse.Namespace) -> int:
    return rasa(settings, "data", "validate", "--data", "data")


def _review_sheet(settings: Settings, options: argparse.Namespace) -> int:
    from bot.knowledge.review_sheet import review_sheet

    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(review_sheet(settings.data), encoding="utf-8")
    print(f"Wrote {options.out}.")
    return 0


def _evaluate_safety(settings: Settings, options: argparse.Namespace) -> int:
    from bot.engine import resources
    from bot.safety.evaluate import evaluate, read_rows

    report = evaluate(read_rows(options.csv), resources.screen().read)
    print(json.dumps(report.as_dict()) if options.json else report.as_text())
    return 0
