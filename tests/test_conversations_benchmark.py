"""Whether a danger told over several messages counts as heard in time, later or never."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.conversations import in_time, read_conversations
from bot.problems import DataError
from bot.safety.evaluate import LabelledText
from bot.safety.model import Level

TOLD = [
    LabelledText("my shot was today", "none"),
    LabelledText("my lips are tingling", "same_day", "emergency"),
    LabelledText("my throat is closing", "emergency"),
    LabelledText("ok", "emergency"),
]
CALM = [LabelledText("hello", "none"), LabelledText("I itch", "routine", "none")]


@pytest.mark.parametrize(
    ("given", "when"),
    [
        (("none", "same_day", "emergency", "emergency"), "in time"),
        (("none", "emergency", "none", "none"), "in time"),
        (("none", "none", "none", "emergency"), "later"),
        (("none", "same_day", "same_day", "same_day"), "never"),
    ],
)
def test_the_most_urgent_level_is_due_with_its_first_message(
    given: tuple[Level, ...], when: str
) -> None:
    counts = in_time([TOLD], [given])
    assert (counts["urgent"], counts[when], counts["harmless"]) == (1, 1, 0)


def test_a_harmless_conversation_is_alarmed_by_anything_urgent() -> None:
    assert in_time([CALM], [("none", "routine")])["alarmed"] == 0
    assert in_time([CALM, CALM], [("same_day", "none"), ("none", "none")])["alarmed"] == 1


def test_messages_with_one_number_are_one_conversation(tmp_path: Path) -> None:
    path = tmp_path / "told.csv"
    path.write_text("conversation,text,level\n1,hi,none\n1,ouch,same_day\n2,hey,none\n")
    assert [[row.text for row in rows] for rows in read_conversations(path)] == [
        ["hi", "ouch"],
        ["hey"],
    ]


def test_an_unknown_level_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "told.csv"
    path.write_text("conversation,text,level\n1,hi,urgent\n")
    with pytest.raises(DataError, match="urgent"):
        read_conversations(path)
