from __future__ import annotations

import pytest

from bot.understanding import followups


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


@pytest.mark.parametrize("text", ["and the eyes?", "what about for kids", "does that hurt"])
def test_a_short_message_that_leans_on_the_last_answer_points_back(text: str) -> None:
    assert followups.points_back(text)


def test_a_long_message_does_not_point_back() -> None:
    assert not followups.points_back("and this is a message with a great many words in it")


def test_a_statement_of_its_own_does_not_point_back() -> None:
    assert not followups.points_back("dupixent price please")
