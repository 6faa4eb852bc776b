"""The second detector: which level does a whole message read like?

Small neural networks over the sentence vector, character n-grams of the raw text and word
n-grams of the repaired text (both brought down to a few hundred numbers by latent semantic
analysis), and what the rules found and how they took it; beside them the levels of the
nearest messages. They learn from the messages in data/triage/examples, and answer with the
level whose expected cost is least (Elkan 2001, "The foundations of cost-sensitive
learning"). How the costs were chosen: docs/decisions/escalation.md.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import joblib
import msgspec
import numpy as np
from scipy import sparse
from sklearn.decomposition import TruncatedSVD

from bot.safety.ensemble import Ensemble
from bot.safety.examples import DetectorExamples
from bot.safety.fragments import fragments
from bot.safety.model import LEVELS, STATUSES, Level, Screening, highest
from bot.safety.neighbours import Neighbours
from bot.safety.variants import variants
from bot.tfidf import QuickTfidf

logger = logging.getLogger(__name__)

Encode = Callable[[Sequence[str]], np.ndarray]
# More than the encoder reads of a text. Of longer messages both ends are read.
MAX_CHARACTERS = 600
# Chosen by cross-validation on the examples; see docs/decisions/escalation.md.
_TOPICS = 256
_RAREST = 5
_NEIGHBOURS_SHARE = 0.3
# Signs and single letters read like nothing; what the rules know of them ("911") counts.
_WORD = re.compile(r"[a-z]{3}")

# What of this room has no part in how a message is heard: the detector outlives a change.
_NOT_HEARD = frozenset(
    ("advice.py", "advice_file.py", "evaluate.py", "redaction.py", "replies.py", "texts.py")
)
_TODAY: tuple[Level, ...] = ("emergency", "same_day")


class Heard(msgspec.Struct, frozen=True):
    """What the rules make of a message: its words, slips repaired, and their findings.

    `denied` are the places, as character offsets, of words that a negation reaches.
    """

    words: str
    found: Screening
    denied: tuple[tuple[int, int], ...] = ()


class Judgement(msgspec.Struct, frozen=True):
    """The level of least expected cost, and two probabilities: of an emergency, and that a
    person is needed today."""

    level: Level
    emergency: float
    today: float


class Fitted:
    """What is learnt from the examples.

    Args:
        texts: plain texts.
        heard: what the rules make of each.
        vectors: the sentence vector of each.
        labels: the level of each, as its place in `LEVELS`.
        written: how many of them, the first ones, were written; the others are variants.
    """

    def __init__(
        self,
        texts: Sequence[str],
        heard: Sequence[Heard],
        vectors: np.ndarray,
        labels: Sequence[int],
        written: int,
    ) -> None:
        self._letters = QuickTfidf(analyzer="char_wb", ngram_range=(2, 4), min_df=_RAREST)
        self._words = QuickTfidf(token_pattern=r"\S+", ngram_range=(1, 3), min_df=_RAREST)
        framed = [_framed(text, h.words) for text, h in zip(texts, heard, strict=True)]
        rows = self._letters.fit_transform(texts), self._words.fit_transform(framed)
        topics = TruncatedSVD(_TOPICS, n_iter=2, random_state=0)
        spread = topics.fit_transform(sparse.hstack(rows, format="csr")).std()
        # As large as the rest: a network learns best from numbers of about one size.
        self._topics = (topics.components_.T / spread).astype(np.float32)
        found = np.array([evidence(h.found) for h in heard])
        self._networks = Ensemble.fit(self._inputs(*rows, vectors, found), labels)
        self._neighbours = Neighbours(vectors[:written], labels[:written], len(LEVELS))

    def chances(self, text: str, heard: Heard, vector: np.ndarray) -> np.ndarray:
        """The probability of each of `LEVELS` for a plain text."""
        inputs = self._inputs(
            self._letters.transform([text]),
            self._words.transform([_framed(text, heard.words)]),
            vector[None],
            evidence(heard.found)[None],
        )
        networks, near = self._networks.chances(inputs)[0], self._neighbours.chances(vector)
        return np.asarray((1 - _NEIGHBOURS_SHARE) * networks + _NEIGHBOURS_SHARE * near)

    def _inputs(
        self,
        letters: sparse.csr_matrix,
        words: sparse.csr_matrix,
        vectors: np.ndarray,
        found: np.ndarray,
    ) -> np.ndarray:
        """The numbers that the networks see."""
        middle = letters.shape[1]
        topics = letters @ self._topics[:middle] + words @ self._topics[middle:]
        return np.hstack([vectors * np.sqrt(vectors.shape[1]), topics, found]).astype(np.float32)


class Similarity:
    """The trained detector.

    Args:
        examples: settings, and messages with their levels.
        encode: texts to unit vectors.
        rules: what the red-flag rules alone make of a text.
        calm: more sentences that need no contact, such as ordinary questions.
        ordinary: English words that the rules do not use.
        encode_message: used for messages instead of `encode`.
        cache: a file for the fitted model and a key for what it was fitted on.
    """

    def __init__(
        self,
        examples: DetectorExamples,
        encode: Encode,
        rules: Callable[[str], Heard],
        calm: Sequence[str] = (),
        ordinary: Collection[str] = (),
        encode_message: Encode | None = None,
        cache: tuple[Path, str] | None = None,
    ) -> None:
        self.settings = examples.settings
        costs = examples.settings.costs
        self._costs = np.array([[costs[a][b] for b in LEVELS] for a in LEVELS])
        self._encode = encode_message or encode
        fitted = _from_cache(cache)
        if fitted is None:
            urgent = [text for text, level in examples.messages if level != "none"]
            calm = [*calm, *fragments(ordinary, urgent)]
            fitted = _fit(examples, calm, encode, rules)
            _to_cache(cache, fitted)
        self._fitted: Fitted = fitted
        # Who writes a message into the examples has said what it is.
        self._known: dict[str, Level] = {}
        for text, level in examples.messages:
            self._known[_bare(text)] = highest([level, self._known.get(_bare(text), "none")])

    def judge(self, text: str, heard: Heard) -> Judgement:
        """What one message reads like, given what the rules make of it."""
        known = self._known.get(_bare(text))
        if known is not None:
            return Judgement(known, float(known == "emergency"), float(known in _TODAY))
        plain = " ".join(text.lower().split())
        ends = {plain[:MAX_CHARACTERS], plain[-MAX_CHARACTERS:]}
        judged = [self._judged(end, heard) for end in sorted(ends) if _WORD.search(end)]
        return max(judged, key=lambda one: one.today, default=Judgement("none", 0.0, 0.0))

    def _judged(self, plain: str, heard: Heard) -> Judgement:
        chances = self._fitted.chances(plain, heard, self._encode([plain])[0])
        level = LEVELS[int((chances @ self._costs).argmin())]
        if level == "routine" and chances[LEVELS.index("routine")] < chances[LEVELS.index("none")]:
            level = "none"  # Advice to call within days would not help the emergency it hedges.
        return Judgement(level, float(chances[0]), float(chances[0] + chances[1]))


def _fit(
    examples: DetectorExamples,
    calm: Sequence[str],
    encode: Encode,
    rules: Callable[[str], Heard],
) -> Fitted:
    """Learns from the messages, what is calm, and a variant of each message."""
    messages, levels = zip(*examples.messages, strict=True)
    labels = [LEVELS.index(level) for level in levels]
    written = [*messages, *calm]
    texts = [*written, *variants(messages, examples.openings, examples.endings)]
    labels = [*labels, *[LEVELS.index("none")] * len(calm), *labels]
    logger.info("Fitting the second detector on %d messages …", len(texts))
    plain = [_plain(text) for text in texts]
    return Fitted(plain, [rules(text) for text in texts], encode(plain), labels, len(written))


def evidence(found: Screening) -> np.ndarray:
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


def _bare(text: str) -> str:
    """The words alone, without case and signs."""
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def _plain(text: str) -> str:
    return " ".join(text[:MAX_CHARACTERS].lower().split())


def _framed(text: str, words: str) -> str:
    """How a message begins and ends says much about how it is meant."""
    return f"^ {words} {'?' if text.endswith('?') else '$'}"


def cache_key(*parts: str | bytes) -> str:
    """A key that changes when any part does, or the code that the detector is made by."""
    room = Path(__file__).parent
    code = [path for path in sorted(room.glob("*.py")) if path.name not in _NOT_HEARD]
    digest = hashlib.sha256()
    for path in [*code, room.parent / "tfidf.py"]:
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
