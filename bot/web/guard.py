"""What holds for every request: an id in the log, security headers, no strange websites."""

from __future__ import annotations

import logging
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.logs import request_id
from bot.web import notices

logger = logging.getLogger(__name__)

# The page needs its own script, style sheet and /chat, and nothing from anywhere else.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with that, the page's own form would come from the origin "null".
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# What another website may not send for a visitor. The plain form is among it: with a token of
# the sender's own in it, the visitor would go on in a conversation that the sender can read.
GUARDED = ("/chat", "/ask")


class Guard:
    """ASGI middleware around the whole app.

    Gives each request an id (in the log and in `X-Request-ID`), adds the security headers,
    refuses other websites on `GUARDED` paths, and turns what nobody caught into a short JSON reply.

    Args:
        app: what it stands before.
        allowed_origins: the websites that may use them besides the server's own pages.
    """

    def __init__(self, app: ASGIApp, allowed_origins: tuple[str, ...]) -> None:
        self._app = app
        self._allowed = frozenset(allowed_origins)
        self._said = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = secrets.token_hex(6)
        set_before = request_id.set(name)
        began = time.perf_counter()
        status = 0

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(MutableHeaders(scope=message), scope["path"], name)
            await send(message)

        try:
            if scope["path"].startswith(GUARDED) and not self._welcome(scope):
                self._say_once()
                body = {
                    "error": "origin_not_allowed",
                    "detail": "This website may not use the chat.",
                }
                await JSONResponse(body, 403)(scope, receive, guarded)
            else:
                await self._app(scope, receive, guarded)
        except Exception as error:
            # Neither the log nor the reply says more than the kind of error.
            logger.error("A request failed: %s", type(error).__name__)
            if not status:
                body = {"error": "try_again", "detail": notices.said(notices.TRY_AGAIN)}
                await JSONResponse(body, 500)(scope, receive, guarded)
        finally:
            # The path only where it is one of ours: a strange one may say anything.
            path = scope["path"] if scope.get("endpoint") else "(no such path)"
            milliseconds = (time.perf_counter() - began) * 1000
            logger.debug("%s %s %d, %.0f ms", scope["method"], path, status, milliseconds)
            request_id.reset(set_before)

    def _welcome(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is None or origin in self._allowed:
            return True
        # A page of this server itself. The scheme is not compared: where a proxy ends TLS,
        # the browser says https and the request here is http.
        return origin.partition("://")[2] == headers.get("host", "")

    def _say_once(self) -> None:
        """Tells the log that a website may have been forgotten in the setting.

        It does not name it: what a stranger sends is nowhere in the log.
        """
        if not self._said:
            self._said = True
            logger.warning("A website that is not in FAQBOT_ALLOWED_ORIGINS was refused.")


def _add_headers(headers: MutableHeaders, path: str, request: str) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers["X-Request-ID"] = request
    if path.startswith("/chat"):
        headers["Cache-Control"] = "no-store"
    if path == "/widget.js":
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
