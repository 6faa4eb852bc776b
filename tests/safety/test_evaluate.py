"""The evaluation of the safety screen counts what matters and names what is wrong in a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.problems import DataError, Problem
from bot.safety.evaluate import LabelledText, SafetyReport, evaluate, read_rows
from bot.safety.model import LEVELS, Level, Screening

# text, its level, a second level that will do, and what the screen makes of it
ROWS: list[tuple[str, Level, Level | str, Level]] = [
    ("e1", "emergency", "", "emergency"),
    ("e2", "emergency", "", "emergency"),
    ("e3", "emergency", "", "same_day"),
    ("e4", "emergency", "", "none"),
    ("e5", "emergency", "same_day", "same_day"),
    ("s1", "same_day", "", "same_day"),
    ("s2", "same_day", "", "emergency"),
    ("r1", "routine", "", "same_day"),
    ("n1", "none", "", "none"),
    ("n2", "none", "", "routine"),
    ("n3", "none", "", "emergency"),
    ("n4", "none", "", "same_day"),
    ("n5", "none", "same_day", "same_day"),
]
SAID = {text: level for text, _, _, level in ROWS}


@pytest.fixture
def report() -> SafetyReport:
    rows = [LabelledText(text, level, alt) for text, level, alt, _ in ROWS]
    return evaluate(rows, lambda text: Screening(level=SAID[text], unsure=text in ("s1", "e3")))


def test_recall_is_the_share_of_a_level_that_was_given_it(report: SafetyReport) -> None:
    assert report.recall == {"emergency": 3 / 5, "same_day": 1 / 2, "routine": 0, "none": 2 / 5}


def test_precision_is_the_share_of_those_given_a_level_that_have_it(report: SafetyReport) -> None:
    assert report.precision == {
        "emergency": 3 / 5,
        "same_day": 1 / 4,
        "routine": 0,
        "none": 2 / 3,
    }


def test_every_missed_emergency_is_listed_with_what_it_was_given(report: SafetyReport) -> None:
    assert report.missed_emergencies == (("e3", "same_day"), ("e4", "none"))


def test_every_over_escalation_is_listed_and_the_rate_is_of_calm_messages(
    report: SafetyReport,
) -> None:
    assert report.over_escalations == (("n3", "emergency"), ("n4", "same_day"))
    assert report.over_escalation_rate == 2 / 5


def test_the_confusion_table_counts_every_row_once(report: SafetyReport) -> None:
    assert sum(report.confusion.values()) == len(ROWS)
    table = report.as_dict()["confusion"]
    assert table["emergency"] == {"emergency": 3, "same_day": 1, "routine": 0, "none": 1}
    assert table["none"] == {"emergency": 1, "same_day": 1, "routine": 1, "none": 2}


def test_questions_whether_it_happens_now_are_counted(report: SafetyReport) -> None:
    assert report.asked == 2
    assert report.failed == 0


def test_a_level_that_does_not_occur_has_no_figure() -> None:
    report = evaluate([LabelledText("n1", "none")], lambda _: Screening())
    assert report.recall["emergency"] is None
    assert report.precision["emergency"] is None
    assert report.recall["none"] == report.precision["none"] == 1
    assert "–" in report.as_text()


def test_with_a_screen_that_breaks_the_figures_are_void() -> None:
    broken = Screening(level="same_day", failed=True)
    report = evaluate(
        [LabelledText("n1", "none"), LabelledText("s1", "same_day")], lambda _: broken
    )
    assert report.failed == 2
    assert report.as_text().startswith("THE SCREEN FAILED ON 2 MESSAGES")


def test_the_text_shows_figures_table_and_sentences(report: SafetyReport) -> None:
    lines = report.as_text().splitlines()
    assert "emergency    60.0%     60.0%" in lines
    assert next(line.split() for line in lines if line.startswith("none      ")) == [
        "none", "40.0%", "66.7%",
    ]  # fmt: skip
    assert ["emergency", "3", "1", "0", "1"] in [line.split() for line in lines]
    assert "Asked whether it is happening now: 2" in lines
    assert "No contact needed but sent to same day or emergency: 40.0%" in lines
    missed = lines.index("Missed emergencies (2):")
    assert [line.split() for line in lines[missed + 1 : missed + 3]] == [
        ["same_day", "e3"],
        ["none", "e4"],
    ]
    assert lines[-3:] == ["Over-escalations (2):", "  emergency n3", "  same_day  n4"]


def test_the_json_says_the_same(report: SafetyReport) -> None:
    data = json.loads(json.dumps(report.as_dict()))
    assert data["recall"]["emergency"] == 0.6
    assert data["precision"]["same_day"] == 0.25
    assert data["missed_emergencies"] == [
        {"text": "e3", "given": "same_day"},
        {"text": "e4", "given": "none"},
    ]
    assert data["over_escalations"][0] == {"text": "n3", "given": "emergency"}
    assert data["over_escalation_rate"] == 0.4
    assert (data["asked"], data["failed"]) == (2, 0)
    assert list(data["confusion"]) == list(LEVELS)


def test_the_real_screen_is_measured_as_it_stands(screen) -> None:
    rows = [
        LabelledText("my throat is closing", "emergency"),
        LabelledText("how do I store it", "none"),
        LabelledText("my throat is closing", "none"),
    ]
    report = evaluate(rows, screen.read)
    assert report.recall["emergency"] == 1
    assert report.over_escalations == (("my throat is closing", "emergency"),)


def written(folder: Path, text: str) -> Path:
    path = folder / "messages.csv"
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> list[Problem]:
    with pytest.raises(DataError) as error:
        read_rows(path)
    for problem in error.value.problems:
        assert problem.path.endswith("messages.csv")
        assert problem.fix
    return error.value.problems


def test_a_good_file_is_read(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'level,text,alt,note\nemergency,"I can\'t, breathe",,x\n none ,"two\nlines", same_day ,\n',
    )
    assert read_rows(path) == [
        LabelledText("I can't, breathe", "emergency"),
        LabelledText("two\nlines", "none", "same_day"),
    ]


@pytest.mark.parametrize(
    "text", ["", "\n", "text\nhello\n", "level\nnone\n", "text;level\nhello;none\n"]
)
def test_a_missing_column_is_named_with_line_one(tmp_path: Path, text: str) -> None:
    (problem,) = problems(written(tmp_path, text))
    assert problem.line == 1
    assert problem.message == "The columns text and level are needed."


def test_a_file_without_a_message_is_no_evaluation(tmp_path: Path) -> None:
    (problem,) = problems(written(tmp_path, "text,level\n"))
    assert problem.line == 1
    assert "no message" in problem.message


def test_a_file_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "\ufefftext,level\r\nhello,none\r\n")
    assert read_rows(path) == [LabelledText("hello", "none")]


def test_every_unknown_level_is_named_with_its_line(tmp_path: Path) -> None:
    found = problems(
        written(
            tmp_path,
            "text,level,alt\na,none,\nb,urgent,\nc,,\nd,emergency,soon\ne\nf,same_day,none\n",
        )
    )
    assert [(problem.line, problem.message) for problem in found] == [
        (3, "There is no level `urgent`."),
        (4, "There is no level ``."),
        (5, "There is no level `soon`."),
        (6, "There is no level ``."),
    ]
    assert all("emergency, same_day, routine, none" in problem.fix for problem in found)


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    problems(tmp_path / "messages.csv")
    path = tmp_path / "messages.csv"
    path.write_bytes(b"text,level\n\xff\xfe\x00,none\n")
    problems(path)
