from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge import AnswerStore, read_other_medicines
from bot.problems import DataError


def test_the_projects_file_names_published_answers_only(project: Path) -> None:
    others = read_other_medicines(project / "data" / "other_medicines.yml")
    assert set(others.answers) <= set(AnswerStore(project / "data" / "faq").ids())


@pytest.mark.parametrize(
    ("text", "forbidden"),
    [
        ("do i need blood tests on cibinqo", True),
        ("Does ACCUTANE make your hair fall out?", True),
        ("do i need blood tests on dupixent or cibinqo", False),
        ("do i need blood tests on it", False),
        ("zoloftish moods", False),
    ],
)
def test_a_named_medicine_forbids_answers_about_dupixent(
    project: Path, text: str, forbidden: bool
) -> None:
    others = read_other_medicines(project / "data" / "other_medicines.yml")
    assert others.forbids(text, ("blood_tests",)) is forbidden
    assert not others.forbids(text, ("other_medicines",))


def test_without_the_file_nothing_is_forbidden(tmp_path: Path) -> None:
    others = read_other_medicines(tmp_path / "other_medicines.yml")
    assert not others.forbids("my ozempic pen", ("storage",))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("ours: [dupixent]\nnames: [[Humira]]\n", "not one word in lower case"),
        ("names: [[birth control]]\n", "not one word in lower case"),
        ("names: [[humira], [advil, humira]]\n", "stands twice"),
        ("ours: [humira]\nnames: [[humira]]\n", "stands twice"),
        ("colour: red\n", "nknown"),
        ("ours: [dupixent]\nanswers: [nowhere]\n", "no answer `nowhere`"),
        ("names: [\n", "YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "other_medicines.yml"
    path.write_text(content)
    with pytest.raises(DataError) as caught:
        read_other_medicines(path)
    assert problem in str(caught.value)
    assert "other_medicines.yml" in str(caught.value)
