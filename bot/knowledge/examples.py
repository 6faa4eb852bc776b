"""Training examples: what patients say, and which intent it belongs to."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from bot.problems import DataError, Problem, line_of, load_yaml, read_text, relative

FAQ_PREFIX = "faq/"
_ITEM = re.compile(r"^\s*-\s?(?P<text>.*\S)\s*$")


class TrainingExample(msgspec.Struct, frozen=True):
    """One line under an intent. `line` counts from 1 in the file at `path`."""

    text: str
    intent: str
    path: str
    line: int


def read_examples(folder: Path) -> list[TrainingExample]:
    """All training examples in the folder's .yml files (Rasa's NLU format).

    Raises:
        DataError: a file is not YAML or not in Rasa's format; every reason is listed.
    """
    examples: list[TrainingExample] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            examples += _read_file(path)
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return examples


def _read_file(path: Path) -> list[TrainingExample]:
    text = read_text(path)
    data = load_yaml(text, path)
    shown = relative(path)
    lines = text.splitlines()
    blocks = data.get("nlu") if isinstance(data, dict) else None
    if not isinstance(blocks, list):
        raise DataError(
            [Problem(relative(path), 1, "No `nlu:` list.", "Begin with `nlu:` and a list below.")]
        )
    examples: list[TrainingExample] = []
    problems: list[Problem] = []
    for index, block in enumerate(blocks):
        line = line_of(data, ("nlu", index))
        if (
            not isinstance(block, dict)
            or not isinstance(block.get("intent"), str)
            or not isinstance(block.get("examples"), str)
        ):
            problems.append(
                Problem(
                    shown,
                    line,
                    "An entry needs `intent` and `examples: |`.",
                    "Write `- intent: faq/<id>`, then `examples: |` and one `- …` a line.",
                )
            )
            continue
        number = line_of(data, ("nlu", index, "examples"))
        for content in block["examples"].splitlines():
            number += 1
            while number <= len(lines) and lines[number - 1].strip() != content.strip():
                number += 1
            if not content.strip():
                continue
            match = _ITEM.match(content)
            if match:
                examples.append(TrainingExample(match["text"], str(block["intent"]), shown, number))
            else:
                problems.append(
                    Problem(
                        shown,
                        number,
                        "An example begins with `- `.",
                        f"Write `- {content.strip()}`.",
                    )
                )
    if problems:
        raise DataError(problems)
    return examples
