"""What the second detector learns from: data/triage/examples/*.txt and second_detector.yml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from bot.problems import DataError, Problem, load_yaml, read_text, relative, to_struct
from bot.safety.model import LEVELS, Level


class DetectorSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """data/triage/second_detector.yml.

    `costs[true][given]` is how bad it is to give a message a level that is not its own.
    Below `sure_from`, a probability of an emergency, the assistant asks whether it is
    happening now. Where the rules hear a red flag only asked about, the second detector
    raises nothing below `asked_from`, a probability that a person is needed today. A calm
    message of several sentences in which it is at least `doubt_from` is read sentence by
    sentence; one that reads urgent with `sentence_from` counts. In at most `fragment_words`
    words what reads urgent counts from `sure_from` on alone. Below `only_asked_below`, a
    probability that a person is needed today, what a rule hears counts as only asked about.
    Below `no_piece_below` a message is no piece of what is told over several.
    """

    costs: dict[Level, dict[Level, float]]
    sure_from: float
    asked_from: float
    doubt_from: float
    sentence_from: float
    fragment_words: int
    only_asked_below: float
    no_piece_below: float


# The files of messages: the four levels, emergencies apart by what they are about.
LEVEL_OF: dict[str, Level] = {
    "crisis": "emergency",
    "poisoning": "emergency",
    **{level: level for level in LEVELS},
}
CLASSES = tuple(LEVEL_OF)


class DetectorExamples(msgspec.Struct, frozen=True):
    """The settings, messages with their classes, and what people put before and after a message."""

    settings: DetectorSettings
    messages: tuple[tuple[str, str], ...]
    openings: tuple[str, ...]
    endings: tuple[str, ...]


def read_examples(folder: Path) -> DetectorExamples:
    """Reads the settings, a text file for each class, openings and endings from data/triage.

    Raises:
        DataError: a file is missing or wrong, or the same message has two classes.
    """
    path = folder / "second_detector.yml"
    settings = to_struct(load_yaml(read_text(path), path), DetectorSettings, path)
    missing = [
        f"{true} given as {given}"
        for true in LEVELS
        for given in LEVELS
        if given not in settings.costs.get(true, {})
    ]
    problems = []
    if missing:
        problems.append(
            Problem(
                relative(path),
                1,
                f"`costs` says nothing of: {', '.join(missing)}.",
                "Give every level a cost for each of the four levels.",
            )
        )
    messages: dict[str, str] = {}
    for name in CLASSES:
        path = folder / "examples" / f"{name}.txt"
        for number, text in _lines(path):
            if messages.setdefault(text, name) != name:
                problems.append(
                    Problem(
                        relative(path),
                        number,
                        f"`{text}` stands under {messages[text]} too.",
                        "Remove it from one of the two files.",
                    )
                )
    for name in CLASSES:
        if name not in messages.values():
            path = folder / "examples" / f"{name}.txt"
            what = "There is no message in this file."
            problems.append(Problem(relative(path), 1, what, "Write some, one a line."))
    if problems:
        raise DataError(problems)
    openings, endings = (
        tuple(text for _, text in _lines(folder / "examples" / name))
        for name in ("openings.txt", "endings.txt")
    )
    return DetectorExamples(settings, tuple(messages.items()), openings, endings)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that are neither blank nor remarks, with their numbers."""
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        text = line.strip()
        if text and not text.startswith("#"):
            yield number, text
