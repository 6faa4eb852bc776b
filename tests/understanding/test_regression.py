"""Logistic regression in single precision does what scikit-learn's does."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from bot.understanding.regression import fit_regression


@pytest.mark.parametrize("classes", [3, 7])
def test_it_finds_what_scikit_learn_finds(classes: int) -> None:
    random = np.random.RandomState(classes)
    features = random.randn(400, 20).astype(np.float32)
    labels = (features @ random.randn(20, classes)).argmax(axis=1)
    coefficients, intercepts = fit_regression(features, labels, strength=1.0, iterations=200)
    other = LogisticRegression(C=1.0, class_weight="balanced", max_iter=200, tol=1e-3)
    other.fit(features, labels)
    # Only differences between classes mean anything.
    mine = coefficients - coefficients.mean(axis=0)
    theirs = other.coef_ - other.coef_.mean(axis=0)
    assert np.abs(mine - theirs).max() < 0.02
    assert np.ptp(intercepts - other.intercept_) < 0.05


def test_two_classes_are_no_special_case() -> None:
    features = np.array([[0.0], [0.2], [0.8], [1.0]], np.float32)
    labels = np.array([0, 0, 1, 1])
    coefficients, intercepts = fit_regression(features, labels, strength=100.0, iterations=50)
    assert coefficients.shape == (2, 1)
    assert ((features @ coefficients.T + intercepts).argmax(axis=1) == labels).all()


def test_a_rare_class_weighs_as_much_as_a_common_one() -> None:
    features = np.ones((100, 1), np.float32)
    labels = np.array([0] * 99 + [1])
    coefficients, intercepts = fit_regression(features, labels, strength=1.0, iterations=50)
    scores = (features @ coefficients.T + intercepts)[0]
    assert abs(scores[0] - scores[1]) < 0.01
