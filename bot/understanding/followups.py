"""What a message means that comes right after an answer.

"Is that common?" says nothing without the answer before it; "and the eyes?" little. Which
answer is meant is learnt from data/follow_ups.yml. A candidate is the last answer itself
("asks more of the same"), one of its follow-ups, or what is near the message, by itself or
together with the question before it. Each is weighed by a logistic regression over a few
signs of the candidate and of the message, and their products. One of the signs is a first
look at the words alone: does such a message ask more of the same, for another answer, or for
nothing that an answer says? docs/decisions/classifier.md has the measurements.

A long message, and one that is very clear by itself, is read by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import joblib
import msgspec
import numpy as np
from joblib import Parallel, cpu_count, delayed
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from threadpoolctl import threadpool_limits

from bot.understanding.classifier import OUT_OF_SCOPE
from bot.understanding.ranking import FAQ, Ranked
from bot.understanding.tfidf import QuickTfidf

# What a follow-up means that no answer fits.
NOTHING = "none"
LONGEST = 14  # words
# Chosen by cross-validation on data/follow_ups.yml; see docs/decisions/classifier.md.
_CANDIDATES = 8
_VECTOR_WEIGHT = 6.0
_FIRST_LOOK_STRENGTH = 0.3
_STRENGTH = 0.003
_FOLDS = 4
_LEAST_EXAMPLES = 40
_CERTAIN = 0.95  # of what stands in the examples
_ODDS_END = 1e-4
_MORE, _OTHER, _NOTHING = range(3)

_POINTS_BACK = re.compile(
    r"\b(?:that|it|this|those|these|them|they|one|same|so|either|then|too)\b"
    r"|^(?:and|but|what about|how about|what if|or|why|how (?:long|common|often|bad|come|much)"
    r"|for how long|when|is|are|does|do|should|can|will|even|also|with|for|in|on)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\b(?:what|why|when|how|is|are|does|do|did|can|will|should|would|could)\b")
_EMPTY_WORDS = frozenset(
    # who, what and when, without saying it
    "i me my we us you your it its that this these those they them there here one same "
    "he she him her his thing things "
    # question and helping words
    "what whats why when how is isnt are was were be been being do does doesnt did can could "
    "will would should shall may might must have has had get gets go goes come comes "
    # joints
    "and but or so then now too also either if in on at to of for from with about as than the a "
    "an not no ok okay well just even still ever again really very much more most all any some "
    # what can be said of anything
    "cause causes caused common normal usual rare often long bad serious dangerous safe last "
    "lasts lasting happen happens away mean means help worse better exactly normally usually "
    # how many of whom, how long, and what it is like
    "people person everyone anyone everybody others many day days week weeks month months "
    "like look looks".split()
)
# "Is it the Dupixent?" names the drug and asks of something else.
_DRUG_WORDS = frozenset(
    "dupixent dupilumab dupi shot shots injection injections jab jabs drug medicine medication "
    "med meds treatment both either".split()
)
_ASKS_OF_DRUG = re.compile(
    r"^(?:(?:and|so|but|or)\s+)?(?:is|are|was|were|could|can|would|might|may)\s+"
    r"(?:it|this|that|these|those|both|either|they|all)\b"
    # "Does Dupixent cause that?"
    r"|\bcaused? (?:it|this|that|these|those|them)$"
)
_OF_US = re.compile(r"\b(?:you|your|u|ur)\b", re.IGNORECASE)
# "How much is it?" names nothing, and yet asks for the price.
_ASKS_PRICE = re.compile(
    r"\bhow much (?:is|are|was|will|would) (?:it|this|that|they|these)\b",
    re.IGNORECASE,
)
_LONGEST_BARE = 9  # words
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


class FollowUpExample(msgspec.Struct, frozen=True):
    """What a patient types right after an answer, and the id of the answer that it means.

    `means` is the same id as `after` where it asks more of the same, or `none`.
    """

    after: str
    text: str
    means: str


class LastAnswer(msgspec.Struct, frozen=True):
    """The answer that the conversation has just had, and its follow-ups.

    `akin` says of another answer's id whether it is of the same group.
    """

    faq_id: str
    follow_ups: Collection[str] = ()
    akin: Callable[[str], bool] = lambda faq_id: False


class Heard(msgspec.Struct, frozen=True):
    """A message after an answer: its text and vector, its meaning alone and in context.

    `nearest` is the cosine to the nearest example of each intent.
    """

    text: str
    vector: np.ndarray
    alone: Ranked
    together: Ranked
    nearest: dict[str, float]


def bare(text: str) -> bool:
    """Whether the text asks something, but without one word that says of what."""
    words = [word.replace("'", "").replace("’", "") for word in _WORD.findall(text.lower())]
    if not 0 < len(words) <= _LONGEST_BARE or not _ASKS.search(text.lower()):
        return False
    if _ASKS_PRICE.search(text):
        return False
    empty = _EMPTY_WORDS | _DRUG_WORDS if _ASKS_OF_DRUG.search(text.lower()) else _EMPTY_WORDS
    return all(word in empty for word in words)


def asks_us(text: str) -> bool:
    """Whether the text speaks to the assistant: "are you sure?"."""
    return bool(_OF_US.search(text))


def in_context(text: str, topic_question: str) -> str:
    """The text as it reads right after an answer to `topic_question`."""
    return f"{topic_question} {text}"


class FollowUps:
    """The trained reader of follow-ups. Make it with `fit` or `load`."""

    def __init__(
        self,
        words: QuickTfidf,
        first_look: LogisticRegression,
        weigher: Pipeline,
        scale: np.ndarray,
        known: Mapping[tuple[str, str], str],
    ) -> None:
        self._words = words
        self._first_look = first_look
        self._weigher = weigher
        self._scale = scale
        # Who writes a text into the examples has said what it means after which answer.
        self._known = dict(known)

    @classmethod
    def fit(
        cls,
        examples: Sequence[FollowUpExample],
        heard: Sequence[Heard],
        last: Sequence[LastAnswer],
    ) -> FollowUps | None:
        """Learns from examples, each as it was heard and after which answer.

        None where there are too few to learn from.
        """
        kinds = np.array([_kind(example) for example in examples])
        if len(examples) < _LEAST_EXAMPLES or len(set(kinds)) < 3:
            return None
        words = QuickTfidf(token_pattern=r"\S+", ngram_range=(1, 2), min_df=2)
        rows = _rows(words.fit_transform(_framed(heard)), heard)
        everything = np.arange(len(examples))
        # The last one learns from everything, and is the one that is kept.
        folds = [*KFold(_FOLDS, shuffle=True, random_state=0).split(kinds), (everything, [])]
        with threadpool_limits(1, user_api="blas"):
            learn = delayed(lambda train: _look(rows[train], kinds[train]))
            *parts, first_look = _side_by_side(learn(train) for train, _ in folds)
            looks = np.zeros((len(examples), 3))
            for part, (_, test) in zip(parts, folds, strict=False):
                looks[test] = part.predict_proba(rows[test])
            signs, wanted, of_whom = [], [], []
            for place, (example, one, before) in enumerate(zip(examples, heard, last, strict=True)):
                candidates, features = _signs(one, before, looks[place])
                signs.append(features)
                wanted += [candidate == example.means for candidate in candidates]
                of_whom += [place] * len(candidates)
            features, right, who = np.vstack(signs), np.array(wanted), np.array(of_whom)
            halves = [who % 2 == 0, who % 2 == 1]
            weigh = delayed(lambda seen: _weigher(features[seen], right[seen]))
            *parts, weigher = _side_by_side(map(weigh, [*halves, who >= 0]))
            held_out = np.zeros(len(right))
            for part, unseen in zip(parts, reversed(halves), strict=True):
                held_out[unseen] = part.predict_proba(features[unseen])[:, 1]
            scale = _calibration(held_out, right, who)
            pairs = zip(examples, heard, strict=True)
            known = {(example.after, one.text): example.means for example, one in pairs}
            return cls(words, first_look, weigher, scale, known)

    def knows(self, text: str, last: LastAnswer) -> bool:
        """Whether the text, repaired, is itself an example after this answer."""
        return (last.faq_id, text) in self._known

    def read(self, heard: Heard, last: LastAnswer) -> Ranked:
        """The answers that a message may mean, best first, with calibrated shares."""
        rows = _rows(self._words.transform(_framed([heard])), [heard])
        candidates, features = _signs(heard, last, self._first_look.predict_proba(rows)[0])
        chances = self._weigher.predict_proba(features)[:, 1]
        sure = _sure(_odds(chances), self._scale)
        means = self._known.get((last.faq_id, heard.text))
        if means == NOTHING or means in candidates:
            meant = np.array([candidate == means for candidate in candidates])
            sure = np.where(meant, np.maximum(sure, _CERTAIN), sure * (1 - _CERTAIN))
        order = np.argsort(-sure, kind="stable")
        return Ranked(tuple((FAQ + candidates[i], float(sure[i])) for i in order))

    def save(self, folder: Path) -> None:
        """Writes `follow_ups.joblib`."""
        joblib.dump(vars(self), folder / "follow_ups.joblib")

    @classmethod
    def load(cls, folder: Path) -> FollowUps | None:
        """Reads what `save` wrote; None where nothing was learnt."""
        path = folder / "follow_ups.joblib"
        if not path.exists():
            return None
        reader = cls.__new__(cls)
        vars(reader).update(joblib.load(path))
        return reader


def _side_by_side(work: Iterable[Any]) -> list[Any]:
    """The results of several fits, which mostly run outside Python's lock."""
    return Parallel(cpu_count(), prefer="threads")(work)


