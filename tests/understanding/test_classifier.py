from __future__ import annotations

from pathlib import Path

import numpy as np
from small_faq import all_examples

from bot.understanding import SentenceEncoder
from bot.understanding.classifier import OUT_OF_SCOPE, IntentScorer, fit_and_hold_out

TEXTS = [example.text for example in all_examples()]
INTENTS = [example.intent for example in all_examples()]


def fitted(encoder: SentenceEncoder) -> IntentScorer:
    scorer = IntentScorer()
    scorer.fit(TEXTS, INTENTS, encoder.encode(TEXTS))
    return scorer


def test_training_texts_score_best_for_their_own_intent(encoder: SentenceEncoder) -> None:
    scorer = fitted(encoder)
    scores = scorer.score(TEXTS, encoder.encode(TEXTS))
    assert (scorer.intents[scores.blended.argmax(axis=1)] == np.array(INTENTS)).all()


def test_probabilities_of_a_text_add_up_to_one(encoder: SentenceEncoder) -> None:
    scores = fitted(encoder).score(["can i fly"], encoder.encode(["can i fly"]))
    assert np.isclose(scores.probability.sum(), 1, atol=1e-5)


def test_two_trainings_give_the_same_scores(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(["wine on a plane"])
    first = fitted(encoder).score(["wine on a plane"], vectors)
    second = fitted(encoder).score(["wine on a plane"], vectors)
    assert np.array_equal(first.blended, second.blended)


def test_letters_never_seen_are_told_from_known_ones(encoder: SentenceEncoder) -> None:
    texts = ["can i fly with my pens", "qqxzv", ""]
    known, strange, empty = fitted(encoder).score(texts, encoder.encode(texts)).known
    assert known == 1
    assert strange < 0.5
    assert empty == 0


def test_two_intents_are_enough(encoder: SentenceEncoder) -> None:
    texts = ["can i fly", "on a plane", "hair falls out", "losing hair"]
    scorer = IntentScorer()
    scorer.fit(texts, ["travel", "travel", "hair", "hair"], encoder.encode(texts))
    scores = scorer.score(["my hair"], encoder.encode(["my hair"]))
    assert scorer.intents[scores.blended[0].argmax()] == "hair"


def test_an_intent_with_one_example_can_be_found(encoder: SentenceEncoder) -> None:
    texts, intents = [*TEXTS, "where is the parking lot"], [*INTENTS, "parking"]
    scorer = IntentScorer()
    scorer.fit(texts, intents, encoder.encode(texts))
    scores = scorer.score(["parking lot?"], encoder.encode(["parking lot?"]))
    assert scorer.intents[scores.blended[0].argmax()] == "parking"


def test_held_out_texts_are_judged_by_models_without_them(encoder: SentenceEncoder) -> None:
    _, held_out = fit_and_hold_out(TEXTS, INTENTS, encoder.encode(TEXTS))
    rows = [len(scores.blended) for scores in held_out.scores]
    assert sum(rows) == len(held_out.labels)
    # A text of a left-out intent counts as unknown, and that fold's model lacks the intent.
    assert "" in held_out.labels
    for known in held_out.intents:
        assert set(INTENTS) - set(known)
        assert OUT_OF_SCOPE in known


def test_nothing_is_held_out_of_too_little(encoder: SentenceEncoder) -> None:
    _, held_out = fit_and_hold_out(["a", "b"], ["one", "two"], encoder.encode(["a", "b"]))
    assert not len(held_out.labels)


def test_what_is_out_of_scope_may_have_many_topics(encoder: SentenceEncoder) -> None:
    things = ("a car", "a dog", "a house", "the moon", "rice", "football", "a bank loan", "chess")
    asked = ("who sells {}", "how old is {}", "draw {}", "what color is {}")
    outside = [question.format(thing) for thing in things for question in asked] * 2
    outside = [f"{text} {number}" for number, text in enumerate(outside)]
    texts = ["can i fly", "on a plane", "hair falls out", "losing hair", *outside]
    intents = ["travel", "travel", "hair", "hair", *[OUT_OF_SCOPE] * len(outside)]
    scorer = IntentScorer()
    scorer.fit(texts, intents, encoder.encode(texts))
    scores = scorer.score(texts, encoder.encode(texts))
    assert scores.probability.shape == (len(texts), 3)
    assert np.allclose(scores.probability.sum(axis=1), 1, atol=1e-5)
    assert (scorer.intents[scores.probability.argmax(axis=1)] == np.array(intents)).all()


def test_a_scorer_that_has_answered_can_be_kept(encoder: SentenceEncoder, tmp_path: Path) -> None:
    vectors = encoder.encode(["wine on a plane"])
    scorer = fitted(encoder)
    before = scorer.score(["wine on a plane"], vectors)
    scorer.save(tmp_path)
    after = IntentScorer.load(tmp_path).score(["wine on a plane"], vectors)
    assert np.array_equal(before.blended, after.blended)
