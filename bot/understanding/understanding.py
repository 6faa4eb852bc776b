"""Text to meaning: normal form, spelling, one or more questions, intent, confidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np

from bot.understanding import followups, parts
from bot.understanding.classifier import (
    OUT_OF_SCOPE,
    IntentScorer,
    fit_and_hold_out,
)
from bot.understanding.confidence import Confidence, best, calibrate
from bot.understanding.encoder import SentenceEncoder
from bot.understanding.english import english_words
from bot.understanding.followups import FollowUpExample, FollowUps, Heard, LastAnswer
from bot.understanding.ranking import FAQ, Ranked, fused, rank
from bot.understanding.spelling import Speller
from bot.understanding.text import has_words, normal
from bot.understanding.understood import (
    CAN_IT_WAIT,
    FALLBACK,
    IN_SHORT,
    SUGGESTIONS,
    TOLD_FIRST,
    WHAT_SHOULD_I_DO,
    Understood,
)

# Of these the nearest questions are offered.
_OFFERED = (FALLBACK, OUT_OF_SCOPE, WHAT_SHOULD_I_DO, TOLD_FIRST)
# A wrong answer is taken to be as bad as this many refusals with suggestions. The best
# rule for calibrated probabilities then is: answer when p > 1 - 1/COST_OF_WRONG
# (Chow 1970, "On optimum recognition error and reject tradeoff").
COST_OF_WRONG = 1.4
THRESHOLD = 1 - 1 / COST_OF_WRONG
# A piece that asks nothing is read as a question only when it is this clear; what is so
# clear by itself needs no story to explain it.
VERY_CLEAR = 0.85
# Right after an answer, small talk is what is at least so clear: "since I started" reads a
# little like "start over". Between them lay, of seventy messages looked at, all that were none.
CLEAR_SMALL_TALK = 0.8
MOST_ANSWERS = 3
# What a message can mean at all is among its so many best answers.
IN_REACH = 5


class Example(msgspec.Struct, frozen=True):
    """A training text and its intent: `faq/<id>` or another intent's name."""

    text: str
    intent: str


class _Read(msgspec.Struct, frozen=True):
    """A text's meaning, its vector, and the cosine to the nearest example of each intent."""

    meaning: Ranked
    vector: np.ndarray
    nearest: np.ndarray


