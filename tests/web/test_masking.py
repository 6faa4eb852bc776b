"""Personal data is masked; what answers and safety depend on is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine import resources
from bot.safety.redaction import redact
from bot.web.turns import public_numbers

MASKED = [
    ("phone", "call me at 212-555-0147", "212-555-0147"),
    ("phone", "(212) 555-0147 is my cell", "(212) 555-0147"),
    ("phone", "212.555.0147", "212.555.0147"),
    ("phone", "+1 212 555 0147", "212 555 0147"),
    ("phone", "my number is 2125550147", "2125550147"),
    ("phone", "+44 20 7946 0958", "7946 0958"),
    ("email", "mail jo.doe+clinic@mail.example.org today", "jo.doe+clinic@mail.example.org"),
    ("email", "jo @ mail . example", "jo @ mail"),
    ("ssn", "my ssn is 123-45-6789", "123-45-6789"),
    ("ssn", "social security number 123456789", "123456789"),
    ("card", "visa 4111 1111 1111 1111", "4111 1111 1111 1111"),
    ("card", "5500005555555559", "5500005555555559"),
    ("birth_date", "dob 3/14/1985", "3/14/1985"),
    ("birth_date", "born on March 14, 1985", "March 14, 1985"),
    ("birth_date", "date of birth: 1985-03-14", "1985-03-14"),
    ("birth_date", "my birthday is 14th of March 1985", "March 1985"),
    ("record_number", "MRN 00482913", "00482913"),
    ("record_number", "patient id: AB-48291", "AB-48291"),
    ("record_number", "my member number is W123456789", "W123456789"),
    ("address", "I live at 12 Maple Street", "12 Maple Street"),
    ("address", "send it to 1600 N Lake Shore Dr, apt 4b", "Lake Shore"),
    ("address", "221 Baker St, NY 10001", "Baker"),
]
KEPT = [
    "I take 600 300 mg",
    "300 mg every 2 weeks, 600mg at first",
    "my dose is 2 mL of 150 mg/mL",
    "my IgE is 1250 and eosinophils 0.5",
    "eosinophils 1,500 cells/mcL",
    "NDC 0024-5914-01",
    "NDC 00024-5918-01",
    "lot number on the box is 8F021A",
    "it started on 3/14/2026",
    "since March 14, 2026 my eyes are red",
    "my first shot was 2026-03-14",
    "14 days after the injection on 02/03/26",
    "I left it out for 14 days at 77 degrees",
    "my blood pressure is 120/80 and pulse 88",
    "I weigh 132 lb and am 45 years old",
    "temperature of 101.5 for 3 days",
    "in 2 weeks my way of eating changes",
    "I had 3 shots in my right arm and 2 in the leg",
    "is it 1-2 or 3-4 weeks",
    "call 911",
    "should I call 988",
    "poison control 1-800-222-1222",
    "1234567890123456",
    "EASI 24.5, SCORAD 63",
]


@pytest.mark.parametrize(("kind", "text", "secret"), MASKED)
def test_personal_data_is_masked(kind: str, text: str, secret: str) -> None:
    masked = redact(text, public_numbers(resources.clinic()))
    assert kind in masked.kinds
    assert secret not in masked.text
    assert "removed]" in masked.text


@pytest.mark.parametrize("text", KEPT)
def test_what_matters_for_the_answer_is_kept(text: str) -> None:
    assert redact(text, public_numbers(resources.clinic())).text == text


@pytest.mark.parametrize("level", ["emergency", "same_day"])
def test_hardly_an_urgent_message_is_taken_for_an_address(project: Path, level: str) -> None:
    lines = (project / "data" / "triage" / "examples" / f"{level}.txt").read_text().splitlines()
    texts = [line for line in lines if line and not line.startswith("#")]
    masked = [text for text in texts if "address" in redact(text).kinds]
    assert len(masked) <= len(texts) / 1000, masked


def test_the_clinics_own_numbers_are_kept() -> None:
    clinic = resources.clinic()
    for number in (clinic.phone, clinic.after_hours.phone):
        text = f"is {number} the right number?"
        assert redact(text, public_numbers(clinic)).text == text


@pytest.mark.parametrize(("kind", "text", "secret"), MASKED)
def test_masking_twice_changes_nothing_more(kind: str, text: str, secret: str) -> None:
    once = redact(text)
    assert redact(once.text).text == once.text
