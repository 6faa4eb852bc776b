"""The commands, as their users type them."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from bot import cli
from bot.confusions import Reading
from bot.engine import resources
from bot.knowledge import TrainingExample
from bot.settings import Settings


def run(*arguments: str) -> int:
    return cli.main(arguments)


def test_ask_prints_the_reply_as_a_patient_sees_it(capsys, model) -> None:
    assert run("ask", "how do i store the pens") == 0
    out = capsys.readouterr().out
    assert "fridge" in out
    assert "Sources:" in out
    assert "not yet reviewed by a clinician" in out


def test_ask_may_have_to_train_first(capsys, model, monkeypatch: pytest.MonkeyPatch) -> None:
    def trained(settings: Settings) -> Path:
        asyncio.run(asyncio.sleep(0))  # as the model's own test does
        return model

    monkeypatch.setattr("bot.cli.serving.ready_model", trained)
    assert run("ask", "how do i store the pens") == 0
    assert "fridge" in capsys.readouterr().out


def test_ask_why_prints_candidates_and_findings(capsys, model) -> None:
    run("ask", "i can't breathe", "--why")
    out = capsys.readouterr().out
    assert out.startswith("**Call 911 now")
    assert "safety: emergency" in out
    assert "trouble_breathing" in out


def test_test_all_finds_no_miss(capsys, model) -> None:
    assert run("test-all") == 0
    assert "All questions reach their own answer." in capsys.readouterr().out


def test_a_folder_without_a_project_is_one_clear_line(
    capsys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FAQBOT_PROJECT", str(tmp_path))
    assert run("check") == 1
    assert "There is no config.yml in" in capsys.readouterr().err


def test_an_unknown_setting_is_refused(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_COLOUR", "blue")
    assert run("check") == 1
    assert "FAQBOT_COLOUR" in capsys.readouterr().err


def test_check_is_content_with_the_shipped_data(capsys) -> None:
    assert run("check") == 0
    assert capsys.readouterr().out.startswith("0 errors")


def test_check_lists_every_problem_with_file_line_and_fix(
    capsys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import shutil

    shutil.copytree(resources.settings().project / "data", tmp_path / "data")
    (tmp_path / "config.yml").touch()
    path = tmp_path / "data" / "faq" / "storage.md"
    path.write_text(path.read_text().replace("status: published", "status: perhaps"))
    clinic = tmp_path / "data" / "clinic.yml"
    clinic.write_text(clinic.read_text().replace("America/New_York", "America/Nowhere"))
    monkeypatch.setenv("FAQBOT_PROJECT", str(tmp_path))
    assert run("check") == 1
    out = capsys.readouterr().out
    assert "storage.md:" in out
    assert "clinic.yml:" in out
    assert out.count(" Fix: ") >= 2


def test_a_port_in_use_is_one_clear_line(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        monkeypatch.setenv("PORT", port)
        assert run("serve") == 1
    err = capsys.readouterr().err
    assert f"Port {port} is in use." in err
    assert len(err.splitlines()) == 1


def test_an_address_that_cannot_be_read_is_one_clear_line(
    capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAQBOT_DATABASE_URL", "postgresql://me:se@cret:5@db/chats")
    for command in (("serve",), ("audit",), ("report",)):
        assert run(*command) == 1
        err = capsys.readouterr().err
        assert "FAQBOT_DATABASE_URL" in err
        assert "cret" not in err
        assert len(err.splitlines()) == 1


@pytest.mark.parametrize("command", ["audit", "purge", "pause --reason x", "report"])
def test_a_folder_that_cannot_be_made_is_one_clear_line(
    command: str, capsys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("FAQBOT_VAR", str(tmp_path / "file" / "var"))
    assert run(*command.split()) == 1
    err = capsys.readouterr().err
    assert "FAQBOT_VAR" in err
    assert str(tmp_path / "file" / "var") in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("days", ["-1", "0", "nan", "inf", "99999"])
def test_purge_refuses_an_age_that_is_none(
    days: str, capsys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FAQBOT_VAR", str(tmp_path))
    assert run("purge", "--days", days) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Give 0.0001 to 3650." in captured.err


def test_a_review_sheet_that_cannot_be_written_is_one_clear_line(capsys, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert run("review-sheet", "--out", str(tmp_path / "file" / "sheet.md")) == 1
    err = capsys.readouterr().err
    assert f"{tmp_path / 'file'} cannot be used: " in err
    assert len(err.splitlines()) == 1


def test_a_heat_map_that_cannot_be_written_costs_nobody_the_report(
    capsys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    readings = [Reading(TrainingExample("warm pen", "faq/storage", "faq.yml", 4), "greeting")]
    monkeypatch.setattr("bot.confusions.read_all", lambda _: readings)
    (tmp_path / "file").touch()
    assert run("confusions", "--plot", str(tmp_path / "file" / "map.png")) == 1
    captured = capsys.readouterr()
    assert "“warm pen” (faq.yml:4) is faq/storage" in captured.out
    assert f"{tmp_path / 'file'} cannot be used: " in captured.err
    assert len(captured.err.splitlines()) == 1


def test_confusions_of_few_examples_is_one_clear_line(
    capsys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config.yml").touch()
    for folder in ("faq", "nlu"):
        (tmp_path / "data" / folder).mkdir(parents=True)
    (tmp_path / "data" / "nlu" / "faq.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: greeting\n  examples: |\n    - hello\n    - hi\n'
    )
    monkeypatch.setenv("FAQBOT_PROJECT", str(tmp_path))
    assert run("confusions") == 1
    err = capsys.readouterr().err
    assert "two intents need 5 examples or more" in err
    assert len(err.splitlines()) == 1
