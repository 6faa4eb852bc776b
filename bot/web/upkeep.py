"""What the server does besides answering: tables and retention."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time

from bot.engine.database_threads import StoreAway
from bot.settings import Settings
from bot.web.background import repeat
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

    async def work(self) -> None:
        """Makes the tables, then notes the settings and applies retention, until cancelled."""
        await self._prepare_store()
        await asyncio.gather(
            repeat(self._note_settings, PURGE_EVERY_SECONDS),
            repeat(self._purge, PURGE_EVERY_SECONDS),
        )

    async def _purge(self) -> None:
        before = time.time() - self._settings.retention_days * 86_400
        count = await self._turns.store.purge(before, self._who)
        if count:
            logger.info("Removed %d conversations past their retention.", count)

    async def _note_settings(self) -> None:
        """Writes what has changed since the last time to the audit trail: once, if it works."""
        changed = await asyncio.to_thread(
            self._turns.store.audit.record_settings, self._who, dict(os.environ)
        )
        for name, (old, new) in changed.items():
            logger.info("Setting %s: %s → %s", name, old or "(empty)", new or "(empty)")

    async def _prepare_store(self) -> None:
        """Until the database is there: the server starts without it, and answers emergencies."""
        while True:
            try:
                await self._turns.store.prepare()
                return
            except Exception as error:
                # Whatever it is: without the tables there is no retention either.
                name = str(error) if isinstance(error, StoreAway) else type(error).__name__
                logger.error("The database cannot be used yet: %s", name)
                await asyncio.sleep(TRY_AGAIN_SECONDS)
