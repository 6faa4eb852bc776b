"""The /chat channel: sessions, messages exactly once, history, feedback, deletion."""

from __future__ import annotations

import datetime as dt
import logging
import time
from typing import Any

import sqlalchemy.exc
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.engine import resources
from bot.engine.assistant import Assistant
from bot.engine.conversation_store import ConversationGone, ConversationStore
from bot.engine.messages import blank, clinic_values, fill
from bot.knowledge import Clinic
from bot.safety.redaction import redact
from bot.settings import Settings
from bot.web.limits import Limits, TooMany
from bot.web.locks import Busy, LocalLocks, RedisLocks
from bot.web.metrics import Metrics, outcome_of
from bot.web.requests import FeedbackIn, MessageIn, Refused, body_of, check_text
from bot.web.sessions import SessionRefused, Sessions

logger = logging.getLogger(__name__)

GREETING = (
    "Hello! I answer common questions about Dupixent and eczema for patients of {clinic_name}."
)
REDACTED_NOTICE = (
    "I removed personal details from your message. Please do not type names, birth dates or "
    "numbers here."
)


class Channel:
    """The handlers of /chat, with what they share.

    Args:
        settings: the server's settings.
        store: where conversations are kept.
        assistant: answers messages; None until the model is loaded.
    """

    def __init__(
        self,
        settings: Settings,
        store: ConversationStore,
        sessions: Sessions,
        locks: LocalLocks | RedisLocks,
        limits: Limits,
        metrics: Metrics,
    ) -> None:
        self.settings = settings
        self.store = store
        self.sessions = sessions
        self.locks = locks
        self.limits = limits
        self.metrics = metrics
        self.assistant: Assistant | None = None

    def routes(self) -> list[Route]:
        """The channel's routes."""
        return [
            Route("/chat/session", self.start, methods=["POST"]),
            Route("/chat/session", self.forget, methods=["DELETE"]),
            Route("/chat/message", self.message, methods=["POST"]),
            Route("/chat/history", self.history, methods=["GET"]),
            Route("/chat/feedback", self.feedback, methods=["POST"]),
        ]

    async def start(self, request: Request) -> Response:
        """Starts a session."""
        return JSONResponse(await self.new_session(address_of(request, self.settings)))

    async def new_session(self, address: str) -> dict[str, Any]:
        """A new session: its token, and what to show before the first message."""
        await self._count(self.limits.count_session(address))
        conversation, token = self.sessions.new()
        await self._stored(self.store.start(conversation))
        self.metrics.sessions.inc()
        return {"token": token, **self.introduction(resources.clinic())}

    def introduction(self, clinic: Clinic) -> dict[str, Any]:
        """What a patient is told before the first message."""
        days = self.settings.retention_days
        values = clinic_values(clinic, dt.datetime.now(dt.UTC))
        return {
            "greeting": fill(GREETING, values),
            "notices": [
                f"Not for emergencies. In an emergency, call {clinic.emergency_number}.",
                "I am a computer program, not a clinician. I cannot diagnose.",
                f"This chat is kept for {days:g} days and then removed. You can delete it "
                "at any time.",
                "Please do not type names, birth dates or other personal details.",
            ],
            "clinic": {
                "name": clinic.name,
                "phone": clinic.phone,
                "emergency_number": clinic.emergency_number,
                "open_now": values["open_now"],
                "demo": clinic.demo,
            },
            "max_characters": 1000,
            "retention_days": days,
            "session_hours": self.settings.session_hours,
        }

    async def message(self, request: Request) -> Response:
        """Answers one message, exactly once for each id."""
        given = await body_of(request, MessageIn)
        check_text(given.text)
        address = address_of(request, self.settings)
        try:
            conversation = await self.conversation(given.token)
            messages = await self.answer(conversation, given.id, given.text, address)
        except Refused as refusal:
            # Nothing can be kept right now, but an emergency is answered all the same.
            messages = []
            if refusal.status == 503 and self.assistant is not None:
                messages = await self.assistant.emergency_only(given.text)
            if not messages:
                raise
        return JSONResponse({"messages": messages})

    async def answer(
        self, conversation: str, message_id: str, text: str, address: str
    ) -> list[dict[str, Any]]:
        """The reply to a message; a repeated id gets the first reply.

        Raises:
            Refused: too many messages, or the store cannot be reached.
        """
        earlier = await self._stored(self.store.reply_to(conversation, message_id))
        if earlier is not None:
            return list(earlier)
        await self._count(self.limits.count_message(conversation, address))
        began = time.perf_counter()
        try:
            async with self.locks.hold(conversation):
                earlier = await self._stored(self.store.reply_to(conversation, message_id))
                if earlier is not None:
                    return list(earlier)
                messages = await self._turn(conversation, message_id, text)
        except Busy:
            raise Refused(
                503, "busy", "Your last message is still being answered.", {"Retry-After": "3"}
            ) from None
        except RedisError:
            messages = await self._stored(self._turn(conversation, message_id, text))
        self.metrics.seconds.observe(time.perf_counter() - began)
        return messages

    async def _turn(self, conversation: str, message_id: str, text: str) -> list[dict[str, Any]]:
        if self.assistant is None:
            raise Refused(503, "starting", "The assistant is starting.", {"Retry-After": "5"})
        clinic = resources.clinic()
        clean = redact(text, public_numbers(clinic))
        notices = []
        if clean.kinds:
            self.metrics.redactions.inc()
            notices = [blank("notice", REDACTED_NOTICE)]
        try:
            tracker, messages = await self.assistant.take_turn(conversation, clean.text)
            outcome = outcome_of(self.assistant.reading_of(tracker), messages)
            # An emergency's first words are the instruction; the notice comes last.
            messages = [*messages, *notices]
            await self.store.save_turn(tracker, message_id, clean.text, messages, outcome)
        except ConversationGone:
            raise Refused(401, "session_ended", "This conversation was deleted.") from None
        except sqlalchemy.exc.SQLAlchemyError as error:
            logger.error("A turn could not be kept: %s", type(error).__name__)
            raise self._try_again() from None
        self.metrics.messages.labels(outcome).inc()
        return messages

    async def history(self, request: Request) -> Response:
        """The conversation so far, for a reload or a second tab."""
        conversation = await self.conversation(bearer(request))
        turns = await self._stored(self.store.turns(conversation))
        messages: list[dict[str, Any]] = []
        for message_id, text, timestamp, reply in turns:
            own = {"role": "user", "kind": "text", "text": text, "id": message_id}
            messages += [{**own, "at": timestamp}]
            messages += [{**message, "reply_to": message_id} for message in reply]
        return JSONResponse({"messages": messages, **self.introduction(resources.clinic())})

    async def feedback(self, request: Request) -> Response:
        """A thumb up or down on one reply."""
        given = await body_of(request, FeedbackIn)
        conversation = await self.conversation(given.token)
        reason = redact(given.reason, public_numbers(resources.clinic())).text or None
        found = await self._stored(
            self.store.rate(conversation, given.id, 1 if given.helpful else -1, reason)
        )
        if not found:
            raise Refused(404, "no_such_message", "There is no reply with this id.")
        self.metrics.ratings.labels("yes" if given.helpful else "no").inc()
        return JSONResponse({"stored": True})

    async def forget(self, request: Request) -> Response:
        """Deletes the conversation from every store."""
        conversation = await self.conversation(bearer(request))
        await self._stored(self.store.delete(conversation))
        return JSONResponse({"deleted": True})

    async def conversation(self, token: object) -> str:
        """The conversation of a token. Raises `Refused` when it is not to be continued."""
        try:
            conversation = self.sessions.conversation(token)
        except SessionRefused as refusal:
            detail = {
                "session_expired": "This conversation has ended. Start a new one.",
                "invalid_session": "Start a session first: POST /chat/session.",
            }[refusal.reason]
            raise Refused(401, refusal.reason, detail) from None
        if not await self._stored(self.store.is_started(conversation)):
            raise Refused(401, "session_ended", "This conversation has ended. Start a new one.")
        return conversation

    async def _count(self, counting: Any) -> None:
        try:
            await counting
        except TooMany as limit:
            raise Refused(
                429,
                "too_many",
                f"That is a lot at once. Please wait {limit.retry_after} seconds.",
                {"Retry-After": str(limit.retry_after)},
            ) from None

    async def _stored(self, working: Any) -> Any:
        try:
            return await working
        except sqlalchemy.exc.SQLAlchemyError as error:
            logger.error("The store cannot be used: %s", type(error).__name__)
            raise self._try_again() from None

    def _try_again(self) -> Refused:
        clinic = resources.clinic()
        return Refused(
            503,
            "try_again",
            f"Something is not working on our side. Please try again, or call {clinic.phone}. "
            f"In an emergency, call {clinic.emergency_number}.",
            {"Retry-After": "5"},
        )


def public_numbers(clinic: Clinic) -> tuple[str, ...]:
    """Phone numbers that are nobody's secret."""
    return (
        clinic.phone, clinic.after_hours.phone, clinic.urgent_care.phone, clinic.eye_care.phone,
        clinic.emergency_number, clinic.crisis_line, clinic.poison_line,
    )  # fmt: skip


def bearer(request: Request) -> str:
    """The token of a request without a body: `Authorization: Bearer …`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def address_of(request: Request, settings: Settings) -> str:
    """The network address that limits are counted by."""
    peer = request.client.host if request.client else "unknown"
    if peer not in settings.trusted_proxies:
        return peer
    # The last address that a trusted proxy did not itself add.
    forwarded = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",")]
    for address in reversed(forwarded):
        if address and address not in settings.trusted_proxies:
            return address
    return peer
