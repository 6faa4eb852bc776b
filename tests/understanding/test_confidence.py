from __future__ import annotations

import numpy as np

from bot.understanding.classifier import OUT_OF_SCOPE, HeldOut, Scores
from bot.understanding.confidence import Confidence, best, calibrate, message_weights

INTENTS = np.array(["a", "b", OUT_OF_SCOPE], dtype=object)


def scores(rows: list[list[float]], known: float = 1.0) -> Scores:
    array = np.array(rows)
    return Scores(array, array, array, np.full(len(rows), known))


def sample(count: int = 300) -> HeldOut:
    chance = np.random.RandomState(3)
    rows = chance.rand(count, 3)
    # The clearer the best score, the more often it is right.
    right = chance.rand(count) < rows[:, :2].max(axis=1)
    top = rows[:, :2].argmax(axis=1)
    labels = np.where(right, INTENTS[top], INTENTS[1 - top])
    labels[: count // 10] = OUT_OF_SCOPE
    labels[count // 10 : count // 5] = ""
    return HeldOut(labels, (INTENTS,), (scores(rows.tolist()),))


def test_out_of_scope_is_never_the_best_answer() -> None:
    assert best(scores([[0.1, 0.2, 0.9]]), INTENTS)[0] == 1


def test_a_higher_score_is_surer() -> None:
    low, high = calibrate(sample()).of(scores([[0.2, 0.1, 0.3], [0.9, 0.1, 0.3]]), INTENTS)
    assert low < high


def test_unknown_letters_make_it_less_sure() -> None:
    confidence = calibrate(sample())
    known = confidence.of(scores([[0.7, 0.1, 0.1]]), INTENTS)[0]
    unknown = confidence.of(scores([[0.7, 0.1, 0.1]], known=0.0), INTENTS)[0]
    assert unknown < known


def test_without_the_out_of_scope_intent_the_order_is_that_of_the_scores() -> None:
    given = scores([[0.3, 0.1], [0.5, 0.2], [0.9, 0.8]])
    sure = Confidence((3.0, -1.0, -1.0), -1.0).of(given, INTENTS[:2])
    assert list(np.argsort(sure)) == [0, 1, 2]


def test_probabilities_are_between_zero_and_one() -> None:
    sure = calibrate(sample()).of(scores([[-5, -5, 9], [9, 9, -5]]), INTENTS)
    assert ((sure >= 0) & (sure <= 1)).all()


def test_nothing_held_out_leaves_the_score_as_it_is() -> None:
    assert calibrate(HeldOut(np.array([], dtype=object), (), ())) == Confidence()


def test_messages_out_of_scope_and_of_unseen_topics_have_their_stated_shares() -> None:
    labels = np.array(["a"] * 6 + [OUT_OF_SCOPE] * 2 + [""] * 2, dtype=object)
    weights = message_weights(labels)
    assert np.isclose(weights.sum(), 10)
    assert np.isclose(weights[labels == OUT_OF_SCOPE].sum() / 10, 0.15)
    assert np.isclose(weights[labels == ""].sum() / 10, 0.15)