class Understanding:
    """The trained reader of messages. Make it with `train` or `load`."""

    def __init__(
        self,
        scorer: IntentScorer,
        confidence: Confidence,
        speller: Speller,
        questions: Mapping[str, str],
        encoder: SentenceEncoder,
        follow_ups: FollowUps | None = None,
    ) -> None:
        self.scorer = scorer
        self.confidence = confidence
        self.speller = speller
        self.questions = dict(questions)
        self._encoder = encoder
        self._follow_ups = follow_ups

    @classmethod
    def train(
        cls,
        examples: Sequence[Example],
        questions: Mapping[str, str],
        encoder: SentenceEncoder,
        follow_ups: Sequence[tuple[FollowUpExample, LastAnswer]] = (),
    ) -> Understanding:
        """Trains on examples; each answer's own question counts as one more example.

        Args:
            examples: texts with their intents.
            questions: the answers' questions by id.
            encoder: makes the sentence vectors.
            follow_ups: what is asked right after an answer, each with that answer.

        Raises:
            ValueError: fewer than two intents have examples.
        """
        speller, texts = training_texts(examples, questions, encoder)
        given, intents = list(texts), list(texts.values())
        vectors = encoder.encode_for_training(given)
        scorer, held_out = fit_and_hold_out(given, intents, vectors)
        trained = cls(scorer, calibrate(held_out), speller, questions, encoder)
        trained._learn_follow_ups(follow_ups)
        return trained

    def save(self, folder: Path) -> None:
        """Writes everything that `load` needs to the folder."""
        self.scorer.save(folder)
        if self._follow_ups is not None:
            self._follow_ups.save(folder)
        state = {
            "confidence": self.confidence,
            "words": self.speller.counts,
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
            Speller(state["words"], encoder.common_words() | english_words()),
            state["questions"],
            encoder,
            FollowUps.load(folder),
        )

    def read(self, text: str, last: LastAnswer | None = None, before: str = "") -> Understood:
        """Reads one message. Never raises.

        Args:
            text: what the patient wrote.
            last: the answer given last, if the conversation has just had one.
            before: the patient's message before this one, if no answer was given to it. It
                counts where this one alone is unclear: "i have crohns" / "can i take it".
        """
        understood = self._read(text, last)
        if not before or understood.intent != FALLBACK:
            return understood
        together = self._read(f"{before}. {text}", None)
        if together.faq_id is None:
            return understood
        reasons = (*together.reasons, "together with the message before it")
        return msgspec.structs.replace(together, reasons=reasons)

    def _read(self, text: str, last: LastAnswer | None) -> Understood:
        clean = normal(text)
        if not has_words(clean):
            return Understood(intent=FALLBACK, repaired=clean, reasons=("no words to read",))
        repaired = self.speller.repair(clean.lower())
        pieces = parts.split(repaired)
        joined = parts.coordinated(repaired) if len(pieces) == 1 else ()
        if joined:
            pieces = list(joined)
        last = last if last and last.faq_id in self.questions else None
        [read] = self._reads([repaired], self._encoder.encode)
        whole = read.meaning
        if len(pieces) < 2 and (whole.confidence >= THRESHOLD or pieces == [repaired]):
            pieces = []  # There is nothing to gain from reading it again.
        # "What can you do" has no word of its own either, but asks something of us.
        whether = whole.intent == CAN_IT_WAIT and parts.asks(repaired)  # "Should I wait?"
        enough = CLEAR_SMALL_TALK if last and not whether else THRESHOLD
        small_talk = (
            whole.faq_id is None and whole.intent != OUT_OF_SCOPE and whole.confidence >= enough
        )
        names_nothing = followups.bare(repaired)
        # After an answer "is that so?" asks of it, and "are you sure?" of us.
        of_answer = not followups.asks_us(repaired) and whole.intent != IN_SHORT
        if last and names_nothing and of_answer:
            small_talk = False
        bare = names_nothing and not small_talk
        clear = whole.faq_id is not None and whole.confidence >= VERY_CLEAR and not bare
        what_to_do = whole.intent == WHAT_SHOULD_I_DO
        # What only tells something, however clear ("it is every two weeks"), may be about it.
        by_itself = clear and parts.asks(repaired) and not self._known_after(repaired, last)
        if last and (what_to_do or not (small_talk or by_itself or len(pieces) > 1)):
            meant = self._after(repaired, read, last)
            if meant is not None:
                return meant
        if bare:
            return self._without_context(repaired, whole)
        # "My father had lymphoma, is it safe for me?": a story, and one question.
        asking = max(sum(parts.asks(piece) for piece in pieces), repaired.count("?"))
        if clear and not joined and asking < 2:
            return self._understood(whole, whole, repaired)
        read_pieces = self._read_pieces(pieces, in_story=not joined)
        asked = self._several(read_pieces, whole if joined else None)
        if len(asked) > 1:
            reason = f"{len(asked)} questions in one message"
            return self._understood(asked[0], whole, repaired, reason, asked)
        if whole.confidence < THRESHOLD and not joined:
            clearer = self._clearest_question(read_pieces, whole)
            if clearer is not None:
                reason = "the question in it is clearer than the whole message"
                return self._understood(clearer, whole, repaired, reason)
        questions = [read for piece, read in read_pieces if parts.asks(piece)]
        return self._understood(whole, whole, repaired, suggested=fused([whole, *questions]))

    def rank_all(self, texts: Sequence[str]) -> list[tuple[tuple[str, float], ...]]:
        """For each text (in normal form), all intents with calibrated shares, best first."""
        return [read.ranking for read in self._rank(texts)]

    def _rank(self, texts: Sequence[str]) -> list[Ranked]:
        return [read.meaning for read in self._reads(texts, self._encoder.encode)]

    def _reads(self, texts: Sequence[str], encode: Callable[..., np.ndarray]) -> list[_Read]:
        vectors = encode(texts)
        scores = self.scorer.score(texts, vectors)
        sure = self.confidence.of(scores, self.scorer.intents)
        top = best(scores, self.scorer.intents)
        return [
            _Read(
                rank(self.scorer.intents, scores.blended[row], int(top[row]), float(sure[row])),
                vectors[row],
                scores.nearest[row],
            )
            for row in range(len(texts))
        ]

    def _hear(self, text: str, alone: _Read, together: Ranked) -> Heard:
        """A text after an answer, as it reads by itself and after the answer's question."""
        nearest = dict(zip(self.scorer.intents, alone.nearest.tolist(), strict=True))
        return Heard(text, alone.vector, alone.meaning, together, nearest)

    def _in_context(self, text: str, topic: str) -> str:
        return followups.in_context(text, self.questions[topic].lower())

    def _learn_follow_ups(self, given: Sequence[tuple[FollowUpExample, LastAnswer]]) -> None:
        known = [(example, last) for example, last in given if example.after in self.questions]
        if not known:
            return
        said = [self.speller.repair(normal(example.text).lower()) for example, _ in known]
        asked = [
            self._in_context(text, one.after) for text, (one, _) in zip(said, known, strict=True)
        ]
        reads = self._reads([*said, *asked], self._encoder.encode_for_training)
        alone, together = reads[: len(known)], [read.meaning for read in reads[len(known) :]]
        heard = [self._hear(*parts) for parts in zip(said, alone, together, strict=True)]
        examples, last = zip(*known, strict=True)
        self._follow_ups = FollowUps.fit(examples, heard, last)

    def _read_pieces(self, pieces: Sequence[str], in_story: bool) -> list[tuple[str, Ranked]]:
        """Each piece with its meaning.

        With `in_story`, an unclear one together with the statement before it, which may
        make it clearer: "I'm flying to Spain. How do I take them?"
        """
        if not pieces:
            return []
        reads = self._rank(pieces)
        stories = parts.with_context(pieces) if in_story else pieces
        unclear = [
            place
            for place, (piece, story) in enumerate(zip(pieces, stories, strict=True))
            if story != piece and reads[place].confidence < VERY_CLEAR
        ]
        told = self._rank([stories[place] for place in unclear]) if unclear else []
        for place, read in zip(unclear, told, strict=True):
            reads[place] = max(reads[place], read, key=lambda either: either.confidence)
        return list(zip(pieces, reads, strict=True))

    def _several(self, pieces: Sequence[tuple[str, Ranked]], within: Ranked | None) -> list[Ranked]:
        """The distinct, clear questions among the pieces, in order.

        With `within`, the pieces are two halves of one question: each must be among what
        the whole could mean.
        """
        found: dict[str, Ranked] = {}
        for piece, read in pieces:
            questioned = within is not None or parts.asks(piece)
            clear = read.confidence >= (THRESHOLD if questioned else VERY_CLEAR)
            in_reach = within is None or read.faq_id in within.faq_ids[:IN_REACH]
            if read.faq_id and clear and in_reach and not followups.bare(piece):
                found.setdefault(read.faq_id, read)
        return list(found.values())[:MOST_ANSWERS]

    def _clearest_question(
        self, pieces: Sequence[tuple[str, Ranked]], whole: Ranked
    ) -> Ranked | None:
        asking = [read for piece, read in pieces if parts.asks(piece) and not followups.bare(piece)]
        clearest = max(asking, key=lambda read: read.confidence, default=None)
        if clearest is None or clearest.confidence < THRESHOLD:
            return None
        in_reach = {intent for intent, _ in whole.ranking[:IN_REACH]}
        if clearest.intent in in_reach or clearest.confidence >= VERY_CLEAR:
            return clearest
        return None

    def _without_context(self, repaired: str, whole: Ranked) -> Understood:
        """A message without a word of its own, and nothing before it explains it."""
        return Understood(
            intent=FALLBACK,
            ranking=whole.ranking[:10],
            alternatives=_faqs(whole.ranking),
            suggested=tuple(whole.faq_ids[:SUGGESTIONS]),
            repaired=repaired,
            reasons=("without one word of its own, and nothing before it explains it",),
        )

    def _known_after(self, repaired: str, last: LastAnswer | None) -> bool:
        """Whether a message is itself an example of what is asked after the last answer."""
        return bool(last and self._follow_ups and self._follow_ups.knows(repaired, last))

    def _after(self, repaired: str, alone: _Read, last: LastAnswer) -> Understood | None:
        """What a message means right after an answer; None where it is read by itself."""
        too_long = len(repaired.split()) > followups.LONGEST
        if self._follow_ups is None or too_long or not self.speller.knows_most(repaired):
            return None
        whole = alone.meaning
        [together] = self._rank([self._in_context(repaired, last.faq_id)])
        read = self._follow_ups.read(self._hear(repaired, alone, together), last)
        if read.confidence < THRESHOLD and whole.intent == WHAT_SHOULD_I_DO:
            return Understood(
                intent=FAQ + last.faq_id,
                faq_id=last.faq_id,
                confidence=whole.confidence,
                ranking=whole.ranking[:10],
                alternatives=_faqs(whole.ranking),
                repaired=repaired,
                reasons=(f"asks what to do, and no answer but {last.faq_id} fits",),
                again=True,
            )
        if read.confidence < THRESHOLD:
            reason = f"after {last.faq_id} no answer fits"
            outside = whole.intent == OUT_OF_SCOPE and whole.confidence >= THRESHOLD
            decided = whole if outside else read
            return self._understood(decided, whole, repaired, reason, suggested=read.faq_ids)
        again = read.faq_id == last.faq_id
        reason = f"{'asks more of' if again else 'a follow-up to'} {last.faq_id}"
        understood = self._understood(read, whole, repaired, reason)
        # What a message without a word of its own could mean else, nobody knows.
        others = () if followups.bare(repaired) else understood.alternatives
        return msgspec.structs.replace(understood, again=again, alternatives=others)

    def _understood(
        self,
        read: Ranked,
        whole: Ranked,
        repaired: str,
        reason: str = "",
        asked: Sequence[Ranked] = (),
        suggested: Sequence[str] = (),
    ) -> Understood:
        reasons = [reason] if reason else []
        sure = read.confidence >= THRESHOLD
        intent = read.intent if sure else FALLBACK
        if not sure:
            reasons.append(f"confidence {read.confidence:.2f} is below {THRESHOLD:.2f}")
        faq_ids = [r.faq_id for r in asked] if asked else [read.faq_id if sure else None]
        first = faq_ids[0]
        declines = first is None and intent in _OFFERED
        # What is surely about something else is near no answer.
        outside = intent == OUT_OF_SCOPE and read.confidence >= VERY_CLEAR
        declines = declines and not outside
        ranking = whole.led_by(read.intent, read.confidence).ranking
        return Understood(
            intent=FAQ + first if first else intent,
            faq_id=first,
            also=tuple(faq_id for faq_id in faq_ids[1:] if faq_id),
            confidence=read.confidence,
            ranking=ranking[:10],
            alternatives=_faqs(ranking),
            suggested=tuple((suggested or whole.faq_ids)[:SUGGESTIONS]) if declines else (),
            repaired=repaired,
            reasons=tuple(reasons),
        )


def training_texts(
    examples: Sequence[Example], questions: Mapping[str, str], encoder: SentenceEncoder
) -> tuple[Speller, dict[str, str]]:
    """The speller that the examples teach, and each distinct text, repaired, with its intent.

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
    speller = Speller.learn(texts, encoder.common_words() | english_words())
    mended: dict[str, str] = {}
    for text, intent in texts.items():
        mended.setdefault(speller.repair(text), intent)
    return speller, mended


def _faqs(ranking: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """The ten best answers of a ranking."""
    answers = [(name, share) for name, share in ranking if name.startswith(FAQ)]
    return tuple((name.removeprefix(FAQ), share) for name, share in answers[:10])
