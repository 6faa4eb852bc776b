"""/health and /metrics, for those who run the server."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.web.turns import Turns


class Health:
    """Whether the server lives, whether it can serve, and what it has counted."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    def routes(self) -> list[Route]:
        """The routes."""
        return [
            Route("/health/live", self.live),
            Route("/health/ready", self.ready),
            Route("/metrics", self.metrics),
        ]

    async def live(self, _: Request) -> Response:
        """The process serves requests."""
        return JSONResponse({"status": "live"})

    async def ready(self, _: Request) -> Response:
        """The model is warm and the store answers."""
        model = self._turns.assistant is not None
        store = await self._turns.store.is_reachable()
        good = model and store
        body = {"status": "ready" if good else "not ready", "model": model, "store": store}
        return JSONResponse(body, 200 if good else 503)

    async def metrics(self, _: Request) -> Response:
        """Prometheus's text format."""
        counted = generate_latest(self._turns.metrics.registry)
        return Response(counted, media_type=CONTENT_TYPE_LATEST)
