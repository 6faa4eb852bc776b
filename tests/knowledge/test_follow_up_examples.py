"""What patients type right after an answer: read, and checked line by line."""

from __future__ import annotations

from pathlib import Path

import pytest
from knowledge_folder import Folder

from bot.knowledge import FollowUp, read_follow_ups
from bot.problems import DataError


def test_each_text_stands_after_an_answer_and_means_one(tmp_path: Path) -> None:
    path = Folder(tmp_path / "data").path / "follow_ups.yml"
    path.write_text("storage:\n  travel: [and on a plane]\n  none: [hm]\n")
    assert read_follow_ups(path) == [
        FollowUp("storage", "and on a plane", "travel"),
        FollowUp("storage", "hm", "none"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("storage: {travel: [a]}\nnowhere: {travel: [b]}\n", 2, "no answer `nowhere`"),
        ("storage:\n  nowhere: [a]\n", 2, "no answer `nowhere`"),
        ("storage:\n  travel:\n    - a\n  none:\n    - A\n", 5, "stands twice after `storage`"),
        ("storage:\n  travel:\n    - ' '\n", 3, "is empty"),
        ("storage: [a]\n", 1, "Expected `object`"),
        ("- a\n", 1, "Expected `object`"),
    ],
)
def test_a_wrong_file_says_where_and_what(tmp_path: Path, text: str, line: int, says: str) -> None:
    path = Folder(tmp_path / "data").path / "follow_ups.yml"
    path.write_text(text)
    with pytest.raises(DataError) as caught:
        read_follow_ups(path)
    problem = caught.value.problems[0]
    assert (problem.line, says in problem.message) == (line, True), problem
    assert problem.fix


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="missing"):
        read_follow_ups(tmp_path / "follow_ups.yml")
