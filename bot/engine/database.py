"""The one SQL database: its tables, and how to reach it.

SQLite by default; PostgreSQL when several servers share it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.pool import QueuePool

from bot.problems import DataError, Problem, relative
from bot.settings import Settings

# As many threads use the database at once as there are connections to it.
CONNECTIONS = 8
# No statement may keep a patient waiting longer.
STATEMENT_SECONDS = 4
_ONE_AT_A_TIME = 0x0FA0B07  # any number, the same on all servers

META = sa.MetaData()
CONVERSATIONS = sa.Table(
    "conversations",
    META,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("started", sa.Float, nullable=False),
    sa.Column("last_active", sa.Float, nullable=False, index=True),
)
EVENTS = sa.Table(
    "events",
    META,
    sa.Column("conversation", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("timestamp", sa.Float, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
)
TURNS = sa.Table(
    "turns",
    META,
    sa.Column("conversation", sa.String(64), primary_key=True),
    sa.Column("message_id", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("timestamp", sa.Float, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("reply", sa.Text, nullable=False),
    sa.Column("outcome", sa.String(32), nullable=False),
    sa.Column("rating", sa.Integer, nullable=True),
    sa.Column("rating_reason", sa.Text, nullable=True),
)
AUDIT = sa.Table(
    "audit",
    META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("what", sa.String(32), nullable=False, index=True),
    sa.Column("detail", sa.Text, nullable=False),
)

# What is in the audit trail stays as it was written.
_APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER audit_not_changed BEFORE UPDATE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
        "CREATE TRIGGER audit_not_deleted BEFORE DELETE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
    ),
}
for _dialect, _statements in _APPEND_ONLY.items():
    for _statement in _statements:
        sa.event.listen(AUDIT, "after_create", sa.DDL(_statement).execute_if(dialect=_dialect))


def database_url(settings: Settings) -> str:
    """The database of the settings, or SQLite in the server's own folder."""
    return settings.database_url or f"sqlite:///{(settings.var / 'conversations.db').resolve()}"


def connect(url: str) -> Engine:
    """An engine for `sqlite:///path` or `postgresql://…`. Nothing is opened before it is used.

    Raises:
        DataError: the folder for SQLite's file cannot be made.
    """
    if not url.startswith("sqlite"):
        return sa.create_engine(
            url,
            pool_pre_ping=True,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=STATEMENT_SECONDS,
            # A server that vanishes without a word is noticed within seconds (libpq's options).
            connect_args={
                "connect_timeout": 3,
                "keepalives_idle": 5,
                "keepalives_interval": 2,
                "keepalives_count": 3,
                "tcp_user_timeout": 10_000,
                "options": f"-c statement_timeout={STATEMENT_SECONDS}s",
            },
        )
    # Only the account that runs the server may look into a folder made here.
    folder = Path(url.removeprefix("sqlite:///")).parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        message = f"The folder for the database cannot be made ({error.strerror})."
        fix = "Let FAQBOT_VAR be a folder that this account may write to."
        raise DataError([Problem(relative(folder), 1, message, fix)]) from None
    engine = sa.create_engine(
        url,
        poolclass=QueuePool,
        pool_size=CONNECTIONS,
        max_overflow=0,
        connect_args={"check_same_thread": False, "timeout": STATEMENT_SECONDS - 1},
    )

    @sa.event.listens_for(engine, "connect")
    def _durable(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        # What was answered is on disk before the patient sees it; deleted text is overwritten.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def prepare(engine: Engine) -> None:
    """Creates what is missing of the tables; several servers may do so at once.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database cannot be reached.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
        META.create_all(connection)


def wipe_log(engine: Engine) -> bool:
    """Empties SQLite's write-ahead log, which still holds what was deleted from the tables.

    Returns False when somebody was reading just then; call it again later. PostgreSQL
    looks after its own log.
    """
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
    return not busy
