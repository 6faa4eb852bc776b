from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding import Understanding
from bot.understanding.spelling import Speller

IMPORTANT = 50
SLIPS = 20


def slip(word: str, chance: random.Random) -> str:
    """One letter left out, doubled or replaced, or two neighbors swapped; not the first."""
    place = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    kind = chance.randrange(4)
    if kind == 0:
        return before + after
    if kind == 1:
        return before + letter + letter + after
    if kind == 2:
        return before + chance.choice(string.ascii_lowercase) + after
    return before + after[0] + letter + after[1:]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("dupixant", "dupixent"),
        ("dupilimab", "dupilumab"),
        ("exzema", "eczema"),
        ("conjuctivitis", "conjunctivitis"),
        ("steriod", "steroid"),
        ("injeciton", "injection"),
    ],
)
def test_common_misspellings_are_repaired(trained: Understanding, wrong: str, right: str) -> None:
    assert trained.speller.repair(f"is {wrong} bad") == f"is {right} bad"


def test_one_letter_slips_in_the_most_important_words_are_repaired(
    trained: Understanding, encoder_words: frozenset[str]
) -> None:
    # The words that stand in most examples and that ordinary English does not explain.
    counts = trained.speller.counts
    special = [word for word in sorted(counts, key=lambda w: -counts[w]) if len(word) >= 6]
    chance = random.Random(7)
    tried = repaired = 0
    for word in special[:IMPORTANT]:
        slips = {slip(word, chance) for _ in range(SLIPS)} - {word}
        # What is itself a word (gauge for gauze, patched for patches) is no slip.
        slips = {wrong for wrong in slips if wrong not in encoder_words and wrong not in counts}
        tried += len(slips)
        repaired += sum(trained.speller.repair(wrong) == word for wrong in slips)
    assert tried > IMPORTANT * 5
    assert repaired / tried >= 0.95


def test_the_words_of_the_training_examples_are_never_changed(trained: Understanding) -> None:
    common = [word for word, count in trained.speller.counts.items() if count >= 3]
    changed = {word: trained.speller.repair(word) for word in common}
    assert {word: to for word, to in changed.items() if word != to} == {}


def test_the_published_questions_are_never_changed(trained: Understanding) -> None:
    for question in trained.questions.values():
        assert trained.speller.repair(question.lower()) == question.lower()


@pytest.mark.parametrize(
    "text",
    [
        "my name is katarzyna wojcik",
        "it is 300 mg/2 ml every 14 days",
        "is 0.5mg ok",
        "write to anna.smith@example.org",
        "a rush of blood, a rash answer",
        "the syringes and pens, reactions and patches",
        "we watched the orchestra on thursday",
        "see www.example.org/eczma",
    ],
)
def test_names_doses_addresses_and_ordinary_english_are_left_alone(
    trained: Understanding, text: str
) -> None:
    assert trained.speller.repair(text) == text


@given(st.sampled_from(["its", "rsh", "eys", "arm", "peny", "is", "4mg", "a"]))
def test_short_words_are_left_alone(word: str) -> None:
    speller = Speller({"itchy": 50, "eczema": 90, "armpit": 20}, frozenset())
    assert speller.repair(word) == word


def test_capitals_stay_capitals() -> None:
    speller = Speller({"eczema": 90}, frozenset())
    assert speller.repair("EXZEMA") == "ECZEMA"


def test_a_rare_word_is_no_target() -> None:
    assert Speller({"eczema": 1}, frozenset()).repair("exzema") == "exzema"


def test_an_ordinary_word_is_never_a_slip() -> None:
    speller = Speller({"steroid": 90}, frozenset({"asteroid"}))
    assert speller.repair("asteroid") == "asteroid"


@given(st.text(max_size=200))
def test_a_repaired_text_stays_as_it_is(text: str) -> None:
    speller = Speller({"eczema": 90, "injection": 70}, frozenset())
    once = speller.repair(text)
    assert speller.repair(once) == once


def test_a_singular_is_no_slip_of_its_plural_but_a_missing_letter_is() -> None:
    speller = Speller.learn(["antibiotics and a mattress"] * 9 + ["antibiotic"] * 2, frozenset())
    assert speller.repair("my antibiotic") == "my antibiotic"
    assert speller.repair("my mattres") == "my mattress"


def test_no_word_of_a_patient_is_kept_in_memory() -> None:
    speller = Speller({"eczema": 90}, frozenset())
    assert speller.repair("my exzema, Zbigniewa says") == "my eczema, Zbigniewa says"
    assert "zbigniewa" not in repr(vars(speller)).lower()
