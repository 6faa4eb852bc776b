"""The public server as an ASGI app: /chat, the widget, the demo page, health, metrics."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from bot.engine import resources
from bot.engine.assistant import ActionServer, Assistant
from bot.engine.conversation_store import ConversationStore
from bot.settings import Settings
from bot.web.channel import Channel
from bot.web.guard import Guard
from bot.web.limits import Limits
from bot.web.locks import LocalLocks, RedisLocks
from bot.web.metrics import Metrics
from bot.web.page import Page
from bot.web.requests import Refused
from bot.web.sessions import Sessions, signing_key

logger = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
PURGE_EVERY_SECONDS = 900
WARM_UP = ("Can I drink alcohol on Dupixent?", "my skin itches", "hello")


def database_url(settings: Settings) -> str:
    """The database of the settings, or SQLite in the server's own folder."""
    return settings.database_url or f"sqlite:///{(settings.var / 'conversations.db').resolve()}"


def create_app(settings: Settings, model: Path, action_url: str) -> Starlette:
    """The public server.

    Args:
        settings: the checked settings.
        model: the model archive to serve.
        action_url: where the action server answers.
    """
    store = ConversationStore(None, database_url(settings), settings.history_events)
    metrics = Metrics()
    redis = Redis.from_url(settings.redis_url) if settings.redis_url else None
    channel = Channel(
        settings,
        store,
        Sessions(signing_key(settings.secret_key, settings.var), settings.session_hours),
        RedisLocks(redis) if redis else LocalLocks(),
        Limits(settings),
        metrics,
    )
    page = Page(channel)

    async def load() -> None:
        endpoint = ActionServer(action_url, settings.action_timeout)
        assistant = await asyncio.to_thread(Assistant, model, store, endpoint)
        for text in WARM_UP:
            await assistant.read(text)
        channel.assistant = assistant
        metrics.ready.set(1)
        logger.info("The assistant is ready.")

    async def purge() -> None:
        while True:
            try:
                count = await store.purge(time.time() - settings.retention_days * 86_400)
                if count:
                    logger.info("Removed %d conversations past their retention.", count)
            except Exception as error:
                logger.error("Retention could not be applied: %s", type(error).__name__)
            await asyncio.sleep(PURGE_EVERY_SECONDS)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await load()
        purging = asyncio.create_task(purge())
        yield
        purging.cancel()
        with suppress(asyncio.CancelledError):
            await purging
        store.engine.dispose()
        if redis:
            await redis.close()

    async def live(_: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def ready(_: Request) -> Response:
        stored = await store.is_reachable()
        good = channel.assistant is not None and stored
        body = {"status": "ready" if good else "not ready", "store": stored}
        return JSONResponse(body, 200 if good else 503)

    async def show_metrics(_: Request) -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    def static(name: str, media_type: str) -> Callable[[Request], Awaitable[Response]]:
        async def serve(_: Request) -> Response:
            return FileResponse(
                STATIC / name,
                media_type=media_type,
                headers={"Cache-Control": "public, max-age=300"},
            )

        return serve

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)  # noqa: S101
        metrics.refused.labels(str(error.status)).inc()
        return error.response()

    async def http_error(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        reason = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "bad_request")
        return JSONResponse(
            {"error": reason, "detail": str(error.detail)},
            error.status_code,
            headers=error.headers,
        )

    async def broken(_: Request, error: Exception) -> Response:
        # Neither the log nor the reply says more than the kind of error.
        logger.error("A request failed: %s", type(error).__name__)
        clinic = resources.clinic()
        detail = (
            f"Something went wrong on our side. Please try again, or call {clinic.phone}. "
            f"In an emergency, call {clinic.emergency_number}."
        )
        return JSONResponse({"error": "try_again", "detail": detail}, 500)

    app = Starlette(
        routes=[
            *channel.routes(),
            *page.routes(),
            Route("/widget.js", static("widget.js", "text/javascript")),
            Route("/demo.css", static("demo.css", "text/css")),
            Route("/health/live", live),
            Route("/health/ready", ready),
            Route("/metrics", show_metrics),
        ],
        middleware=[
            Middleware(Guard, allowed_origins=settings.allowed_origins),
            Middleware(
                CORSMiddleware,
                allow_origins=list(settings.allowed_origins),
                allow_methods=["GET", "POST", "DELETE"],
                allow_headers=["Authorization", "Content-Type"],
                expose_headers=["Retry-After"],
                max_age=600,
            ),
        ],
        exception_handlers={Refused: refused, HTTPException: http_error, Exception: broken},
        lifespan=lifespan,
    )
    app.state.channel = channel
    return app
