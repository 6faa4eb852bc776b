"""The /chat channel: sessions, messages, history, feedback, deletion. See docs/openapi.yaml."""

from __future__ import annotations

import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.engine import resources
from bot.engine.database_threads import StoreAway
from bot.safety.redaction import redact
from bot.settings import Settings
from bot.web import notices
from bot.web.addresses import address_of
from bot.web.limits import TooMany
from bot.web.requests import FeedbackIn, MessageIn, Refused, bearer, body_of, check_text, readable
from bot.web.turns import Turns, public_numbers, refused_for_now

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Channel:
    """The handlers of /chat.

    Args:
        settings: the server's settings.
        turns: answers messages.
    """

    def __init__(self, settings: Settings, turns: Turns) -> None:
        self.settings = settings
        self.turns = turns
        self._store = turns.store
        self._metrics = turns.metrics

    def routes(self) -> list[Route]:
        """The channel's routes."""
        return [
            Route("/chat/status", self.status, methods=["GET"]),
            Route("/chat/session", self.start, methods=["POST"]),
            Route("/chat/session", self.forget, methods=["DELETE"]),
            Route("/chat/message", self.message, methods=["POST"]),
            Route("/chat/history", self.history, methods=["GET"]),
            Route("/chat/feedback", self.feedback, methods=["POST"]),
        ]

    async def status(self, _: Request) -> Response:
        """Whether the assistant is paused."""
        return JSONResponse(_switch(await self._stored(self._store.is_paused())))

    async def start(self, request: Request) -> Response:
        """Starts a session."""
        return JSONResponse(await self.new_session(address_of(request, self.settings)))

    async def new_session(self, address: str) -> dict[str, Any]:
        """A new session: its token, and what to show before the first message.

        Raises:
            Refused: too many sessions from this address, or the store is away.
        """
        try:
            await self.turns.limits.count_session(address)
        except TooMany as limit:
            raise refused_for_now(limit) from None
        conversation, token = self.turns.sessions.new()
        await self._stored(self._store.start(conversation))
        paused = await self._stored(self._store.is_paused())
        self._metrics.sessions.inc()
        return {"token": token, **_switch(paused), **notices.introduction(self.settings)}

    async def message(self, request: Request) -> Response:
        """Answers one message, exactly once for each id."""
        given = await body_of(request, MessageIn)
        check_text(given.text)
        address = address_of(request, self.settings)
        messages, paused = await self.turns.respond(given.token, given.id, given.text, address)
        return JSONResponse({"messages": messages, "paused": paused})

    async def history(self, request: Request) -> Response:
        """The conversation so far, for a reload or a second tab."""
        conversation, arrival = await self.turns.arrival(bearer(request))
        messages = await self._said_in(conversation)
        introduction = notices.introduction(self.settings)
        return JSONResponse({"messages": messages, **_switch(arrival.paused), **introduction})

    async def said_so_far(self, token: str) -> list[dict[str, Any]]:
        """The messages of a conversation, for the page without JavaScript.

        Raises:
            Refused: the token is no good, or the store is away.
        """
        conversation, _ = await self.turns.arrival(token)
        return await self._said_in(conversation)

    async def _said_in(self, conversation: str) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = []
        for message_id, text, timestamp, reply in await self._stored(
            self._store.turns(conversation)
        ):
            own = {"role": "user", "kind": "text", "text": text, "id": message_id}
            messages += [{**own, "at": timestamp}]
            messages += [{**message, "reply_to": message_id} for message in reply]
        return messages

    async def feedback(self, request: Request) -> Response:
        """A thumb up or down on one reply."""
        given = await body_of(request, FeedbackIn)
        conversation, arrival = await self.turns.arrival(given.token, given.id)
        if arrival.reply is None:
            raise Refused(404, "no_such_message", "There is no reply with this id.")
        reason = redact(readable(given.reason), public_numbers(resources.clinic())).text or None
        rating = 1 if given.helpful else -1
        await self._stored(self._store.rate(conversation, given.id, rating, reason))
        self._metrics.ratings.labels("yes" if given.helpful else "no").inc()
        return JSONResponse({"stored": True})

    async def forget(self, request: Request) -> Response:
        """Deletes the conversation from every store, also one that has expired."""
        conversation, _ = await self.turns.arrival(bearer(request), expired_too=True)
        await self._stored(self._store.delete(conversation))
        await self.turns.limits.forget(conversation)
        return JSONResponse({"deleted": True})

    async def _stored(self, working: Coroutine[Any, Any, T]) -> T:
        try:
            return await working
        except StoreAway as error:
            raise self.turns.away(error) from None


def _switch(paused: bool) -> dict[str, Any]:
    return {"paused": paused, "notice": notices.paused() if paused else None}
