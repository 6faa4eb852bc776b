"""Questions that are alike stand together."""

from __future__ import annotations

import pytest

from bot.report import groups
from bot.report.groups import group_by_likeness
from bot.understanding import SentenceEncoder


def test_wordings_of_one_question_make_one_group(encoder: SentenceEncoder) -> None:
    texts = [
        "Is there parking at the clinic?",
        "where can I park at the clinic",
        "does the clinic have parking",
        "Do you speak Polish?",
        "is there somebody who speaks Polish",
    ]
    found = group_by_likeness(texts, encoder.encode)
    assert [group.count for group in found] == [3, 2]
    assert {text for text, _ in found[0].texts} == set(texts[:3])


def test_the_most_frequent_group_comes_first(encoder: SentenceEncoder) -> None:
    texts = ["do you speak Polish"] * 3 + ["is there parking at the clinic"]
    found = group_by_likeness(texts, encoder.encode)
    assert [group.texts for group in found] == [
        (("do you speak Polish", 3),),
        (("is there parking at the clinic", 1),),
    ]


def test_spaces_make_no_other_question(encoder: SentenceEncoder) -> None:
    found = group_by_likeness(["is  there parking", " is there parking\n"], encoder.encode)
    assert [group.texts for group in found] == [(("is there parking", 2),)]


def test_nothing_gives_no_groups(encoder: SentenceEncoder) -> None:
    assert group_by_likeness([], encoder.encode) == []
    assert group_by_likeness([" "], encoder.encode) == []


def test_beyond_a_limit_the_rarest_are_left_out(
    encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "MOST_TEXTS", 1)
    texts = ["is there parking", "do you speak Polish", "do you speak Polish"]
    found = group_by_likeness(texts, encoder.encode)
    assert [group.texts for group in found] == [(("do you speak Polish", 2),)]
