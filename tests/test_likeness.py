"""Comparing with many vectors in eight bits gives what 32 bits give."""

from __future__ import annotations

import numpy as np
import pytest

from bot import likeness
from bot.likeness import Likeness


def unit_rows(many: int, wide: int) -> np.ndarray:
    rows = np.random.RandomState(0).randn(many, wide).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("wide", [384, 64])
def test_cosines_are_nearly_those_of_32_bits(wide: int) -> None:
    rows, vectors = unit_rows(500, wide), unit_rows(3, wide)
    compared = Likeness(rows)
    assert compared.in_eight_bits
    assert np.abs(compared.of(vectors) - vectors @ rows.T).max() < 0.01


def test_a_row_is_most_like_itself() -> None:
    rows = unit_rows(500, 384)
    assert Likeness(rows).of(rows[:8]).argmax(axis=1).tolist() == list(range(8))


def test_rows_that_cannot_be_divided_into_runs_are_compared_in_32_bits() -> None:
    rows = unit_rows(20, 7)
    compared = Likeness(rows)
    assert not compared.in_eight_bits
    assert compared.of(rows) == pytest.approx(rows @ rows.T)


def test_a_processor_that_computes_wrongly_gets_32_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "_CLOSE_ENOUGH", -1.0)
    rows = unit_rows(20, 64)
    compared = Likeness(rows)
    assert not compared.in_eight_bits
    assert compared.of(rows) == pytest.approx(rows @ rows.T, abs=1e-6)


def test_no_rows_have_no_likeness() -> None:
    assert Likeness(np.zeros((0, 64))).of(unit_rows(2, 64)).shape == (2, 0)
