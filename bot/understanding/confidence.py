"""How sure to be: from scores to the probability that the best intent is right.

A logistic regression (Platt 1999) over the best score, less a penalty for unknown
letters, and two signs that the message is out of scope. It learns from scores of texts
that the scorer had not seen: some of known topics, some out of scope, some of topics
that were never trained.
"""

from __future__ import annotations

import msgspec
import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.understanding.classifier import OUT_OF_SCOPE, HeldOut, Scores

# How many of a clinic's messages are taken to be about something that the training
# examples have no answer for: named there as out of scope, and of a topic never seen.
OUT_OF_SCOPE_SHARE = 0.15
UNSEEN_SHARE = 0.15
# What a text without one known character n-gram loses of its score.
UNKNOWN_PENALTY = 0.2


class Confidence(msgspec.Struct, frozen=True):
    """The fitted calibration: weights and bias of the logistic regression."""

    weights: tuple[float, ...] = (1.0, 0.0, 0.0)
    bias: float = 0.0

    def of(self, scores: Scores, intents: np.ndarray) -> np.ndarray:
        """The probability, for each of n texts, that its `best` intent is right (n,)."""
        logit = signals(scores, intents) @ np.array(self.weights) + self.bias
        return np.asarray(1 / (1 + np.exp(-logit)))


def best(scores: Scores, intents: np.ndarray) -> np.ndarray:
    """The index of each text's best intent that is not `out_of_scope` (n,)."""
    return np.asarray(np.where(intents == OUT_OF_SCOPE, -np.inf, scores.blended).argmax(axis=1))


def signals(scores: Scores, intents: np.ndarray) -> np.ndarray:
    """What confidence is judged by, for n texts: (n, 3)."""
    rows, top = np.arange(len(scores.blended)), best(scores, intents)
    score = scores.blended[rows, top] - UNKNOWN_PENALTY * (1 - scores.known)
    outside = np.flatnonzero(intents == OUT_OF_SCOPE)
    if not len(outside):
        return np.stack([score, np.zeros_like(score), np.zeros_like(score)], axis=1)
    nearer = scores.nearest[:, outside[0]] - scores.nearest[rows, top]
    return np.stack([score, scores.probability[:, outside[0]], nearer], axis=1)


def calibrate(held_out: HeldOut) -> Confidence:
    """Fits the calibration to held-out scores; without any of use, it stays as it is."""
    if not len(held_out.labels):
        return Confidence()
    inputs, right = outcomes(held_out)
    if right.all() or not right.any():
        return Confidence()
    model = LogisticRegression(C=10.0, max_iter=1000)
    model.fit(inputs, right, sample_weight=message_weights(held_out.labels))
    return Confidence(tuple(map(float, model.coef_[0])), float(model.intercept_[0]))


def outcomes(held_out: HeldOut) -> tuple[np.ndarray, np.ndarray]:
    """For each held-out text its signals (n, 3), and whether its best intent was right (n,)."""
    folds = list(zip(held_out.scores, held_out.intents, strict=True))
    inputs = np.vstack([signals(scores, intents) for scores, intents in folds])
    said = np.concatenate([intents[best(scores, intents)] for scores, intents in folds])
    return inputs, said == held_out.labels


def message_weights(labels: np.ndarray) -> np.ndarray:
    """How much each held-out text stands for, so that the shares are those of messages (n,)."""
    outside, unseen = labels == OUT_OF_SCOPE, labels == ""
    weights = np.zeros(len(labels))
    shares = [(outside, OUT_OF_SCOPE_SHARE), (unseen, UNSEEN_SHARE)]
    shares.append((~outside & ~unseen, 1 - OUT_OF_SCOPE_SHARE - UNSEEN_SHARE))
    for rows, share in shares:
        if rows.any():
            weights[rows] = share / rows.sum()
    return weights * len(labels)
