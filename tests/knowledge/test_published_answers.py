"""The answers that are shipped, and the rules that hold for all of them."""

from __future__ import annotations

import datetime as dt
import statistics
from pathlib import Path

import pytest

from bot.knowledge import NOT_REVIEWED, Answer, read_answer
from bot.knowledge.answer_checks import BODY_CHECKS, AnswerFile
from bot.knowledge.checks import check_knowledge
from bot.knowledge.readability import grade, plain_sentences, word_count

FAQ = Path(__file__).resolve().parents[2] / "data" / "faq"
ANSWERS = {path.stem: read_answer(path) for path in sorted(FAQ.glob("*.md"))}
# Facts from the label change when the label does.
LABEL_HOSTS = ("dailymed.nlm.nih.gov", "ema.europa.eu", "dupixenthcp.com", "drg-20406153")
# Copies and generated pages that gave wrong or contradictory facts.
NOT_SOURCES = (
    "mims.com", "medscape.com", "github.com", "docslib", "dokumen", "druggenius", "drugchatter",
    "cycookery", "leafybark", "medx.it", "droracle", "healthorskin", "eatsip365", "healthday",
)  # fmt: skip


def answers_with(word: str) -> list[str]:
    return [name for name, answer in ANSWERS.items() if word in answer.body.lower()]


def test_there_are_eighty_answers_and_nothing_is_wrong_with_them() -> None:
    assert len(ANSWERS) >= 80
    # As on the day of the latest change: no test fails because time goes by.
    today = max(source.accessed for answer in ANSWERS.values() for source in answer.sources)
    assert list(check_knowledge(FAQ.parent, today=today)) == []


def test_they_read_at_grade_six_on_average() -> None:
    assert statistics.mean(grade(answer.body) for answer in ANSWERS.values()) <= 6


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_an_answer_is_short_honest_and_sourced(name: str) -> None:
    answer: Answer = ANSWERS[name]
    assert 40 <= word_count(answer.body) <= 120
    assert not answer.is_reviewed
    assert answer.reviewed_by == NOT_REVIEWED
    assert 2 <= len(answer.follow_ups) <= 4
    for source in answer.sources:
        assert source.supports, source.title
        assert not any(host in source.link for host in NOT_SOURCES), source.link


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_an_answer_begins_with_a_whole_sentence(name: str) -> None:
    first = plain_sentences(ANSWERS[name].body).split("\n")[0]
    assert first[0].isupper()
    assert len(first.split()) >= 5


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_facts_from_the_label_are_due_in_six_months(name: str) -> None:
    answer = ANSWERS[name]
    links = [source.link for source in answer.sources]
    if any(host in link for link in links for host in LABEL_HOSTS):
        last = max(source.accessed for source in answer.sources)
        assert answer.review_by <= last + dt.timedelta(days=184)


@pytest.mark.parametrize("name", ["missed_dose", "breastfeeding", "blood_tests"])
def test_where_sources_conflict_the_answer_says_so_and_names_the_clinic(name: str) -> None:
    body = ANSWERS[name].body.lower()
    assert "differ" in body or "do not agree" in body
    assert "clinic" in body


def test_studies_of_lymphoma_are_said_to_disagree() -> None:
    assert "studies do not agree" in ANSWERS["cancer_and_lymphoma"].body


def test_eyes_with_pain_light_or_blur_go_to_urgent_care() -> None:
    body = ANSWERS["eye_problems"].body
    urgent = next(line for line in body.splitlines() if "urgent eye care the same day" in line)
    for sign in ("eye pain", "light that hurts", "blurred"):
        assert sign in urgent


def test_emergencies_are_named_before_anything_else() -> None:
    assert ANSWERS["emergency_signs"].body.startswith("Call 911 right away")


def test_what_no_source_says_is_in_no_answer() -> None:
    assert answers_with("sanctuary") == []
    assert answers_with("revolution") == []
    assert answers_with("normal part of") == []


def test_every_body_rule_holds() -> None:
    for name, answer in ANSWERS.items():
        file = AnswerFile(FAQ / f"{name}.md", (FAQ / f"{name}.md").read_text(), answer)
        assert [problem for check in BODY_CHECKS for problem in check(file)] == []
