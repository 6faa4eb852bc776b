"""What the server does besides answering: tables and retention."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time

import sqlalchemy.exc

from bot.engine.database_threads import StoreAway
from bot.settings import Settings
from bot.web.turns import Turns

logger = logging.getLogger(__name__)

PURGE_EVERY_SECONDS = 900.0
TRY_AGAIN_SECONDS = 2.0


class Upkeep:
    """The server's work in the background.

    Args:
        settings: the server's settings.
        turns: whose store it looks after.
    """

    def __init__(self, settings: Settings, turns: Turns) -> None:
        self._settings = settings
        self._turns = turns
        self._who = f"server {socket.gethostname()}:{settings.port}"
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins the work that goes on as long as the server runs."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Ends it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _work(self) -> None:
        await self._prepare_store()
        while True:
            try:
                before = time.time() - self._settings.retention_days * 86_400
                count = await self._turns.store.purge(before, self._who)
                if count:
                    logger.info("Removed %d conversations past their retention.", count)
            except Exception as error:  # whatever it was, the next round tries again
                logger.error("Retention could not be applied: %s", type(error).__name__)
            await asyncio.sleep(PURGE_EVERY_SECONDS)

    async def _prepare_store(self) -> None:
        """Until the database is there: the server starts without it, and answers emergencies."""
        store = self._turns.store
        while True:
            try:
                await store.prepare()
                changed = await asyncio.to_thread(
                    store.audit.record_settings, self._who, dict(os.environ)
                )
            except (StoreAway, sqlalchemy.exc.SQLAlchemyError) as error:
                logger.error("The database cannot be used yet: %s", error.args[0].split("\n")[0])
                await asyncio.sleep(TRY_AGAIN_SECONDS)
                continue
            for name, (old, new) in changed.items():
                logger.info("Setting %s: %s → %s", name, old or "(empty)", new or "(empty)")
            return
