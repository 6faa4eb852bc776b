"""From a message to its reply: exactly once, in bounded time, emergencies first."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any

from bot.engine import resources
from bot.engine.assistant import Assistant
from bot.engine.conversation_store import (
    Arrival,
    ConversationGone,
    ConversationStore,
    TurnTaken,
)
from bot.engine.database_threads import StoreAway
from bot.knowledge import Clinic
from bot.safety.redaction import redact
from bot.web import notices
from bot.web.limits import Limits, TooMany
from bot.web.locks import Busy, LocalLocks, RedisLocks
from bot.web.metrics import Metrics, outcome_of
from bot.web.requests import Refused, readable
from bot.web.sessions import ForgedToken, Sessions

logger = logging.getLogger(__name__)

# After this time an emergency is answered without waiting for the rest.
URGENT_SECONDS = 1.2
# After this time a patient is told to try again; the turn itself goes on and is kept.
PATIENCE_SECONDS = 9.0
TRIES = 8
# Above the limits, emergencies are still looked for, in so many messages at a time.
_SCREENED_AT_ONCE = 4
# ... and no longer than this, for a patient waits.
_SCREEN_SECONDS = 3.0
# Who may send any number of these gets the rules alone, a tenth of the work.
_CHEAPLY_SCREENED = {"invalid_session", "too_many"}

Messages = list[dict[str, Any]]


class Turns:
    """Answers messages.

    Args:
        store: where conversations are kept.
        sessions: whose conversation a token is for.
        locks: one message at a time in each conversation.
        limits: how many messages are taken.
        metrics: what is counted.
        session_seconds: silence that ends a session.

    `assistant` is None until the model is loaded; another one may take its place at any
    moment and answers from the next message on.
    """

    def __init__(
        self,
        store: ConversationStore,
        sessions: Sessions,
        locks: LocalLocks | RedisLocks,
        limits: Limits,
        metrics: Metrics,
        session_seconds: float,
    ) -> None:
        self.store = store
        self.sessions = sessions
        self.locks = locks
        self.limits = limits
        self.metrics = metrics
        self.session_seconds = session_seconds
        self.assistant: Assistant | None = None
        self._screening = asyncio.Semaphore(_SCREENED_AT_ONCE)
        self._running: set[asyncio.Task[tuple[Messages, bool]]] = set()

    async def respond(
        self, token: str, message_id: str, text: str, address: str
    ) -> tuple[Messages, bool]:
        """The reply to a message, and whether the assistant is paused.

        A repeated id gets the first reply. An emergency is answered even if the message
        cannot be taken, also without a session, or takes too long; that reply is not kept.

        Raises:
            Refused: the message was not taken; the reason says what to do.
        """
        clean = readable(text)
        turn = asyncio.create_task(self._take(token, message_id, clean, address))
        # A turn outlives its request: a patient who asks again finds its reply.
        self._running.add(turn)
        turn.add_done_callback(self._finished)
        done, _ = await asyncio.wait({turn}, timeout=URGENT_SECONDS)
        if not done:
            urgent = await self._emergency(clean, count=False)
            if urgent:
                turn.add_done_callback(self._count_if_lost)
                return urgent, False
            done, _ = await asyncio.wait({turn}, timeout=PATIENCE_SECONDS - URGENT_SECONDS)
        if not done:
            raise _busy()
        try:
            return turn.result()
        except Refused as refusal:
            urgent = await self._emergency(clean, refusal.error in _CHEAPLY_SCREENED)
            if urgent:
                return urgent, False
            raise

    async def arrival(
        self, token: str, message_id: str = "", *, expired_too: bool = False
    ) -> tuple[str, Arrival]:
        """The conversation of a token, and how things stand in it.

        Raises:
            Refused: the token is forged, or its conversation has ended or was deleted.
        """
        conversation = self._conversation(token)
        try:
            arrival = await self.store.arrival(conversation, message_id)
        except StoreAway as error:
            raise self.away(error) from None
        if arrival is None:
            raise Refused(401, "session_ended", "This conversation has ended. Start a new one.")
        silent = self.store.clock() - arrival.last_active
        if silent > self.session_seconds and not expired_too:
            raise Refused(401, "session_expired", "This conversation has ended. Start a new one.")
        return conversation, arrival

    def away(self, error: StoreAway) -> Refused:
        """What a patient is told when the store cannot be used."""
        logger.error("The store cannot be used: %s", error)
        return _try_again()

    async def finish(self) -> None:
        """Waits for the turns that are under way."""
        if self._running:
            await asyncio.wait(self._running, timeout=PATIENCE_SECONDS)

    async def _take(
        self, token: str, message_id: str, text: str, address: str
    ) -> tuple[Messages, bool]:
        began = time.perf_counter()
        try:
            async with self.locks.hold(self._conversation(token)):
                conversation, arrival = await self.arrival(token, message_id)
                if arrival.reply is not None:
                    return arrival.reply, False
                if arrival.paused:
                    return await self._emergency(text) or [notices.paused()], True
                await self.limits.count_message(conversation, address)
                messages = await self._once(token, conversation, message_id, text)
        except Refused:
            raise
        except TooMany as limit:
            raise refused_for_now(limit) from None
        except Busy:
            raise _busy() from None
        except ConversationGone:
            raise Refused(401, "session_ended", "This conversation was deleted.") from None
        except StoreAway as error:
            self.metrics.messages.labels("error").inc()
            raise self.away(error) from None
        except Exception as error:
            # The type alone: an exception's text may repeat what the patient wrote.
            logger.error("A message could not be answered: %s", type(error).__name__)
            self.metrics.messages.labels("error").inc()
            raise _try_again() from None
        self.metrics.seconds.observe(time.perf_counter() - began)
        return messages, False

    async def _once(self, token: str, conversation: str, message_id: str, text: str) -> Messages:
        """Tries until the turn is kept, by this server or another one."""
        for _ in range(TRIES):
            with suppress(TurnTaken):
                return await self._turn(conversation, message_id, text)
            _, arrival = await self.arrival(token, message_id)
            if arrival.reply is not None:
                return arrival.reply
        raise _busy()

    def _conversation(self, token: str) -> str:
        try:
            return self.sessions.conversation(token)
        except ForgedToken:
            raise Refused(
                401, "invalid_session", "Start a session first: POST /chat/session."
            ) from None

    async def _turn(self, conversation: str, message_id: str, text: str) -> Messages:
        assistant = self.assistant  # the same one for the whole turn
        if assistant is None:
            raise Refused(503, "starting", notices.said(notices.TRY_AGAIN), {"Retry-After": "5"})
        clean = redact(text, public_numbers(resources.clinic()))
        tracker, messages = await assistant.take_turn(conversation, clean.text, text)
        outcome = outcome_of(assistant.reading_of(tracker), messages)
        if clean.kinds:
            self.metrics.redactions.inc()
            # An emergency's first words are the instruction; the notice comes last.
            messages = [*messages, notices.redacted()]
        await self.store.save_turn(tracker, message_id, clean.text, messages, outcome)
        self.metrics.messages.labels(outcome).inc()
        return messages

    async def _emergency(self, text: str, rules_only: bool = False, count: bool = True) -> Messages:
        """The emergency reply if the text calls for one and the screen can be asked in time."""
        try:
            async with asyncio.timeout(_SCREEN_SECONDS), self._screening:
                message = await asyncio.to_thread(notices.emergency, text, rules_only)
        except Exception as error:
            logger.error("The safety screen failed: %s", type(error).__name__)
            return []
        if message is None:
            return []
        if count:
            self._count_emergency()
        return [message]

    def _count_emergency(self) -> None:
        self.metrics.messages.labels("escalated_emergency").inc()

    def _count_if_lost(self, turn: asyncio.Task[tuple[Messages, bool]]) -> None:
        """A slow turn counts its own emergency when it ends; one that fails does not."""
        if turn.cancelled() or turn.exception():
            self._count_emergency()

    def _finished(self, turn: asyncio.Task[tuple[Messages, bool]]) -> None:
        self._running.discard(turn)
        if not turn.cancelled():
            turn.exception()  # fetched, for nobody may be waiting for it any more


def refused_for_now(limit: TooMany) -> Refused:
    """What a patient is told at a limit."""
    seconds = limit.retry_after
    return Refused(429, "too_many", notices.too_many(seconds), {"Retry-After": str(seconds)})


def public_numbers(clinic: Clinic) -> tuple[str, ...]:
    """Phone numbers that are nobody's secret."""
    return (
        clinic.phone, clinic.after_hours.phone, clinic.urgent_care.phone, clinic.eye_care.phone,
        clinic.emergency_number, clinic.crisis_line, clinic.poison_line,
        clinic.violence_line,
    )  # fmt: skip


def _busy() -> Refused:
    return Refused(503, "busy", notices.said(notices.STILL_WORKING), {"Retry-After": "3"})


def _try_again() -> Refused:
    return Refused(503, "try_again", notices.said(notices.TRY_AGAIN), {"Retry-After": "5"})
