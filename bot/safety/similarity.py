"""The second detector: which level does a whole message read like?

A logistic regression over the sentence vector, word and character n-grams, and what the
rules found and how they took it. It learns from the sentences of data/triage/examples.yml,
and answers with the level whose expected cost is least (Elkan 2001, "The foundations of
cost-sensitive learning"). How the costs were chosen: docs/decisions/escalation.md.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import joblib
import msgspec
import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.problems import DataError, Problem, load_yaml, read_text, relative, to_struct
from bot.safety.model import LEVELS, STATUSES, Level, Screening, highest

logger = logging.getLogger(__name__)

Encode = Callable[[Sequence[str]], np.ndarray]
MAX_CHARACTERS = 600
# Chosen by ten-fold cross-validation on the examples; see docs/decisions/escalation.md.
_VECTOR_WEIGHT = 2.0
_EVIDENCE_WEIGHT = 0.5
_INVERSE_REGULARIZATION = 16.0


class SimilarityExamples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """data/triage/examples.yml.

    `costs[true][given]` is how bad it is to give a message a level that is not its own.
    From `ask_from`, a probability of an emergency, the assistant asks whether it is
    happening now.
    """

    costs: dict[Level, dict[Level, float]]
    ask_from: float
    emergency: tuple[str, ...]
    same_day: tuple[str, ...]
    routine: tuple[str, ...]
    none: tuple[str, ...]


class Judgement(msgspec.Struct, frozen=True):
    """The level of least expected cost, and the probability of an emergency."""

    level: Level
    emergency: float


def read_similarity(path: Path) -> SimilarityExamples:
    """Reads the examples. Raises `DataError` when the file cannot be used."""
    examples = to_struct(load_yaml(read_text(path), path), SimilarityExamples, path)
    missing = [
        f"{true} given as {given}"
        for true in LEVELS
        for given in LEVELS
        if given not in examples.costs.get(true, {})
    ]
    if missing:
        raise DataError(
            [
                Problem(
                    relative(path),
                    1,
                    f"`costs` says nothing of: {', '.join(missing)}.",
                    "Give every level a cost for each of the four levels.",
                )
            ]
        )
    return examples


class Similarity:
    """The trained detector.

    Args:
        examples: sentences for each level.
        encode: texts to unit vectors.
        rules: what the red-flag rules alone make of a text.
        calm: more sentences that need no contact, such as ordinary questions.
        encode_message: used for messages instead of `encode`.
        cache: a file for the fitted model and a key for what it was fitted on.
    """

    def __init__(
        self,
        examples: SimilarityExamples,
        encode: Encode,
        rules: Callable[[str], Screening],
        calm: Sequence[str] = (),
        encode_message: Encode | None = None,
        cache: tuple[Path, str] | None = None,
    ) -> None:
        self.examples = examples
        self._costs = np.array([[examples.costs[a][b] for b in LEVELS] for a in LEVELS])
        self._encode = encode_message or encode
        texts: list[str] = []
        labels: list[int] = []
        for number, level in enumerate(LEVELS):
            texts += getattr(examples, level)
            labels += [number] * len(getattr(examples, level))
        texts += calm
        labels += [LEVELS.index("none")] * len(calm)
        fitted = _from_cache(cache)
        if fitted is None:
            fitted = self._fit(texts, labels, encode, rules)
            _to_cache(cache, fitted)
        self._letters, self._words, self._model = fitted

    def judge(self, text: str, found: Screening) -> Judgement:
        """What one message reads like, given what the rules found in it."""
        plain = _plain(text)
        if not plain:
            return Judgement("none", 0.0)
        inputs = self._inputs(
            self._letters.transform([plain]),
            self._words.transform([_framed(plain)]),
            self._encode([plain]),
            _evidence(found)[None],
        )
        chances = self._model.predict_proba(inputs)[0]
        return Judgement(LEVELS[int((chances @ self._costs).argmin())], float(chances[0]))

    def _fit(
        self,
        texts: Sequence[str],
        labels: Sequence[int],
        encode: Encode,
        rules: Callable[[str], Screening],
    ) -> tuple[TfidfVectorizer, TfidfVectorizer, LogisticRegression]:
        logger.info("Fitting the second detector on %d sentences …", len(texts))
        plain = [_plain(text) for text in texts]
        letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2, dtype=np.float32
        )
        words = TfidfVectorizer(
            token_pattern=r"\S+", ngram_range=(1, 3), sublinear_tf=True, min_df=2, dtype=np.float32
        )
        inputs = self._inputs(
            letters.fit_transform(plain),
            words.fit_transform([_framed(text) for text in plain]),
            encode(plain),
            np.array([_evidence(rules(text)) for text in texts]),
        )
        # Class weights are not balanced: most messages to a clinic are calm.
        model = LogisticRegression(C=_INVERSE_REGULARIZATION, max_iter=800).fit(inputs, labels)
        return letters, words, model

    @staticmethod
    def _inputs(
        letters: sparse.spmatrix,
        words: sparse.spmatrix,
        vectors: np.ndarray,
        evidence: np.ndarray,
    ) -> sparse.csr_matrix:
        return sparse.hstack(
            [
                letters,
                words,
                sparse.csr_matrix(_VECTOR_WEIGHT * vectors),
                sparse.csr_matrix(_EVIDENCE_WEIGHT * evidence),
            ],
            format="csr",
        )


def _evidence(found: Screening) -> np.ndarray:
    """What the rules found, as zeros and ones: level by status, the level given and asked."""
    numbers = np.zeros(len(LEVELS) * (len(STATUSES) + 2), np.float32)
    given = len(LEVELS) * len(STATUSES)
    for finding in found.findings:
        level = LEVELS.index(finding.level)
        numbers[level * len(STATUSES) + STATUSES.index(finding.status)] = 1
    level_given = highest([f.level for f in found.findings if f.escalates])
    numbers[given + LEVELS.index(level_given)] = 1
    numbers[given + len(LEVELS) + LEVELS.index(found.asked)] = 1
    return numbers


def _plain(text: str) -> str:
    return " ".join(text[:MAX_CHARACTERS].lower().split())


def _framed(text: str) -> str:
    """The first and the last word of a message say much about how it is meant."""
    return f"^ {text} $"


def cache_key(*parts: str | bytes) -> str:
    """A key that changes when any part does, or the code of this room."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
        digest.update(b"\0")
    return digest.hexdigest()[:32]


def _from_cache(cache: tuple[Path, str] | None) -> Any:
    if cache is None:
        return None
    try:
        key, fitted = joblib.load(cache[0])
    except Exception:  # A cache that cannot be read is no cache, whatever is wrong with it.
        return None
    return fitted if key == cache[1] else None


def _to_cache(cache: tuple[Path, str] | None, fitted: Any) -> None:
    if cache is None:
        return
    path, key = cache
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        joblib.dump((key, fitted), partial)
        partial.replace(path)
    except OSError as error:
        logger.warning("The second detector could not be kept on disk: %s.", error.strerror)
