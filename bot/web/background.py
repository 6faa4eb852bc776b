"""Work that goes on beside the answering, as long as the server runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import NoReturn

logger = logging.getLogger(__name__)


async def repeat(work: Callable[[], Awaitable[object]], seconds: float) -> NoReturn:
    """Does `work` now and again every so many seconds, until it is cancelled.

    What goes wrong is logged, and the next round tries again.
    """
    while True:
        try:
            await work()
        except Exception as error:
            # The type alone: an exception's text may repeat what the patient wrote.
            name = getattr(work, "__qualname__", "work")
            logger.error("%s failed, and is tried again: %s", name, type(error).__name__)
        await asyncio.sleep(seconds)
