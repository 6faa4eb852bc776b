"""The commands, as their users type them."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path

import pytest

from bot import cli
from bot.engine import resources
from bot.parse import messages
from bot.settings import Settings


def run(*arguments: str) -> int:
    return cli.main(arguments)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):
    def type_in(text: str | bytes) -> None:
        content = text if isinstance(text, bytes) else text.encode()
        stream = io.TextIOWrapper(io.BytesIO(content))
        monkeypatch.setattr("sys.stdin", stream)

    return type_in


def parsed(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_parse_writes_one_object_a_line_in_order(typed, capsys, model) -> None:
    texts = [
        "Can I drink alcohol on Dupixent?",
        "hello",
        "my throat is closing",
        "",
        "where to inject",
    ]
    typed("\n".join(texts) + "\n")
    assert run("parse") == 0
    found = parsed(capsys)
    assert [entry["text"] for entry in found] == texts
    assert found[0]["faq_id"] == "alcohol"
    assert found[1] == found[1] | {"intent": "greeting", "faq_id": None, "also": []}
    assert found[2]["escalation"]["level"] == "emergency"
    assert found[4]["faq_id"] == "where_to_inject"


def test_parse_keeps_to_the_contract(typed, capsys, model) -> None:
    typed("Can I drink alcohol on Dupixent?\n")
    run("parse")
    (entry,) = parsed(capsys)
    assert list(entry) == [
        "text", "intent", "faq_id", "also", "confidence", "alternatives", "suggested",
        "escalation",
    ]  # fmt: skip
    assert len(entry["alternatives"]) >= 5
    scores = [alternative["confidence"] for alternative in entry["alternatives"]]
    assert scores == sorted(scores, reverse=True)
    assert entry["escalation"] == {"level": "none", "findings": []}


def test_parse_names_rule_words_and_status_of_each_finding(typed, capsys, model) -> None:
    typed("last year my throat closed\n")
    run("parse")
    (entry,) = parsed(capsys)
    (finding,) = entry["escalation"]["findings"]
    assert set(finding) == {"rule", "span", "status"}
    assert finding["status"] == "historical"
    assert entry["escalation"]["level"] == "none"


def test_parse_answers_several_questions(typed, capsys, model) -> None:
    typed("can i drink on it and does it make your hair fall out? also where do i inject\n")
    run("parse")
    (entry,) = parsed(capsys)
    assert [entry["faq_id"], *entry["also"]] == ["alcohol", "hair_loss", "where_to_inject"]


def test_a_json_string_stands_for_text_with_line_breaks() -> None:
    lines = io.BytesIO(b'"one\\ntwo"\n"not json\nplain\r\n\xff bytes\n')
    assert list(messages(lines)) == ["one\ntwo", '"not json', "plain", "\ufffd bytes"]


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
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        monkeypatch.setenv("PORT", port)
        assert run("serve") == 1
    err = capsys.readouterr().err
    assert f"Port {port} is in use." in err
    assert len(err.splitlines()) == 1
