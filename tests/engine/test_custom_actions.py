"""What a custom action is sent, and what is taken back from it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import jsonschema
import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.engine.assistant import Assistant
from bot.engine.custom_actions import ActionServer, CustomAction, LocalActions


def call(events: int) -> dict[str, object]:
    said = [UserUttered(f"message {n}") for n in range(events)]
    tracker = DialogueStateTracker.from_events("a conversation", said)
    return CustomAction("action_x", None)._action_call_format(tracker, Domain.empty())


def test_an_action_is_sent_the_latest_events_and_no_domain() -> None:
    sent = call(events=100)
    tracker = sent["tracker"]
    assert isinstance(tracker, dict)
    assert tracker["events"][-1]["text"] == "message 99"
    assert len(tracker["events"]) == 40
    assert tracker["sender_id"] == sent["sender_id"] == "a conversation"
    assert sent["next_action"] == "action_x"
    assert sent["domain"] == {}


def test_what_is_sent_is_json() -> None:
    assert "message 2" in json.dumps(call(events=3))


def test_a_good_response_is_taken() -> None:
    response = {"events": [SlotSet("level", "none").as_dict()], "responses": [{"text": "hi"}]}
    assert CustomAction("action_x", None)._validate_action_result(response)


@pytest.mark.parametrize(
    "response", [{"events": [{"event": 3}]}, {"responses": ["text"]}, ["no object"]]
)
def test_a_response_in_another_form_is_refused(response: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        CustomAction("action_x", None)._validate_action_result(response)  # type: ignore[arg-type]


async def test_an_action_server_that_hangs_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def hang(*_: object, **__: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(EndpointConfig, "request", hang)
    with pytest.raises(asyncio.TimeoutError):
        await ActionServer("http://127.0.0.1:1/webhook", 0.05).request(json={})


async def test_the_assistant_calls_its_actions_this_way(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, object]] = []
    run = LocalActions.request

    async def note(actions: LocalActions, **kwargs: object) -> object:
        sent.append(kwargs["json"])  # type: ignore[arg-type]
        return await run(actions, **kwargs)

    monkeypatch.setattr(LocalActions, "request", note)
    await Assistant(model).take_turn("a visitor", "pen colour blue")
    assert [call["next_action"] for call in sent] == ["action_suggest_questions"]
    assert sent[0]["domain"] == {}
