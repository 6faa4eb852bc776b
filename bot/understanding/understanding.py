"""Text to meaning: normal form, spelling, one or more questions, intent, confidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from rapidfuzz import fuzz, process

from bot.understanding import followups, parts
from bot.understanding.classifier import OUT_OF_SCOPE, IntentScorer, hold_out
from bot.understanding.confidence import Confidence, best, calibrate
from bot.understanding.encoder import SentenceEncoder
from bot.understanding.spelling import Speller
from bot.understanding.text import has_words, normal

FAQ = "faq/"
FALLBACK = "nlu_fallback"
# A wrong answer is taken to be as bad as this many refusals with suggestions. The best
# rule for calibrated probabilities then is: answer when p > 1 - 1/COST_OF_WRONG
# (Chow 1970, "On optimum recognition error and reject tradeoff").
COST_OF_WRONG = 1.5
THRESHOLD = 1 - 1 / COST_OF_WRONG
# Each of several questions has to be clearer than one alone: two wrong splits cost twice.
PART_THRESHOLD = 0.6
MOST_ANSWERS = 3
# How quickly an intent's share of what is left falls with its score.
SHARPNESS = 8.0
SUGGESTIONS = 3


class Example(msgspec.Struct, frozen=True):
    """A training text and its intent: `faq/<id>` or another intent's name."""

    text: str
    intent: str


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """What a message means, with what else it could mean and why it was decided so."""

    intent: str
    faq_id: str | None = None
    also: tuple[str, ...] = ()
    confidence: float = 0.0
    ranking: tuple[tuple[str, float], ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()
    suggested: tuple[str, ...] = ()
    repaired: str = ""
    reasons: tuple[str, ...] = ()


class _Read(msgspec.Struct, frozen=True):
    """One text's ranking: intents with calibrated shares, best first."""

    ranking: tuple[tuple[str, float], ...]

    @property
    def intent(self) -> str:
        return self.ranking[0][0]

    @property
    def confidence(self) -> float:
        return self.ranking[0][1]

    @property
    def faq_id(self) -> str | None:
        return self.intent.removeprefix(FAQ) if self.intent.startswith(FAQ) else None


class Understanding:
    """The trained reader of messages. Make it with `train` or `load`."""

    def __init__(
        self,
        scorer: IntentScorer,
        confidence: Confidence,
        speller: Speller,
        examples: Sequence[Example],
        questions: Mapping[str, str],
        encoder: SentenceEncoder,
    ) -> None:
        self.scorer = scorer
        self.confidence = confidence
        self.speller = speller
        self.questions = dict(questions)
        self._examples = tuple(examples)
        self._encoder = encoder
        self._faq_texts = [
            (normal(example.text).lower(), example.intent.removeprefix(FAQ))
            for example in examples
            if example.intent.startswith(FAQ)
        ] + [(normal(question).lower(), faq_id) for faq_id, question in questions.items()]

    @classmethod
    def train(
        cls,
        examples: Sequence[Example],
        questions: Mapping[str, str],
        encoder: SentenceEncoder,
    ) -> Understanding:
        """Trains on examples; each answer's own question counts as one more example.

        Raises:
            ValueError: fewer than two intents have examples.
        """
        asked = [Example(question, FAQ + faq_id) for faq_id, question in questions.items()]
        texts: dict[str, str] = {}
        for example in (*examples, *asked):
            texts.setdefault(normal(example.text).lower(), example.intent)
        texts.pop("", None)
        if len(set(texts.values())) < 2:
            raise ValueError("Training needs examples of at least two intents in data/nlu.")
        speller = Speller.learn(texts, encoder.common_words())
        mended: dict[str, str] = {}
        for text, intent in texts.items():
            mended.setdefault(speller.repair(text), intent)
        given, intents = list(mended), list(mended.values())
        vectors = encoder.encode_for_training(given)
        confidence = calibrate(hold_out(given, intents, vectors))
        scorer = IntentScorer()
        scorer.fit(given, intents, vectors)
        return cls(scorer, confidence, speller, examples, questions, encoder)

    def save(self, folder: Path) -> None:
        """Writes everything that `load` needs to the folder."""
        self.scorer.save(folder)
        state = {
            "confidence": self.confidence,
            "words": self.speller.counts,
            "examples": self._examples,
            "questions": self.questions,
        }
        (folder / "understanding.json").write_bytes(msgspec.json.encode(state))

    @classmethod
    def load(cls, folder: Path, encoder: SentenceEncoder) -> Understanding:
        """Reads what `save` wrote; gives the same answers as before."""
        state = msgspec.json.decode((folder / "understanding.json").read_bytes())
        return cls(
            IntentScorer.load(folder),
            msgspec.convert(state["confidence"], Confidence),
            Speller(state["words"], encoder.common_words()),
            msgspec.convert(state["examples"], list[Example]),
            state["questions"],
            encoder,
        )

    def read(self, text: str, topic: str | None = None) -> Understood:
        """Reads one message. Never raises.

        Args:
            text: what the patient wrote.
            topic: the id of the answer given last, if the conversation has just had one.
        """
        clean = normal(text)
        if not has_words(clean):
            return Understood(intent=FALLBACK, repaired=clean, reasons=("no words to read",))
        repaired = self.speller.repair(clean.lower())
        whole = self._rank([repaired])[0]
        pieces = parts.split(repaired)
        asked = self._several(pieces) if len(pieces) > 1 else []
        reasons: list[str] = []
        if len(asked) > 1:
            reasons.append(f"{len(asked)} questions in one message")
            best = max((read for read in asked), key=lambda read: read.confidence)
            return self._understood(best, whole, repaired, reasons, asked)
        if whole.confidence < THRESHOLD and len(pieces) > 1:
            clearer = self._clearest_question(pieces, whole)
            if clearer is not None:
                reasons.append("the question in it is clearer than the whole message")
                return self._understood(clearer, whole, repaired, reasons)
        if topic in self.questions and followups.points_back(repaired):
            read = self._follow_up(repaired, str(topic), whole)
            if read is not None:
                reasons.append(f"read as a follow-up to {topic}")
                return self._understood(read, whole, repaired, reasons)
        return self._understood(whole, whole, repaired, reasons)

    def rank_all(self, texts: Sequence[str]) -> list[tuple[tuple[str, float], ...]]:
        """For each text (in normal form), all intents with calibrated shares, best first."""
        return [read.ranking for read in self._rank(texts)]

    def _rank(self, texts: Sequence[str]) -> list[_Read]:
        scores = self.scorer.score(texts, self._encoder.encode(texts))
        sure = self.confidence.of(scores, self.scorer.intents)
        top = best(scores, self.scorer.intents)
        return [
            _Read(self._ranking(scores.blended[row], int(top[row]), float(sure[row])))
            for row in range(len(texts))
        ]

    def _ranking(self, blended: np.ndarray, top: int, sure: float) -> tuple[tuple[str, float], ...]:
        """The best intent gets its calibrated probability, the others share the rest.

        No other intent gets more than the best one, except `out_of_scope`.
        """
        shares = np.exp(SHARPNESS * (blended - blended[top]))
        shares[top] = 0
        shares *= (1 - sure) / max(float(shares.sum()), 1e-12)
        free = self.scorer.intents == OUT_OF_SCOPE
        shares = np.where(free, shares, np.minimum(shares, sure))
        shares[top] = sure
        order = np.lexsort((-blended, -shares))
        return tuple((str(self.scorer.intents[i]), float(shares[i])) for i in order)

    def _several(self, pieces: Sequence[str]) -> list[_Read]:
        """The distinct, clear questions among the pieces, in order."""
        found: list[_Read] = []
        for piece, read in zip(pieces, self._rank(pieces), strict=True):
            clear = read.confidence >= (PART_THRESHOLD if parts.asks(piece) else 0.85)
            if clear and read.faq_id and read.faq_id not in {r.faq_id for r in found}:
                found.append(read)
        return found[:MOST_ANSWERS]

    def _clearest_question(self, pieces: Sequence[str], whole: _Read) -> _Read | None:
        asking = [piece for piece in pieces if parts.asks(piece)]
        if not asking:
            return None
        best = max(self._rank(asking), key=lambda read: read.confidence)
        in_reach = {intent for intent, _ in whole.ranking[:5]}
        if best.confidence >= THRESHOLD and (best.intent in in_reach or best.confidence >= 0.8):
            return best
        return None

    def _follow_up(self, text: str, topic: str, whole: _Read) -> _Read | None:
        if whole.confidence >= THRESHOLD and whole.faq_id:
            return None
        together = self._rank([followups.in_context(text, self.questions[topic].lower())])[0]
        alone = dict(whole.ranking)
        # The topic's own words pull towards the topic; what the new words add decides.
        moved = [
            (intent, share)
            for intent, share in together.ranking
            if intent.startswith(FAQ) and intent != FAQ + topic
        ]
        if together.faq_id not in (None, topic) and together.confidence >= THRESHOLD:
            return together
        best = max(moved[:5], key=lambda item: item[1] + alone.get(item[0], 0), default=None)
        if best and best[1] + alone.get(best[0], 0) >= THRESHOLD:
            return _Read(((best[0], best[1] + alone.get(best[0], 0)), *together.ranking))
        return None

    def _understood(
        self,
        read: _Read,
        whole: _Read,
        repaired: str,
        reasons: Sequence[str],
        asked: Sequence[_Read] = (),
    ) -> Understood:
        reasons = list(reasons)
        sure = read.confidence >= THRESHOLD
        intent = read.intent if sure else FALLBACK
        if not sure:
            reasons.append(f"confidence {read.confidence:.2f} is below {THRESHOLD:.2f}")
        faq_ids = [r.faq_id for r in asked] if asked else [read.faq_id if sure else None]
        first = faq_ids[0]
        declines = first is None and (intent in (FALLBACK, "out_of_scope"))
        ranked = read.ranking if read is whole else (*read.ranking[:1], *whole.ranking)
        alternatives: dict[str, float] = {}
        for name, share in ranked:
            if name.startswith(FAQ):
                alternatives.setdefault(name.removeprefix(FAQ), share)
        return Understood(
            intent=FAQ + first if first else intent,
            faq_id=first,
            also=tuple(faq_id for faq_id in faq_ids[1:] if faq_id),
            confidence=read.confidence,
            ranking=ranked[:10],
            alternatives=tuple(alternatives.items())[:10],
            suggested=self._suggest(repaired, whole, intent) if declines else (),
            repaired=repaired,
            reasons=tuple(reasons),
        )

    def _suggest(self, text: str, whole: _Read, intent: str) -> tuple[str, ...]:
        """The nearest questions: the classifier's order, mended by shared words and letters."""
        if intent == "out_of_scope" and whole.confidence > 0.9:
            return ()
        votes: dict[str, float] = {}
        for place, (name, _) in enumerate(
            [item for item in whole.ranking if item[0].startswith(FAQ)][:8]
        ):
            votes[name.removeprefix(FAQ)] = 1 / (2 + place)
        if len(text) <= 200:
            matches = process.extract(
                text,
                [candidate for candidate, _ in self._faq_texts],
                scorer=fuzz.token_set_ratio if len(text.split()) > 2 else fuzz.WRatio,
                score_cutoff=75,
                limit=12,
            )
            seen: set[str] = set()
            for _, ratio, index in matches:
                faq_id = self._faq_texts[index][1]
                if faq_id not in seen:
                    seen.add(faq_id)
                    votes[faq_id] = votes.get(faq_id, 0) + (ratio / 100) ** 4 / (3 + len(seen))
        best = sorted(votes, key=lambda faq_id: -votes[faq_id])
        return tuple(best[:SUGGESTIONS])
