"""The report as a page: complete by itself, and harmless whatever patients typed."""

from __future__ import annotations

import base64
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sqlalchemy.engine import Engine
from turns_table import NOW, add, answer, escalation, suggestions

from bot.cli import main
from bot.report import Activity, Group, page, period, read_activity
from bot.report.plots import OUTCOMES
from bot.web import metrics

ATTACK = """<script>alert(1)</script><img src=x onerror=alert(1)>"'</pre></details>"""


class Tags(HTMLParser):
    """Collects tags with their attributes, and what is read as text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def made(engine: Engine, *groups: Group) -> str:
    activity = read_activity(engine, period("7d", NOW))
    return page(activity, groups, {"storage": "How do I store it?"})


def test_all_that_the_staff_need_is_there(engine: Engine) -> None:
    add(engine, "where to put the pens", "answered", answer("storage"), rating=-1, reason="vague")
    add(engine, "is there parking", "suggested", suggestions("How do I travel?"))
    add(engine, "throat closing", "escalated_emergency", escalation("emergency", "airway"))
    text = Tags(made(engine, Group((("is there parking", 2), ("can I park", 1))))).text
    for wanted in (
        "November 17, 2026", "answered 1", "How do I store it?", "3×", "is there parking",
        "can I park", "Offered instead: How do I travel?", "vague", "airway", "Hours of use",
    ):  # fmt: skip
        assert wanted in text


def test_rules_stand_beside_their_level_as_the_rule_files_name_them(engine: Engine) -> None:
    add(engine, "x", "escalated_emergency", escalation("emergency", "airway_swelling"))
    add(engine, "y", "escalated_same_day", escalation("same_day", "eye_danger"))
    text = made(engine)
    assert "<td>Emergency</td><td><code>airway_swelling</code></td>" in text
    assert "<td>Same day</td><td><code>eye_danger</code></td>" in text


def test_what_patients_typed_stays_text(engine: Engine) -> None:
    add(engine, ATTACK, "answered", answer(ATTACK), rating=-1, reason=ATTACK)
    add(engine, ATTACK, "suggested", suggestions(ATTACK))
    add(engine, "x", "escalated_routine", escalation("routine", ATTACK))
    tags = Tags(made(engine, Group(((ATTACK, 1), (ATTACK + "2", 1)))))
    assert "script" not in {tag for tag, _ in tags.found}
    assert not [a for _, attributes in tags.found for a in attributes if a.startswith("on")]
    assert all(str(a["src"]).startswith("data:") for tag, a in tags.found if tag == "img")
    assert ATTACK in tags.text


def test_the_page_needs_nothing_else_and_runs_nothing(engine: Engine) -> None:
    add(engine, "a", "answered", answer("storage"))
    text = made(engine)
    assert not re.search(r'(?:src|href)="(?!data:)', text)
    assert "@import" not in text
    assert "url(" not in text
    assert "default-src 'none'" in text


def test_the_plots_are_pictures_with_words_beside_them(engine: Engine) -> None:
    add(engine, "a", "answered", answer("storage"))
    images = [attributes for tag, attributes in Tags(made(engine)).found if tag == "img"]
    assert len(images) == 2
    for image in images:
        _, _, content = str(image["src"]).partition("base64,")
        root = ElementTree.fromstring(base64.b64decode(content))
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert image["alt"]


def test_a_time_without_messages_gives_a_sensible_page() -> None:
    text = page(Activity(period("7d", NOW), ()), [], {})
    assert "No patient wrote in this time" in text
    assert "<img" not in text


def test_the_plots_know_every_outcome() -> None:
    assert set(OUTCOMES) == set(metrics.OUTCOMES)


@pytest.mark.parametrize("since", ["7d", "2026-01-01"])
def test_the_command_writes_a_page_that_only_its_owner_reads(
    since: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAQBOT_VAR", str(tmp_path))
    assert main(["report", "--since", since]) == 0
    written = tmp_path / "report.html"
    assert written.read_text().startswith("<!doctype html>")
    assert written.stat().st_mode & 0o777 == 0o600
    assert "report.html: 0 messages" in capsys.readouterr().out


def test_a_page_that_others_could_read_is_for_its_owner_alone_from_now_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAQBOT_VAR", str(tmp_path))
    written = tmp_path / "report.html"
    written.write_text("an older and longer report" * 9999)
    written.chmod(0o644)
    assert main(["report"]) == 0
    assert written.stat().st_mode & 0o777 == 0o600
    assert written.read_text().endswith("</html>")


def test_a_page_for_another_program_leaves_the_pipe_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAQBOT_VAR", str(tmp_path))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    pipe.chmod(0o644)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert main(["report", "--out", str(pipe)]) == 0
        assert os.read(reader, 15) == b"<!doctype html>"
    finally:
        os.close(reader)
    assert pipe.stat().st_mode & 0o777 == 0o644


def test_the_command_refuses_a_period_it_does_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAQBOT_VAR", str(tmp_path))
    assert main(["report", "--since", "lately"]) == 1
    assert "Write 36h, 7d" in capsys.readouterr().err
