"""Database work off the event loop, and never waited for without end."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from bot.engine.database import CONNECTIONS

# A database that neither answers nor refuses is given up on after this time.
PATIENCE_SECONDS = 5.0

T = TypeVar("T")


class StoreAway(Exception):
    """The database cannot be used just now; its argument is the kind of error."""


class DatabaseThreads:
    """As many threads as there are connections."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="store")

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """The function's result.

        Work that is given up on goes on in its thread: what it writes may still be kept.

        Raises:
            StoreAway: the database failed, or took longer than `PATIENCE_SECONDS`.
        """
        context = contextvars.copy_context()  # the request's id, for the log
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._threads, lambda: context.run(function, *arguments))
        try:
            return await asyncio.wait_for(work, PATIENCE_SECONDS)
        except (SQLAlchemyError, TimeoutError) as error:
            raise StoreAway(type(error).__name__) from None

    def close(self) -> None:
        """Lets go of the threads without waiting for them."""
        self._threads.shutdown(wait=False, cancel_futures=True)
