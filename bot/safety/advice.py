"""The guided check: a few questions, then a decision by a table.

The decision is a pure function of the answers over data/triage/advice.yml: the first
row whose conditions all hold. The last row has none, so there is no gap.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.problems import (
    DataError,
    Problem,
    line_of,
    load_yaml,
    read_text,
    relative,
    to_struct,
)
from bot.safety.advice_file import AdviceFile, Question, Row, mistakes
from bot.safety.model import Level, Screening

UNKNOWN = "not said"
# Takes the place of an answer to a question that was not asked.
NOT_ASKED = "not_asked"
# Where one part of a reply ends, with what it denies: "no fever, some oozing".
_PARTS = re.compile(r"[,;.!\n]|\b(?:but|except|only|just|though|and|some|maybe|one)\b")
# "No it is painful": the "no" is to something else.
_NO_AND_A_CLAUSE = re.compile(r"^\s*(?:no|nope|nah)\s+(?=(?:it|its|it's|they|there|i)\b)")


class Advice(msgspec.Struct, frozen=True):
    """The outcome: how soon, why, by which row, and a summary to read out at the clinic."""

    level: Level
    kind: str
    reason: str
    summary: str
    row: str


class GuidedCheck:
    """The guided check as its file says it. Make it with `load`."""

    def __init__(self, file: AdviceFile, ordinary: Collection[str] = ()) -> None:
        self._file = file
        self._ordinary = ordinary
        self._questions = {question.id: question for question in file.questions}

    @classmethod
    def load(cls, folder: Path, ordinary: Collection[str] = ()) -> GuidedCheck:
        """Reads and checks advice.yml.

        Args:
            folder: the folder with advice.yml.
            ordinary: English words, which are no slips: "check" is no "cheek".

        Raises:
            DataError: a missing or unknown question or option, a text that cannot be filled,
                a row that cannot be reached or names nobody to contact, or a combination of
                answers that no row decides; all are listed.
        """
        path = folder / "advice.yml"
        data = load_yaml(read_text(path), path)
        file: AdviceFile = to_struct(data, AdviceFile, path)
        problems = [
            Problem(relative(path), line_of(data, keys), message, fix)
            for keys, message, fix in mistakes(file)
        ]
        if problems:
            raise DataError(problems)
        return cls(file, ordinary)

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions in the order in which they are asked."""
        return self._file.questions

    def combinations(self) -> Iterator[dict[str, str]]:
        """All combinations of answers, with unanswered questions among them."""
        return self._file.combinations()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The decision table."""
        return self._file.rows

    @property
    def noted(self) -> str:
        """Said before a question that is asked again, where a reply told something else."""
        return self._file.noted

    def question(self, question_id: str) -> Question:
        """The question with this id. Raises `KeyError` if there is none."""
        return self._questions[question_id]

    def interpret(self, question_id: str, text: str) -> str | None:
        """The option that a typed reply to a question means, or None when that is not clear.

        A reply of many words is an answer only where it is a button's text: a long
        message is something of its own.
        """
        return self._meant(question_id, text, asked=True)

    def denies_signs(self, text: str) -> bool:
        """Whether a reply says that there is no warning sign, or not one of them."""
        return self._meant("warnings", text, asked=False) == "none"

    def at_last(self, question_id: str, text: str) -> str:
        """The option taken when a second reply is not clear either; see `interpret`."""
        if question_id == "warnings" and self.denies_signs(text):
            return "none"
        return self.question(question_id).unclear

    def _meant(self, question_id: str, text: str, asked: bool) -> str | None:
        question = self._questions.get(question_id)
        said = _plain(text)
        if question is None or not said:
            return None
        for option in question.options:
            if said == _plain(option.text):
                return option.id
        words = said.split()
        if len(words) > 14 or not set(question.unless).isdisjoint(words):
            return None
        slips = [word for word in words if word not in self._ordinary]
        hits = {
            option.id: _longest_hit((*option.says, *option.says_here * asked), said, slips)
            for option in question.options
        }
        best = max(hits.values())
        winners = [option for option, size in hits.items() if size == best]
        if best == 0:
            return None
        if question_id == "warnings":
            return self._warnings(text, said, hits, asked)
        if question.first_counts:
            return next(option for option, size in hits.items() if size)
        return winners[0] if len(winners) == 1 else None

    def only_answers(self, question_id: str, text: str) -> bool:
        """Whether a reply consists of nothing but one option's words and small words.

        "On my arms and legs" does; "my chest feels heavy" says more than where it is.
        """
        if self.interpret(question_id, text) is None:
            return False
        return self._says_no_more(question_id, _plain(text))

    def _says_no_more(self, question_id: str, said: str) -> bool:
        options = self._questions[question_id].options
        phrases = [p for o in options for p in (*o.says, *o.says_here, _plain(o.text))]
        said = f" {said} "
        for phrase in sorted(phrases, key=len, reverse=True):
            said = said.replace(f" {phrase} ", "  ")
        return set(said.split()) <= set(self._file.small_words)

    def ahead(self, question_id: str, text: str) -> dict[str, str]:
        """What a reply says to the questions after this one: "since tuesday" when asked where.

        Of warning signs only that there are some: "no" is no reply to what was not asked.
        """
        order = [question.id for question in self.questions]
        later = order[order.index(question_id) + 1 :] if question_id in order else []
        found = {other: self._meant(other, text, asked=False) for other in later}
        return {
            other: option
            for other, option in found.items()
            if option is not None and (other != "warnings" or option == "some")
        }

    def known_from(self, text: str) -> dict[str, str]:
        """What the message that starts the check already says: the topic and the place.

        A time in it may be that of anything: "I inject every two weeks".
        """
        what = self._meant("what", text, asked=False)
        if what in (None, "other"):
            return {}
        known = {"what": str(what)}
        where = "eye_area" if what == "eyes" else self._meant("where", text, asked=False)
        if where not in (None, "unknown"):
            known["where"] = str(where)
        return known

    def concerns(self, screening: Screening) -> bool:
        """Whether a routine finding is of the kind that the check is for: skin or eyes."""
        kinds = {f.kind for f in screening.findings if f.escalates}
        return not kinds.isdisjoint(self._file.concerns)

    def is_denied(self, screening: Screening) -> bool:
        """Whether a message denies what the check is for, and names nothing else.

        "I do not have a rash"; but not "my skin acts up, no fever".
        """
        if {finding.status for finding in screening.findings} != {"negated"}:
            return False
        return not {f.kind for f in screening.findings}.isdisjoint(self._file.concerns)

    def settled(self, answers: Mapping[str, str]) -> bool:
        """Whether somebody is needed today whatever is replied to the questions still open.

        And whether it is the same person: an eye that hurts needs no third question.
        """
        known = {key: value for key, value in answers.items() if value}
        still = [question for question in self.questions if question.id not in known]
        choices = itertools.product(*([o.id for o in q.options] for q in still))
        rows = [
            self._file.decide({**known, **dict(zip((q.id for q in still), choice, strict=True))})
            for choice in choices
        ]
        ends = {(row.level, row.kind) for row in rows if row}
        return len(ends) == 1 and rows[0] is not None and rows[0].level == "same_day"

    def advise(self, answers: Mapping[str, str], raised: bool = False) -> Advice:
        """The decision for some answers (question id to option id).

        Args:
            answers: what was replied.
            raised: a baby, pregnancy or weak immunity was named: one level up.

        Raises:
            LookupError: no row fits; `load` makes sure that this cannot happen.
        """
        row = self._file.decide(answers)
        if row is None:
            raise LookupError("No row of data/triage/advice.yml fits these answers.")
        words = {
            question.id: next(
                (_inside(o.text) for o in question.options if o.id == answers.get(question.id)),
                UNKNOWN,
            )
            for question in self.questions
        }
        decided = self._file.raised if raised and row.level == "routine" else row
        advice = self._file.advice_words.get(decided.level, decided.level)
        summary = self._file.summary.format(**words, advice=advice)
        return Advice(decided.level, decided.kind, decided.reason, summary, row.id)

    def _warnings(self, text: str, said: str, hits: Mapping[str, int], asked: bool) -> str | None:
        """One checklist question: any sign counts that its own part of the reply does not deny."""
        [some] = (o for o in self._questions["warnings"].options if o.id == "some")
        phrases = (*some.says, *some.says_here * asked)
        denies = set(self._file.denies)
        for part in map(_plain, _PARTS.split(_NO_AND_A_CLAUSE.sub("", text.casefold()))):
            if denies.isdisjoint(part.split()) and _longest_hit(phrases, part, ()):
                return "some"
        if hits["unsure"]:
            # "Kind of" is no sure reply; "kind of gritty" is none to what was asked.
            return "unsure" if hits["some"] or self._says_no_more("warnings", said) else None
        words = said.split()
        signs = [phrase for phrase in some.says if f" {phrase} " in f" {said} "]
        if asked and len(signs) == 1 and sum(word in denies for word in words) == 1:
            return None  # "No fever" says nothing of the other signs.
        return "none" if words[0] in denies or hits["none"] else ("some" if hits["some"] else None)


def _inside(text: str) -> str:
    """A button's text inside a sentence: without its capital, but with that of "I"."""
    return text if text.startswith("I ") else text[:1].lower() + text[1:]


def _plain(text: str) -> str:
    text = text.replace("’", "'").casefold()
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)?", text))


def _longest_hit(phrases: Sequence[str], said: str, slips: Sequence[str]) -> int:
    """The length, in letters, of the longest of an option's words in a reply.

    Args:
        phrases: what means the option.
        said: the reply.
        slips: those of its words that may be meant for another one.
    """
    best = 0
    for phrase in phrases:
        if re.search(rf"(?<!\S){re.escape(phrase)}(?!\S)", said):
            best = max(best, len(phrase))
        elif " " not in phrase and len(phrase) >= 5:
            match = process.extractOne(phrase, slips, scorer=OSA.distance, score_cutoff=1)
            if match and len(match[0]) >= 5:
                best = max(best, len(phrase) - 1)
    return best
