"""The guided check: every row of its table decides something, and typed replies are understood."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bot.problems import load_yaml
from bot.safety import GuidedCheck
from bot.safety.advice import NOT_ASKED
from bot.safety.model import LEVELS, Finding, Screening

PROJECT = Path(__file__).resolve().parents[2]
CHECK = GuidedCheck.load(PROJECT / "data" / "triage")
CALM = {"what": "new_rash", "where": "body", "since": "first_weeks", "warnings": "none"}

# One set of answers for each row, and what it must lead to.
DECISIONS = [
    ("warning_eyes", {"what": "eyes", "warnings": "some"}, "same_day", "eyes"),
    ("warning_eyes", {"what": "eyes", "warnings": "unsure"}, "same_day", "eyes"),
    ("warning_eye_area", {"where": "eye_area", "warnings": "some"}, "same_day", "eyes"),
    ("warning_eye_area", {"where": "eye_area", "warnings": "unsure"}, "same_day", "eyes"),
    ("warning_signs", {"warnings": "some"}, "same_day", "skin_infection"),
    ("warning_signs", {"what": "other", "warnings": "some"}, "same_day", "skin_infection"),
    ("unsure_signs", {"warnings": "unsure"}, "same_day", "general"),
    ("almost_everywhere", {"where": "everywhere"}, "same_day", "general"),
    ("eyes_no_warning", {"what": "eyes", "where": "eye_area"}, "routine", "eyes_routine"),
    ("eye_area_no_warning", {"where": "eye_area"}, "routine", "eyes_routine"),
    ("injection_site", {"where": "injection_site"}, "routine", "general"),
    ("face_no_warning", {"where": "face"}, "routine", "skin"),
    ("new_rash_no_warning", {}, "routine", "skin"),
    ("worse_no_warning", {"what": "eczema_worse"}, "routine", "skin"),
    ("worse_no_warning", {"what": "eczema_worse", "where": "everywhere"}, "routine", "skin"),
    ("everything_else", {"what": "other"}, "routine", "general"),
]


def fits(when: dict[str, tuple[str, ...]], answers: dict[str, str]) -> bool:
    return all(answers.get(key) in options for key, options in when.items())


@pytest.mark.parametrize(("row", "changed", "level", "kind"), DECISIONS)
def test_what_some_answers_lead_to(
    row: str, changed: dict[str, str], level: str, kind: str
) -> None:
    advice = CHECK.advise(CALM | changed)
    assert (advice.row, advice.level, advice.kind) == (row, level, kind)


def test_babies_pregnancy_and_weak_immunity_go_one_level_up_from_routine() -> None:
    for row, changed, level, _ in DECISIONS:
        advice = CHECK.advise(CALM | changed, raised=True)
        assert advice.row == row
        assert advice.level == "same_day"
        assert ("pregnancy" in advice.reason) == (level == "routine")
        assert "contact the same day" in advice.summary


def test_an_ordinary_word_is_no_slip_for_a_place() -> None:
    strict = GuidedCheck.load(PROJECT / "data" / "triage", frozenset({"check"}))
    assert CHECK.known_from("can you check my rash")["where"] == "face"  # read as "cheek"
    assert strict.known_from("can you check my rash") == {"what": "new_rash"}
    assert strict.known_from("a rash on my cheeck")["where"] == "face"


@pytest.mark.parametrize("text", ["i'm 30 weeks pregnant", "she is 7 months old"])
def test_an_age_or_a_pregnancy_is_no_time_of_onset(text: str) -> None:
    assert CHECK.interpret("since", text) is None


def test_every_row_is_among_these() -> None:
    assert {row for row, *_ in DECISIONS} == {row.id for row in CHECK.rows}


def test_every_combination_of_answers_has_one_level_by_the_first_row_that_fits() -> None:
    decided: Counter[str] = Counter()
    for answers in CHECK.combinations():
        advice = CHECK.advise(answers)
        first = next(row for row in CHECK.rows if fits(row.when, answers))
        assert (advice.row, advice.level, advice.reason) == (first.id, first.level, first.reason)
        decided[advice.row] += 1
    assert set(decided) == {row.id for row in CHECK.rows}
    # 4 x 6 x 5 x 3 options, each question also left unanswered.
    assert decided.total() == 5 * 7 * 6 * 4


def test_a_warning_sign_is_never_less_urgent_than_none() -> None:
    for answers in CHECK.combinations():
        levels = [
            LEVELS.index(CHECK.advise(answers | {"warnings": sign}).level)
            for sign in ("some", "unsure", "none")
        ]
        assert levels == sorted(levels), answers
        assert levels[0] <= LEVELS.index("same_day"), answers


def test_the_check_never_ends_without_a_person_to_contact() -> None:
    assert {CHECK.advise(answers).level for answers in CHECK.combinations()} == {
        "same_day",
        "routine",
    }


def test_the_decision_depends_on_the_answers_alone_and_leaves_them_as_they_are() -> None:
    answers = dict(CALM)
    once = CHECK.advise(answers)
    CHECK.advise(CALM | {"warnings": "some"})
    assert CHECK.advise(answers) == once
    assert answers == CALM
    assert CHECK.advise(dict(reversed(answers.items()))) == once


def test_the_summary_repeats_every_answer_and_the_advice() -> None:
    summary = CHECK.advise(CALM).summary
    for question in CHECK.questions:
        (text,) = (o.text for o in question.options if o.id == CALM[question.id])
        assert text.lower() in summary
    assert "contact within a few days" in summary
    assert "{" not in summary


def test_the_summary_says_what_was_not_said() -> None:
    assert CHECK.advise({}).summary.count("not said") == 4


def test_the_check_asks_at_most_four_questions_each_with_its_own_buttons() -> None:
    assert 1 <= len(CHECK.questions) <= 4
    for question in CHECK.questions:
        texts = [option.text for option in question.options]
        assert len(set(texts)) == len(texts) >= 2
    with pytest.raises(KeyError):
        CHECK.question("why")


def test_the_conversation_asks_these_questions_in_this_order() -> None:
    path = PROJECT / "domain.yml"
    slots = load_yaml(path.read_text(), path)["forms"]["skin_check_form"]["required_slots"]
    assert slots == [f"check_{question.id}" for question in CHECK.questions]


BUTTONS = [(q.id, o.text, o.id) for q in CHECK.questions for o in q.options]
TYPED = [
    ("what", "my eczema is flaring", "eczema_worse"),
    ("what", "a rash I never had", "new_rash"),
    ("what", "it's my eyes", "eyes"),
    ("what", "none of these", "other"),
    ("what", "ecezma", "eczema_worse"),
    ("where", "on my neck", "face"),
    ("where", "arms and legs", "body"),
    ("where", "just my eyelids", "eye_area"),
    ("where", "EVERYWHERE!!!", "everywhere"),
    ("where", "head to toe", "everywhere"),
    ("where", "only where i inject", "injection_site"),
    ("since", "two months ago", "later"),
    ("since", "about 3 weeks", "recently"),
    ("since", "this morning", "recently"),
    ("since", "two weeks ago", "recently"),
    ("since", "since tuesday", "recently"),
    ("since", "two weeks after", "first_weeks"),
    ("since", "since my 3rd shot", "first_weeks"),
    ("since", "i haven't started", "no_dose"),
    ("since", "I don’t know", "no_dose"),
    ("since", "for years", "before"),
    ("warnings", "no", "none"),
    ("warnings", "nope nothing", "none"),
    ("warnings", "no pain no fever no blisters", "none"),
    ("warnings", "none of them", "none"),
    ("warnings", "yes", "some"),
    ("warnings", "it hurts", "some"),
    ("warnings", "blisters", "some"),
    ("warnings", "no fever but it is oozing", "some"),
    ("warnings", "none except a little pain", "some"),
    ("warnings", "blsiters and pus", "some"),
    ("warnings", "not sure maybe a fever", "some"),
    ("warnings", "no idea, it hurts", "some"),
    ("warnings", "no it is painful", "some"),
    ("warnings", "no fever, some oozing", "some"),
    ("warnings", "no fever no pain, one blister", "some"),
    ("warnings", "kinda gritty", None),
    ("warnings", "no fever and no pain", "none"),
    ("warnings", "no fever", None),
    ("warnings", "nah no pain", "none"),
    ("warnings", "no fever or blisters", "none"),
    ("warnings", "yes its warm and growing", "some"),
    ("where", "face and arms", "face"),
    ("where", "not on my face, on my arms", None),
    ("where", "my chest and arms since the shot", "body"),
    ("where", "on my hands, worse this month", "body"),
    ("where", "dunno", "unknown"),
    ("warnings", "not sure", "unsure"),
    ("warnings", "maybe", "unsure"),
]


@pytest.mark.parametrize(("question", "text", "option"), BUTTONS)
def test_a_button_means_its_option_in_any_case(question: str, text: str, option: str) -> None:
    for said in (text, text.upper(), f" {text}. "):
        assert CHECK.interpret(question, said) == option
        assert CHECK.only_answers(question, said)


@pytest.mark.parametrize(("question", "text", "option"), TYPED)
def test_a_typed_reply_means_an_option(question: str, text: str, option: str) -> None:
    assert CHECK.interpret(question, text) == option


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("what", ""),
        ("what", "???"),
        ("what", "how do I store it"),
        ("what", "my eyes and my eczema are both not as they were and I do not know what to think"),
        ("where", "maybe"),
        ("where", "my purse"),
        ("since", "the doctor"),
        ("warnings", "hello"),
        ("colour", "red"),
    ],
)
def test_a_reply_that_is_not_clear_means_none(question: str, text: str) -> None:
    assert CHECK.interpret(question, text) is None
    assert not CHECK.only_answers(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("where", "on my arms and legs"),
        ("where", "mainly my face"),
        ("where", "it's just my eyelids"),
        ("since", "about two weeks ago"),
        ("since", "a few months"),
        ("what", "it is my eczema"),
        ("warnings", "some pain"),
        ("warnings", "none of these"),
    ],
)
def test_a_plain_reply_says_nothing_more(question: str, text: str) -> None:
    assert CHECK.only_answers(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("where", "my chest feels heavy"),
        ("where", "my face is huge and my throat tight"),
        ("where", "in my lungs, my chest"),
        ("since", "two weeks, and I can't swallow"),
        ("what", "my eyes went black"),
        ("warnings", "yes and I want to die"),
    ],
)
def test_a_reply_that_says_more_is_no_plain_reply(question: str, text: str) -> None:
    assert not CHECK.only_answers(question, text)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("my eyes are red", {"what": "eyes", "where": "eye_area"}),
        ("I have a rash on my neck", {"what": "new_rash", "where": "face"}),
        ("my eczema is worse", {"what": "eczema_worse"}),
        ("something is different", {"what": "new_rash"}),
        ("something else", {}),
        ("hello", {}),
    ],
)
def test_what_the_first_message_says_is_not_asked_again(text: str, known: dict[str, str]) -> None:
    assert CHECK.known_from(text) == known


@pytest.mark.parametrize(
    ("kind", "status", "concerned"),
    [
        ("skin", "asserted", True),
        ("eyes_routine", "other_person", True),
        ("skin", "negated", False),
        ("eyes_routine", "hypothetical", False),
        ("general", "asserted", False),
    ],
)
def test_the_check_is_for_skin_and_eyes_that_are_so_now(
    kind: str, status: str, concerned: bool
) -> None:
    finding = Finding("x", "routine", "words", 0, 5, status, kind)  # type: ignore[arg-type]
    assert CHECK.concerns(Screening(level="routine", findings=(finding,))) is concerned


def test_a_reply_may_say_what_a_later_question_asks() -> None:
    assert CHECK.ahead("where", "since tuesday") == {"since": "recently"}
    assert CHECK.ahead("where", "warm and spreading") == {"warnings": "some"}
    assert CHECK.ahead("since", "on my arms") == {}


@pytest.mark.parametrize("text", ["no", "none", "not sure", "maybe"])
def test_a_reply_to_another_question_rules_no_warning_sign_out(text: str) -> None:
    assert "warnings" not in CHECK.ahead("where", text)


@pytest.mark.parametrize(
    "text",
    ["rash, i inject every two weeks", "a rash, i started dupixent 3 months ago",
     "my 7 month baby has a rash"],
)  # fmt: skip
def test_a_time_in_the_first_message_may_be_of_anything(text: str) -> None:
    assert "since" not in CHECK.known_from(text)


def test_a_yes_says_nothing_to_a_question_not_yet_asked() -> None:
    assert CHECK.ahead("where", "yes please") == {}
    assert CHECK.ahead("where", "my arms and it oozes")["warnings"] == "some"
    assert CHECK.denies_signs("no fever no pain")


def test_one_sign_denied_says_nothing_of_the_others_unless_it_is_said_twice() -> None:
    assert CHECK.interpret("warnings", "no fever") is None
    assert CHECK.at_last("warnings", "no fever") == "none"
    assert CHECK.at_last("warnings", "what do you mean") == "unsure"
    assert CHECK.at_last("where", "no fever") == "unknown"


@pytest.mark.parametrize(
    ("answers", "settled"),
    [
        ({"what": "eyes", "warnings": "some"}, True),
        ({"where": "body", "warnings": "some"}, False),  # of the eyes, or not?
        ({"what": "new_rash", "where": "body", "warnings": "some"}, True),
        ({"what": "new_rash", "where": "everywhere"}, False),
        ({"what": "eczema_worse", "where": "body", "warnings": "none"}, False),
        ({}, False),
    ],
)
def test_the_check_ends_where_nothing_left_to_ask_could_change_a_call_today(
    answers: dict[str, str], settled: bool
) -> None:
    assert CHECK.settled(answers) is settled


def test_what_was_not_asked_is_not_said_in_the_summary() -> None:
    advice = CHECK.advise({"what": "eyes", "warnings": "some", "since": NOT_ASKED})
    assert advice.row == "warning_eyes"
    assert "Began: not said" in advice.summary
