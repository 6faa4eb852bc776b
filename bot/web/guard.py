"""Every response's security headers, and no service for websites that are not on the list."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The page needs its own script, style sheet and /chat, and nothing from anywhere else.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """ASGI middleware: security headers on all, other origins refused on /chat."""

    def __init__(self, app: ASGIApp, allowed_origins: tuple[str, ...]) -> None:
        self._app = app
        self._allowed = frozenset(allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/chat"):
                    headers["Cache-Control"] = "no-store"
                if scope["path"] == "/widget.js":
                    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            await send(message)

        if scope["path"].startswith("/chat") and not self._welcome(scope):
            refusal = JSONResponse(
                {"error": "origin_not_allowed", "detail": "This website may not use the chat."},
                403,
            )
            await refusal(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)

    def _welcome(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is None or origin in self._allowed:
            return True
        # A page of this server itself.
        return origin.partition("://")[2] == headers.get("host", "")
