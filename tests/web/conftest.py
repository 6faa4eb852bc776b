"""A server in this process: the real app and model, a database of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from chat_client import Server
from services import Postgres, postgres, redis  # noqa: F401

from bot.engine.assistant import Assistant
from bot.engine.conversation_store import ConversationStore
from bot.engine.custom_actions import LocalActions
from bot.engine.database import META, connect
from bot.settings import read_settings
from bot.web.app import create_app
from bot.web.turns import Turns


@pytest.fixture
async def make_server(
    assistant: Assistant, model: Path, tmp_path: Path
) -> AsyncIterator[Callable[..., Any]]:
    """Makes servers with given settings; those made by one test share its folder."""
    async with AsyncExitStack() as stack:

        async def make(**environment: str) -> Server:
            settings = read_settings({"FAQBOT_VAR": str(tmp_path), **environment})
            app = create_app(settings, model, "http://127.0.0.1:1/webhook")
            server_turns: Turns = app.state.turns
            await server_turns.store.prepare()
            server_turns.assistant = lent(assistant, server_turns.store)
            transport = httpx.ASGITransport(app, raise_app_exceptions=True)
            client = await stack.enter_async_context(
                httpx.AsyncClient(transport=transport, base_url="http://bot.example", timeout=30)
            )
            stack.callback(server_turns.store.close)
            return Server(app, settings, client)

        yield make


@pytest.fixture
async def server(make_server: Callable[..., Any]) -> Server:
    made: Server = await make_server()
    return made


def lent(assistant: Assistant, store: ConversationStore) -> Assistant:
    """The one loaded model with another store: loading takes longer than most tests."""
    twin = Assistant.__new__(Assistant)
    twin.__dict__.update(assistant.__dict__)
    processor = type(assistant._processor).__new__(type(assistant._processor))
    processor.__dict__.update(assistant._processor.__dict__)
    processor.tracker_store = store
    processor.action_endpoint = LocalActions()
    store.domain = assistant.domain
    twin.store, twin._processor = store, processor
    return twin


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'conversations.db'}"
    found: Postgres = request.getfixturevalue("postgres")
    engine = connect(found.url)
    META.drop_all(engine)
    engine.dispose()
    return found.url
