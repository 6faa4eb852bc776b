"""From a text to a score for every intent.

Half kernel ridge regression on one-hot intents, half the similarity to the intent's
nearest example. The kernel adds up four views of two texts: cosine of their sentence
vectors, a sharper Gaussian of the same, shared character 2-5-grams, shared words.
Ridge regression has exact leave-one-out predictions in closed form (Rasmussen and
Williams 2006, section 5.4.2; for whole blocks, Rifkin and Lippert 2007), so
confidence can be calibrated without training again. docs/decisions/classifier.md
has the measurements.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import joblib
import msgspec
import numpy as np
from scipy import linalg, sparse
from sklearn.feature_extraction.text import TfidfVectorizer

Encode = Callable[[Sequence[str]], np.ndarray]


class Weights(msgspec.Struct, frozen=True):
    """The kernel's weights and the ridge; chosen by leave-one-out accuracy."""

    cosine: float = 1.0
    gaussian: float = 2.0
    gaussian_width: float = 6.0
    characters: float = 1.0
    words: float = 0.5
    ridge: float = 0.5
    nearest: float = 0.5


class Scores(msgspec.Struct, frozen=True):
    """For n texts and k intents: blended scores and similarity to the nearest example (n, k)."""

    blended: np.ndarray
    nearest: np.ndarray


