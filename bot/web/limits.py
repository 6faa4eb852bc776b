"""How many messages a session and a network address may send."""

from __future__ import annotations

import time

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError

from bot.settings import Settings


class TooMany(Exception):
    """A limit is reached; `retry_after` is the number of seconds to wait."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class Limits:
    """Counts in memory, or in Redis when several servers share the limits."""

    def __init__(self, settings: Settings) -> None:
        storage: Storage
        if settings.redis_url:
            storage = RedisStorage(
                f"async+{settings.redis_url}", implementation="redispy", wrap_exceptions=True
            )
        else:
            storage = MemoryStorage()
        self._limiter = MovingWindowRateLimiter(storage)
        self._session = parse(settings.rate_session)
        self._address = parse(settings.rate_address)
        self._new = parse(settings.rate_new_sessions)

    async def count_message(self, conversation: str, address: str) -> None:
        """Counts a message. Raises `TooMany` when either limit is reached."""
        await self._hit(self._session, "session", conversation)
        await self._hit(self._address, "address", address)

    async def count_session(self, address: str) -> None:
        """Counts a new session. Raises `TooMany` when the limit is reached."""
        await self._hit(self._new, "new", address)

    async def _hit(self, limit: RateLimitItem, kind: str, who: str) -> None:
        try:
            if await self._limiter.hit(limit, kind, who):
                return
            reset = (await self._limiter.get_window_stats(limit, kind, who)).reset_time
        except StorageError:
            # Without Redis nobody is counted; a patient is not turned away for that.
            return
        raise TooMany(max(1, int(reset - time.time()) + 1))
