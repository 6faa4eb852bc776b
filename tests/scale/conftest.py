"""Two servers on PostgreSQL and Redis, and one on SQLite, as they are run for patients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from faqbot_process import FaqbotProcess
from services import Postgres, Redis, postgres  # noqa: F401


@dataclass
class Cluster:
    """Two servers and what they share."""

    one: FaqbotProcess
    two: FaqbotProcess
    postgres: Postgres
    redis: Redis

    @property
    def urls(self) -> list[str]:
        return [self.one.url, self.two.url]


@pytest.fixture(scope="session")
def started_cluster(
    postgres: Postgres,  # noqa: F811
    model: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Cluster]:
    shared = {
        "FAQBOT_DATABASE_URL": postgres.url,
        "FAQBOT_SECRET_KEY": "the same on both servers, and long enough",
        "FAQBOT_LOG_FORMAT": "json",
    }
    folder = tmp_path_factory.mktemp("cluster")
    with ExitStack() as stack:
        redis = Redis()
        stack.callback(redis.stop)
        shared["FAQBOT_REDIS_URL"] = redis.url
        servers = [FaqbotProcess(folder / name, **shared) for name in ("one", "two")]
        for server in servers:
            stack.callback(server.stop)
        for server in servers:
            server.wait()
        yield Cluster(*servers, postgres, redis)


@pytest.fixture
def cluster(started_cluster: Cluster) -> Cluster:
    """Both servers running, whatever the test before left behind."""
    for server in (started_cluster.one, started_cluster.two):
        if not server.runs:
            server.start()
        server.wait()
    return started_cluster


@pytest.fixture(scope="session")
def alone(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaqbotProcess]:
    """One server with nothing but SQLite."""
    server = FaqbotProcess(tmp_path_factory.mktemp("alone") / "server")
    with ExitStack() as stack:
        stack.callback(server.stop)
        yield server.wait()
