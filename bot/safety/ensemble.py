"""Several small neural networks that vote with their probabilities.

Each starts from other random numbers; their mean is better and better calibrated than any
one of them (Lakshminarayanan, Pritzel and Blundell 2017, "Simple and scalable predictive
uncertainty estimation using deep ensembles", arXiv:1612.01474).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

# Chosen by cross-validation on the examples; see docs/decisions/escalation.md.
_NETWORKS = 10
_HIDDEN = 128
_WEIGHT_DECAY = 0.5
_PASSES = 8
_BATCH = 64


class Ensemble:
    """Fitted networks with one hidden layer. Make it with `fit`."""

    def __init__(self, networks: Sequence[MLPClassifier]) -> None:
        # Side by side, so that one message costs one product instead of one for each network.
        self._into = np.hstack([n.coefs_[0] for n in networks]).astype(np.float32)
        self._bias = np.concatenate([n.intercepts_[0] for n in networks]).astype(np.float32)
        self._out = np.stack([n.coefs_[1] for n in networks]).astype(np.float32)
        self._out_bias = np.stack([n.intercepts_[1] for n in networks]).astype(np.float32)

    @classmethod
    def fit(cls, inputs: np.ndarray, labels: Sequence[int]) -> Ensemble:
        """Learns from rows of numbers and the class of each, counted from 0."""
        networks = []
        with warnings.catch_warnings():
            # So few passes on purpose: more would fit the examples by heart.
            warnings.simplefilter("ignore", ConvergenceWarning)
            for seed in range(_NETWORKS):
                network = MLPClassifier(
                    (_HIDDEN,),
                    alpha=_WEIGHT_DECAY,
                    batch_size=_BATCH,
                    max_iter=_PASSES,
                    random_state=seed,
                )
                networks.append(network.fit(inputs, labels))
        return cls(networks)

    def chances(self, inputs: np.ndarray) -> np.ndarray:
        """The probability of each class for each row."""
        hidden = np.maximum(inputs @ self._into + self._bias, 0)
        each = hidden.reshape(len(inputs), len(self._out), -1).transpose(1, 0, 2)
        scores = each @ self._out + self._out_bias[:, None]
        scores = np.exp(scores - scores.max(axis=2, keepdims=True))
        return (scores / scores.sum(axis=2, keepdims=True)).mean(axis=0)
