"""Conversations on disk: Rasa's events, and the replies that patients were given.

One SQL database: SQLite by default, PostgreSQL for several servers. A turn is written
in one transaction, its events and its reply together: after a crash a message has
either been answered and kept, or neither. Reading brings back only the latest events,
so a turn costs the same however long the conversation is.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Engine

_META = sa.MetaData()
CONVERSATIONS = sa.Table(
    "conversations",
    _META,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("started", sa.Float, nullable=False),
    sa.Column("last_active", sa.Float, nullable=False, index=True),
)
EVENTS = sa.Table(
    "events",
    _META,
    sa.Column("conversation", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("timestamp", sa.Float, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
)
TURNS = sa.Table(
    "turns",
    _META,
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
_STORED = "_events_already_stored"


class ConversationStore(TrackerStore):
    """Rasa's tracker store on SQL, plus turns, deletion and retention.

    Args:
        domain: Rasa's domain.
        url: `sqlite:///path` or `postgresql://…`.
        history_events: how many of a conversation's latest events are read each turn.
    """

    def __init__(self, domain: Domain | None, url: str, history_events: int) -> None:
        super().__init__(domain)
        self._history = history_events
        self.engine = _engine(url)
        _META.create_all(self.engine)

    # What Rasa calls.

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation with its latest events, or None if there is none."""
        rows = await asyncio.to_thread(self._read_events, sender_id)
        if not rows:
            return None
        events = deserialise_events([json.loads(data) for _, data in rows])
        tracker = DialogueStateTracker.from_events(
            sender_id, events, self.domain.slots if self.domain else []
        )
        setattr(tracker, _STORED, (len(tracker.events), rows[-1][0]))
        return tracker

    async def create_tracker(
        self, sender_id: str, append_action_listen: bool = True
    ) -> DialogueStateTracker:
        """A new tracker; it is written with its first turn, not before."""
        tracker = self.init_tracker(sender_id)
        if append_action_listen:
            tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Appends the tracker's new events."""
        await asyncio.to_thread(self._write, tracker, None)

    async def keys(self) -> Iterable[str]:  # type: ignore[override]
        """The ids of all conversations."""
        return await asyncio.to_thread(self._all_ids)

    # What the public server calls.

    async def start(self, conversation: str) -> None:
        """Notes that a conversation may be held under this id."""
        now = time.time()
        await asyncio.to_thread(
            self._execute,
            sa.insert(CONVERSATIONS).values(id=conversation, started=now, last_active=now),
        )

    async def is_started(self, conversation: str) -> bool:
        """Whether the conversation was started here and has not been deleted."""
        query = sa.select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.id == conversation)
        return bool(await asyncio.to_thread(self._fetch, query))

    async def save_turn(
        self,
        tracker: DialogueStateTracker,
        message_id: str,
        text: str,
        reply: Sequence[dict[str, Any]],
        outcome: str,
    ) -> None:
        """Writes a turn's events and its reply in one transaction."""
        turn = {
            "conversation": tracker.sender_id,
            "message_id": message_id,
            "timestamp": time.time(),
            "text": text,
            "reply": json.dumps(list(reply)),
            "outcome": outcome,
        }
        await asyncio.to_thread(self._write, tracker, turn)

    async def reply_to(self, conversation: str, message_id: str) -> list[dict[str, Any]] | None:
        """The reply that this message was given, or None if it has had none."""
        query = sa.select(TURNS.c.reply).where(
            TURNS.c.conversation == conversation, TURNS.c.message_id == message_id
        )
        rows = await asyncio.to_thread(self._fetch, query)
        return list(json.loads(rows[0][0])) if rows else None

    async def turns(self, conversation: str) -> list[tuple[str, str, float, list[Any]]]:
        """All turns in order: message id, the patient's text, time, the reply."""
        query = (
            sa.select(TURNS.c.message_id, TURNS.c.text, TURNS.c.timestamp, TURNS.c.reply)
            .where(TURNS.c.conversation == conversation)
            .order_by(TURNS.c.number)
        )
        rows = await asyncio.to_thread(self._fetch, query)
        return [(row[0], row[1], row[2], json.loads(row[3])) for row in rows]

    async def rate(
        self, conversation: str, message_id: str, rating: int, reason: str | None
    ) -> bool:
        """Stores a thumbs up (1) or down (-1) on a turn; False if there is no such turn."""
        change = (
            sa.update(TURNS)
            .where(TURNS.c.conversation == conversation, TURNS.c.message_id == message_id)
            .values(rating=rating, rating_reason=reason)
        )
        return bool(await asyncio.to_thread(self._execute, change))

    async def delete(self, conversation: str) -> None:
        """Removes every trace of a conversation."""
        await asyncio.to_thread(self._delete, [conversation])

    async def purge(self, older_than: float) -> int:
        """Removes conversations that were last active before a time; returns how many."""
        return await asyncio.to_thread(self.purge_now, older_than)

    def purge_now(self, older_than: float) -> int:
        """Like `purge`, for callers without an event loop."""
        query = sa.select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.last_active < older_than)
        ids = [row[0] for row in self._fetch(query)]
        for start in range(0, len(ids), 500):
            self._delete(ids[start : start + 500])
        return len(ids)

    async def is_reachable(self) -> bool:
        """Whether the database answers."""
        try:
            await asyncio.to_thread(self._fetch, sa.select(sa.literal(1)))
        except sa.exc.SQLAlchemyError:
            return False
        return True

    # SQL.

    def _read_events(self, conversation: str) -> list[tuple[int, str]]:
        query = (
            sa.select(EVENTS.c.number, EVENTS.c.data)
            .where(EVENTS.c.conversation == conversation)
            .order_by(EVENTS.c.number.desc())
            .limit(self._history)
        )
        return [(row[0], row[1]) for row in reversed(self._fetch(query))]

    def _write(self, tracker: DialogueStateTracker, turn: dict[str, Any] | None) -> None:
        stored, last = getattr(tracker, _STORED, (0, -1))
        new = list(tracker.events)[stored:]
        rows = [
            {
                "conversation": tracker.sender_id,
                "number": last + 1 + place,
                "timestamp": event.timestamp,
                "data": json.dumps(event.as_dict()),
            }
            for place, event in enumerate(new)
        ]
        now = time.time()
        with self.engine.begin() as connection:
            touched = connection.execute(
                sa.update(CONVERSATIONS)
                .where(CONVERSATIONS.c.id == tracker.sender_id)
                .values(last_active=now)
            )
            if not touched.rowcount:
                if turn is not None:
                    # Deleted while the reply was being made: nothing may come back.
                    raise ConversationGone(tracker.sender_id)
                connection.execute(
                    sa.insert(CONVERSATIONS).values(
                        id=tracker.sender_id, started=now, last_active=now
                    )
                )
            if rows:
                connection.execute(sa.insert(EVENTS), rows)
            if turn is not None:
                connection.execute(sa.insert(TURNS).values(**turn, number=last + len(rows) + 1))
        setattr(tracker, _STORED, (len(tracker.events), last + len(rows)))

    def _delete(self, ids: Sequence[str]) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.delete(TURNS).where(TURNS.c.conversation.in_(ids)))
            connection.execute(sa.delete(EVENTS).where(EVENTS.c.conversation.in_(ids)))
            connection.execute(sa.delete(CONVERSATIONS).where(CONVERSATIONS.c.id.in_(ids)))

    def _all_ids(self) -> list[str]:
        return [row[0] for row in self._fetch(sa.select(CONVERSATIONS.c.id))]

    def _fetch(self, query: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(query).fetchall())

    def _execute(self, statement: Any) -> int:
        with self.engine.begin() as connection:
            return int(connection.execute(statement).rowcount)


class ConversationGone(Exception):
    """The conversation was deleted before its reply could be kept."""


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return sa.create_engine(
            url, pool_pre_ping=True, pool_size=8, max_overflow=8, pool_timeout=5,
            connect_args={"connect_timeout": 3},
        )  # fmt: skip
    Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"check_same_thread": False, "timeout": 5})

    @sa.event.listens_for(engine, "connect")
    def _durable(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        # What was answered is on disk before the patient sees it; deleted text is overwritten.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine
