"""One message at a time in each conversation, on one server or on many."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from redis.asyncio import Redis
from redis.exceptions import LockError

WAIT_SECONDS = 10.0
# Longer than any turn can take, so that a killed server's lock frees itself.
HELD_AT_MOST_SECONDS = 20.0


class Busy(Exception):
    """The conversation's earlier message has not been answered in time."""


class LocalLocks:
    """Locks within this process."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._users: dict[str, int] = defaultdict(int)

    @asynccontextmanager
    async def hold(self, conversation: str) -> AsyncIterator[None]:
        """Waits for the conversation's lock. Raises `Busy` after `WAIT_SECONDS`."""
        lock = self._locks.setdefault(conversation, asyncio.Lock())
        self._users[conversation] += 1
        try:
            try:
                await asyncio.wait_for(lock.acquire(), WAIT_SECONDS)
            except TimeoutError:
                raise Busy(conversation) from None
            try:
                yield
            finally:
                lock.release()
        finally:
            self._users[conversation] -= 1
            if not self._users[conversation]:
                del self._users[conversation]
                self._locks.pop(conversation, None)


class RedisLocks:
    """Locks shared by all servers that use the same Redis."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    @asynccontextmanager
    async def hold(self, conversation: str) -> AsyncIterator[None]:
        """Waits for the conversation's lock. Raises `Busy` after `WAIT_SECONDS`."""
        lock = self._client.lock(
            f"faqbot:lock:{conversation}",
            timeout=HELD_AT_MOST_SECONDS,
            blocking_timeout=WAIT_SECONDS,
            sleep=0.02,
        )
        if not await lock.acquire():
            raise Busy(conversation)
        try:
            yield
        finally:
            with suppress(LockError):  # it timed out; whoever holds it now keeps it
                await lock.release()
