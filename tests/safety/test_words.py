from __future__ import annotations

import pytest

from bot.safety.words import Repair, clauses
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


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("my throat is so tight", ["my throat is so tight"]),
        ("it was fine so i went", ["it was fine", "so", "i went"]),
        ("no fever so chest hurts", ["no fever", "so chest hurts"]),
        ("no my throat is so tight", ["no my throat is so tight"]),
        ("my tongue is also big", ["my tongue is also big"]),
        ("no fever also chest pain", ["no fever", "also chest pain"]),
        ("a rash then my throat closed", ["a rash", "then my throat closed"]),
    ],
)
def test_a_clause_begins_where_a_word_turns_to_something_else(
    repair: Repair, text: str, read: list[str]
) -> None:
    assert [clause.text for clause in clauses(text, repair)] == read


def test_no_word_of_a_patient_is_kept_in_memory(repair: Repair) -> None:
    assert repair.mend("zbigniewa") == "zbigniewa"
    assert repair.mend("zbigniewa") == "zbigniewa"
    assert "zbigniewa" not in repr(vars(repair))
