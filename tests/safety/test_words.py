from __future__ import annotations

import pytest

from bot.safety.words import Repair
from bot.understanding import english_words


@pytest.fixture(scope="module")
def repair() -> Repair:
    return Repair({"collapse", "breast", "breath", "slumped", "gasping", "chills"}, english_words())


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("colapse", "collapse"),
        ("collaps", "collapse"),
        ("gaspin", "gasping"),
        ("slumpd", "slumped"),
    ],
)
def test_a_slip_becomes_the_word_of_the_rules(repair: Repair, slip: str, meant: str) -> None:
    assert repair.mend(slip) == meant


def test_swapped_letters_are_likelier_than_a_wrong_one(repair: Repair) -> None:
    assert repair.mend("breaht") == "breath"


@pytest.mark.parametrize("word", ["stumped", "grasping", "wreath"])
def test_an_ordinary_word_is_no_slip(repair: Repair, word: str) -> None:
    assert repair.mend(word) == word


def test_a_missing_apostrophe_is_no_slip(repair: Repair) -> None:
    assert repair.mend("childs") == "childs"


def test_no_word_of_a_patient_is_kept_in_memory(repair: Repair) -> None:
    assert repair.mend("zbigniewa") == "zbigniewa"
    assert repair.mend("zbigniewa") == "zbigniewa"
    assert "zbigniewa" not in repr(vars(repair))
