"""A wrong rule file says which file and line is wrong, and what to do."""

import re
import shutil
from pathlib import Path

import pytest

from bot.problems import DataError, Problem
from bot.safety import GuidedCheck
from bot.safety.context import read_context
from bot.safety.examples import read_examples
from bot.safety.red_flags import read_red_flags

GOOD = """concepts:
  part: [throat]
raises:
  says: [newborn]
  levels: {same_day: emergency}
idioms: [lump in my throat]
not_a_patient: [my dog]
red_flags:
  - id: one
    level: emergency
    why: Because.
    source: [1]
    kind: general
    says:
      - "{part} closes"
left_out: []
a_patient: [my]
"""


def problem(folder: Path, old: str, new: str) -> Problem:
    assert old in GOOD
    path = folder / "red_flags.yml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(DataError) as error:
        read_red_flags(path, {"epipen": "epi pen"})
    return error.value.problems[0]


def test_the_good_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "red_flags.yml"
    path.write_text(GOOD)
    assert len(read_red_flags(path).rules) == 1


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("    why:", "    colour: red\n    why:", None, "nknown"),
        ("level: emergency\n    why", "level: urgent\n    why", None, "urgent"),
        ('"{part} closes"', '"{organ} closes"', 15, "unknown concept {organ}"),
        ('"{part} closes"', '"throat ... "', 15, "nothing on one side"),
        ('"{part} closes"', "a|", 15, "matches the empty string"),
        ('"{part} closes"', "ab*", 15, "matches almost anything"),
        ('"{part} closes"', '"[42-38] fever"', 15, "empty range"),
        ('"{part} closes"', '"{part closes"', 15, "no word, {concept}"),
        ('"{part} closes"', '"[38,5-42] fever"', 15, "no word, {concept}"),
        ('"{part} closes"', '"*"', 15, "matches almost anything"),
        ('"{part} closes"', '"My throat"', 15, "read as `my`"),
        ('"{part} closes"', '"i can’t"', 15, "read as `can't`"),
        ('"{part} closes"', "epipen used", 15, "read as `epi pen`"),
        ('"{part} closes"', "needle-stick", 15, "read as `needle stick`"),
        ("part: [throat]", "part: [mother's neck]", 2, "read as `mother`"),
        ("[my dog]", "[dog's paw]", 7, "read as `dog`"),
        ('"{part} closes"', '"{part} closes"\n      - "{part} closes"', 16, "stands twice"),
        ('says:\n      - "{part} closes"', "says: []", 14, "no words"),
        ("source: [1]", "source: []", 12, "no source row"),
        (
            "left_out",
            "  - {id: one, level: routine, why: x, source: [2], kind: general, says: [hello]}\n"
            "left_out",
            16,
            "stands twice",
        ),
        (
            "left_out",
            "  - {id: two, level: routine, why: x, source: [2], kind: general, "
            'says: ["{part} closes"]}\nleft_out',
            16,
            "can never decide",
        ),
        ("{same_day: emergency}", "{same_day: urgent}", None, "urgent"),
        ("levels:", "not_kinds: [genral]\n  levels:", 5, "No rule is of the kind `genral`"),
    ],
)
def test_a_wrong_rule_file(tmp_path: Path, old: str, new: str, line: int | None, says: str) -> None:
    found = problem(tmp_path, old, new)
    assert found.path.endswith("red_flags.yml")
    assert says in found.message
    assert found.fix
    assert found.line == line if line else found.line >= 1


@pytest.fixture
def triage(project: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(project / "data" / "triage", tmp_path / "triage"))


@pytest.mark.parametrize(
    ("old", "new"),
    [("direction: forward", "direction: forwards"), ("reach: 4", "reach: -4"),
     ("cues: [", 'cues: ["", ')],
)  # fmt: skip
def test_a_wrong_cue(triage: Path, old: str, new: str) -> None:
    path = triage / "context.yml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(DataError, match=r"context\.yml:\d+"):
        read_context(path)


def test_a_cue_that_no_message_holds(triage: Path) -> None:
    path = triage / "context.yml"
    path.write_text(path.read_text().replace("leaflets", "side-effect", 1))
    with pytest.raises(DataError, match=r"`side-effect` is never met.*`side effect`"):
        read_context(path)


def test_a_message_with_two_levels(triage: Path) -> None:
    path = triage / "examples" / "none.txt"
    first = (triage / "examples" / "emergency.txt").read_text().splitlines()[2]
    path.write_text(path.read_text() + first + "\n")
    with pytest.raises(DataError, match="stands under emergency too"):
        read_examples(triage)


def test_a_level_without_messages(triage: Path) -> None:
    (triage / "examples" / "emergency.txt").write_text("# nothing\n")
    with pytest.raises(DataError, match=r"emergency\.txt:1.*no message in this file"):
        read_examples(triage)


def test_costs_with_a_gap(triage: Path) -> None:
    path = triage / "second_detector.yml"
    path.write_text(re.sub(r", none: \d+}", "}", path.read_text(), count=1))
    with pytest.raises(DataError, match="emergency given as none"):
        read_examples(triage)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("    when: {}\n", "    when: {what: [eyes]}\n", "decided by no row"),
        ("when: {warnings: [some], ", "when: {warnings: [many], ", "which no reply gives"),
        ("when: {warnings: [some]}", "when: {warnings: [lots]}", "which no reply gives"),
        ("  - id: warning_eyes\n    when: {warnings: [some, unsure], what: [eyes]}",
         "  - id: warning_eyes\n    when: {}", "never reached"),
    ],
)  # fmt: skip
def test_a_wrong_advice_table(triage: Path, old: str, new: str, says: str) -> None:
    path = triage / "advice.yml"
    if old not in path.read_text():
        old, new = "when: {warnings: [some]}", "when: {warnings: [many]}"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(DataError, match=says):
        GuidedCheck.load(triage)
