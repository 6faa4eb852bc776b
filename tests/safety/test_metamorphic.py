"""What may be done to an emergency without lowering it; and what must lower it.

The emergencies are those of the specification and a sample of the second detector's
examples, as far as the rules hear them. Letters are swapped in the specification's correctly
spelled words alone: two slips in one word are beyond what is repaired. Denials are put to
the rules: the second detector, which may only raise a level, is measured by evaluation.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from specification import BY_LEVEL, CONTEXTS, RULES

from bot.safety import SafetyScreen
from bot.safety.red_flags import read_red_flags
from bot.safety.spellings import read_spellings

TRIAGE = Path(__file__).resolve().parents[2] / "data" / "triage"
SPELLINGS = read_spellings(TRIAGE / "spellings.yml")
EMERGENCY_RULES = {
    rule.data.id
    for rule in read_red_flags(TRIAGE / "red_flags.yml").rules
    if rule.data.level == "emergency"
}
SPECIFIED = sorted(
    {
        *BY_LEVEL["emergency"],
        *CONTEXTS["asserted"],
        *CONTEXTS["other_person"],
        *(text for rule in EMERGENCY_RULES for text in RULES[rule]["asserted"]),
    }
)
LINES = (TRIAGE / "examples" / "emergency.txt").read_text(encoding="utf-8").splitlines()
EXAMPLES = [line for line in LINES if line and not line.startswith("#")][::10]
POLITE = (
    "please help, ",
    "sorry to bother you, ",
    "hello, hope you are well. ",
    "hi there, ",
    "excuse me, ",
    "good morning doctor, ",
)
QUESTIONS = (
    "where do I inject?",
    "how do I store the pen?",
    "can I drink alcohol?",
    "what is dupixent?",
    "does it hurt?",
)
DENIABLE = (
    "trouble breathing",
    "shortness of breath",
    "chest pain",
    "pressure in my chest",
    "swelling of my tongue",
    "a swollen throat",
    "blue lips",
    "wheezing",
    "anaphylaxis",
    "a severe allergic reaction",
    "hives and vomiting",
    "an asthma attack",
    "a seizure",
    "a drooping face",
    "slurred speech",
    "weakness on one side",
    "sudden loss of vision",
    "a fever and confusion",
    "sepsis",
    "peeling skin and blisters",
    "blisters all over",
    "thoughts of suicide",
)
DENIALS = (
    "I do not have {}",
    "I don't have any {}",
    "I dont have {}",
    "no {}",
    "he does not have {}",
    "she has no {}",
    "I have never had {}",
)

specified = st.sampled_from(SPECIFIED)
anyones = st.sampled_from([*SPECIFIED, *EXAMPLES])
always_the_same = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)


def is_emergency(screen: SafetyScreen, text: str) -> bool:
    return screen.read(text).level == "emergency"


def known(screen: SafetyScreen, text: str) -> bool:
    """Whether the rules hear an emergency: what the whole screen must then not lose."""
    return screen.read_by_rules(text).level == "emergency"


def swapped(text: str) -> list[str]:
    """Every text with two neighbours swapped in one right word of six letters or more."""
    return [
        text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        for word in re.finditer(r"[^\W\d_]{6,}", text)
        if word[0].lower() not in SPELLINGS
        for at in range(word.start(), word.end() - 1)
        if text[at] != text[at + 1]
    ]


def test_there_are_emergencies_to_change(screen: SafetyScreen) -> None:
    assert sum(known(screen, text) for text in SPECIFIED) >= 130
    assert sum(known(screen, text) for text in EXAMPLES) >= 100


@given(text=anyones)
@always_the_same
def test_upper_case_lowers_nothing(screen: SafetyScreen, text: str) -> None:
    assume(known(screen, text))
    assert is_emergency(screen, text.upper())


@given(text=anyones)
@always_the_same
def test_missing_apostrophes_lower_nothing(screen: SafetyScreen, text: str) -> None:
    assume(known(screen, text))
    assert is_emergency(screen, re.sub("['’]", "", text))


@given(text=anyones, end=st.sampled_from(["", ".", "!!!", "..."]))
@always_the_same
def test_end_punctuation_or_none_lowers_nothing(screen: SafetyScreen, text: str, end: str) -> None:
    assume(known(screen, text))
    assert is_emergency(screen, text.rstrip(".!?… ") + end)


@given(text=specified.filter(swapped), data=st.data())
@settings(always_the_same, max_examples=250)
def test_two_letters_swapped_in_a_long_word_lower_nothing(
    screen: SafetyScreen, text: str, data: st.DataObject
) -> None:
    # What the screen knows of these languages is a few words, not their slips.
    assume(text not in RULES["other_languages_emergency"]["asserted"])
    assume(known(screen, text))
    assert is_emergency(screen, data.draw(st.sampled_from(swapped(text))))


@given(text=anyones, prefix=st.sampled_from(POLITE))
@always_the_same
def test_a_polite_beginning_lowers_nothing(screen: SafetyScreen, text: str, prefix: str) -> None:
    assume(known(screen, text))
    assert is_emergency(screen, prefix + text)


@given(text=anyones, question=st.sampled_from(QUESTIONS))
@settings(always_the_same, max_examples=250)
def test_a_question_before_lowers_nothing(screen: SafetyScreen, text: str, question: str) -> None:
    assume(known(screen, text))
    assert is_emergency(screen, f"{question} {text}")


@given(text=anyones, question=st.sampled_from(QUESTIONS))
@settings(always_the_same, max_examples=250)
def test_a_question_after_lowers_nothing(screen: SafetyScreen, text: str, question: str) -> None:
    assume(known(screen, text))
    assert is_emergency(screen, f"{text.rstrip('.!?… ')}. {question}")


@given(
    text=specified,
    prefix=st.sampled_from(POLITE),
    question=st.sampled_from(QUESTIONS),
    loud=st.booleans(),
)
@always_the_same
def test_all_of_it_together_lowers_nothing(
    screen: SafetyScreen, text: str, prefix: str, question: str, loud: bool
) -> None:
    assume(known(screen, text))
    whole = f"{prefix}{text.replace(chr(39), '')}. {question}"
    assert is_emergency(screen, whole.upper() if loud else whole)


@pytest.mark.parametrize("what", DENIABLE)
def test_having_it_is_an_emergency(screen: SafetyScreen, what: str) -> None:
    assert is_emergency(screen, f"I have {what}")


@given(what=st.sampled_from(DENIABLE), denial=st.sampled_from(DENIALS))
@always_the_same
def test_however_it_is_denied_the_rules_hear_it_denied(
    screen: SafetyScreen, what: str, denial: str
) -> None:
    reading = screen.read_by_rules(denial.format(what))
    assert reading.level == "none"
    assert "negated" in {finding.status for finding in reading.findings}
