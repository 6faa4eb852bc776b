from __future__ import annotations

import pytest

from bot.understanding import english_words


@pytest.mark.parametrize("word", ["slathering", "stumped", "heals", "boiler", "wheezing"])
def test_an_english_word_is_known(word: str) -> None:
    assert word in english_words()


@pytest.mark.parametrize("slip", ["exzema", "conjuctivitis", "steriod", "injeciton", "swolen"])
def test_a_slip_is_none(slip: str) -> None:
    assert slip not in english_words()
