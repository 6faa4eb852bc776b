"""All checks of everything under data/, for `faqbot check` and before every start."""

from __future__ import annotations

from pathlib import Path

from bot.problems import DataError, Problem


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
    ):
        try:
            read()
        except DataError as error:
            problems += error.problems
    return sorted(set(problems))
