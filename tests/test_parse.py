"""`faqbot parse`: a message a line, an object a line, whoever is at the other end."""

from __future__ import annotations

import json
import multiprocessing
import os
import select
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bot import cli
from bot.parse import message, parse_lines


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
