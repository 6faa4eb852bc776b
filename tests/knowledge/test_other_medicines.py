from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.knowledge import AnswerStore, LiveFile, read_other_medicines
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


def test_a_missing_file_is_refused_and_says_how_to_do_without(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_other_medicines(tmp_path / "other_medicines.yml")
    [problem] = caught.value.problems
    assert problem.path.endswith("other_medicines.yml")
    assert problem.message == "The file is missing."
    assert "`names: []`" in problem.fix


def test_an_empty_list_of_names_forbids_nothing(tmp_path: Path) -> None:
    path = tmp_path / "other_medicines.yml"
    path.write_text("names: []\n")
    assert not read_other_medicines(path).forbids("my ozempic pen", ("storage",))


def test_a_file_that_goes_or_is_cut_off_while_patients_ask_protects_them_still(
    project: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "data" / "other_medicines.yml"
    shutil.copytree(project / "data" / "faq", path.parent / "faq")
    text = (project / "data" / "other_medicines.yml").read_text()
    path.write_text(text)
    others = LiveFile(path, read_other_medicines)

    def protected() -> bool:
        return others.get().forbids("my ozempic pen was left in the car", ("storage",))

    assert protected()
    path.unlink()
    assert protected()
    assert protected()
    [record] = caplog.records
    assert "The file is missing." in record.getMessage()
    for part in ("", text[: text.index("names:")]):  # as an editor writes it
        path.write_text(part)
        assert protected()
    path.write_text(text.replace("ozempic", "wegovia"))
    assert not protected()


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
        ("", "Keys and values are expected here."),
        ("ours: [dupixent]\n", "The key `names` is missing."),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "other_medicines.yml"
    path.write_text(content)
    with pytest.raises(DataError) as caught:
        read_other_medicines(path)
    assert problem in str(caught.value)
    assert "other_medicines.yml" in str(caught.value)
