"""How a red flag is meant, by ConText (Harkema et al. 2009, doi:10.1016/j.jbi.2009.05.002).

medspaCy finds the cues and their reach within a clause; the cues are data, in
data/triage/context.yml. What goes beyond ConText is small: a weak question cue does not
outweigh a patient's report about their own body, nor an old year what happens now.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import spacy
from loguru import logger as loguru_logger
from spacy.tokens import Doc, Span

from bot.lazy import import_lazily
from bot.problems import DataError, load_yaml, read_text, to_struct
from bot.safety.model import Status
from bot.safety.patterns import any_of, unheard, unheard_problem
from bot.safety.spellings import NO_SPELLINGS, Spellings
from bot.safety.words import Clause

loguru_logger.disable("medspacy")
loguru_logger.disable("PyRuSH")
with_quiet_imports = logging.getLogger("medspacy")
with_quiet_imports.setLevel(logging.ERROR)
# medspaCy imports QuickUMLS, and with it all of NLTK, which ConText never uses.
import_lazily("nltk")

from medspacy.context import ConText, ConTextRule  # noqa: E402

_GROUP = "red_flags"
_ANY_YEAR = "<year>"
_SOME_WORD = "_"
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_DIRECTIONS = {"forward": "FORWARD", "backward": "BACKWARD", "both": "BIDIRECTIONAL"}


class Cue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Some cues that work alike."""

    cues: tuple[Annotated[str, msgspec.Meta(min_length=1)], ...]
    direction: Literal["forward", "backward", "both"]
    reach: Annotated[int, msgspec.Meta(ge=1)] | None = None


class ContextRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """data/triage/context.yml."""

    negated: tuple[Cue, ...]
    not_negated: tuple[str, ...]
    not_question: tuple[str, ...]
    not_strong_question: tuple[str, ...]
    ends_denial: tuple[str, ...]
    strong_question: tuple[Cue, ...]
    weak_question: tuple[Cue, ...]
    right_before: tuple[str, ...]
    may_begin: tuple[str, ...]
    not_right_before: tuple[str, ...]
    historical: tuple[Cue, ...]
    other_person: tuple[Cue, ...]
    personal: tuple[str, ...]
    present: tuple[str, ...]
    over: tuple[str, ...]
    about_words: tuple[str, ...]
    reports: tuple[str, ...]
    taken_up: tuple[str, ...]
    not_taken_up: tuple[str, ...]


def read_context(path: Path, spellings: Spellings = NO_SPELLINGS) -> ContextRules:
    """Reads and checks the cues.

    Raises:
        DataError: unknown keys, or a word that no message can hold; all are listed.
    """
    data = load_yaml(read_text(path), path)
    rules = to_struct(data, ContextRules, path)
    problems = []
    for name in rules.__struct_fields__:
        for number, entry in enumerate(getattr(rules, name)):
            cues = entry.cues if isinstance(entry, Cue) else (entry,)
            words = (cue.replace(_ANY_YEAR, "") for cue in cues)
            for word, read in unheard(words, spellings):
                problems.append(unheard_problem(path, data, (name, number), word, read))
    if problems:
        raise DataError(problems)
    return rules


_CATEGORIES = ("negated", "strong_question", "weak_question", "historical", "other_person")


