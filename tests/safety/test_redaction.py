"""Personal data is masked before anything keeps it; what care depends on is not."""

from __future__ import annotations

import pytest

from bot.safety import redact

MASKED = [
    ("ring 202-555-0147 today", "phone", "ring [phone number removed] today"),
    ("my cell: (202) 555-0147", "phone", "my cell: [phone number removed]"),
    ("text me at 2025550147", "phone", "text me at [phone number removed]"),
    ("202.555.0147 or 202 555 0148", "phone",
     "[phone number removed] or [phone number removed]"),
    ("+1-202-555-0147 is mine", "phone", "[phone number removed] is mine"),
    ("tel. 1 202 555 0147", "phone", "tel. [phone number removed]"),
    ("write to ann.lee@mail.example", "email", "write to [email removed]"),
    ("ANN_LEE+derm@MAIL.EXAMPLE.ORG!", "email", "[email removed]!"),
    ("ssn 219-09-9999 ok", "ssn", "ssn [social security number removed] ok"),
    ("my social is 219099999", "ssn", "my social is [social security number removed]"),
    ("card 4242 4242 4242 4242 exp soon", "card", "card [card number removed] exp soon"),
    ("378282246310005", "card", "[card number removed]"),
    ("DOB: 04/05/1990", "birth_date", "DOB: [birth date removed]"),
    ("he was born on 5 April 1990", "birth_date", "he was born on [birth date removed]"),
    ("my date of birth is April 5th, 1990", "birth_date",
     "my date of birth is [birth date removed]"),
    ("d.o.b. 1990-04-05", "birth_date", "d.o.b. [birth date removed]"),
    ("mrn: 7730192", "record_number", "mrn: [record number removed]"),
    ("medical record number is A-77301", "record_number",
     "medical record number is [record number removed]"),
    ("policy no. XJ4410-22", "record_number", "policy no. [record number removed]"),
    ("I'm at 48 Birch Avenue today", "address", "I'm at [address removed] today"),
    ("ship to 9 E 42nd St", "address", "ship to [address removed]"),
    ("7 Oak Hill Rd, Apt 3C", "address", "[address removed]"),
]  # fmt: skip
KEPT = [
    # Doses and devices
    "600 300 mg",
    "600 mg first, then 300 mg every other week",
    "300 mg/2 mL pen, 200 mg/1.14 mL syringe",
    "I take 2025 mg in all",
    # Lab values and measurements
    "IgE 4250 kU/L, eosinophils 1500",
    "eos 1,250 and 0.9 last month",
    "BP 145/92, pulse 110, sats 94",
    "peak flow 380 of 450",
    "fever of 102.4 since 2 days",
    # Drug codes
    "NDC 0024-5915-02",
    "is NDC 00024-5914-01 the pen",
    "lot 3F112A exp 04/2027",
    # When it began
    "the rash began 11/02/2026",
    "red eyes since November 2, 2026",
    "first dose 2026-10-05, second 2026-10-19",
    "it started 3 weeks after the 2nd shot",
    # What only looks like an address
    "after 2 shots my way of sleeping changed",
    "2 days in a row",
    "I had 4 in the left leg, 2 in the right",
    # What only looks like a number of some kind
    "4242 4242 4242 4241",
    "000-12-3456",
    "pages 12-14",
    "page @ the clinic",
    # Public numbers
    "911 or 988?",
]
CLINIC = "202-555-0100"
LINES = (CLINIC, "202-555-0111", "1-800-222-1222")


@pytest.mark.parametrize(("text", "kind", "masked"), MASKED)
def test_personal_data_is_masked_and_the_rest_stands(text: str, kind: str, masked: str) -> None:
    found = redact(text)
    assert found.text == masked
    assert found.kinds == (kind,)


@pytest.mark.parametrize("text", KEPT)
def test_what_care_depends_on_is_kept(text: str) -> None:
    found = redact(text)
    assert found.text == text
    assert found.kinds == ()


@pytest.mark.parametrize(("text", "kind", "masked"), MASKED)
def test_masking_again_changes_nothing(text: str, kind: str, masked: str) -> None:
    assert redact(masked).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "is 202-555-0100 right?",
        "I called (202) 555-0111 and nobody answered",
        "call me back at 2025550100",
        "I have +1 202 555 0100",
        "poison help is 1-800-222-1222, or 800-222-1222",
    ],
)
def test_the_clinics_numbers_are_kept_however_they_are_written(text: str) -> None:
    assert redact(text, LINES).text == text


def test_without_being_named_a_clinics_number_is_a_number() -> None:
    assert redact(f"is {CLINIC} right?").kinds == ("phone",)


def test_a_patients_number_beside_the_clinics_is_masked() -> None:
    found = redact(f"I rang {CLINIC}, ring me at 202-555-0147", LINES)
    assert found.text == f"I rang {CLINIC}, ring me at [phone number removed]"


def test_each_kind_is_named_once() -> None:
    found = redact("a@b.example, c@d.example, 202-555-0147, dob 04/05/1990")
    assert sorted(found.kinds) == ["birth_date", "email", "phone"]
    assert found.text.count("[email removed]") == 2


def test_the_symptoms_beside_personal_data_stay_readable() -> None:
    found = redact("Ann, 202-555-0147: my throat is closing since 11/02/2026, took 300 mg")
    assert found.text.endswith(": my throat is closing since 11/02/2026, took 300 mg")
