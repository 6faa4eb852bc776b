from __future__ import annotations

import numpy as np
import pytest

from bot.understanding import followups
from bot.understanding.followups import FollowUpExample, FollowUps, Heard, LastAnswer
from bot.understanding.ranking import Ranked


@pytest.mark.parametrize(
    "text",
    [
        "is that common?",
        "how long does it last",
        "what should i do then",
        "but why does it do that",
        "is it serious",
        "how many people get that",
        "is it the dupixent",
        "could that be the shots",
        "does dupixent cause that",
    ],
)
def test_a_question_without_a_word_of_its_own_is_bare(text: str) -> None:
    assert followups.bare(text)


@pytest.mark.parametrize(
    "text",
    [
        "what about for kids",
        "and the eyes?",
        "does it hurt",
        "is dupixent safe",
        "does dupixent cause acne",
        "how long do i stay on this",
        "how much is it",
        "ok",
        "",
    ],
)
def test_a_question_with_a_word_of_its_own_or_no_question_is_not_bare(text: str) -> None:
    assert not followups.bare(text)


def test_a_question_may_be_to_the_assistant() -> None:
    assert followups.asks_us("are you sure")
    assert followups.asks_us("ur a bot right")
    assert not followups.asks_us("how would i know")


def example(after: str, text: str, means: str) -> tuple[FollowUpExample, Heard, LastAnswer]:
    """A message of which the words alone say whether it asks for more."""
    shares = (("faq/storage", 0.3), ("faq/travel", 0.2), ("faq/children", 0.1))
    near = dict(shares)
    heard = Heard(text, np.ones(4, np.float32) / 2, Ranked(shares), Ranked(shares), near)
    return FollowUpExample(after, text, means), heard, LastAnswer(after)


EXAMPLES = [
    example(after, f"{text} {number}", means)
    for after, other in (("children", "storage"), ("storage", "travel"), ("travel", "storage"))
    for number in range(8)
    for text, means in (("more of it", after), ("keep where", other), ("nice weather", "none"))
]


def test_words_teach_whether_the_same_is_asked_again_or_something_else() -> None:
    reader = FollowUps.fit(*map(list, zip(*EXAMPLES, strict=True)))  # type: ignore[arg-type]
    assert reader is not None
    _, more, last = example("children", "more of it 9", "children")
    assert reader.read(more, last).faq_id == "children"
    _, other, last = example("children", "keep where 9", "storage")
    assert reader.read(other, last).faq_id == "storage"
    _, nothing, last = example("children", "nice weather 9", "none")
    assert reader.read(nothing, last).confidence < reader.read(more, last).confidence


def test_too_few_examples_teach_nothing() -> None:
    assert FollowUps.fit(*map(list, zip(*EXAMPLES[:9], strict=True))) is None  # type: ignore[arg-type]
