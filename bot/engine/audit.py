"""The audit trail: who did what and when. The kill switch is its latest entry.

Entries are written to the shared database and never changed, so every server sees a
pause with the next message, and nobody can pause without leaving a trace.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
import time
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.engine.database import AUDIT
from bot.settings import SETTINGS, described

PAUSE, RESUME, PURGE, CHANGED_SETTINGS = "pause", "resume", "purge", "settings"

# The kill switch as one value of a query: the latest of its two entries.
LATEST_SWITCH = (
    sa.select(AUDIT.c.what)
    .where(AUDIT.c.what.in_((PAUSE, RESUME)))
    .order_by(AUDIT.c.id.desc())
    .limit(1)
    .scalar_subquery()
)


class Entry(msgspec.Struct, frozen=True):
    """One line of the audit trail."""

    at: float
    who: str
    what: str
    detail: dict[str, Any]

    def __str__(self) -> str:
        moment = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(self.at))
        return f"{moment}  {self.who}  {self.what}  {json.dumps(self.detail, ensure_ascii=False)}"


def somebody() -> str:
    """Whoever runs this process: the person behind sudo if there is one, and the machine."""
    try:
        name = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as containers have
        name = f"uid {os.getuid()}"
    return f"{name}@{socket.gethostname()}"


class Audit:
    """Writes and reads the audit trail.

    Every method raises `sqlalchemy.exc.SQLAlchemyError` when the database is away.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def pause(self, who: str, reason: str) -> None:
        """Switches the assistant off on all servers."""
        self.record(who, PAUSE, {"reason": reason})

    def resume(self, who: str) -> None:
        """Switches the assistant on again."""
        self.record(who, RESUME, {})

    def is_paused(self) -> bool:
        """Whether the assistant is switched off."""
        with self._engine.connect() as connection:
            return bool(connection.execute(sa.select(LATEST_SWITCH)).scalar() == PAUSE)

    def record(self, who: str, what: str, detail: dict[str, Any]) -> None:
        """Adds an entry."""
        with self._engine.begin() as connection:
            _insert(connection, who, what, detail)

    def record_settings(self, who: str, environment: dict[str, str]) -> dict[str, list[str]]:
        """Notes which settings differ from those that `who` (a server) started with before.

        Args:
            who: the server, by a name that lasts.
            environment: the values in use, by name; secrets are kept as fingerprints.

        Returns:
            Old and new value of each changed setting; empty when nothing changed.
        """
        now = {name: described(name, environment.get(name, "")) for name, *_ in SETTINGS}
        query = (
            sa.select(AUDIT.c.detail)
            .where(AUDIT.c.what == CHANGED_SETTINGS, AUDIT.c.who == who)
            .order_by(AUDIT.c.id.desc())
            .limit(1)
        )
        with self._engine.begin() as connection:
            row = connection.execute(query).first()
            before = json.loads(row[0])["values"] if row else {s.name: s.default for s in SETTINGS}
            changed = {
                name: [before.get(name, ""), value]
                for name, value in now.items()
                if before.get(name, "") != value
            }
            if changed or row is None:
                _insert(connection, who, CHANGED_SETTINGS, {"changed": changed, "values": now})
        return changed

    def entries(self, latest: int) -> list[Entry]:
        """The latest entries, oldest first."""
        query = (
            sa.select(AUDIT.c.at, AUDIT.c.who, AUDIT.c.what, AUDIT.c.detail)
            .order_by(AUDIT.c.id.desc())
            .limit(latest)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).fetchall()
        return [Entry(r[0], r[1], r[2], json.loads(r[3])) for r in reversed(rows)]


def _insert(connection: Connection, who: str, what: str, detail: dict[str, Any]) -> None:
    connection.execute(
        sa.insert(AUDIT).values(at=time.time(), who=who, what=what, detail=json.dumps(detail))
    )