class IntentScorer:
    """Scores texts against intents. Train with `fit`; `held_out` explains its own doubt."""

    def __init__(self, weights: Weights | None = None) -> None:
        self.weights = weights or Weights()
        self.intents: np.ndarray = np.array([], dtype=object)
        self._labels = np.array([], dtype=int)
        self._vectors = np.zeros((0, 0), np.float32)
        self._dual = np.zeros((0, 0), np.float32)
        self._linear = np.zeros((0, 0), np.float32)
        self._characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, dtype=np.float32
        )
        self._words = TfidfVectorizer(
            ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"[^\s.,;:!?]+", dtype=np.float32
        )

    def fit(self, texts: Sequence[str], intents: Sequence[str], vectors: np.ndarray) -> HeldOut:
        """Trains on n texts with their intents and unit vectors (n, d).

        Returns:
            What it would have said of each training text without that text, and without
            that text's whole intent.
        """
        self.intents, self._labels = np.unique(np.array(intents, dtype=object), return_inverse=True)
        self._vectors = vectors.astype(np.float32)
        characters = self._characters.fit_transform(texts)
        words = self._words.fit_transform(texts)
        sparse_views = self._sparse(characters, words)
        cosines = self._vectors @ self._vectors.T
        kernel = self._kernel(cosines) + (sparse_views @ sparse_views.T).toarray()
        targets = np.eye(len(self.intents), dtype=np.float32)[self._labels]
        # Rare intents get a smaller ridge, so that they are not drowned by frequent ones.
        share = len(self._labels) / (len(self.intents) * targets.sum(axis=0))
        kernel[np.diag_indices_from(kernel)] += self.weights.ridge / np.sqrt(share[self._labels])
        inverse = _inverse(kernel)
        self._dual = inverse @ targets
        self._linear = np.asarray(sparse_views.T @ self._dual, np.float32)
        return self._held_out(inverse, targets, cosines)

    def score(self, texts: Sequence[str], vectors: np.ndarray) -> Scores:
        """Scores for m texts with unit vectors (m, d): arrays (m, number of intents)."""
        views = self._sparse(self._characters.transform(texts), self._words.transform(texts))
        cosines = vectors.astype(np.float32) @ self._vectors.T
        ridge = self._kernel(cosines) @ self._dual + views @ self._linear
        return self._blend(np.asarray(ridge), self._nearest(cosines))

    def nearest_examples(self, vector: np.ndarray, count: int) -> list[tuple[int, float]]:
        """Indexes of the training texts nearest to a unit vector, with their cosines."""
        cosines = self._vectors @ vector
        best = np.argsort(-cosines)[:count]
        return [(int(index), float(cosines[index])) for index in best]

    def save(self, folder: Path) -> None:
        """Writes the trained scorer to `scorer.joblib` (plain arrays and scikit-learn parts)."""
        state = {
            "weights": msgspec.to_builtins(self.weights),
            "intents": [str(intent) for intent in self.intents],
            "labels": self._labels,
            "vectors": self._vectors,
            "dual": self._dual,
            "linear": self._linear,
            "characters": self._characters,
            "words": self._words,
        }
        joblib.dump(state, folder / "scorer.joblib", compress=1)

    @classmethod
    def load(cls, folder: Path) -> IntentScorer:
        """Reads what `save` wrote."""
        state = joblib.load(folder / "scorer.joblib")
        scorer = cls(msgspec.convert(state["weights"], Weights))
        scorer.intents = np.array(state["intents"], dtype=object)
        scorer._labels = state["labels"]
        scorer._vectors, scorer._dual = state["vectors"], state["dual"]
        scorer._linear = state["linear"]
        scorer._characters, scorer._words = state["characters"], state["words"]
        return scorer

    def _sparse(self, characters: sparse.spmatrix, words: sparse.spmatrix) -> sparse.csr_matrix:
        w = self.weights
        return sparse.hstack(
            [characters * np.sqrt(w.characters), words * np.sqrt(w.words)], format="csr"
        ).astype(np.float32)

    def _kernel(self, cosines: np.ndarray) -> np.ndarray:
        w = self.weights
        sharp = np.exp(w.gaussian_width * (cosines - 1))
        return np.asarray(w.cosine * cosines + w.gaussian * sharp)

    def _nearest(self, cosines: np.ndarray) -> np.ndarray:
        order = np.argsort(self._labels, kind="stable")
        starts = np.searchsorted(self._labels[order], np.arange(len(self.intents)))
        return np.asarray(np.maximum.reduceat(cosines[:, order], starts, axis=1))

    def _blend(self, ridge: np.ndarray, nearest: np.ndarray) -> Scores:
        share = self.weights.nearest
        return Scores((1 - share) * ridge + share * nearest, nearest)

    def _held_out(self, inverse: np.ndarray, targets: np.ndarray, cosines: np.ndarray) -> HeldOut:
        alone = targets - self._dual / np.diag(inverse)[:, None]
        unseen = np.empty_like(alone)
        for intent in range(len(self.intents)):
            rows = np.flatnonzero(self._labels == intent)
            block = inverse[np.ix_(rows, rows)]
            unseen[rows] = targets[rows] - linalg.solve(block, self._dual[rows])
        np.fill_diagonal(cosines, -1)
        nearest = self._nearest(cosines)
        own = (np.arange(len(self._labels)), self._labels)
        without_text = self._blend(alone, nearest)
        without_intent = self._blend(unseen, nearest.copy())
        for array in (without_intent.blended, without_intent.nearest):
            array[own] = -1
        return HeldOut(self._labels, without_text, without_intent)


def _inverse(kernel: np.ndarray) -> np.ndarray:
    """Of a symmetric positive definite matrix, by Cholesky: half a general inverse's work."""
    potrf, potri = linalg.get_lapack_funcs(("potrf", "potri"), (kernel,))
    factor, failed = potrf(kernel, lower=True, overwrite_a=True)
    if failed:
        raise np.linalg.LinAlgError("The kernel of the training texts is not positive definite.")
    half, _ = potri(factor, lower=True, overwrite_c=True)
    return np.asarray(half + np.tril(half, -1).T)


class HeldOut(msgspec.Struct, frozen=True):
    """Scores of the training texts by a model that has not seen them.

    `labels` (n,) index the intents; `without_text` leaves out the one text,
    `without_intent` all texts of its intent, so that nothing it says can be right.
    """

    labels: np.ndarray
    without_text: Scores
    without_intent: Scores
