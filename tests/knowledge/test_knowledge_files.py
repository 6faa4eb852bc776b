"""Files that cannot be read: the message says which line and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from knowledge_folder import Folder

from bot.knowledge import read_answer, read_examples
from bot.problems import DataError, Problem


def problems_of(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(DataError) as caught:
        read_answer(path)
    assert all(problem.fix for problem in caught.value.problems)
    return [(problem.line, problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("group: dosing", "grup: dosing", 4, "Unknown key `grup`."),
        ("group: dosing\n", "", 2, "The key `group` is missing."),
        ("    publisher: Maker\n", "", 7, "missing required field `publisher`"),
        (
            "status: published",
            "status: live",
            5,
            "`status`: 'live' is none of what may stand here.",
        ),
        (
            "contact_level: routine",
            "contact_level: soon",
            15,
            "'soon' is none of what may stand here",
        ),
        ("2027-05-24", "next year", 14, "`review_by`: this is no day"),
        ("2027-05-24", "2027-02-30", 14, "`review_by`: this is no day"),
        ("[travel]", "travel", 16, "`follow_ups`: this should be a list"),
        ("    supports: all of it", "    suports: all", 7, "unknown field `suports`"),
        ("question: ", "question: a: b: ", 3, "Not valid YAML"),
        ("group: dosing", "group: dosing\ngroup: living", 5, "Not valid YAML"),
        ("group: dosing", "group: dosing\nbody: text", 2, "Unknown key `body`."),
    ],
)
def test_a_bad_front_matter(folder: Folder, old: str, new: str, line: int, message: str) -> None:
    folder.replace(folder.storage, old, new)
    found = problems_of(folder.storage)
    assert any(message in text for _, text in found), found
    assert line in [number for number, text in found if message in text], found


def test_a_file_without_front_matter(folder: Folder) -> None:
    folder.storage.write_text("Keep it cold.\n")
    assert problems_of(folder.storage) == [(1, "No front matter.")]


def test_an_answer_without_text(folder: Folder) -> None:
    folder.storage.write_text(folder.storage.read_text().split("Keep the pen")[0])
    assert problems_of(folder.storage) == [(18, "The answer is empty.")]


def test_a_file_that_is_not_utf8(folder: Folder) -> None:
    folder.storage.write_bytes(b"---\nid: caf\xe9\n---\n")
    assert problems_of(folder.storage) == [(2, "This line holds a letter that is not UTF-8.")]


def test_a_file_that_is_not_there(folder: Folder) -> None:
    folder.storage.unlink()
    assert problems_of(folder.storage) == [(1, "The file is missing.")]


def test_control_characters(folder: Folder) -> None:
    folder.replace(folder.storage, "dosing", "dos\x00ing")
    assert "Not valid YAML" in problems_of(folder.storage)[0][1]


def test_windows_line_ends_and_its_mark_at_the_beginning_are_fine(folder: Folder) -> None:
    text = folder.storage.read_bytes().replace(b"\n", b"\r\n")
    folder.storage.write_bytes(b"\xef\xbb\xbf" + text)
    assert read_answer(folder.storage).id == "storage"


def problems_of_examples(folder: Folder) -> list[Problem]:
    with pytest.raises(DataError) as caught:
        read_examples(folder.path / "nlu")
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("examples: no\n", 1, "No `nlu:` list."),
        ("nlu:\n- intent: faq/storage\n", 2, "An entry needs `intent` and `examples: |`."),
        (
            "nlu:\n- intent: a\n  examples: |\n    - one\n    two\n",
            5,
            "An example begins with `- `.",
        ),
        ("nlu:\n- intent: a\n examples: |\n", 3, "Not valid YAML"),
    ],
)
def test_bad_examples(folder: Folder, text: str, line: int, message: str) -> None:
    folder.nlu.write_text(text)
    (problem,) = problems_of_examples(folder)
    assert problem.line == line
    assert message in problem.message
    assert problem.fix


def test_problems_of_several_example_files_come_together(folder: Folder) -> None:
    folder.nlu.write_text("nlu: no\n")
    (folder.path / "nlu" / "more.yml").write_text("other: []\n")
    assert {Path(p.path).name for p in problems_of_examples(folder)} == {"faq.yml", "more.yml"}


def test_an_example_knows_its_line(folder: Folder) -> None:
    lines = folder.nlu.read_text().splitlines()
    for example in read_examples(folder.path / "nlu"):
        assert lines[example.line - 1].strip() == f"- {example.text}"
