"""One message at a time in each conversation, on one server or on many.

The database alone makes sure that a message is answered exactly once; locks only save
two servers the work of finding that out.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError, RedisError

logger = logging.getLogger(__name__)

# Longer than any turn takes; the lock of a killed server frees itself after it.
HELD_AT_MOST_SECONDS = 4.0
WAIT_SECONDS = 6.0
# A Redis that is away is not asked again at once: every try costs its timeout.
REST_SECONDS = 5.0


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
    """Locks shared by all servers that use the same Redis; without it, none are held."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._ask_again_at = 0.0

    @asynccontextmanager
    async def hold(self, conversation: str) -> AsyncIterator[None]:
        """Waits for the conversation's lock. Raises `Busy` after `WAIT_SECONDS`."""
        lock = await self._acquired(conversation)
        try:
            yield
        finally:
            if lock is not None:
                # A LockError: it timed out; whoever holds it now keeps it.
                with suppress(LockError, RedisError):
                    await lock.release()

    async def _acquired(self, conversation: str) -> Lock | None:
        if time.monotonic() < self._ask_again_at:
            return None
        lock = self._client.lock(
            lock_name(conversation),
            timeout=HELD_AT_MOST_SECONDS,
            blocking_timeout=WAIT_SECONDS,
            sleep=0.02,
        )
        try:
            if not await lock.acquire():
                raise Busy(conversation)
        except RedisError as error:
            logger.warning("Redis is away (%s); going on without locks.", type(error).__name__)
            self._ask_again_at = time.monotonic() + REST_SECONDS
            return None
        return lock


def lock_name(conversation: str) -> str:
    """The lock's key in Redis."""
    return f"faqbot:lock:{conversation}"
