"""The shipped training examples: enough of them, and none that the evaluation asks."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from evaluation_sets import EVALUATION_SETS, asked_in
from rapidfuzz import fuzz, process

from bot.knowledge import FAQ_PREFIX, TrainingExample, read_examples, read_follow_ups
from bot.knowledge.answer_checks import comparable

NEARLY_EQUAL = 95
FOLLOW_UP_SETS = [name for name in EVALUATION_SETS if name.startswith("followups")]
# What people ask most gets more ways of asking.
ASKED_MOST = (
    "eczema_like_symptoms", "why_eczema_worsens", "how_common_flares", "respond_to_symptoms",
    "permanent_changes", "common_side_effects", "missed_dose", "how_long_to_work",
    "stopping_dupixent", "storage", "left_out_of_fridge", "how_to_inject", "eye_problems",
    "facial_redness", "alcohol", "pregnancy", "cost_and_insurance", "vaccines",
    "other_medicines", "is_it_a_steroid",
)  # fmt: skip


@pytest.fixture(scope="module")
def examples(project: Path) -> list[TrainingExample]:
    return read_examples(project / "data" / "nlu")


def test_every_answer_has_25_examples_and_the_most_asked_have_40(
    project: Path, examples: list[TrainingExample]
) -> None:
    counts = Counter(example.intent for example in examples)
    for path in (project / "data" / "faq").glob("*.md"):
        assert counts[FAQ_PREFIX + path.stem] >= (40 if path.stem in ASKED_MOST else 25), path.stem


def test_other_intents_have_twenty_and_out_of_scope_three_hundred(
    examples: list[TrainingExample],
) -> None:
    counts = Counter(example.intent for example in examples)
    others = {name: count for name, count in counts.items() if not name.startswith(FAQ_PREFIX)}
    assert others.pop("out_of_scope") >= 300
    assert min(others.values()) >= 20


def test_examples_of_an_answer_differ_in_length(examples: list[TrainingExample]) -> None:
    lengths: dict[str, list[int]] = {}
    for example in examples:
        if example.intent.startswith(FAQ_PREFIX):
            lengths.setdefault(example.intent, []).append(len(example.text.split()))
    for intent, words in lengths.items():
        assert min(words) <= 3, intent
        assert max(words) >= 10, intent


@pytest.mark.parametrize("name", EVALUATION_SETS)
def test_no_example_is_one_of_the_evaluations_sentences(
    examples: list[TrainingExample], name: str
) -> None:
    asked = asked_in(name)
    assert len(asked) > 20
    mine = [comparable(example.text) for example in examples]
    likeness = process.cdist(mine, asked, scorer=fuzz.ratio, score_cutoff=NEARLY_EQUAL)
    # Only our own side is named: nobody should read the evaluation to mend this.
    near = [
        f"{examples[row].path}:{examples[row].line}" for row in np.flatnonzero(likeness.max(axis=1))
    ]
    assert near == []


@pytest.mark.parametrize("name", FOLLOW_UP_SETS)
def test_no_follow_up_is_one_of_the_evaluations_after_the_same_answer(
    project: Path, name: str
) -> None:
    mine = read_follow_ups(project / "data" / "follow_ups.yml")
    with (project / "benchmarks" / "evaluation" / name).open(newline="") as file:
        asked = [(row["previous"], comparable(row["text"])) for row in csv.DictReader(file)]
    near = [
        (example.after, example.text)
        for example in mine
        for previous, text in asked
        if previous == example.after and fuzz.ratio(comparable(example.text), text) >= NEARLY_EQUAL
    ]
    assert near == []
