"""Reading grade and words, counted on what a patient hears and not on the markup."""

from __future__ import annotations

import pytest

from bot.knowledge.readability import grade, plain_sentences, word_count


def test_list_items_are_sentences_of_their_own() -> None:
    text = "Call us for:\n\n- eye pain\n- hives\n"
    assert plain_sentences(text).split() == "Call us for. eye pain. hives.".split()


def test_markup_and_addresses_are_not_read() -> None:
    assert plain_sentences("**Call** [the clinic](tel:+12025550100).") == "Call the clinic."


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("Call 911 now.", 3), ("- one\n- two", 2), ("eczema (atopic dermatitis)", 3)],
)
def test_words_are_counted(text: str, words: int) -> None:
    assert word_count(text) == words


def test_plain_words_read_more_easily_than_long_ones() -> None:
    easy = "Keep the pen cold. Do not shake it. Ask your nurse if you are not sure."
    hard = (
        "Refrigeration necessitates uninterrupted thermostability of pharmaceutical preparations."
    )
    assert grade(easy) < 5 < 8 < grade(hard)
