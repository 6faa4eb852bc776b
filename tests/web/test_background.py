"""Work beside the answering: it goes on whatever goes wrong, and ends when it is told to."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa
from chat_client import Server
from services import free_port

from bot.engine import resources
from bot.engine.conversation_store import ConversationStore
from bot.engine.database import AUDIT
from bot.knowledge import LiveFile, read_clinic
from bot.web.action_server import wait_until_up
from bot.web.background import repeat
from bot.web.upkeep import Upkeep


async def test_a_round_that_fails_is_logged_and_the_next_one_tries_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rounds = []
    done = asyncio.Event()

    async def work() -> None:
        rounds.append(1)
        if len(rounds) == 1:
            raise ValueError("my throat itches")
        done.set()

    with caplog.at_level(logging.ERROR):
        task = asyncio.create_task(repeat(work, 0.01))
        await asyncio.wait_for(done.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "ValueError" in caplog.text
    assert "throat" not in caplog.text


async def with_an_old_conversation(server: Server) -> ConversationStore:
    store = server.store
    store.clock = lambda: time.time() - 31 * 86_400
    await server.session()
    return store


def noted(store: ConversationStore) -> set[str]:
    """What is in the audit trail."""
    with store.engine.connect() as connection:
        return set(connection.execute(sa.select(AUDIT.c.what)).scalars())


async def until(done: Callable[[], bool]) -> None:
    for _ in range(200):
        if done():
            return
        await asyncio.sleep(0.02)


async def test_upkeep_goes_on_after_an_error_that_nobody_expected(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = await with_an_old_conversation(server)
    prepare, tries = store.prepare, []

    async def broken_at_first() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("my throat itches")
        await prepare()

    monkeypatch.setattr(store, "prepare", broken_at_first)
    monkeypatch.setattr("bot.web.upkeep.TRY_AGAIN_SECONDS", 0.01)
    working = asyncio.create_task(Upkeep(server.settings, server.turns).work())
    await until(lambda: len(noted(store)) == 2)
    working.cancel()
    assert noted(store) == {"settings", "purge"}
    assert "cannot be used yet: ValueError" in caplog.text
    assert "throat" not in caplog.text


async def test_retention_does_not_wait_for_an_audit_trail_that_cannot_be_read(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = await with_an_old_conversation(server)
    upkeep = Upkeep(server.settings, server.turns)
    broken = {"at": 0.0, "who": upkeep._who, "what": "settings", "detail": "{my throat itches"}
    with store.engine.begin() as connection:
        connection.execute(sa.insert(AUDIT).values(**broken))
    working = asyncio.create_task(upkeep.work())
    await until(lambda: "purge" in noted(store))
    working.cancel()
    assert noted(store) == {"settings", "purge"}
    assert "JSONDecodeError" in caplog.text
    assert "throat" not in caplog.text


class _Starting(BaseHTTPRequestHandler):
    """An action server that is not ready when it is first asked."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200 if len(self.asked) > 1 else 503)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_an_action_server_is_waited_for_until_it_answers() -> None:
    _Starting.asked = []
    server = HTTPServer(("127.0.0.1", 0), _Starting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    assert wait_until_up(f"http://127.0.0.1:{server.server_port}/webhook")
    server.shutdown()
    server.server_close()
    assert _Starting.asked == ["/health", "/health"]


def test_an_action_server_that_does_not_come_is_not_waited_for_without_end() -> None:
    assert not wait_until_up(f"http://127.0.0.1:{free_port()}/webhook", seconds=0.2)


async def test_a_changed_clinic_reaches_the_next_patient(
    server: Server, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "clinic.yml"
    path.write_text((project / "data" / "clinic.yml").read_text())
    monkeypatch.setattr(resources, "clinic_file", lambda: changing)
    changing = LiveFile(path, read_clinic)

    async def phone() -> str:
        return str((await server.client.post("/chat/session")).json()["clinic"]["phone"])

    assert await phone() == "202-555-0100"
    path.write_text(path.read_text().replace("202-555-0100", "202-555-0199"))
    assert await phone() == "202-555-0199"
    path.write_text("name: half a file")
    assert await phone() == "202-555-0199"
