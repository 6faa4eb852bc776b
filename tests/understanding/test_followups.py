from __future__ import annotations

import pytest

from bot.understanding import followups
from bot.understanding.followups import LastAnswer
from bot.understanding.ranking import Ranked

# An unclear message after an answer about children: alone it could mean this and that.
UNCLEAR = Ranked((("faq/storage", 0.1), ("faq/travel", 0.05), ("faq/children", 0.01)))
TOPIC = Ranked((("faq/children", 0.98), ("faq/storage", 0.01), ("faq/travel", 0.0)))


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
        "how long do i stay on this",
        "ok",
        "",
    ],
)
def test_a_question_with_a_word_of_its_own_or_no_question_is_not_bare(text: str) -> None:
    assert not followups.bare(text)


@pytest.mark.parametrize(
    "text", ["what about three weeks", "why tho", "how long after can it start"]
)
def test_words_of_time_are_no_words_of_their_own_after_an_answer(text: str) -> None:
    assert followups.bare(text, after_answer=True)
    assert not followups.bare(text)


@pytest.mark.parametrize("text", ["and the eyes?", "what about for kids", "does that hurt"])
def test_a_short_message_that_leans_on_the_last_answer_points_back(text: str) -> None:
    assert followups.points_back(text)


def test_a_long_message_does_not_point_back() -> None:
    assert not followups.points_back("and this is a message with a great many words in it")


def test_a_statement_of_its_own_does_not_point_back() -> None:
    assert not followups.points_back("dupixent price please")


@pytest.mark.parametrize("text", ["and below six months?", "even in summer", "my twins too?"])
def test_what_goes_on_with_the_last_question_asks_more_of_its_answer(text: str) -> None:
    read = followups.explained(text, UNCLEAR, TOPIC, LastAnswer("children"), 1 / 3)
    assert read is not None
    assert read.faq_id == "children"


@pytest.mark.parametrize("text", ["dupixent price please", "it froze"])
def test_what_does_not_go_on_is_left_to_the_suggestions(text: str) -> None:
    assert followups.explained(text, UNCLEAR, TOPIC, LastAnswer("children"), 1 / 3) is None


def test_a_follow_up_that_is_nearest_is_meant_before_the_same_answer() -> None:
    last = LastAnswer("children", follow_ups=("storage",))
    read = followups.explained("and in the fridge?", UNCLEAR, TOPIC, last, 1 / 3)
    assert read is not None
    assert read.faq_id == "storage"


def test_small_talk_asks_nothing_more_of_an_answer() -> None:
    thanks = Ranked((("thanks", 0.2), ("faq/storage", 0.1)))
    assert followups.explained("and thanks", thanks, TOPIC, LastAnswer("children"), 1 / 3) is None
