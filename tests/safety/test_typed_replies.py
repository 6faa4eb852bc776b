"""What a typed reply to "is this happening right now?" means, and what takes a call back."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.safety import Replies

REPLIES = Replies.load(Path(__file__).parents[2] / "data" / "triage")


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("yes", True), ("Yes and my throat too", True), ("it is", True), ("I THINK SO", True),
        ("not sure", True), ("no idea", True), ("kind of", True), ("yeah it's getting worse", True),
        ("no", False), ("nope!", False), ("no it was yesterday", False), ("not now", False),
        ("it’s not", False), ("I am not", False), ("it is not happening", False),
        ("no it's not happening right now", False), ("no, I don't have an EpiPen", None),
        ("no but it comes back", None), ("no, it got worse", None), ("", None),
        ("what do you mean", None), ("how do i store the pens", None), ("nobody answers", None),
    ],
)  # fmt: skip
def test_a_typed_reply_is_a_yes_a_no_or_neither(text: str, yes: bool | None) -> None:
    assert REPLIES.confirms(text) is yes


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("Nothing like that is happening", True), ("i dont have it, just asking", True),
        ("i dont have it", False), ("no i don't have that", False), ("sorry just asking", False),
        ("it's not happening to me it is my daughter", False),
        ("nothing is happening when i use my inhaler", False),
        ("it never happened before", False),
        ("Oh, sorry, that was years ago!", True), ("i was just asking in general", True),
        ("no it isn’t happening", True), ("this was last year and it healed", True),
        ("it is gone now", False), ("my sister had that years ago", False),
        ("that was years ago but now it is back", False), ("", False), ("oh sorry", False),
        ("that was years ago and today I have the same trouble with my throat again", False),
    ],
)  # fmt: skip
def test_only_what_was_long_ago_or_never_takes_a_call_back(text: str, back: bool) -> None:
    assert REPLIES.takes_back(text) is back
