"""Plays conversations.yml against a running assistant; each conversation is one test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.engine.assistant import Assistant
from bot.safety import LEVELS

CONVERSATIONS = yaml.safe_load((Path(__file__).parent / "conversations.yml").read_text())
KEYS = {"say", "answers", "level", "first", "intent", "has", "lacks", "buttons", "messages"}


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda c: c["name"])
async def test_conversation(assistant: Assistant, conversation: dict[str, Any]) -> None:
    for turn in conversation["turns"]:
        assert set(turn) <= KEYS
        assert len(turn) > 1, "a turn that checks nothing"
        tracker, messages = await assistant.take_turn(conversation["name"], turn["say"])
        await assistant.store.save(tracker)
        reply = "\n".join(
            [m["text"] for m in messages]
            + [m["reviewed_by"] or "" for m in messages]
            + [s["title"] for m in messages for s in m["sources"]]
        )
        where = f"after “{turn['say']}”: {reply}"
        if "answers" in turn:
            assert [m["faq_id"] for m in messages if m["faq_id"]] == turn["answers"], where
        if "level" in turn:
            shown = {m["level"] for m in messages}
            assert min(shown, key=LEVELS.index) == turn["level"], where
        if "first" in turn:
            assert messages[0]["text"].startswith(turn["first"]), where
        if "intent" in turn:
            assert assistant.reading_of(tracker)["intent"] == turn["intent"], where
        if "messages" in turn:
            assert len(messages) == turn["messages"], where
        for words in turn.get("has", []):
            assert words in reply, where
        for words in turn.get("lacks", []):
            assert words not in reply, where
        titles = [q["title"] for m in messages for q in m["quick_replies"]]
        for title in turn.get("buttons", []):
            assert title in titles, where
