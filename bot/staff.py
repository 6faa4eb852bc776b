"""What staff do to a running assistant through its database: pause, resume, purge, audit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy.engine
import sqlalchemy.exc

from bot.engine.audit import Audit, Entry, somebody
from bot.engine.conversation_store import ConversationStore
from bot.engine.database import database_url, prepare
from bot.problems import DataError, Problem
from bot.settings import RETENTION_DAYS, Settings


def place(settings: Settings) -> str:
    """Where the database is, without its password, and whether any server has used it."""
    url = sqlalchemy.engine.make_url(database_url(settings))
    if not url.drivername.startswith("sqlite"):
        return url.render_as_string()
    path = Path(str(url.database))
    unused = " (which no server has used yet: is FAQBOT_VAR the servers' one?)"
    return f"{path}{'' if path.exists() else unused}"


@contextmanager
def _store(settings: Settings) -> Iterator[ConversationStore]:
    """The store, with its tables. Raises `DataError` when it cannot be reached."""
    store = ConversationStore(None, database_url(settings), settings.history_events)
    try:
        prepare(store.engine)
        yield store
    except sqlalchemy.exc.SQLAlchemyError as error:
        name = type(error).__name__
        problem = Problem(
            "environment variable FAQBOT_DATABASE_URL",
            1,
            f"The database cannot be used ({name}).",
            "Start it, or correct the address; docs/operations.md says more.",
        )
        raise DataError([problem]) from None
    finally:
        store.close()


def pause(settings: Settings, reason: str) -> None:
    """Switches the assistant off on all servers. Raises `DataError` without a database."""
    with _store(settings) as store:
        store.audit.pause(somebody(), reason)


def resume(settings: Settings) -> bool:
    """Switches it on again; False if it was not off. Raises `DataError` without a database."""
    with _store(settings) as store:
        if not store.audit.is_paused():
            return False
        store.audit.resume(somebody())
        return True


def purge(settings: Settings, days: float) -> int:
    """Removes conversations that were silent for so many days; returns how many.

    Raises:
        ValueError: conversations may not be kept for so long or short a time.
        DataError: the database cannot be reached.
    """
    low, high = RETENTION_DAYS
    # A time to come would take the conversations that are going on, too.
    if not low <= days <= high:
        raise ValueError(f"{days:g} days will not do. Give {low:g} to {high:g}.")
    with _store(settings) as store:
        return store.purge_now(time.time() - days * 86_400, somebody())


def audit(settings: Settings, last: int) -> list[Entry]:
    """The latest entries of the audit trail. Raises `DataError` without a database."""
    with _store(settings) as store:
        trail: Audit = store.audit
        return trail.entries(last)
