"""How many messages a session and a network address may send."""

from __future__ import annotations

import hashlib
import hmac
import logging
import time

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError

from bot.settings import Settings
from bot.web.locks import REST_SECONDS

logger = logging.getLogger(__name__)

REDIS_SECONDS = 0.5


class TooMany(Exception):
    """A limit is reached; `retry_after` is the number of seconds to wait."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class Limits:
    """Counts in Redis when several servers share the limits, else in memory.

    Args:
        settings: the limits, and where Redis is.
        key: network addresses are kept as a keyed hash, so that Redis holds none.
    """

    def __init__(self, settings: Settings, key: str) -> None:
        self._key = key.encode()
        self._here = FixedWindowRateLimiter(MemoryStorage())
        self._shared: FixedWindowRateLimiter | None = None
        if settings.redis_url:
            storage = RedisStorage(
                f"async+{settings.redis_url}",
                implementation="redispy",
                wrap_exceptions=True,
                key_prefix="faqbot:limits",
                socket_timeout=REDIS_SECONDS,
                socket_connect_timeout=REDIS_SECONDS,
            )
            self._shared = FixedWindowRateLimiter(storage)
        self._ask_again_at = 0.0
        self._session = parse(settings.rate_session)
        self._address = parse(settings.rate_address)
        self._new = parse(settings.rate_new_sessions)

    async def count_message(self, conversation: str, address: str) -> None:
        """Counts a message. Raises `TooMany` when either limit is reached."""
        await self._count(self._session, "session", conversation)
        await self._count(self._address, "address", self._hashed(address))

    async def count_session(self, address: str) -> None:
        """Counts a new session. Raises `TooMany` when the limit is reached."""
        await self._count(self._new, "new", self._hashed(address))

    async def forget(self, conversation: str) -> None:
        """Removes what is kept about a session."""
        await self._here.clear(self._session, "session", conversation)
        if self._shared is not None:
            try:
                await self._shared.clear(self._session, "session", conversation)
            except StorageError:
                # The key goes by itself when its window has passed.
                logger.warning("Redis is away; a session's count stays until its window ends.")

    def _hashed(self, address: str) -> str:
        return hmac.new(self._key, address.encode(), hashlib.sha256).hexdigest()[:32]

    async def _count(self, limit: RateLimitItem, kind: str, who: str) -> None:
        if self._shared is not None and time.monotonic() >= self._ask_again_at:
            try:
                return await self._hit(self._shared, limit, kind, who)
            except StorageError:
                logger.warning("Redis is away; this server counts for itself.")
                self._ask_again_at = time.monotonic() + REST_SECONDS
        return await self._hit(self._here, limit, kind, who)

    async def _hit(
        self, limiter: FixedWindowRateLimiter, limit: RateLimitItem, kind: str, who: str
    ) -> None:
        if await limiter.hit(limit, kind, who):
            return
        reset = (await limiter.get_window_stats(limit, kind, who)).reset_time
        wait = reset - time.time()
        if wait > limit.get_expiry() + 1:
            # Further off than the window is long: the clock was set back. Count anew.
            await limiter.clear(limit, kind, who)
            return
        raise TooMany(max(1, int(wait) + 1))
