"""The second detector: which level does a whole message read like?

Upper layers of the sentence encoder, tuned on the messages in data/triage/examples, read it
(fine-tuning a language model's upper layers: Howard and Ruder 2018, arXiv:1801.06146), with
what the rules found in it; beside them the levels of the nearest messages. The level whose
expected cost is least is given (Elkan 2001, "The foundations of cost-sensitive learning").
How the layers were tuned and the costs chosen: docs/decisions/escalation.md.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import joblib
import msgspec
import numpy as np

from bot.safety.examples import CLASSES, LEVEL_OF, DetectorExamples
from bot.safety.model import GUESSED, LEVELS, STATUSES, Level, Screening, highest
from bot.safety.neighbours import Neighbours

logger = logging.getLogger(__name__)

Encode = Callable[[Sequence[str]], np.ndarray]
# A text and its evidence to the probability of each of `CLASSES`.
Tuned = Callable[[str, np.ndarray], np.ndarray]
TUNED_LAYERS = Path(__file__).with_name("tuned_layers.onnx")
# More than the encoder reads of a text. Of longer messages both ends are read.
MAX_CHARACTERS = 600
# Chosen by cross-validation on the examples; see docs/decisions/escalation.md.
_NEIGHBOURS_SHARE = 0.15
# Signs and single letters read like nothing; what the rules know of them ("911") counts.
_WORD = re.compile(r"[a-z]{3}")

# The code by which the neighbours are found.
_MADE_BY = ("neighbours.py", "similarity.py")
TODAY: tuple[Level, ...] = ("emergency", "same_day")
_OF_LEVEL = {
    level: [place for place, name in enumerate(CLASSES) if LEVEL_OF[name] == level]
    for level in LEVELS
}


# What an emergency is about, by its class; where none is so likely, nobody knows.
_KINDS = {"crisis": "crisis", "poisoning": "taken", "emergency": "general"}
_SURE_OF_KIND = 0.9


class Heard(msgspec.Struct, frozen=True):
    """What the rules make of a message: its words, slips repaired, and their findings.

    `denied` are the places, as character offsets, of words that a negation reaches.
    """

    words: str
    found: Screening
    denied: tuple[tuple[int, int], ...] = ()


class Judgement(msgspec.Struct, frozen=True):
    """The level of least expected cost, and two probabilities: of an emergency, and that a
    person is needed today. `kind` is what an emergency is about (see `Finding`)."""

    level: Level
    emergency: float
    today: float
    kind: str = GUESSED


class Similarity:
    """The second detector.

    Args:
        examples: settings, and messages with their levels.
        encode: texts to unit vectors.
        tuned: what `TUNED_LAYERS` says of a text.
        calm: more sentences that need no contact, such as ordinary questions.
        encode_message: used for messages instead of `encode`, so that no cache on disk
            sees what patients write.
        cache: a file in which the neighbours are kept between starts, and what the vectors
            are made with.
    """

    def __init__(
        self,
        examples: DetectorExamples,
        encode: Encode,
        tuned: Tuned,
        calm: Sequence[str] = (),
        encode_message: Encode | None = None,
        cache: tuple[Path, str] | None = None,
    ) -> None:
        self.settings = examples.settings
        costs = examples.settings.costs
        self._costs = np.array([[costs[a][b] for b in LEVELS] for a in LEVELS])
        self._encode = encode_message or encode
        self._tuned = tuned
        self._neighbours = _neighbours(examples, calm, encode, cache)
        # Who writes a message into the examples has said what it is; the worst comes first.
        self._known: dict[str, str] = {}
        for text, name in sorted(examples.messages, key=lambda known: CLASSES.index(known[1])):
            self._known.setdefault(_bare(text), name)

    def judge(self, text: str, heard: Heard) -> Judgement:
        """What one message reads like, given what the rules make of it."""
        known = self._known.get(_bare(text))
        if known is not None:
            level = LEVEL_OF[known]
            kind = _KINDS.get(known, GUESSED)
            return Judgement(level, float(level == "emergency"), float(level in TODAY), kind)
        whole = plain(text)
        ends = {whole[:MAX_CHARACTERS], whole[-MAX_CHARACTERS:]}
        judged = [self._judged(end, heard) for end in sorted(ends) if _WORD.search(end)]
        return max(judged, key=lambda one: one.today, default=Judgement("none", 0.0, 0.0))

    def _judged(self, text: str, heard: Heard) -> Judgement:
        by_class = self._chances(text, heard)
        chances = np.array([by_class[_OF_LEVEL[level]].sum() for level in LEVELS])
        level = LEVELS[int((chances @ self._costs).argmin())]
        if level == "routine" and chances[LEVELS.index("routine")] < chances[LEVELS.index("none")]:
            level = "none"  # Advice to call within days would not help the emergency it hedges.
        return Judgement(level, float(chances[0]), float(chances[0] + chances[1]), _kind(by_class))

    def _chances(self, text: str, heard: Heard) -> np.ndarray:
        """The probability of each of `CLASSES` for a plain text."""
        near = self._neighbours.chances(self._encode([text])[0])
        read = self._tuned(text, evidence(heard.found))
        return np.asarray((1 - _NEIGHBOURS_SHARE) * read + _NEIGHBOURS_SHARE * near)


def _neighbours(
    examples: DetectorExamples, calm: Sequence[str], encode: Encode, cache: tuple[Path, str] | None
) -> Neighbours:
    """The messages and what is calm, with their classes."""
    known = [(plain(text[:MAX_CHARACTERS]), name) for text, name in examples.messages]
    known += [(plain(text), "none") for text in calm]
    key = _key(known, cache[1]) if cache else ""
    neighbours = _from_cache(cache[0], key) if cache else None
    if neighbours is None:
        texts, given = zip(*known, strict=True)
        labels = [CLASSES.index(name) for name in given]
        neighbours = Neighbours(encode(texts), labels, len(CLASSES))
        if cache:
            _to_cache(cache[0], key, neighbours)
    return neighbours


def _kind(chances: np.ndarray) -> str:
    """What an emergency is about, if that is clear."""
    places = {name: CLASSES.index(name) for name in _KINDS}
    most = max(places, key=lambda name: float(chances[places[name]]))
    of_all = sum(chances[place] for place in places.values())
    if chances[places[most]] >= _SURE_OF_KIND * of_all:
        return _KINDS[most]
    # Of the body or of something taken: that text names 911 first, and Poison Help.
    of_the_mind = chances[places["crisis"]] >= (1 - _SURE_OF_KIND) * of_all
    return GUESSED if of_the_mind else _KINDS["poisoning"]


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


def plain(text: str) -> str:
    """A text as the second detector reads it: small letters, single spaces."""
    return " ".join(text.lower().split())


def _key(*parts: object) -> str:
    """What changes when any part does, or the code by which the neighbours are made."""
    digest = hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass"))
    for name in _MADE_BY:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()[:32]


def _from_cache(path: Path, key: str) -> Neighbours | None:
    try:
        kept, neighbours = joblib.load(path)
    except Exception:  # A cache that cannot be read is no cache, whatever is wrong with it.
        return None
    return neighbours if kept == key else None


def _to_cache(path: Path, key: str, neighbours: Neighbours) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        joblib.dump((key, neighbours), partial)
        partial.replace(path)
    except OSError as error:
        logger.warning("The nearest messages could not be kept on disk: %s.", error.strerror)
