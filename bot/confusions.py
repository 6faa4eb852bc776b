"""Which answers are mixed up, and by which sentences: where examples are missing.

Stratified cross-validation over all training examples: each sentence is read by a model
that was trained without it. A sentence that goes to another answer than its own shows an
editor where the two answers need contrast, or where an example stands in the wrong place.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from bot.knowledge import FAQ_PREFIX, AnswerStore, TrainingExample, read_examples
from bot.settings import Settings
from bot.understanding import Example, SentenceEncoder, Understanding, normal

FOLDS = 5


class TooFewExamples(ValueError):
    """There is nothing to compare yet; the message says what is missing."""


class Reading(msgspec.Struct, frozen=True):
    """One training example and what a model that had not seen it took it for."""

    example: TrainingExample
    predicted: str


def read_all(settings: Settings) -> list[Reading]:
    """Reads every training example in data/nlu with a model that has not seen it.

    Raises:
        TooFewExamples: no two intents have an example for each fold.
    """
    from bot.engine import resources

    answers = AnswerStore(settings.data / "faq").published()
    questions = {faq_id: answer.question for faq_id, answer in answers.items()}
    examples = read_examples(settings.data / "nlu")
    return cross_validate(examples, questions, resources.encoder())


def cross_validate(
    examples: Sequence[TrainingExample],
    questions: Mapping[str, str],
    encoder: SentenceEncoder,
    folds: int = FOLDS,
) -> list[Reading]:
    """Reads each example with a model trained on the other folds (stratified, seed 0).

    Raises:
        TooFewExamples: no two intents have an example for each fold.
    """
    counts = Counter(example.intent for example in examples)
    if sum(count >= folds for count in counts.values()) < 2:
        raise TooFewExamples(
            f"At least two intents need {folds} examples or more, to be read in {folds} folds. "
            "`faqbot check` says where examples are missing."
        )
    intents = np.array([example.intent for example in examples], dtype=object)
    predicted = np.empty(len(examples), dtype=object)
    splits = StratifiedKFold(n_splits=folds, shuffle=True, random_state=0)
    for train, test in splits.split(intents, intents):
        known = [Example(examples[row].text, examples[row].intent) for row in train]
        model = Understanding.train(known, questions, encoder)
        texts = [model.speller.repair(normal(examples[row].text).lower()) for row in test]
        for row, ranking in zip(test, model.rank_all(texts), strict=True):
            predicted[row] = ranking[0][0]
    return [Reading(*pair) for pair in zip(examples, predicted, strict=True)]


def f1(readings: Sequence[Reading]) -> float:
    """Macro-averaged F1 over the answers; the other intents count as what is not an answer.

    The confidence threshold plays no part: what would be declined counts as wrong here.
    """
    truth = [reading.example.intent for reading in readings]
    labels = sorted({intent for intent in truth if intent.startswith(FAQ_PREFIX)})
    predicted = [reading.predicted for reading in readings]
    return float(f1_score(truth, predicted, labels=labels, average="macro", zero_division=0))


def mixed_up(readings: Sequence[Reading]) -> list[tuple[tuple[str, str], list[Reading]]]:
    """The pairs of intents with the readings that confuse them, most first."""
    pairs: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for reading in readings:
        if reading.predicted != reading.example.intent:
            one, other = sorted((reading.example.intent, reading.predicted))
            pairs[one, other].append(reading)
    return sorted(pairs.items(), key=lambda item: (-len(item[1]), item[0]))


def as_text(readings: Sequence[Reading], most: int) -> str:
    """The pairs of answers that are mixed up most, with sentences, and the F1.

    Args:
        readings: all readings.
        most: how many pairs to show.
    """
    pairs = mixed_up(readings)
    wrong = sum(len(found) for _, found in pairs)
    asked = [reading for reading in readings if reading.example.intent.startswith(FAQ_PREFIX)]
    lines = [
        f"{len(readings)} examples, read in {FOLDS} folds by models that had not seen them.",
        f"F1 over the answers: {f1(readings):.3f}; over their own examples alone, without what "
        f"is out of scope and small talk: {f1(asked):.3f}.",
        f"Taken for another intent: {wrong} examples.",
    ]
    for (one, other), found in pairs[:most]:
        lines.append(f"\n{one} and {other}: {len(found)}")
        for reading in found:
            example = reading.example
            lines.append(
                f"  “{example.text}” ({example.path}:{example.line}) is {example.intent}, "
                f"read as {reading.predicted}"
            )
    return "\n".join(lines)


def draw(readings: Sequence[Reading], path: Path) -> None:
    """Writes the confusions as a heat map (PNG): rows are the truth, columns what was read."""
    # Neither needed nor wanted at import: it takes a second and a cache folder.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    wrong = [r for r in readings if r.predicted != r.example.intent]
    names = sorted({name for r in wrong for name in (r.example.intent, r.predicted)})
    place = {name: number for number, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)))
    for reading in wrong:
        counts[place[reading.example.intent], place[reading.predicted]] += 1
    side = 4 + 0.2 * len(names)
    figure = Figure(figsize=(side, side), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    image = axes.imshow(counts, cmap="magma_r")
    labels = [name.removeprefix(FAQ_PREFIX) for name in names]
    axes.set_xticks(range(len(names)), labels, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), labels, fontsize=7)
    axes.set_xlabel("read as")
    axes.set_ylabel("is")
    axes.set_title("Examples taken for another intent in cross-validation")
    if names:
        figure.colorbar(image, ax=axes, shrink=0.6, label="examples")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, format="png")
