"""data/clinic.yml is read again when an editor saves it, and never lost."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.knowledge import Clinic, LiveFile, read_clinic
from bot.problems import DataError

PHONE, OTHER_PHONE = "202-555-0100", "202-555-0199"


@pytest.fixture
def path(project: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "clinic.yml"
    copy.write_text((project / "data" / "clinic.yml").read_text())
    return copy


@pytest.fixture
def clinic(path: Path) -> LiveFile[Clinic]:
    return LiveFile(path, read_clinic)


def test_an_edit_is_there_at_once(clinic: LiveFile[Clinic], path: Path) -> None:
    assert clinic.get().phone == PHONE
    path.write_text(path.read_text().replace(PHONE, OTHER_PHONE) + "\n")
    assert clinic.get().phone == OTHER_PHONE


def test_a_file_that_did_not_change_is_read_once(path: Path) -> None:
    reads = []
    clinic = LiveFile(path, lambda path: reads.append(path) or read_clinic(path))
    assert clinic.get() is clinic.get()
    assert reads == [path]


def test_a_broken_edit_keeps_the_last_good_version_and_says_what_is_wrong_once(
    clinic: LiveFile[Clinic], path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clinic.get()
    good = path.read_text()
    lines = good.splitlines()
    [number] = [i for i, line in enumerate(lines) if line.startswith("phone:")]
    lines[number] = "phone: call us"
    path.write_text("\n".join(lines))
    with caplog.at_level(logging.ERROR):
        assert clinic.get().phone == PHONE
        assert clinic.get().phone == PHONE
    [record] = caplog.records
    assert f"clinic.yml:{number + 1}: " in record.getMessage()
    assert "`call us` is no phone number" in record.getMessage()
    path.write_text(good.replace(PHONE, OTHER_PHONE))
    assert clinic.get().phone == OTHER_PHONE


def test_a_file_that_is_gone_keeps_the_last_good_version(
    clinic: LiveFile[Clinic], path: Path
) -> None:
    clinic.get()
    path.unlink()
    assert clinic.get().phone == PHONE


def test_a_file_that_was_never_sound_is_refused(path: Path) -> None:
    path.write_text("phone: [")
    with pytest.raises(DataError, match=r"clinic\.yml:"):
        LiveFile(path, read_clinic).get()