class ContextReader:
    """Says of words in a message how they are meant. `words` are those of its cues."""

    def __init__(self, rules: ContextRules) -> None:
        self._nlp = spacy.blank("en")
        self._context = ConText(
            self._nlp,
            rules=None,
            input_span_type="group",
            span_group_name=_GROUP,
        )
        for category in _CATEGORIES:
            for cue in getattr(rules, category):
                self._context.add(
                    [
                        ConTextRule(
                            literal,
                            category.upper(),
                            direction=_DIRECTIONS[cue.direction],
                            max_scope=cue.reach,
                            pattern=[{"LOWER": word} for word in literal.split()],
                        )
                        for literal in cue.cues
                    ]
                )
        for literals, category, direction in (
            (rules.not_negated, "NEGATED", "PSEUDO"),
            (rules.not_strong_question, "STRONG_QUESTION", "PSEUDO"),
            (rules.ends_denial, "NEGATED", "TERMINATE"),
        ):
            self._context.add(
                [
                    ConTextRule(
                        literal,
                        category,
                        direction=direction,
                        pattern=[{"LOWER": word} for word in literal.split()],
                    )
                    for literal in literals
                ]
            )
        self._context.add(
            [
                ConTextRule(
                    literal,
                    "WEAK_QUESTION",
                    direction="PSEUDO",
                    pattern=[
                        {"LOWER": word, **({} if place else {"IS_SENT_START": False})}
                        for place, word in enumerate(literal.split())
                    ],
                )
                for literal in rules.not_question
            ]
        )
        self.words = frozenset(_words_of(rules))
        self._other_person = any_of([cue for entry in rules.other_person for cue in entry.cues])
        self._personal = any_of(rules.personal)
        self._may_begin = frozenset(rules.may_begin)
        self._right_before = frozenset(rules.right_before)
        self._happens = any_of((*rules.present, *rules.not_right_before))
        self._present = any_of(rules.present)
        self._over = any_of(rules.over)
        self._about_words = any_of(rules.about_words)
        self._reports = any_of(rules.reports)
        self._taken_up = any_of(rules.taken_up)
        self._not_taken_up = any_of(rules.not_taken_up)

    def statuses(
        self, clauses: Sequence[Clause], targets: Sequence[Sequence[tuple[int, int]]]
    ) -> list[Status]:
        """The status of each target.

        Args:
            clauses: the message.
            targets: for each target its spans, as first and last-plus-one word numbers
                counted through the whole message.
        """
        if not targets:
            return []
        written = (_YEAR.sub(_ANY_YEAR, word.text) for clause in clauses for word in clause.words)
        # spaCy keeps every word that it has seen: no word of a patient's own may get there.
        words = [word if word in self.words else _SOME_WORD for word in written]
        starts: list[bool | int | None] = [
            place == 0 for clause in clauses for place in range(len(clause.words))
        ]
        doc = Doc(self._nlp.vocab, words=words, sent_starts=starts)
        spans = [[Span(doc, a, b, label="RED_FLAG") for a, b in target] for target in targets]
        doc.spans[_GROUP] = [span for target in spans for span in target]
        self._context(doc)
        found: dict[tuple[int, int], list[Any]] = {}
        for span, modifier in doc._.context_graph.edges:
            found.setdefault((span.start, span.end), []).append(modifier)
        message = " ".join(words)
        return [self._status(target, found, message) for target in spans]

    def _status(
        self, target: Sequence[Span], found: dict[tuple[int, int], list[Any]], message: str
    ) -> Status:
        # A cue inside the red flag's own words ("not able to breathe") belongs to them.
        categories = {
            modifier.category
            for span in target
            for modifier in found.get((span.start, span.end), ())
            if modifier.category == "OTHER_PERSON"
            or not any(_overlaps(own, modifier) for own in target)
        }
        if any(self._other_person.search(span.text) for span in target):
            categories.add("OTHER_PERSON")  # "daughter wants to die" names her itself
        sentence = target[0].sent.text
        personal = "OTHER_PERSON" in categories or bool(self._personal.search(sentence))
        if "NEGATED" in categories:
            return "negated"
        if "HISTORICAL" in categories and not (
            self._present.search(sentence) and not self._over.search(message)
        ):
            return "historical"
        asked = (
            self._asked_of_own_body(target, message)
            or "STRONG_QUESTION" in categories
            or (
                not personal
                and ("WEAK_QUESTION" in categories or self._only_named(target, message))
            )
        )
        happens = self._taken_up.search(message) and not self._not_taken_up.search(message)
        if asked and not happens:
            return "hypothetical"
        return "other_person" if "OTHER_PERSON" in categories else "asserted"

    def _asked_of_own_body(self, target: Sequence[Span], message: str) -> bool:
        """Whether a red flag stands right after words such as "can it", which begin the sentence.

        Not where the message says that it happens: "can it swell my lips this much".
        """
        if self._happens.search(message):
            return False
        first = min(target, key=lambda span: span.start)
        words = first.doc[first.sent.start : first.start].text.split()
        while words and words[0] in self._may_begin:
            words = words[1:]
        return " ".join(words) in self._right_before

    def _only_named(self, target: Sequence[Span], message: str) -> bool:
        """Whether a red flag is a name in talk about words: "anaphylaxis, how common?"."""
        return bool(self._about_words.search(message)) and not any(
            self._reports.search(span.sent.text) for span in target
        )


def _words_of(rules: ContextRules) -> Iterator[str]:
    for value in msgspec.structs.astuple(rules):
        for entry in value:
            for cue in entry.cues if isinstance(entry, Cue) else (entry,):
                yield from cue.split()


def _overlaps(span: Span, modifier: Any) -> bool:
    start, end = modifier.modifier_span
    return bool(start < span.end and span.start < end)
