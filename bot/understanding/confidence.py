"""How sure to be: from scores to the probability that the best intent is right.

A logistic regression over the best score, its lead over the second, and the nearest
example's similarity (Platt 1999, with the margin as a further input). It learns from
held-out scores of the training texts: most as a stranger's question about a known
topic, some as a question about a topic that was never trained.
"""

from __future__ import annotations

import msgspec
import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.understanding.classifier import HeldOut, Scores

# How much the texts of left-out intents weigh against the others: one message in three
# to a clinic's assistant asks for something else.
UNSEEN_SHARE = 0.1


class Confidence(msgspec.Struct, frozen=True):
    """The fitted calibration: `weights` (4,) and `bias` of the logistic regression."""

    weights: tuple[float, ...]
    bias: float

    def of(self, scores: Scores) -> np.ndarray:
        """The probability, for each of n texts, that its best intent is right (n,)."""
        logit = signals(scores) @ np.array(self.weights) + self.bias
        return np.asarray(1 / (1 + np.exp(-logit)))


def signals(scores: Scores) -> np.ndarray:
    """What confidence is judged by, for n texts: (n, 4)."""
    ranked = np.sort(scores.blended, axis=1)
    best = ranked[:, -1]
    second = ranked[:, -2] if ranked.shape[1] > 1 else np.zeros_like(best)
    top = scores.blended.argmax(axis=1)
    near = scores.nearest[np.arange(len(top)), top]
    return np.stack([best, best - second, near, scores.nearest.max(axis=1) - near], axis=1)


def calibrate(held_out: HeldOut) -> Confidence:
    """Fits the calibration to held-out scores."""
    known, unseen = signals(held_out.without_text), signals(held_out.without_intent)
    right = held_out.without_text.blended.argmax(axis=1) == held_out.labels
    inputs = np.vstack([known, unseen])
    truth = np.concatenate([right, np.zeros(len(unseen), bool)])
    if truth.all() or not truth.any():
        return Confidence((1.0, 0.0, 0.0, 0.0), 0.0)
    unseen_weight = UNSEEN_SHARE / (1 - UNSEEN_SHARE)
    weights = np.concatenate([np.ones(len(known)), np.full(len(unseen), unseen_weight)])
    model = LogisticRegression(C=10.0, max_iter=1000).fit(inputs, truth, sample_weight=weights)
    return Confidence(tuple(map(float, model.coef_[0])), float(model.intercept_[0]))
