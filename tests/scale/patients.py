"""Patients who never give up: each message goes to another server, and again until answered."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

TEXTS = (
    "Can I drink alcohol on Dupixent?",
    "where do i keep it",
    "thanks",
    "my skin itches",
    "stop",
    "what about the thing with the other one",
    "hello",
)
EMERGENCY = "my throat is closing and I can't breathe"
PATIENCE_SECONDS = 90.0


@dataclass
class Patient:
    """One conversation and what was acknowledged in it."""

    token: str
    acknowledged: list[tuple[str, str, list[Any]]] = field(default_factory=list)
    refusals: list[tuple[int, str]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)


class Crowd:
    """Many conversations at once over some servers.

    Args:
        urls: the servers; a conversation goes to the next with every message.
        size: how many conversations.
    """

    def __init__(self, urls: list[str], size: int) -> None:
        self.urls = urls
        self.size = size
        self.patients: list[Patient] = []
        self.answered = 0

    async def talk(self, until: Callable[[], bool], at_least: int = 4) -> None:
        """Everybody talks until `until()` and has then said at least so many messages."""
        limits = httpx.Limits(max_connections=self.size)
        async with httpx.AsyncClient(timeout=20, limits=limits) as client:
            self.patients = list(
                await asyncio.gather(*(self._join(client) for _ in range(self.size)))
            )
            await asyncio.gather(
                *(
                    self._talk(client, patient, number, until, at_least)
                    for number, patient in enumerate(self.patients)
                )
            )

    async def _join(self, client: httpx.AsyncClient) -> Patient:
        reply = await client.post(f"{self.urls[0]}/chat/session")
        assert reply.status_code == 200, reply.text
        return Patient(reply.json()["token"])

    async def _talk(
        self,
        client: httpx.AsyncClient,
        patient: Patient,
        number: int,
        until: Callable[[], bool],
        at_least: int,
    ) -> None:
        servers = itertools.cycle(self.urls[number % len(self.urls) :] + self.urls)
        count = 0
        while count < at_least or not until():
            text = TEXTS[(number + count) % len(TEXTS)]
            await self._say(client, patient, f"m{count}", text, servers)
            count += 1

    async def _say(
        self,
        client: httpx.AsyncClient,
        patient: Patient,
        message_id: str,
        text: str,
        servers: itertools.cycle[str],
    ) -> None:
        body = {"token": patient.token, "id": message_id, "text": text}
        began = time.monotonic()
        while time.monotonic() < began + PATIENCE_SECONDS:
            try:
                reply = await client.post(f"{next(servers)}/chat/message", json=body)
            except (httpx.TransportError, AttributeError):
                # A server killed just as it accepts: httpx's socket is then already gone, and
                # anyio says so with an AttributeError ("getpeername") instead of its own error.
                await asyncio.sleep(0.1)
                continue
            if reply.status_code == 200:
                patient.acknowledged.append((message_id, text, reply.json()["messages"]))
                patient.waits.append(time.monotonic() - began)
                self.answered += 1
                return
            assert reply.status_code == 503, reply.text
            patient.refusals.append((reply.status_code, reply.json()["detail"]))
            await asyncio.sleep(0.3)
        raise AssertionError(f"No reply in {PATIENCE_SECONDS} s; refusals: {patient.refusals[-3:]}")
