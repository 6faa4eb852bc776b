"""From a text to a score for every intent.

Half the probability of a class-balanced logistic regression, half the cosine to the
intent's nearest example. The regression sees two views of a text: its sentence vector,
with the directions in which examples of one intent scatter shrunk (the whitening of
Fisher's discriminant, with a ridge), and its character 2-5-grams, as 256 latent
dimensions (Deerwester et al. 1990). What is out of scope is many topics, not one: the
regression learns it as a dozen intents found by k-means, and adds them up.
docs/decisions/classifier.md has the measurements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import joblib
import msgspec
import numpy as np
from joblib.externals.loky import get_reusable_executor
from scipy import linalg
from scipy.special import softmax
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD
from threadpoolctl import threadpool_limits

from bot.likeness import Likeness
from bot.understanding.regression import fit_regression
from bot.understanding.tfidf import QuickTfidf

OUT_OF_SCOPE = "out_of_scope"

# Chosen by cross-validation on four data sets; see docs/decisions/classifier.md.
WHITENING_RIDGE = 6.0
VECTOR_WEIGHT = 1.5
LATENT_DIMENSIONS = 256
REGULARIZATION = 10.0
ITERATIONS = 40
FOLDS = 2
_FEW = 8
# What is out of scope has no one topic: the regression sees it as so many intents.
OUTSIDE_TOPICS = 12
FEWEST_OUTSIDE = 5 * OUTSIDE_TOPICS
# To start processes takes longer than to train on fewer texts.
FEWEST_AT_ONCE = 2000


class Scores(msgspec.Struct, frozen=True):
    """For m texts and k intents.

    `blended` and `probability` (regression alone) and `nearest` (cosine) are (m, k);
    `known` (m,) is the share of a text's character n-grams that training has seen.
    """

    blended: np.ndarray
    probability: np.ndarray
    nearest: np.ndarray
    known: np.ndarray


class IntentScorer:
    """Scores texts against intents; `fit` it first."""

    def __init__(self) -> None:
        self.intents: np.ndarray = np.array([], dtype=object)
        self._columns = np.zeros((0, 0), np.float32)
        self._likeness: Likeness | None = None  # to the examples, once a message is scored
        self._starts = np.array([], dtype=int)
        self._mean = np.zeros(0, np.float32)
        self._whitening = np.zeros((0, 0), np.float32)
        self._coefficients = np.zeros((0, 0), np.float32)
        self._intercepts = np.zeros(0, np.float32)
        self._characters = QuickTfidf(analyzer="char_wb", ngram_range=(2, 5))
        self._latent = np.zeros((0, 0), np.float32)

    def fit(self, texts: Sequence[str], intents: Sequence[str], vectors: np.ndarray) -> None:
        """Trains on n texts with their intents and unit vectors (n, d)."""
        self.intents, labels = np.unique(np.array(intents, dtype=object), return_inverse=True)
        order = np.argsort(labels, kind="stable")
        examples = vectors[order].astype(np.float32)
        self._likeness = None
        self._columns = np.ascontiguousarray(examples.T)
        self._starts = np.searchsorted(labels[order], np.arange(len(self.intents)))
        self._mean = examples.mean(axis=0)
        self._whitening = _whitening(examples, self._starts)
        grams = self._characters.fit_transform(texts)
        dimensions = max(1, min(LATENT_DIMENSIONS, *(size - 1 for size in grams.shape)))
        latent = TruncatedSVD(dimensions, n_iter=2, random_state=0).fit(grams)
        self._latent = np.ascontiguousarray(latent.components_.T, np.float32)
        features = self._features(grams, vectors)
        self._coefficients, self._intercepts = fit_regression(
            features, self._divided(labels, features), REGULARIZATION, ITERATIONS
        )

    def score(self, texts: Sequence[str], vectors: np.ndarray) -> Scores:
        """Scores for m texts with unit vectors (m, d)."""
        vectors = vectors.astype(np.float32)
        grams, known = self._characters.read(texts)
        features = self._features(grams, vectors)
        divided = softmax(features @ self._coefficients.T + self._intercepts, axis=1)
        probability, more = np.split(divided, [len(self.intents)], axis=1)
        probability[:, self.intents == OUT_OF_SCOPE] += more.sum(axis=1, keepdims=True)
        nearest = np.maximum.reduceat(self._cosines(vectors), self._starts, axis=1)
        return Scores((probability + nearest) / 2, probability, nearest, known)

    def save(self, folder: Path) -> None:
        """Writes the trained scorer to `scorer.joblib` (arrays and scikit-learn parts)."""
        joblib.dump(vars(self) | {"_likeness": None}, folder / "scorer.joblib")

    @classmethod
    def load(cls, folder: Path) -> IntentScorer:
        """Reads what `save` wrote."""
        scorer = cls()
        vars(scorer).update(joblib.load(folder / "scorer.joblib"))
        return scorer

    def _divided(self, labels: np.ndarray, features: np.ndarray) -> np.ndarray:
        """The labels, with those of `out_of_scope` divided by k-means into topics.

        The first topic keeps the label, the others follow after the last intent.
        """
        rows = np.flatnonzero(self.intents[labels] == OUT_OF_SCOPE)
        if len(rows) < FEWEST_OUTSIDE:
            return labels
        means = KMeans(OUTSIDE_TOPICS, n_init=1, random_state=0)
        topics = means.fit_predict(features[rows, : len(self._columns)])
        divided = labels.copy()
        divided[rows] = np.where(topics == 0, labels[rows], len(self.intents) + topics - 1)
        return divided

    def _features(self, grams: Any, vectors: np.ndarray) -> np.ndarray:
        white = _unit((vectors - self._mean) @ self._whitening)
        return np.hstack([VECTOR_WEIGHT * white, grams @ self._latent]).astype(np.float32)

    def _cosines(self, vectors: np.ndarray) -> np.ndarray:
        """Of m vectors to all n examples (m, n)."""
        if len(vectors) > _FEW:
            return np.asarray(vectors @ self._columns)
        if self._likeness is None:
            self._likeness = Likeness(self._columns.T)
        return self._likeness.of(vectors)


class HeldOut(msgspec.Struct, frozen=True):
    """What models said of training texts that they had not seen.

    Each fold's model is trained without some texts of every intent and without some
    whole intents. `labels` (n,) are true intents; for a text of a left-out intent,
    which no model could know, it is "".
    """

    labels: np.ndarray
    intents: tuple[np.ndarray, ...]
    scores: tuple[Scores, ...]


def fit_and_hold_out(
    texts: Sequence[str], intents: Sequence[str], vectors: np.ndarray
) -> tuple[IntentScorer, HeldOut]:
    """A scorer trained on all texts, and what others say of texts that they have not seen.

    The trainings need nothing of each other: each runs in a process of its own, on one core.
    """
    given = np.array(intents, dtype=object)
    splits = [(np.arange(len(given)), np.array([], int))]
    labels = []
    for unseen, held in _folds(given):
        train, test = np.flatnonzero(~(unseen | held)), np.flatnonzero(unseen | held)
        if len(set(given[train])) > 1 and len(test):
            splits.append((train, test))
            labels.append(np.where(unseen[test], "", given[test]))
    tasks = (
        joblib.delayed(_fit_and_score)(
            [texts[row] for row in train],
            given[train].tolist(),
            vectors[train],
            [texts[row] for row in test],
            vectors[test],
        )
        for train, test in splits
    )
    at_once = min(len(splits), joblib.cpu_count()) if len(given) >= FEWEST_AT_ONCE else 1
    # New processes, not forked ones: OpenMP, which k-means uses, can hang in a copy of a process.
    (scorer, _), *others = joblib.Parallel(at_once)(tasks)
    if at_once > 1:
        get_reusable_executor().shutdown()  # They would wait for more work.
    if not labels:
        return scorer, HeldOut(np.array([], dtype=object), (), ())
    intents_of = tuple(other.intents for other, _ in others)
    scores = tuple(scores for _, scores in others)
    return scorer, HeldOut(np.concatenate(labels), intents_of, scores)


def _fit_and_score(
    texts: Sequence[str],
    intents: Sequence[str],
    vectors: np.ndarray,
    unseen: Sequence[str],
    unseen_vectors: np.ndarray,
) -> tuple[IntentScorer, Scores | None]:
    scorer = IntentScorer()
    with threadpool_limits(1, user_api="blas"):
        scorer.fit(texts, intents, vectors)
        return scorer, scorer.score(unseen, unseen_vectors) if unseen else None


def _folds(intents: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For each fold: texts of the intents left out, and texts held out of the others."""
    random = np.random.RandomState(0)
    names = np.unique(intents[intents != OUT_OF_SCOPE])
    group = random.permutation(len(names)) % (2 * FOLDS)
    turn = random.permutation(len(intents)) % (FOLDS + 1)
    for fold in range(FOLDS):
        unseen = np.isin(intents, names[group == fold])
        yield unseen, (turn == fold) & ~unseen


def _whitening(vectors: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """A square root of the inverse of the scatter within intents, plus a ridge."""
    sizes = np.diff(np.append(starts, len(vectors)))
    means = np.add.reduceat(vectors, starts, axis=0) / sizes[:, None]
    residuals = vectors - np.repeat(means, sizes, axis=0)
    scatter = residuals.T @ residuals / max(1, len(vectors) - len(starts))
    ridge = max(WHITENING_RIDGE * float(np.trace(scatter)) / len(scatter), 1e-6)
    inverse = linalg.inv(scatter + ridge * np.eye(len(scatter)))
    return np.asarray(linalg.cholesky(inverse, lower=True), np.float32)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))
