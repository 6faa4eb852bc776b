from __future__ import annotations

import numpy as np
import pytest

from bot.safety.neighbours import Neighbours

CLASSES = 3


@pytest.fixture(scope="module")
def two_groups() -> tuple[np.ndarray, list[int]]:
    """Sixty vectors near one direction of class 0, sixty near another of class 2."""
    random = np.random.RandomState(0)
    centres = np.eye(2, 384, dtype=np.float32)
    vectors = np.repeat(centres, 60, axis=0) + 0.02 * random.randn(120, 384)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), [0] * 60 + [2] * 60


def test_a_vector_has_the_class_of_those_around_it(two_groups) -> None:
    vectors, labels = two_groups
    neighbours = Neighbours(vectors, labels, CLASSES)
    assert neighbours.chances(vectors[5])[0] > 0.95
    assert neighbours.chances(vectors[100])[2] > 0.95


def test_a_vector_like_no_other_and_few_messages_give_shares_too() -> None:
    few = Neighbours(np.eye(3, 384), [0, 1, 2], CLASSES)
    assert few.chances(np.eye(3, 384).mean(axis=0)) == pytest.approx(np.full(3, 1 / 3))


def test_shares_add_up_to_one_and_a_class_without_messages_has_none(two_groups) -> None:
    vectors, labels = two_groups
    between = (vectors[0] + vectors[60]) / 2
    shares = Neighbours(vectors, labels, CLASSES).chances(between)
    assert shares.shape == (CLASSES,)
    assert shares.sum() == pytest.approx(1)
    assert shares[1] == 0
