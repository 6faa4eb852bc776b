"""Another model takes over while patients are writing."""

from __future__ import annotations

import asyncio
import logging
import shutil
from pathlib import Path

import httpx
import pytest
from chat_client import EMERGENCY, QUESTION, Server, is_emergency

from bot.engine import models, training
from bot.engine.assistant import Assistant
from bot.engine.models import ModelRecord
from bot.settings import Settings, read_settings
from bot.web import served_model
from bot.web.served_model import ServedModel


@pytest.fixture
def settings(tmp_path: Path, model: Path) -> Settings:
    """A project with two archives of the same model, the first one chosen."""
    settings = read_settings({"FAQBOT_PROJECT": str(tmp_path)})
    for name, day in (("first", 1), ("second", 2)):
        record = ModelRecord(f"{name}.tar.gz", f"2026-11-{day:02}", "data", 10, 2)
        models.keep(settings, record)
        shutil.copy(model, settings.models / record.archive)
    models.choose(settings, models.find(settings, "first"), "")
    return settings


@pytest.fixture
def served(server: Server, settings: Settings, assistant: Assistant) -> ServedModel:
    """The server with the first model in use."""
    turns = server.turns
    turns.assistant.model = settings.models / "first.tar.gz"
    return ServedModel(settings, turns, "http://127.0.0.1:1/webhook")


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model's own test has tests of its own; it takes seconds."""
    monkeypatch.setattr(training, "own_test", lambda _: ())


def answered(reply: httpx.Response) -> str:
    return str(reply.json()["messages"][0]["faq_id"])


def choose_second(settings: Settings) -> None:
    models.choose(settings, models.find(settings, "second"), "")


async def test_nothing_happens_while_the_choice_stays(served: ServedModel) -> None:
    assert not await served.exchange()


async def test_the_chosen_model_takes_over(
    served: ServedModel, settings: Settings, server: Server, passes: None
) -> None:
    choose_second(settings)
    assert await served.exchange()
    assert server.turns.assistant.model.name == "second.tar.gz"
    assert not await served.exchange()


async def test_no_message_and_no_conversation_is_lost_in_an_exchange(
    served: ServedModel, settings: Settings, server: Server, passes: None
) -> None:
    token = await server.session()
    assert answered(await server.say(token, QUESTION)) == "alcohol"
    choose_second(settings)
    exchange = asyncio.create_task(served.exchange())
    during = 0
    while not exchange.done():
        assert answered(await server.say(token, QUESTION)) == "alcohol"
        during += 1
        await asyncio.sleep(0.2)
    assert await exchange
    assert during > 1
    assert is_emergency(await server.say(token, EMERGENCY))
    history = (await server.history(token)).json()["messages"]
    assert sum(message["role"] == "user" for message in history) == during + 2


async def test_a_model_that_fails_its_own_test_is_refused_once(
    served: ServedModel,
    settings: Settings,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tested = []

    def fails(assistant: Assistant) -> tuple[str, ...]:
        tested.append(assistant.model.name)
        return ("storage: “How?” reaches no answer",)

    monkeypatch.setattr(training, "own_test", fails)
    choose_second(settings)
    with caplog.at_level(logging.ERROR):
        assert not await served.exchange()
        assert not await served.exchange()
    assert tested == ["second.tar.gz"]
    assert "storage: “How?” reaches no answer" in caplog.text
    assert server.turns.assistant.model.name == "first.tar.gz"


async def test_an_archive_that_cannot_be_read_changes_nothing(
    served: ServedModel, settings: Settings, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    (settings.models / "second.tar.gz").write_bytes(b"half an archive")
    choose_second(settings)
    with caplog.at_level(logging.ERROR):
        assert not await served.exchange()
    assert "second.tar.gz cannot be loaded" in caplog.text
    assert server.turns.assistant.model.name == "first.tar.gz"


async def test_a_running_server_looks_for_the_choice_by_itself(
    served: ServedModel,
    settings: Settings,
    server: Server,
    passes: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(served_model, "LOOK_EVERY_SECONDS", 0.01)
    watching = asyncio.create_task(served.watch())
    choose_second(settings)
    for _ in range(600):
        if server.turns.assistant.model.name == "second.tar.gz":
            break
        await asyncio.sleep(0.1)
    watching.cancel()
    assert server.turns.assistant.model.name == "second.tar.gz"
