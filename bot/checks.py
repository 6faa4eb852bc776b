"""All checks of everything under data/, for `faqbot check` and before every start."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.problems import DataError, KeyPath, Problem, line_of, load_yaml, read_text, relative

# Numbers and addresses that are kept free for examples (RFC 2606; 555-0100 to 555-0199).
_MADE_UP = re.compile(r"\b555-01\d\d\b|\bexample\.(?:com|net|org)\b|\.example\b|\bExample Street\b")


def check_all(data: Path) -> list[Problem]:
    """Every problem in the data folder, in the order of files and lines."""
    from bot.knowledge import read_clinic, read_follow_ups, read_other_medicines
    from bot.knowledge.checks import check_knowledge
    from bot.safety import GuidedCheck, Replies, SafetyScreen
    from bot.safety.examples import read_examples

    problems = list(check_knowledge(data))
    for read in (
        lambda: read_clinic(data / "clinic.yml"),
        lambda: read_other_medicines(data / "other_medicines.yml"),
        lambda: read_follow_ups(data / "follow_ups.yml"),
        lambda: SafetyScreen.load(data / "triage"),
        lambda: read_examples(data / "triage"),
        lambda: Replies.load(data / "triage"),
        lambda: GuidedCheck.load(data / "triage"),
        lambda: _named_answers_exist(data),
        lambda: _named_kinds_exist(data),
        lambda: _demo_is_over(data),
    ):
        try:
            read()
        except DataError as error:
            problems += error.problems
    return sorted(set(problems))


def _demo_is_over(data: Path) -> None:
    """Warns of what is left of the demo clinic where `demo` is false: numbers that nobody has."""
    path = data / "clinic.yml"
    file = load_yaml(read_text(path), path)
    if not isinstance(file, dict) or file.get("demo") is not False:
        return
    problems = [
        Problem(
            relative(path),
            line_of(file, keys),
            f"`{value}` is made up, and `demo` is false: patients would be sent there.",
            "Write the clinic's own.",
            "warning",
        )
        for keys, value in _values(file)
        if _MADE_UP.search(value)
    ]
    if problems:
        raise DataError(problems)


def _values(mapping: dict[str, object], keys: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    for key, value in mapping.items():
        if isinstance(value, dict):
            yield from _values(value, (*keys, key))
        elif isinstance(value, str):
            yield (*keys, key), value


def _named_answers_exist(data: Path) -> None:
    path = data / "triage" / "replies.yml"
    file = load_yaml(read_text(path), path)
    problems = [
        Problem(
            relative(path),
            line_of(file, (key, place)),
            f"There is no answer `{faq_id}`.",
            "Write the id of an answer in data/faq, or remove it.",
        )
        for key in ("withheld_answers", "never_in_part")
        for place, faq_id in enumerate(_list(file, key))
        if not (data / "faq" / f"{faq_id}.md").exists()
    ]
    if problems:
        raise DataError(problems)


def _named_kinds_exist(data: Path) -> None:
    """The guided check concerns findings of kinds that a red flag has."""
    path, rules = data / "triage" / "advice.yml", data / "triage" / "red_flags.yml"
    file = load_yaml(read_text(path), path)
    kinds = {
        rule.get("kind")
        for rule in _list(load_yaml(read_text(rules), rules), "red_flags")
        if isinstance(rule, dict)
    }
    problems = [
        Problem(
            relative(path),
            line_of(file, ("concerns", place)),
            f"No red flag is of the kind `{kind}`.",
            "Use the `kind` of a rule in red_flags.yml.",
        )
        for place, kind in enumerate(_list(file, "concerns"))
        if kind not in kinds
    ]
    if problems:
        raise DataError(problems)


def _list(file: object, key: str) -> list[Any]:
    named = file.get(key) if isinstance(file, dict) else None
    return named if isinstance(named, list) else []
