"""The public server as an ASGI app: /chat, the widget, the demo page, health, metrics."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from bot.engine.conversation_store import ConversationStore
from bot.engine.database import database_url
from bot.settings import Settings, warnings_of
from bot.web import widget
from bot.web.action_server import wait_until_up
from bot.web.channel import Channel
from bot.web.guard import Guard
from bot.web.health import Health
from bot.web.limits import Limits
from bot.web.locks import LocalLocks, RedisLocks
from bot.web.metrics import Metrics
from bot.web.page import Page
from bot.web.requests import Refused
from bot.web.served_model import ServedModel
from bot.web.sessions import Sessions, signing_key
from bot.web.turns import Turns
from bot.web.upkeep import Upkeep

logger = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
# A Redis that hangs keeps no patient waiting longer.
REDIS_SECONDS = 0.5


def create_app(settings: Settings, model: Path, action_url: str) -> Starlette:
    """The public server.

    Args:
        settings: the checked settings.
        model: the model archive to serve.
        action_url: where the action server answers.
    """
    key = signing_key(settings.secret_key, settings.var)
    redis = _redis(settings)
    turns = Turns(
        ConversationStore(None, database_url(settings), settings.history_events),
        Sessions(key),
        RedisLocks(redis) if redis else LocalLocks(),
        Limits(settings, key, redis),
        Metrics(),
        settings.session_hours * 3600,
    )
    channel = Channel(settings, turns)
    upkeep = Upkeep(settings, turns)
    served = ServedModel(settings, turns, action_url)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        for warning in warnings_of(settings):
            logger.warning(warning)
        working = [asyncio.create_task(upkeep.work())]
        # Ready means that all works. An action server that dies later, or that does not
        # come, keeps no patient from answers and emergencies.
        waiting = asyncio.create_task(asyncio.to_thread(wait_until_up, action_url))
        await served.load(model)
        if not await waiting:
            logger.error("The action server does not answer; going on without it.")
        working.append(asyncio.create_task(served.watch()))
        yield
        await turns.finish()
        for task in working:
            task.cancel()
        await asyncio.wait(working)
        turns.store.close()
        if redis:
            await redis.close()

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)  # noqa: S101
        turns.metrics.refused.labels(str(error.status)).inc()
        return error.response()

    app = Starlette(
        routes=[
            *channel.routes(),
            *Page(channel).routes(),
            *Health(turns).routes(),
            widget.route(),
            Route("/demo.css", _demo_style),
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
        exception_handlers={Refused: refused, HTTPException: _http_error},
        lifespan=lifespan,
    )
    app.state.turns = turns
    return app


def _redis(settings: Settings) -> Redis | None:
    if not settings.redis_url:
        return None
    return Redis.from_url(
        settings.redis_url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
    )


async def _demo_style(_: Request) -> Response:
    return FileResponse(STATIC / "demo.css", headers={"Cache-Control": "public, max-age=300"})


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    reason = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "bad_request")
    return JSONResponse(
        {"error": reason, "detail": str(error.detail)}, error.status_code, headers=error.headers
    )
