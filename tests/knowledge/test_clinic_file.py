"""data/clinic.yml: a missing or impossible value is named with its line and stops the start."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from knowledge_folder import Folder

from bot import cli
from bot.knowledge import read_clinic
from bot.problems import DataError


@pytest.fixture
def text(project: Path) -> str:
    return (project / "data" / "clinic.yml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ('phone: "202-555-0100"\n', "", "DEMO", "The key `phone` is missing."),
        ("time_zone: America", "time_zone: Amerika", "time_zone", "There is no time zone"),
        ("monday:", "montag:", "montag", "`montag` is no weekday."),
        ('"08:00-19:00"', '"8-19"', "thursday", "`8-19` is no span of hours."),
        ('"08:00-19:00"', '"19:00-08:00"', "thursday", "`19:00-08:00` is no span"),
        ('"08:00-19:00"', '"08:00-25:00"', "thursday", "`08:00-25:00` is no span"),
        ('"08:00-19:00"', '"08:00-13:00", "12:00-19:00"', "thursday", "overlaps the one before"),
        ('phone: "202-555-0100"', 'phone: "call us"', "phone", "`call us` is no phone number."),
        ('phone: "202-555-0111"', 'phone: ""', '  phone: ""', "`` is no phone number."),
        ('phone: "202-555-0100"', 'phone: "---"', "phone", "`---` is no phone number."),
        ('phone: "202-555-0133"', 'phone: "( ) . -"', "( )", "`( ) . -` is no phone number."),
        ('"988"', '"9-8"', "crisis_line", "`9-8` is no phone number."),
        ('"1-800-222-1222"', '"٩١١"', "poison_line", "`٩١١` is no phone number."),
        ("portal: https:", "portal: http:", "portal", "The portal is no https address."),
        ("name: Demo Derm", 'name: "" # Derm', "name", "`name` is empty."),
        ("name: After-hours nurse line", 'name: " "', 'name: " "', "`name` is empty."),
        ("name: Demo Urgent", 'name: "" #', 'name: ""', "`name` is empty."),
        ("name: Demo Eye Clinic", "name: Eye {clinic}", "Eye {clinic}", "`name` holds a brace."),
        ("100 Example Street", "100 Example} Street", "address", "`address` holds a brace."),
        ("name: Thanksgiving", "name: '{day}'", "{day}", "`name` holds a brace."),
        ("2026-12-25", "2026-02-30", "2026-02-30", "this is no day"),
        ("demo: true", "demo: perhaps", "demo", "`demo`: Expected `bool`"),
        ("demo: true", "demo: true\nfax: 1", "fax", "Unknown key `fax`."),
        ("hours:\n", "hours:\n\tmonday", "\tmonday", "Not valid YAML"),
    ],
)
def test_a_bad_value(text: str, tmp_path: Path, old: str, new: str, at: str, message: str) -> None:
    assert old in text
    path = tmp_path / "clinic.yml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(DataError) as caught:
        read_clinic(path)
    lines = path.read_text().splitlines()
    found = [p for p in caught.value.problems if message in p.message]
    assert found, caught.value.problems
    assert at in lines[found[0].line - 1] or at in lines[found[0].line - 2]
    assert found[0].fix


def test_a_clinic_that_never_opens(text: str, tmp_path: Path) -> None:
    path = tmp_path / "clinic.yml"
    before, rest = text.split("\nhours:\n")
    path.write_text(before + "\nhours: {}\n" + rest[rest.index("holidays:") :])
    with pytest.raises(DataError, match="The clinic is never open"):
        read_clinic(path)


def test_all_wrong_values_are_named_at_once(text: str, tmp_path: Path) -> None:
    path = tmp_path / "clinic.yml"
    path.write_text(text.replace("America", "Amerika").replace('"202-555-0100"', '"none"'))
    with pytest.raises(DataError) as caught:
        read_clinic(path)
    assert len(caught.value.problems) == 2


def test_the_shipped_clinic_is_plainly_a_demo(project: Path) -> None:
    clinic = read_clinic(project / "data" / "clinic.yml")
    assert clinic.demo
    assert "Demo" in clinic.name
    for phone in (clinic.phone, clinic.after_hours.phone, clinic.urgent_care.phone):
        assert "-555-01" in phone  # numbers that are kept for fiction


@pytest.mark.parametrize("command", ["serve", "check"])
def test_a_bad_clinic_stops_the_start_with_one_clear_message(
    command: str, project: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "data" / "triage").symlink_to(project / "data" / "triage")
    (tmp_path / "data" / "other_medicines.yml").write_text("names: []\n")
    (tmp_path / "data" / "follow_ups.yml").write_text("")
    (tmp_path / "config.yml").symlink_to(project / "config.yml")
    text = (project / "data" / "clinic.yml").read_text()
    (tmp_path / "data" / "clinic.yml").write_text(text.replace("America/", "Amerika/"))
    monkeypatch.setenv("FAQBOT_PROJECT", str(tmp_path))
    monkeypatch.setenv("FAQBOT_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("PORT", "0")
    assert cli.main([command]) == 1
    output = "".join(capsys.readouterr())
    assert output.count("There is no time zone `Amerika/New_York`. Fix: Use a name such as") == 1
    assert "clinic.yml:8: error:" in output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("old", "new", "status", "summary"),
    [
        ("review_by: 2027-05-24", "review_by: 2026-01-01", 0, "0 errors, 1 warnings."),
        ("group: dosing", "grup: dosing", 1, "2 errors, 0 warnings."),
    ],
)
def test_check_fails_on_errors_and_not_on_warnings(
    old: str, new: str, status: int, summary: str, folder: Folder, project: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (folder.path / "clinic.yml").symlink_to(project / "data" / "clinic.yml")
    triage = shutil.copytree(project / "data" / "triage", folder.path / "triage")
    replies = (triage / "replies.yml").read_text()
    of_this_folder = re.sub("(withheld_answers|never_in_part): .*", r"\1: [storage]", replies)
    (triage / "replies.yml").write_text(of_this_folder)
    (folder.path.parent / "config.yml").symlink_to(project / "config.yml")
    folder.replace(folder.storage, old, new)
    monkeypatch.setenv("FAQBOT_PROJECT", str(folder.path.parent))
    assert cli.main(["check"]) == status
    assert capsys.readouterr().out.splitlines()[-1] == summary
