"""The model that answers: loaded and warmed, and exchanged when another one is chosen."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from bot.engine import models, training
from bot.engine.assistant import Assistant
from bot.engine.custom_actions import ActionServer
from bot.settings import Settings
from bot.web.background import repeat
from bot.web.turns import Turns

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 2.0
# Reading all data is more than a glance at one file.
LOOK_AT_DATA_EVERY_SECONDS = 30.0
WARM_UP = ("Can I drink alcohol on Dupixent?", "my skin itches", "hello")


class ServedModel:
    """Gives the turns their assistant.

    Args:
        settings: where the models are, and how long an action may take.
        turns: answers with the assistant that it is given here.
        action_url: where custom actions run.
    """

    def __init__(self, settings: Settings, turns: Turns, action_url: str) -> None:
        self._settings = settings
        self._turns = turns
        self._actions = ActionServer(action_url, settings.action_timeout)
        self._refused: set[str] = set()
        self._data = ""

    async def load(self, archive: Path) -> None:
        """Loads and warms the first model; the assistant answers from then on."""
        await self._serve(await asyncio.to_thread(Assistant, archive))
        self._turns.metrics.ready.set(1)
        logger.info("The assistant is ready.")

    async def watch(self) -> None:
        """Looks for another choice and for changed data, until it is cancelled."""
        await asyncio.gather(
            repeat(self.exchange, LOOK_EVERY_SECONDS),
            repeat(self._look_at_data, LOOK_AT_DATA_EVERY_SECONDS),
        )

    async def exchange(self) -> bool:
        """Changes to the chosen model, if it is another one and passes its own test.

        The assistant in use goes on until then, and finishes the turns that it has begun.
        A conversation is in the store, so it goes on with the new one.
        """
        chosen = models.choice(self._settings)
        serving = self._turns.assistant
        if chosen is None or serving is None or chosen.archive in self._refused:
            return False
        if chosen.archive == serving.model.name:
            return False
        archive = self._settings.models / chosen.archive
        try:
            candidate = await asyncio.to_thread(Assistant, archive)
            misses = await asyncio.to_thread(training.own_test, candidate)
        except Exception as error:
            logger.error("The model %s cannot be loaded: %s", archive.name, type(error).__name__)
            self._refused.add(archive.name)
            return False
        if misses:
            logger.error("%s", models.ModelRefused(archive.name, misses))
            self._refused.add(archive.name)
            return False
        await self._serve(candidate)
        self._refused.clear()
        logger.info("Now serving the model %s.", archive.name)
        return True

    async def _serve(self, assistant: Assistant) -> None:
        for text in WARM_UP:
            await assistant.read(text)
        assistant.connect(self._turns.store, self._actions)
        self._turns.assistant = assistant

    async def _look_at_data(self) -> None:
        """Says once that editors have changed what a model is trained from."""
        try:
            now = await asyncio.to_thread(training.trained_from, self._settings)
        except OSError:
            return  # a file is being replaced at this moment
        if self._data and now != self._data and not training.is_up_to_date(self._settings):
            logger.warning(
                "Questions or examples in data/ have changed. Answers' texts are live; "
                "`faqbot train` teaches the rest, and this server then changes to it."
            )
        self._data = now
