"""The commands, as their users type them."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bot import cli
from bot.confusions import Reading
from bot.engine import resources
from bot.knowledge import TrainingExample
from bot.parse import message, parse_lines
from bot.settings import Settings


def run(*arguments: str) -> int:
    return cli.main(arguments)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[str], None]]:
    def type_in(text: str) -> None:
        path = tmp_path / "typed"
        path.write_text(text)
        monkeypatch.setattr("sys.stdin", files.enter_context(path.open()))

    with ExitStack() as files:
        yield type_in


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


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b'"one\\ntwo"\n', "one\ntwo"),
        (b'"not json\n', '"not json'),
        (b'"two" "strings"\n', '"two" "strings"'),
        (b"plain\r\n", "plain"),
        (b"the last", "the last"),
        (b"\xff bytes\n", "\ufffd bytes"),
    ],
)
def test_a_json_string_stands_for_text_with_line_breaks(line: bytes, text: str) -> None:
    assert message(line) == text


class Stub:
    """Stands for a model: reads messages at once, or as the message says."""

    def read_now(self, text: str) -> dict[str, Any]:
        if text == "slow":
            time.sleep(0.3)
        if text == "broken":
            raise ValueError(text)
        empty: dict[str, Any] = dict.fromkeys(("also", "alternatives", "suggested", "findings"), ())
        return {**empty, "intent": text, "faq_id": None, "confidence": 0.5, "level": "none"}


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.parse.Assistant", lambda _: Stub())
    monkeypatch.setattr("bot.cli.serving.ready_model", lambda _: Path("model"))


def test_parse_answers_each_line_before_the_next_one_comes(stub: None) -> None:
    asking, question = os.pipe()
    answer, answering = os.pipe()

    def parse() -> None:
        os.close(question)
        with open(asking, "rb") as lines, open(answering, "w") as out:
            parse_lines(Path("model"), lines, out)

    process = multiprocessing.get_context("fork").Process(target=parse)
    process.start()
    os.close(asking)
    os.close(answering)
    with open(question, "wb", buffering=0) as asked, open(answer, "rb", buffering=0) as heard:
        for text in (b"one", b"two", b"three"):
            asked.write(text + b"\n")
            if not select.select([heard], [], [], 20)[0]:
                process.kill()
                pytest.fail("no answer")
            assert json.loads(heard.readline())["text"] == text.decode()
        asked.write(b"without an end")
        asked.close()
        assert json.loads(heard.readline())["text"] == "without an end"
    process.join(20)
    assert process.exitcode == 0


def test_parse_keeps_the_order_whatever_takes_long(stub: None, typed, capsys) -> None:
    texts = ["slow", *map(str, range(1000)), "slow", "the last"]
    typed("\n".join(texts))
    assert run("parse") == 0
    assert [entry["text"] for entry in parsed(capsys)] == texts


def test_parse_goes_on_after_a_message_that_cannot_be_read(stub: None, typed, capsys) -> None:
    bad = "broken"
    texts = ["before", bad, "after", bad, bad, "the last"]
    typed("\n".join(texts))
    assert run("parse") == 0
    out, err = capsys.readouterr()
    found = [json.loads(line) for line in out.splitlines()]
    assert [entry["text"] for entry in found] == texts
    good = [entry for entry in found if "error" not in entry]
    assert [entry["intent"] for entry in good] == ["before", "after", "the last"]
    assert list(found[1]) == [*good[0], "error"]
    assert found[1]["error"] == "ValueError"
    assert found[1]["escalation"] == {"level": None, "findings": []}
    assert "3 messages could not be read" in err
    assert bad not in err


def test_parse_uses_the_cores_that_this_process_may_use(
    stub: None, typed, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    start = multiprocessing.context.ForkProcess.start
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3})
    monkeypatch.setattr(
        "multiprocessing.context.ForkProcess.start",
        lambda process: (started.append(process), start(process)),
    )
    typed("one\ntwo\n")
    assert run("parse") == 0
    assert len(parsed(capsys)) == 2
    assert len(started) == 1


def test_parse_of_nothing_writes_nothing(stub: None, typed, capsys) -> None:
    typed("")
    assert run("parse") == 0
    assert parsed(capsys) == []


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