def _kind(example: FollowUpExample) -> int:
    if example.means == NOTHING:
        return _NOTHING
    return _MORE if example.means == example.after else _OTHER


def _framed(heard: Sequence[Heard]) -> list[str]:
    """The messages with their beginnings and ends, which say much."""
    return [f"^ {one.text} $" for one in heard]


def _rows(words: sparse.csr_matrix, heard: Sequence[Heard]) -> sparse.csr_matrix:
    vectors = np.stack([one.vector for one in heard]) * _VECTOR_WEIGHT
    return sparse.hstack([sparse.csr_matrix(vectors), words], format="csr")


def _look(rows: sparse.csr_matrix, kinds: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=_FIRST_LOOK_STRENGTH, max_iter=200).fit(rows, kinds)


def _weigher(features: np.ndarray, right: np.ndarray) -> Pipeline:
    """Logistic regression over the signs and the product of any two."""
    products = PolynomialFeatures(2, interaction_only=True, include_bias=False)
    regression = LogisticRegression(C=_STRENGTH, max_iter=300)
    steps = (StandardScaler(), products, StandardScaler(), regression)
    return make_pipeline(*steps).fit(features, right)


def _signs(heard: Heard, last: LastAnswer, look: np.ndarray) -> tuple[list[str], np.ndarray]:
    """The candidates, and for each a row of what speaks for it and what the message is like."""
    alone, together = dict(heard.alone.ranking), dict(heard.together.ranking)
    ranks = {faq_id: rank for rank, faq_id in enumerate(heard.alone.faq_ids)}
    ranks_together = {faq_id: rank for rank, faq_id in enumerate(heard.together.faq_ids)}
    near = (*heard.alone.faq_ids[:_CANDIDATES], *heard.together.faq_ids[:_CANDIDATES])
    candidates = [c for c in dict.fromkeys((last.faq_id, *last.follow_ups, *near)) if c in ranks]
    top = max(alone.values())
    message = [
        alone.get(OUT_OF_SCOPE, 0.0),
        together.get(OUT_OF_SCOPE, 0.0),
        bare(heard.text),
        bool(_POINTS_BACK.search(heard.text)),
        len(heard.text.split()),
        *look,
        float(_odds(top)),
        max(heard.nearest.values()),
    ]
    odds = _odds(np.array([(alone[FAQ + c], together[FAQ + c]) for c in candidates]))
    rows = [
        [
            *odds[place],
            ranks[faq_id],
            ranks_together[faq_id],
            ranks[faq_id] == 0,
            ranks_together[faq_id] == 0,
            faq_id == last.faq_id,
            faq_id in last.follow_ups,
            last.akin(faq_id),
            heard.nearest[FAQ + faq_id],
            alone[FAQ + faq_id] / top,
            *message,
        ]
        for place, faq_id in enumerate(candidates)
    ]
    return candidates, np.array(rows, float)


def _odds(chance: np.ndarray | float) -> np.ndarray:
    """The logarithm of the odds, away from certainty."""
    chance = np.clip(chance, _ODDS_END, 1 - _ODDS_END)
    return np.asarray(np.log(chance / (1 - chance)))


def _sure(odds: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-(scale[0] * odds + scale[1]))))


def _calibration(chances: np.ndarray, right: np.ndarray, who: np.ndarray) -> np.ndarray:
    """Slope and shift (Platt 1999) that make the best candidate's chance its share of right."""
    odds = _odds(chances)
    best = [rows[np.argmax(odds[rows])] for rows in np.split(
        np.arange(len(who)), np.flatnonzero(np.diff(who)) + 1
    )]  # fmt: skip
    model = LogisticRegression(C=10.0).fit(odds[best][:, None], right[best])
    return np.array([model.coef_[0][0], model.intercept_[0]])
