"""Which levels the messages nearest to a message have.

A second opinion beside the networks, of another kind: far from all that was learnt a network
may be sure of anything, while the nearest messages still say what they are (weighted nearest
neighbours: Dudani 1976, doi:10.1109/TSMC.1976.5408784).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.likeness import Likeness

# Chosen by cross-validation on the examples; see docs/decisions/escalation.md.
_NEAREST = 20
_SHARPNESS = 15.0
# Principal components of the vectors: a sixth of the numbers to compare with, as good an answer.
_DIMENSIONS = 64


class Neighbours:
    """Unit vectors of messages with their classes, counted from 0.

    Args:
        vectors: one row for each message.
        labels: the class of each.
        classes: how many classes there are.
    """

    def __init__(self, vectors: np.ndarray, labels: Sequence[int], classes: int) -> None:
        self._mean = vectors.mean(axis=0)
        _, axes = np.linalg.eigh(np.cov(vectors, rowvar=False))
        self._axes = axes[:, -_DIMENSIONS:].astype(np.float32)
        self._rows = self._reduced(vectors)
        self._likeness: Likeness | None = None  # to the rows, once a message is compared
        self._labels = np.asarray(labels)
        self._classes = classes

    def chances(self, vector: np.ndarray) -> np.ndarray:
        """The share of each class among the nearest messages; the nearer, the more it counts."""
        if self._likeness is None:
            self._likeness = Likeness(self._rows)
        likeness = self._likeness.of(self._reduced(vector[None]))[0]
        count = min(_NEAREST, len(likeness))
        # Of so many groups, the best of each: the nearest messages are no less alike than the
        # least of these, and to look for them among a few is quick.
        groups = likeness[: len(likeness) // count * count].reshape(count, -1)
        close = np.flatnonzero(likeness >= groups.max(axis=1).min())
        nearest = close[np.argpartition(likeness[close], -count)[-count:]]
        weights = np.exp(_SHARPNESS * (likeness[nearest] - likeness[nearest].max()))
        shares = np.bincount(self._labels[nearest], weights, self._classes)
        return np.asarray(shares / shares.sum())

    def _reduced(self, vectors: np.ndarray) -> np.ndarray:
        reduced = ((vectors - self._mean) @ self._axes).astype(np.float32)
        lengths = np.linalg.norm(reduced, axis=1, keepdims=True)
        return np.asarray(reduced / np.maximum(lengths, 1e-9))
