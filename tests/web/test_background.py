"""Work beside the answering: it goes on whatever goes wrong, and ends when it is told to."""

from __future__ import annotations

import asyncio
import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from chat_client import Server
from services import free_port

from bot.engine import resources
from bot.knowledge import LiveFile, read_clinic
from bot.web.action_server import wait_until_up
from bot.web.background import repeat


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
