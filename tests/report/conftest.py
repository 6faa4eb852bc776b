"""A database of each kind for reports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from services import Postgres, postgres  # noqa: F401
from sqlalchemy.engine import Engine

from bot.engine.database import META, connect, prepare


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The tables, empty."""
    if request.param == "sqlite":
        made = connect(f"sqlite:///{tmp_path / 'conversations.db'}")
    else:
        found: Postgres = request.getfixturevalue("postgres")
        made = connect(found.url)
        META.drop_all(made)
    prepare(made)
    yield made
    made.dispose()
