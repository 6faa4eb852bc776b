"""The second detector: does a message read like an emergency, whatever its words?

A logistic regression over sentence vectors and character n-grams, trained at start on
the sentences of data/triage/examples.yml. It knows nothing of the rules. Where it is
almost certain it escalates; where it is in doubt it makes the assistant ask.
How its limits were set: docs/decisions/escalation.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.problems import load_yaml, read_text, to_struct
from bot.safety.model import LEVELS, Level

Encode = Callable[[Sequence[str]], np.ndarray]
MAX_CHARACTERS = 600
# Sentence vectors weigh a little more than letters, as in the FAQ classifier.
_VECTOR_WEIGHT = 2.0


class SimilarityExamples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """data/triage/examples.yml.

    `emergency_from` and `same_day_from` are the probabilities from which a message is
    escalated; from `ask_from` the assistant asks whether it is happening now.
    """

    emergency_from: float
    same_day_from: float
    ask_from: float
    emergency: tuple[str, ...]
    same_day: tuple[str, ...]
    routine: tuple[str, ...]
    none: tuple[str, ...]


class Judgement(msgspec.Struct, frozen=True):
    """Probabilities of one message: of an emergency, and of same day or more."""

    emergency: float
    urgent: float


def read_similarity(path: Path) -> SimilarityExamples:
    """Reads the examples. Raises `DataError` when the file cannot be used."""
    return to_struct(load_yaml(read_text(path), path), SimilarityExamples, path)


class Similarity:
    """The trained detector.

    Args:
        examples: sentences for each level.
        encode: texts to unit vectors.
        calm: more sentences that need no contact, such as ordinary questions.
        encode_message: used for messages instead of `encode`.
    """

    def __init__(
        self,
        examples: SimilarityExamples,
        encode: Encode,
        calm: Sequence[str] = (),
        encode_message: Encode | None = None,
    ) -> None:
        self.examples = examples
        self._encode = encode_message or encode
        texts: list[str] = []
        labels: list[int] = []
        for number, level in enumerate(LEVELS):
            for text in getattr(examples, level):
                texts.append(_plain(text))
                labels.append(number)
        texts += [_plain(text) for text in calm]
        labels += [LEVELS.index("none")] * len(calm)
        self._letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2, dtype=np.float32
        )
        letters = self._letters.fit_transform(texts)
        # Class weights are not balanced: most messages to a clinic are calm.
        self._model = LogisticRegression(C=8.0, max_iter=400).fit(
            self._inputs(letters, encode(texts)), labels
        )

    def judge(self, text: str) -> Judgement:
        """How much one message reads like an emergency, or like something for today."""
        plain = _plain(text)
        if not plain:
            return Judgement(0.0, 0.0)
        inputs = self._inputs(self._letters.transform([plain]), self._encode([plain]))
        chances = self._model.predict_proba(inputs)[0]
        return Judgement(float(chances[0]), float(chances[0] + chances[1]))

    def level(self, judgement: Judgement) -> Level:
        """The level it is almost certain of; `none` otherwise."""
        if judgement.emergency >= self.examples.emergency_from:
            return "emergency"
        return "same_day" if judgement.urgent >= self.examples.same_day_from else "none"

    def doubts(self, judgement: Judgement) -> bool:
        """Whether to ask: it may well be an emergency, or urgent."""
        return judgement.emergency >= self.examples.ask_from

    @staticmethod
    def _inputs(letters: sparse.spmatrix, vectors: np.ndarray) -> sparse.csr_matrix:
        return sparse.hstack([letters, sparse.csr_matrix(_VECTOR_WEIGHT * vectors)], format="csr")


def _plain(text: str) -> str:
    return " ".join(text[:MAX_CHARACTERS].lower().split())
