"""Where the words of the red-flag rules stand in a message."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import partial

import msgspec

from bot.safety.patterns import Marked, Pattern, PatternIndex, marked
from bot.safety.red_flags import RedFlag, RedFlags
from bot.safety.words import Clause


class Match(msgspec.Struct, frozen=True):
    """A rule, and its words as first and last-plus-one numbers through the whole message.

    `more` says that an earlier line of the rule has matched there too.
    """

    rule: RedFlag
    spans: tuple[tuple[int, int], ...]
    more: bool


class _Text(msgspec.Struct, frozen=True):
    """A clause or message, as it reads and as patterns look at it; `offset` words before it."""

    plain: str
    marked: Marked
    offset: int


class Matcher:
    """Finds the rules' words. Knows nothing of how they are meant."""

    def __init__(self, red_flags: RedFlags) -> None:
        self._red_flags = red_flags
        self._rules = [(rule, pattern) for rule in red_flags.rules for pattern in rule.patterns]
        self._index = PatternIndex(pattern for _, pattern in self._rules)
        self._idioms = PatternIndex(red_flags.idioms)

    def find(self, parts: Sequence[Clause]) -> list[Match]:
        """Where each line of each rule stands first in each clause, or in the whole message."""
        words = [word.text for clause in parts for word in clause.words]
        candidates = [self._rules[number] for number in self._index.candidates(words)]
        if not candidates:
            return []
        idioms = [self._red_flags.idioms[number] for number in self._idioms.candidates(words)]
        whole = _text(" ".join(words))
        offsets = itertools.accumulate((len(clause.words) for clause in parts), initial=0)
        texts = [_text(clause.text, offset) for clause, offset in zip(parts, offsets, strict=False)]
        found = []
        for _, group in itertools.groupby(candidates, key=lambda pair: pair[0].data.id):
            pairs = list(group)
            rule = pairs[0][0]
            patterns = [pattern for _, pattern in pairs]
            for text in [whole] if rule.data.whole_message else texts:
                found += self._in(rule, patterns, text, idioms)
        return found

    def _in(
        self, rule: RedFlag, patterns: Sequence[Pattern], text: _Text, idioms: Sequence[Pattern]
    ) -> list[Match]:
        excuses = (*rule.unless, *idioms)
        found: list[Match] = []
        for pattern in patterns:
            for spans in pattern.places(text.marked, wide=rule.data.whole_message):
                if not self._excused(text, spans, excuses):
                    numbers = tuple(_numbers(text, spans))
                    found.append(Match(rule, numbers, bool(found)))
                    break
        return found

    def _excused(
        self, text: _Text, spans: Sequence[tuple[int, int]], idioms: Sequence[Pattern]
    ) -> bool:
        """Whether the words are part of an idiom, or about no patient."""
        if self._about_no_patient(text.plain, max(end for _, end in spans)):
            return True
        for idiom in idioms:
            for excuse in idiom.places(text.marked):
                start = min(a for a, _ in excuse)
                end = max(b for _, b in excuse)
                # "Sick of" is a figure of speech; "sick of living" names more than it does.
                within = any(a <= start and end <= b for a, b in spans)
                more = within and " " in text.plain[start:end]
                if not more and any(a < end and start < b for a, b in spans):
                    return True
        return False

    def _about_no_patient(self, text: str, end: int) -> bool:
        """Whether what ends there is told of a dog or a film, and of nobody who writes.

        "Watching the film, my lips swelled" names a film, and then the writer's own lips.
        """
        own = self._red_flags.a_patient
        return any(
            not own.search(text, other.end() if other.start() < end else 0, end)
            for other in self._red_flags.not_a_patient.finditer(text)
            if other.start() < end or other.group().startswith(("in ", "on "))
        )


def _text(plain: str, offset: int = 0) -> _Text:
    return _Text(plain, marked(plain), offset)


def _numbers(text: _Text, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Character spans of a text as word numbers of the whole message."""
    words_before = partial(text.plain.count, " ", 0)
    return [(text.offset + words_before(a), text.offset + words_before(b) + 1) for a, b in spans]
