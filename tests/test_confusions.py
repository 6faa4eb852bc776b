"""`faqbot confusions`: what is mixed up, by which sentences, how good it is, and a picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.confusions import (
    Reading,
    TooFewExamples,
    as_text,
    cross_validate,
    draw,
    f1,
    mixed_up,
)
from bot.knowledge import TrainingExample
from bot.understanding import SentenceEncoder

EXAMPLES = {
    "faq/storage": [
        "where do i keep the pens", "does it go in the fridge", "fridge or cupboard",
        "how cold should i store it", "storage temperature", "must i keep it cold",
    ],
    "faq/alcohol": [
        "can i drink wine", "is beer ok", "alcohol and dupixent", "a glass of wine at dinner",
        "drinking on this medicine", "cocktails allowed",
    ],
    "greeting": ["hi", "hello there", "good morning", "hey you", "good evening", "hi again"],
}  # fmt: skip


def example(text: str, intent: str, line: int = 1) -> TrainingExample:
    return TrainingExample(text, intent, "data/nlu/faq.yml", line)


READINGS = [
    Reading(example("where do i keep it", "faq/storage", 3), "faq/storage"),
    Reading(example("warm pen", "faq/storage", 4), "faq/left_out_of_fridge"),
    Reading(example("left on the counter", "faq/left_out_of_fridge", 9), "faq/storage"),
    Reading(example("out all night", "faq/left_out_of_fridge", 10), "faq/left_out_of_fridge"),
    Reading(example("hi", "greeting", 20), "faq/storage"),
]


def test_each_example_is_read_once_by_a_model_that_has_not_seen_it(
    encoder: SentenceEncoder,
) -> None:
    examples = [example(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    readings = cross_validate(examples, {"storage": "How do I store it?"}, encoder, folds=3)
    assert [reading.example for reading in readings] == examples
    assert {reading.predicted for reading in readings} <= set(EXAMPLES)
    assert f1(readings) > 0.6  # chance is a third


def test_an_example_that_stands_in_the_wrong_place_is_found(encoder: SentenceEncoder) -> None:
    examples = [example(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    misplaced = example("is white wine alcohol ok", "faq/storage")
    readings = cross_validate([*examples, misplaced], {}, encoder, folds=3)
    wrong = [
        found for (pair, found) in mixed_up(readings) if pair == ("faq/alcohol", "faq/storage")
    ]
    assert misplaced in [reading.example for reading in wrong[0]]


@pytest.mark.parametrize("found", [[], ["greeting"], ["greeting"] * 9, ["greeting", "bye"] * 2])
def test_too_few_examples_for_the_folds_say_so(found: list[str], encoder: SentenceEncoder) -> None:
    examples = [example(f"text {number}", intent) for number, intent in enumerate(found)]
    with pytest.raises(TooFewExamples, match="two intents need 3 examples or more"):
        cross_validate(examples, {}, encoder, folds=3)


def test_an_intent_with_too_few_examples_is_read_all_the_same(encoder: SentenceEncoder) -> None:
    examples = [example(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    examples.append(example("bye now", "goodbye"))
    assert len(cross_validate(examples, {}, encoder, folds=3)) == len(examples)


def test_pairs_are_counted_in_both_directions_most_first() -> None:
    pairs = mixed_up(READINGS)
    assert [(pair, len(found)) for pair, found in pairs] == [
        (("faq/left_out_of_fridge", "faq/storage"), 2),
        (("faq/storage", "greeting"), 1),
    ]


def test_f1_is_over_the_answers() -> None:
    # storage: 1 hit, 1 miss, 2 false; left_out: 1 hit, 1 miss, 1 false.
    assert f1(READINGS) == pytest.approx((2 * 1 / (2 * 1 + 1 + 2) + 2 * 1 / (2 * 1 + 1 + 1)) / 2)


def test_the_report_shows_sentences_with_their_lines() -> None:
    text = as_text(READINGS, most=1)
    assert "F1 over the answers: 0.450; over their own examples alone" in text
    assert "small talk: 0.500." in text  # without “hi”, storage has one false hit less
    assert "faq/left_out_of_fridge and faq/storage: 2" in text
    assert "“warm pen” (data/nlu/faq.yml:4) is faq/storage" in text
    assert "greeting" not in text  # beyond the most


@pytest.mark.parametrize("readings", [READINGS, READINGS[:1]])
@pytest.mark.parametrize("name", ["confusions.png", "confusions", "confusions.txt"])
def test_the_heat_map_is_a_png(readings: list[Reading], name: str, tmp_path: Path) -> None:
    path = tmp_path / "maps" / name
    draw(readings, path)
    assert path.read_bytes().startswith(b"\x89PNG")
