"""The server that needs nothing installed: what breaks around it, and what patients get."""

from __future__ import annotations

import os
import resource
import signal
import time
from pathlib import Path

import httpx
import pytest
from faqbot_process import FaqbotProcess
from patients import EMERGENCY, TEXTS
from services import children_of

NEEDS_AN_ACTION = "the thing somebody once told somebody about the other stuff"


class Visitor:
    def __init__(self, server: FaqbotProcess) -> None:
        self._client = httpx.Client(base_url=server.url, timeout=30)
        self.token = self._client.post("/chat/session").json()["token"]
        self.count = 0

    def say(self, text: str, message_id: str = "") -> httpx.Response:
        self.count += 1
        body = {"token": self.token, "id": message_id or f"m{self.count}", "text": text}
        return self._client.post("/chat/message", json=body)

    def asked(self) -> list[str]:
        headers = {"Authorization": f"Bearer {self.token}"}
        history = self._client.get("/chat/history", headers=headers).json()["messages"]
        return [message["id"] for message in history if message["role"] == "user"]


@pytest.fixture
def visitor(alone: FaqbotProcess) -> Visitor:
    return Visitor(alone)


def is_emergency(reply: httpx.Response) -> bool:
    return reply.status_code == 200 and reply.json()["messages"][0]["level"] == "emergency"


def test_the_action_server_is_killed_and_comes_back(alone: FaqbotProcess, visitor: Visitor) -> None:
    before = alone.action_server
    os.kill(before, signal.SIGKILL)
    assert "went wrong" in visitor.say(NEEDS_AN_ACTION).text
    assert visitor.say(TEXTS[0]).json()["messages"][0]["faq_id"] == "alcohol"
    assert is_emergency(Visitor(alone).say(EMERGENCY))
    end = time.monotonic() + 60
    while time.monotonic() < end:
        # Without an answer before it, which would explain it.
        reply = Visitor(alone).say(NEEDS_AN_ACTION)
        if "went wrong" not in reply.text:
            break
        time.sleep(0.5)
    assert reply.json()["messages"][0]["kind"] in ("suggestions", "notice")
    assert "went wrong" not in reply.text
    assert alone.action_server != before


def test_the_action_server_hangs_and_an_emergency_is_answered_in_two_seconds(
    alone: FaqbotProcess, visitor: Visitor
) -> None:
    # Stopped, it still accepts connections, and never answers.
    os.kill(alone.action_server, signal.SIGSTOP)
    try:
        began = time.monotonic()
        reply = visitor.say(EMERGENCY)
        took = time.monotonic() - began
        assert is_emergency(reply)
        other = Visitor(alone)
        assert "went wrong" in other.say(NEEDS_AN_ACTION).text
        assert other.say(TEXTS[0]).json()["messages"][0]["faq_id"] == "alcohol"
    finally:
        os.kill(alone.action_server, signal.SIGCONT)
    # The bound is the behaviour here: an emergency does not wait for an action.
    assert took < 2.0


def test_the_disk_is_full_and_nothing_acknowledged_is_lost(
    alone: FaqbotProcess, visitor: Visitor
) -> None:
    answered = []
    assert visitor.say(TEXTS[0], "before").status_code == 200
    answered.append("before")
    var = Path(alone.folder) / "var"
    size = max(path.stat().st_size for path in var.iterdir())
    _, hard = resource.prlimit(alone.pid, resource.RLIMIT_FSIZE)
    # No file of the server may grow beyond this: what a full disk does to a database.
    resource.prlimit(alone.pid, resource.RLIMIT_FSIZE, (size + 50_000, hard))
    try:
        for number in range(200):
            reply = visitor.say(TEXTS[0], f"full{number}")
            if reply.status_code != 200:
                break
            answered.append(f"full{number}")
        assert reply.status_code == 503
        assert "try again" in reply.json()["detail"]
        assert "911" in reply.json()["detail"]
        assert is_emergency(visitor.say(EMERGENCY, "urgent"))
        assert visitor.asked() == answered
    finally:
        resource.prlimit(alone.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, hard))
    refused = f"full{number}"
    assert visitor.say(TEXTS[0], refused).json()["messages"][0]["faq_id"] == "alcohol"
    assert visitor.asked() == [*answered, refused]


def test_a_killed_server_has_on_disk_what_it_answered(
    alone: FaqbotProcess, visitor: Visitor
) -> None:
    actions = alone.action_server
    for number in range(5):
        assert visitor.say(TEXTS[number], f"kept{number}").status_code == 200
    alone.kill()
    alone.start()
    alone.wait()
    assert visitor.asked() == [f"kept{number}" for number in range(5)]
    # Its action server did not outlive it, and it has another one.
    assert not Path(f"/proc/{actions}").exists() or actions not in children_of(alone.pid)
    assert visitor.say(NEEDS_AN_ACTION).status_code == 200


def test_a_server_that_is_asked_to_stop_ends_cleanly(alone: FaqbotProcess) -> None:
    actions = alone.action_server
    assert alone.stop() == 0
    assert not Path(f"/proc/{actions}").exists()
