"""What the project's evaluation sets say: single questions, several at once, follow-ups.

The sets are for measuring alone. A sentence that is also a training example would
measure nothing, so each overlap is counted and named.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from bot.engine import resources
from bot.knowledge import AnswerStore, OtherMedicines, read_examples, read_other_medicines
from bot.understanding import (
    Example,
    SentenceEncoder,
    Understanding,
    Understood,
    comparable,
)

PROJECT = Path(__file__).resolve().parent.parent
EVALUATION = PROJECT / "benchmarks" / "evaluation"
OUT_OF_SCOPE = "out_of_scope"
NOTHING = "none"  # a follow-up that must not be answered


class Answered(msgspec.Struct, frozen=True):
    """What a system said to one message: the answers it gave, and what it suggested."""

    faq_ids: tuple[str, ...]
    suggested: tuple[str, ...] = ()


def training_examples() -> tuple[list[Example], dict[str, str]]:
    """The project's training examples and each published answer's question."""
    published = AnswerStore(PROJECT / "data" / "faq").published()
    examples = [Example(item.text, item.intent) for item in read_examples(PROJECT / "data" / "nlu")]
    return examples, {faq_id: answer.question for faq_id, answer in published.items()}


def read_rows(path: Path) -> list[tuple[str, str]]:
    """Rows of (text, label) from a file with that header."""
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["label"]) for row in csv.DictReader(file)]


def figures(rows: Sequence[tuple[str, str]], answered: Sequence[Answered]) -> dict[str, Any]:
    """The goal's figures for single questions with labels; `out_of_scope` must get no answer."""
    pairs = list(zip((label for _, label in rows), answered, strict=True))
    inside = [(label, said) for label, said in pairs if label != OUT_OF_SCOPE]
    outside = [said for label, said in pairs if label == OUT_OF_SCOPE]
    declined = [(label, said) for label, said in inside if not said.faq_ids]
    return {
        "in_scope_right": _share(label in said.faq_ids for label, said in inside),
        "wrong_answer": _share(
            bool(said.faq_ids) and label not in said.faq_ids for label, said in inside
        ),
        "oos_recall": _share(not said.faq_ids for said in outside),
        "declined": len(declined),
        "right_one_suggested": _share(label in said.suggested[:3] for label, said in declined),
    }


def evaluate(encoder: SentenceEncoder) -> dict[str, Any]:
    """Trains on the project's examples and measures on all evaluation sets."""
    examples, questions = training_examples()
    model = Understanding.train(examples, questions, encoder, resources.follow_ups())
    return {
        **{path.stem: _questions(model, path) for path in _question_sets()},
        **{path.stem: _two_questions(model, path) for path in _sets("two_questions")},
        **{path.stem: _followups(model, path) for path in _sets("followups")},
        "overlap_with_training": overlap([example.text for example in examples]),
    }


def overlap(training: Sequence[str]) -> list[str]:
    """Evaluation sentences that are training examples too, punctuation and case aside."""
    known = {comparable(text) for text in training}
    return [
        text
        for path in (*_question_sets(), *_sets("two_questions"))
        for text in _texts(path)
        if comparable(text) in known
    ]


def _question_sets() -> list[Path]:
    """Files of single questions: the first one, and those written later without sight of it."""
    return _sets("questions")


def _sets(name: str) -> list[Path]:
    return sorted(EVALUATION.glob(f"{name}*.csv"))


def _questions(model: Understanding, path: Path) -> dict[str, Any]:
    rows = read_rows(path)
    others = read_other_medicines(PROJECT / "data" / "other_medicines.yml")
    read = [_declined_for(others, text, model.read(text)) for text, _ in rows]
    inside = [(label, r) for (_, label), r in zip(rows, read, strict=True) if label != OUT_OF_SCOPE]
    said = [Answered(r.faq_ids, r.suggested) for r in read]
    return figures(rows, said) | {
        "first": _share(label == r.alternatives[0][0] for label, r in inside),
        "in_first_three": _share(label in dict(r.alternatives[:3]) for label, r in inside),
        "expected_calibration_error": calibration_error(
            [r.confidence for r in read],
            [label == r.alternatives[0][0] for (_, label), r in zip(rows, read, strict=True)],
        ),
    }


def _declined_for(others: OtherMedicines, text: str, read: Understood) -> Understood:
    """What is about another medicine is declined, as the assistant does."""
    forbidden = others.forbids(f"{text} {read.repaired}", read.faq_ids)
    return read.declined("asks about another medicine") if forbidden else read


def _two_questions(model: Understanding, path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], set(row["labels"].split("|"))) for row in csv.DictReader(file)]
    read = [(labels, model.read(text)) for text, labels in rows]
    said = [(labels, {r.faq_id, *r.also} - {None}) for labels, r in read]
    several = [(labels, given) for labels, given in said if len(labels) > 1]
    one = [(labels, given) for labels, given in said if len(labels) == 1]
    return {
        "several": len(several),
        "all_answered": _share(labels == given for labels, given in several),
        "one_answered_nothing_wrong": _share(
            bool(given) and given < labels for labels, given in several
        ),
        "a_wrong_answer": _share(bool(given - labels) for labels, given in several),
        "one_question": len(one),
        "stays_one": _share(len(given) <= 1 for _, given in one),
        "one_right": _share(labels == given for labels, given in one),
    }


def _followups(model: Understanding, path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["previous"], row["text"], row["label"]) for row in csv.DictReader(file)]
    answers = resources.answers().published()
    read = [
        (label, model.read(text, resources.last_answer(answers[previous])).faq_id)
        for previous, text, label in rows
    ]
    meant = [(label, given) for label, given in read if label != NOTHING]
    return {
        "answerable": len(meant),
        "right": _share(label == given for label, given in meant),
        "wrong": _share(given not in (None, label) for label, given in meant),
        "not_answerable": len(read) - len(meant),
        "left_unanswered": _share(given is None for label, given in read if label == NOTHING),
    }


def calibration_error(
    confidence: Sequence[float],
    right: Sequence[bool],
    weights: Sequence[float] | None = None,
    bins: int = 10,
) -> float:
    """Expected calibration error (Guo et al. 2017) over equally wide bins."""
    each = [1.0] * len(confidence) if weights is None else list(weights)
    error = 0.0
    for number in range(bins):
        rows = [i for i, c in enumerate(confidence) if number == min(int(c * bins), bins - 1)]
        error += abs(sum(each[i] * (bool(right[i]) - confidence[i]) for i in rows))
    return round(error / max(1e-9, sum(each)), 4)


def _texts(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


def _share(values: Any) -> float:
    given = list(values)
    return round(sum(map(bool, given)) / max(1, len(given)), 4)
