"""What a patient is told: the instruction first, and whom to reach at this hour."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from bot.safety import ClinicContact, EscalationReply, Finding, Level, Replies, SafetyScreen
from bot.safety.replies import ReplyTexts

PROJECT = Path(__file__).resolve().parents[2]
REPLIES = Replies.load(PROJECT / "data" / "triage")
OPEN = ClinicContact(
    clinic_name="Elm Clinic",
    phone="202-555-0101",
    is_open=True,
    after_hours_name="Elm nurse line",
    after_hours_phone="202-555-0102",
    urgent_care_name="Elm Urgent Care",
    urgent_care_phone="202-555-0103",
    eye_care_name="Elm Eye Clinic",
    eye_care_phone="202-555-0104",
    portal="https://portal.example",
    emergency_number="112",
    crisis_line="987",
    poison_line="1-800-555-0105",
    violence_line="1-800-555-0106",
)
CLOSED = msgspec.structs.replace(OPEN, is_open=False)
NUMBERS = [
    name for name in msgspec.structs.asdict(OPEN) if name.endswith(("phone", "_line", "_number"))
]
HOURS = pytest.mark.parametrize("clinic", [OPEN, CLOSED], ids=["open", "closed"])
KINDS: dict[Level, list[str]] = {
    "emergency": ["allergic", "asthma", "crisis", "violence", "poisoning", "taken",
                  "eyes_emergency", "guessed", "general"],
    "same_day": ["allergy_no_dose", "eyes", "skin_infection", "poisoning", "wrong_dose",
                 "needle_stick", "general"],
    "routine": ["skin", "eyes_routine", "pregnancy", "stopping", "spoiled_dose", "prompt",
                "plan", "mood", "routine", "general"],
}  # fmt: skip


class Case(NamedTuple):
    level: Level
    kind: str
    clinic: ClinicContact


EVERY_TEXT = pytest.mark.parametrize(
    "case",
    [
        pytest.param(Case(level, kind, clinic), id=f"{level}-{kind}-{hours}")
        for level, kinds in KINDS.items()
        for kind in kinds
        for hours, clinic in (("open", OPEN), ("closed", CLOSED))
    ],
)


def finding(level: Level, kind: str, rule: str = "", status: str = "asserted") -> Finding:
    return Finding(rule or kind, level, "words", 0, 5, status, kind)  # type: ignore[arg-type]


def reply(
    level: Level, *kinds: str, clinic: ClinicContact = OPEN, told: frozenset[str] = frozenset()
) -> EscalationReply:
    return REPLIES.escalation(level, [finding(level, kind) for kind in kinds], clinic, told)


def numbers(text: EscalationReply) -> list[str]:
    return [number for _, number in text.phones]


def test_every_text_is_written_and_tested_here() -> None:
    texts: ReplyTexts = REPLIES._texts
    assert {level: set(getattr(texts, level)) for level in KINDS} == {
        level: set(kinds) for level, kinds in KINDS.items()
    }


def test_every_kind_that_a_rule_names_has_a_text_of_its_own(rules_alone: SafetyScreen) -> None:
    for rule in rules_alone.red_flags.rules:
        if rule.data.level != "none":
            assert rule.data.kind in KINDS[rule.data.level], rule.data.id


def test_a_kind_without_a_text_at_a_level_gets_the_general_one() -> None:
    assert reply("emergency", "allergy_no_dose").text == reply("emergency", "general").text
    assert reply("same_day", "skin").text == reply("same_day", "general").text


@EVERY_TEXT
def test_no_name_is_left_unfilled_and_no_other_number_is_given(case: Case) -> None:
    level, kind, clinic = case
    said = reply(level, kind, clinic=clinic)
    assert said.level == level
    for text in (said.text, REPLIES.for_kind(level, kind, clinic).text):
        assert "{" not in text
        assert "}" not in text
        assert not {"911", "988", "222-1222"} & set(text.replace(".", " ").split())
    assert said.phones
    assert all(label and number for label, number in said.phones)


@EVERY_TEXT
def test_the_buttons_are_the_numbers_that_the_text_names(case: Case) -> None:
    level, kind, clinic = case
    said = reply(level, kind, clinic=clinic)
    known = [getattr(clinic, name) for name in NUMBERS]
    named = {number for number in known if number in said.text}
    always = {clinic.emergency_number} if level != "routine" else set()
    assert set(numbers(said)) == named | always


def test_what_no_rule_has_heard_is_reminded_of_with_the_crisis_line_too() -> None:
    assert OPEN.crisis_line in REPLIES.again("emergency", (), OPEN).text
    assert OPEN.poison_line in REPLIES.again("same_day", ("wrong_dose",), OPEN).text


def test_eyes_at_night_name_who_is_open() -> None:
    assert {"202-555-0102", "202-555-0103"} <= set(
        numbers(reply("same_day", "eyes", clinic=CLOSED))
    )


def test_a_number_inside_another_one_is_not_named() -> None:
    clinic = msgspec.structs.replace(OPEN, emergency_number="911", phone="202-555-0911")
    assert clinic.phones_in("Call 202-555-0911.") == (("Elm Clinic", "202-555-0911"),)


@pytest.mark.parametrize("kind", [kind for kind in KINDS["emergency"] if kind != "crisis"])
@HOURS
def test_an_emergency_begins_with_the_call(kind: str, clinic: ClinicContact) -> None:
    said = reply("emergency", kind, clinic=clinic)
    assert said.text.startswith("**Call 112 ")
    assert said.phones[0] == ("Emergency", "112")
    assert "?" not in said.text


@HOURS
def test_thoughts_of_suicide_get_the_lifeline_before_anything(clinic: ClinicContact) -> None:
    said = reply("emergency", "crisis", clinic=clinic)
    assert said.text.startswith("**Call or text 987 now.**")
    assert "danger right now, call 112" in said.text
    assert numbers(said) == ["987", "112"]


@HOURS
def test_poisoning_gets_poison_help_by_number(clinic: ClinicContact) -> None:
    emergency = reply("emergency", "poisoning", clinic=clinic)
    assert "call Poison Help now: 1-800-555-0105" in emergency.text
    assert numbers(emergency) == ["112", "1-800-555-0105", "987"]  # it may have been on purpose
    same_day = reply("same_day", "poisoning", clinic=clinic)
    assert same_day.text.startswith("**Call Poison Help now: 1-800-555-0105.**")
    assert numbers(same_day)[0] == "1-800-555-0105"
    assert "1-800-555-0105" in reply("same_day", "wrong_dose", clinic=clinic).text


@pytest.mark.parametrize("kind", ["allergic", "general", "eyes_emergency", "asthma"])
def test_no_further_dose_in_an_emergency(kind: str) -> None:
    assert "Do not take another dose" in reply("emergency", kind).text


def test_prescribed_epinephrine_is_for_allergic_emergencies_alone() -> None:
    for kind in KINDS["emergency"]:
        assert ("epinephrine" in reply("emergency", kind).text) == (kind == "allergic")


def test_an_emergency_needs_no_clinic() -> None:
    for kind in KINDS["emergency"]:
        for clinic in (OPEN, CLOSED):
            text = reply("emergency", kind, clinic=clinic).text
            assert clinic.phone not in text
            assert clinic.after_hours_phone not in text


@pytest.mark.parametrize(
    "kind", ["allergy_no_dose", "skin_infection", "wrong_dose", "needle_stick", "general"]
)
def test_the_same_day_means_the_clinic_while_it_is_open(kind: str) -> None:
    said = reply("same_day", kind, clinic=OPEN)
    assert "Call the clinic today: 202-555-0101." in said.text
    assert "202-555-0102" not in said.text
    assert ("Elm Clinic", "202-555-0101") in said.phones


@pytest.mark.parametrize(
    "kind", ["allergy_no_dose", "skin_infection", "wrong_dose", "needle_stick", "general"]
)
def test_the_same_day_means_the_nurse_line_or_urgent_care_when_it_is_closed(kind: str) -> None:
    said = reply("same_day", kind, clinic=CLOSED)
    assert "The clinic is closed now" in said.text
    assert "Elm nurse line: 202-555-0102" in said.text
    assert "Elm Urgent Care, 202-555-0103" in said.text
    assert "go to an emergency room" in said.text
    assert ("Elm nurse line", "202-555-0102") in said.phones
    assert ("Elm Urgent Care", "202-555-0103") in said.phones
    assert "202-555-0101" not in numbers(said)


@HOURS
def test_eyes_get_urgent_eye_care_at_any_hour(clinic: ClinicContact) -> None:
    said = reply("same_day", "eyes", clinic=clinic)
    assert said.text.startswith("**Get urgent eye care today: Elm Eye Clinic, 202-555-0104.**")
    assert said.phones[0] == ("Elm Eye Clinic", "202-555-0104")


@pytest.mark.parametrize("kind", KINDS["same_day"])
@HOURS
def test_the_same_day_always_says_when_it_becomes_an_emergency(
    kind: str, clinic: ClinicContact
) -> None:
    said = reply("same_day", kind, clinic=clinic)
    assert numbers(said)[-1] == "112"
    if kind not in ("skin_infection", "needle_stick"):
        assert "call 112" in said.text.lower()


def test_infected_skin_that_gets_worse_goes_to_an_emergency_room() -> None:
    assert "Go to an emergency room" in reply("same_day", "skin_infection").text


@pytest.mark.parametrize("kind", KINDS["routine"])
@HOURS
def test_what_can_wait_goes_to_the_prescriber_not_to_the_emergency_number(
    kind: str, clinic: ClinicContact
) -> None:
    said = reply("routine", kind, clinic=clinic)
    assert "Elm Clinic, 202-555-0101" in said.text
    assert said.phones[0] == ("Elm Clinic", "202-555-0101")
    assert not said.text.startswith("**Call 112")


@pytest.mark.parametrize("kind", ["skin", "stopping", "prompt", "routine", "general", "pregnancy"])
def test_what_can_wait_says_do_not_stop_on_your_own(kind: str) -> None:
    text = reply("routine", kind).text
    assert "Do not stop" in text
    assert "on your own" in text


def test_new_skin_trouble_says_what_to_note() -> None:
    text = reply("routine", "skin").text
    assert all(words in text for words in ("when it began", "where", "photos", "The same day"))


@pytest.mark.parametrize(
    ("kinds", "first"),
    [
        (("general", "crisis"), "**Call or text 987"),
        (("allergic", "crisis"), "**Call or text 987"),
        (("general", "allergic"), "**Call 112 now.** Trouble breathing"),
        (("eyes_emergency", "poisoning"), "**Call 112 now** if the person"),
        (("general", "eyes_emergency"), "**Call 112 or go to an emergency room"),
    ],
)
def test_of_several_kinds_the_most_specific_speaks_first(
    kinds: tuple[str, ...], first: str
) -> None:
    assert reply("emergency", *kinds).text.startswith(first)
    assert reply("emergency", *reversed(kinds)).text.startswith(first)


@pytest.mark.parametrize(
    ("kinds", "spoken"),
    [
        (("general", "allergy_no_dose"), "allergy_no_dose"),
        (("eyes", "general"), "eyes"),
        (("skin_infection", "allergy_no_dose", "eyes"), "allergy_no_dose"),
        (("wrong_dose", "poisoning"), "poisoning"),
        (("skin", "eyes"), "eyes"),
    ],
)
def test_a_special_instruction_for_the_same_day_is_not_lost(
    kinds: tuple[str, ...], spoken: str
) -> None:
    assert reply("same_day", *kinds).text == reply("same_day", spoken).text


def test_with_thoughts_of_suicide_a_bodily_emergency_is_not_forgotten() -> None:
    text = reply("emergency", "crisis", "allergic").text
    assert REPLIES.for_kind("emergency", "general", OPEN).text in text


def test_what_only_the_second_detector_raises_keeps_the_rules_poison_help() -> None:
    licked, guessed = finding("same_day", "poisoning"), finding("emergency", "guessed")
    reply = REPLIES.escalation("emergency", (licked, guessed), OPEN, frozenset())
    assert reply.text == REPLIES.for_kind("emergency", "poisoning", OPEN).text
    assert ("Poison Help", OPEN.poison_line) in reply.phones
    alone = REPLIES.escalation("emergency", (guessed,), OPEN, frozenset())
    assert OPEN.crisis_line in alone.text


def test_a_question_about_plans_is_nothing_that_happens_now() -> None:
    plan = finding("routine", "plan", status="hypothetical")
    skin = finding("routine", "skin", status="hypothetical")
    assert REPLIES.if_happening_now("routine", [plan], OPEN) == ""
    assert REPLIES.if_happening_now("routine", [plan, skin], OPEN)


def test_a_guess_is_about_what_a_rule_hears_less_of() -> None:
    red, guessed = finding("routine", "eyes_routine"), finding("same_day", "guessed")
    reply = REPLIES.escalation("same_day", (red, guessed), OPEN, frozenset())
    assert reply.text == REPLIES.for_kind("same_day", "eyes", OPEN).text
    again = REPLIES.again("same_day", ("guessed", "eyes_routine"), OPEN)
    assert OPEN.eye_care_phone in again.text
    assert OPEN.eye_care_phone not in REPLIES.again("same_day", ("guessed",), OPEN).text


def test_only_what_happens_now_at_this_level_is_spoken_of() -> None:
    findings = [
        finding("emergency", "crisis", status="negated"),
        finding("same_day", "eyes"),
        finding("emergency", "asthma"),
    ]
    said = REPLIES.escalation("emergency", findings, OPEN, frozenset())
    assert said.rules == ("asthma:emergency",)
    assert said.text == REPLIES.for_kind("emergency", "asthma", OPEN).text


@pytest.mark.parametrize("level", KINDS)
def test_without_a_finding_the_text_fits_whatever_it_is(level: Level) -> None:
    said = REPLIES.escalation(level, [], OPEN, frozenset({f"general:{level}"}))
    assert said.rules == ()
    # Of a confirmed emergency nobody knows what it is about: its text names 988, too.
    kind = "guessed" if level == "emergency" else "general"
    assert said.text == REPLIES.for_kind(level, kind, OPEN).text


@EVERY_TEXT
def test_the_same_again_is_acknowledged_not_recited(case: Case) -> None:
    level, kind, clinic = case
    first = reply(level, kind, clinic=clinic)
    again = reply(level, kind, clinic=clinic, told=frozenset(first.rules))
    assert len(again.text) < len(first.text)
    assert again.phones
    assert "{" not in again.text
    starts = {
        "emergency": "**Call 112",
        "same_day": "It should not wait",
        "routine": "Please",
        "crisis": "**Call or text 987",
        "poisoning": "**Call Poison Help now",
    }
    assert again.text.startswith(starts.get(kind, starts[level]))


def test_something_new_or_higher_is_told_in_full() -> None:
    told = frozenset(reply("same_day", "eyes").rules)
    assert reply("same_day", "general", told=told).text == reply("same_day", "general").text
    assert reply("same_day", "eyes", "general", told=told).text == reply("same_day", "eyes").text
    higher = reply("emergency", "eyes", told=told)
    assert higher.text.startswith("**Call 112 now.**")


@HOURS
def test_the_plain_question_carries_the_emergency_line_first(clinic: ClinicContact) -> None:
    text, buttons = REPLIES.question((), clinic)
    assert text.startswith("**If this is happening right now, call 112.**")
    assert text.rstrip().endswith("Is this happening right now?")
    assert [REPLIES.confirms(button) for button in buttons] == [True, False]
    assert [REPLIES.confirms(f" {button.upper()} ") for button in buttons] == [True, False]


@pytest.mark.parametrize(
    ("kind", "names", "lacks"),
    [("crisis", "987", "Poison"), ("taken", "1-800-555-0105", "987"),
     ("general", "112", "987"), ("guessed", "987", "Poison")],
)  # fmt: skip
def test_the_plain_question_names_whom_its_matter_calls_for(
    kind: str, names: str, lacks: str
) -> None:
    text, _ = REPLIES.question([finding("emergency", kind)], OPEN)
    assert names in text
    assert "112" in text
    assert lacks not in text


def test_an_overdose_gets_poison_help_also_where_thoughts_of_suicide_are_heard() -> None:
    said = reply("emergency", "crisis", "poisoning")
    assert said.text == REPLIES.for_kind("emergency", "poisoning", OPEN).text


@pytest.mark.parametrize(
    ("level", "says"),
    [("emergency", "call 112 right away"), ("same_day", "202-555-0101"),
     ("routine", "within a few days: 202-555-0101")],
)  # fmt: skip
def test_a_question_about_a_red_flag_ends_with_what_to_do_now(level: Level, says: str) -> None:
    line = REPLIES.if_happening_now(level, (), OPEN)
    assert line.startswith("If ")
    assert says in line
    assert REPLIES.if_happening_now("none", (), OPEN) == ""


def test_a_question_about_suicide_ends_with_the_crisis_line() -> None:
    asked = Finding("suicidal_thoughts", "emergency", "suicide", 0, 7, "hypothetical", "crisis")
    line = REPLIES.if_happening_now("emergency", (asked,), OPEN)
    assert "987" in line
    assert "call 112" in line


def test_a_question_about_a_red_flag_names_the_nurse_line_when_the_clinic_is_closed() -> None:
    line = REPLIES.if_happening_now("same_day", (), CLOSED)
    assert "Elm nurse line: 202-555-0102" in line
    assert "call 112" in line
