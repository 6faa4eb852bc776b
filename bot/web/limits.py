"""How many messages a session and a network address may send."""

from __future__ import annotations

import hashlib
import hmac
import logging
import time

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.settings import Settings
from bot.web.locks import REST_SECONDS

logger = logging.getLogger(__name__)

_PREFIX = "faqbot"


class TooMany(Exception):
    """A limit is reached; `retry_after` is the number of seconds to wait."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class Limits:
    """Counts in Redis when several servers share the limits, else in memory.

    A window begins with the first message and lasts as long as the limit says. The
    Redis side is written here: the storage that comes with `limits` needs a newer
    client than Rasa allows.

    Args:
        settings: the limits.
        key: network addresses are kept as a keyed hash, so that Redis holds none.
        redis: the shared counts; None to count in memory.
    """

    def __init__(self, settings: Settings, key: str, redis: Redis | None) -> None:
        self._key = key.encode()
        self._redis = redis
        self._ask_again_at = 0.0
        self._here = FixedWindowRateLimiter(MemoryStorage())
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
        if self._redis is not None:
            try:
                await self._redis.delete(_name(self._session, "session", conversation))
            except RedisError:
                # The key goes by itself when its window has passed.
                logger.warning("Redis is away; a session's count stays until its window ends.")

    def _hashed(self, address: str) -> str:
        return hmac.new(self._key, address.encode(), hashlib.sha256).hexdigest()[:32]

    async def _count(self, limit: RateLimitItem, kind: str, who: str) -> None:
        if self._redis is not None and time.monotonic() >= self._ask_again_at:
            try:
                wait = await _hit(self._redis, limit, _name(limit, kind, who))
            except RedisError as error:
                logger.warning("Redis is away (%s); counting here.", type(error).__name__)
                self._ask_again_at = time.monotonic() + REST_SECONDS
                wait = await self._hit_here(limit, kind, who)
        else:
            wait = await self._hit_here(limit, kind, who)
        if wait:
            raise TooMany(max(1, int(wait) + 1))

    async def _hit_here(self, limit: RateLimitItem, kind: str, who: str) -> float:
        """Counts; returns the seconds to wait, or 0."""
        if await self._here.hit(limit, kind, who):
            return 0.0
        reset = (await self._here.get_window_stats(limit, kind, who)).reset_time
        wait = reset - time.time()
        if wait > limit.get_expiry() + 1:
            # Further off than the window is long: the clock was set back. Count anew.
            await self._here.clear(limit, kind, who)
            return 0.0
        return max(wait, 0.1)


async def _hit(redis: Redis, limit: RateLimitItem, name: str) -> float:
    """Counts in Redis, whose clock alone matters; returns the seconds to wait, or 0."""
    async with redis.pipeline(transaction=True) as commands:
        commands.set(name, 0, ex=limit.get_expiry(), nx=True).incr(name).pttl(name)
        _, count, left = await commands.execute()
    return max(left / 1000, 0.1) if count > limit.amount else 0.0


def _name(limit: RateLimitItem, kind: str, who: str) -> str:
    return f"{_PREFIX}:{limit.key_for(kind, who)}"
