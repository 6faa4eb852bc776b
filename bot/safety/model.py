"""The words of the safety room: levels, red flags, findings."""

from __future__ import annotations

from typing import Literal

import msgspec

Level = Literal["emergency", "same_day", "routine", "none"]
LEVELS: tuple[Level, ...] = ("emergency", "same_day", "routine", "none")
Status = Literal["asserted", "negated", "hypothetical", "historical", "other_person"]
STATUSES: tuple[Status, ...] = (
    "asserted",
    "negated",
    "hypothetical",
    "historical",
    "other_person",
)
# A finding with one of these is happening to somebody now.
ESCALATING: tuple[Status, ...] = ("asserted", "other_person")
# The kind of a finding that no rule has made, but the second detector, of which nobody knows
# what it is about.
GUESSED = "guessed"


class Finding(msgspec.Struct, frozen=True):
    """A red flag in a message: which rule, which words, and how they are meant.

    `start` and `end` are character offsets of `span` in the raw message.
    """

    rule: str
    level: Level
    span: str
    start: int
    end: int
    status: Status
    kind: str = "general"

    @property
    def escalates(self) -> bool:
        """Whether it is happening to somebody now."""
        return self.status in ESCALATING


class Screening(msgspec.Struct, frozen=True, kw_only=True):
    """What the safety screen makes of one message.

    `guessed` says that no rule, but the second detector alone, set the level; `unsure`
    asks for one plain question before an emergency that is only guessed; `asked` is the
    highest level of a red flag that is only asked about; `raises` says that the message
    names a baby, pregnancy or weak immunity; `failed` that the screen itself broke and the
    message must be treated with caution. `today` is the second detector's probability that
    somebody is needed today; 1 where it was not asked.
    """

    level: Level = "none"
    findings: tuple[Finding, ...] = ()
    guessed: bool = False
    unsure: bool = False
    asked: Level = "none"
    raises: bool = False
    failed: bool = False
    today: float = 1.0


def highest(levels: list[Level]) -> Level:
    """The most urgent of some levels; `none` if there are none."""
    return min(levels, key=LEVELS.index, default="none")
