"""What only all files together can show."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.checks import check_all


def test_the_data_is_sound(project: Path) -> None:
    assert check_all(project / "data") == []


@pytest.mark.parametrize("key", ["withheld_answers", "never_in_part"])
def test_a_named_answer_that_does_not_exist(project: Path, tmp_path: Path, key: str) -> None:
    data = shutil.copytree(project / "data", tmp_path / "data")
    path = data / "triage" / "replies.yml"
    text = path.read_text()
    path.write_text(text.replace(f"{key}: [dose_schedule", f"{key}: [mised_dose"))
    [problem] = check_all(data)
    line = 1 + text[: text.index(f"{key}:")].count("\n")
    assert (Path(problem.path).name, problem.line) == ("replies.yml", line)
    assert problem.message == "There is no answer `mised_dose`."


def test_a_kind_that_no_red_flag_has_is_named(project: Path, tmp_path: Path) -> None:
    data = shutil.copytree(project / "data", tmp_path / "data")
    path = data / "triage" / "advice.yml"
    path.write_text(path.read_text().replace("concerns: [skin,", "concerns: [skins,"))
    [problem] = check_all(data)
    assert Path(problem.path).name == "advice.yml"
    assert problem.message == "No red flag is of the kind `skins`."


def test_what_is_left_of_the_demo_clinic_is_a_warning(project: Path, tmp_path: Path) -> None:
    data = shutil.copytree(project / "data", tmp_path / "data")
    path = data / "clinic.yml"
    path.write_text(path.read_text().replace("demo: true", "demo: false"))
    problems = check_all(data)
    assert {problem.severity for problem in problems} == {"warning"}
    assert any("`202-555-0100` is made up" in problem.message for problem in problems)
    assert not any("988" in problem.message for problem in problems)
