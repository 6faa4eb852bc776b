"""Conversations on disk: Rasa's events, and the replies that patients were given.

A turn is written in one transaction, its events and its reply together: after a crash a
message has either been answered and kept, or neither. Events are numbered, so of two
servers that answer in the same conversation at once one is told to do it again; the
database itself guarantees "exactly once, in order". Reading brings back only the latest
events, so a turn costs the same however long the conversation is.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any, cast

import msgspec
import sqlalchemy as sa
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.audit import LATEST_SWITCH, PAUSE, PURGE, Audit
from bot.engine.database import CONVERSATIONS, EVENTS, TURNS, connect, wipe_log
from bot.engine.database import prepare as prepare_tables
from bot.engine.database_threads import DatabaseThreads, StoreAway

logger = logging.getLogger(__name__)

_STORED = "_events_already_stored"
_AT_ONCE = 500

Messages = list[dict[str, Any]]


class ConversationGone(Exception):
    """The conversation was deleted before its reply could be kept."""


class TurnTaken(Exception):
    """Another turn was kept in this conversation meanwhile; read it again."""


class Arrival(msgspec.Struct, frozen=True):
    """How things stand for a message that arrives in a conversation.

    `reply` is what the message was answered with earlier, if it was.
    """

    last_active: float
    paused: bool
    reply: Messages | None


class ConversationStore(TrackerStore):
    """Rasa's tracker store on SQL, plus turns, deletion and retention.

    What patients wait for raises `StoreAway` when the database is away or too slow.

    Args:
        domain: Rasa's domain.
        url: `sqlite:///path` or `postgresql://…`.
        history_events: how many of a conversation's latest events are read each turn.
        clock: the time of day in seconds; tests turn it.
    """

    def __init__(
        self,
        domain: Domain | None,
        url: str,
        history_events: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(domain)
        self._history = history_events
        self.clock = clock
        self.engine = connect(url)
        self.audit = Audit(self.engine)
        self._threads = DatabaseThreads()
        # SQLite has one writer at a time; waiting here is fairer than its retries.
        sqlite = self.engine.dialect.name == "sqlite"
        self._writing: AbstractContextManager[Any] = threading.Lock() if sqlite else nullcontext()

    async def prepare(self) -> None:
        """Makes the tables if they are not there."""
        await self._threads.run(prepare_tables, self.engine)

    # What Rasa calls.

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation with its latest events, or None if there is none."""
        rows = await self._threads.run(self._read_events, sender_id)
        if not rows:
            return None
        events = [_event(json.loads(data)) for _, data in rows]
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
        await self._threads.run(self._write, tracker, None)

    async def keys(self) -> Iterable[str]:
        """The ids of all conversations."""
        query = sa.select(CONVERSATIONS.c.id)
        return [row[0] for row in await self._threads.run(self._fetch, query)]

    # What the public server calls.

    async def start(self, conversation: str) -> None:
        """Notes that a conversation may be held under this id."""
        now = self.clock()
        statement = sa.insert(CONVERSATIONS).values(id=conversation, started=now, last_active=now)
        await self._threads.run(self._execute, statement)

    async def arrival(self, conversation: str, message_id: str = "") -> Arrival | None:
        """How things stand for a message, in one query; None if there is no conversation."""
        query = (
            sa.select(CONVERSATIONS.c.last_active, LATEST_SWITCH, TURNS.c.reply)
            .outerjoin(
                TURNS,
                (TURNS.c.conversation == CONVERSATIONS.c.id) & (TURNS.c.message_id == message_id),
            )
            .where(CONVERSATIONS.c.id == conversation)
        )
        for last_active, switch, reply in await self._threads.run(self._fetch, query):
            return Arrival(last_active, switch == PAUSE, json.loads(reply) if reply else None)
        return None

    async def is_paused(self) -> bool:
        """Whether the assistant is switched off."""
        return await self._threads.run(self.audit.is_paused)

    async def save_turn(
        self,
        tracker: DialogueStateTracker,
        message_id: str,
        text: str,
        reply: Sequence[dict[str, Any]],
        outcome: str,
    ) -> None:
        """Writes a turn's events and its reply in one transaction.

        Raises:
            TurnTaken: another turn came first; nothing was written.
            ConversationGone: the conversation was deleted meanwhile; nothing was written.
        """
        turn = {
            "conversation": tracker.sender_id,
            "message_id": message_id,
            "timestamp": self.clock(),
            "text": text,
            "reply": json.dumps(list(reply)),
            "outcome": outcome,
        }
        await self._threads.run(self._write, tracker, turn)

    async def turns(self, conversation: str) -> list[tuple[str, str, float, list[Any]]]:
        """All turns in order: message id, the patient's text, time, the reply."""
        query = (
            sa.select(TURNS.c.message_id, TURNS.c.text, TURNS.c.timestamp, TURNS.c.reply)
            .where(TURNS.c.conversation == conversation)
            .order_by(TURNS.c.number)
        )
        rows = await self._threads.run(self._fetch, query)
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
        return bool(await self._threads.run(self._execute, change))

    async def delete(self, conversation: str) -> None:
        """Removes every trace of a conversation, from SQLite's write-ahead log too."""
        await self._threads.run(self._delete, [conversation])

    async def purge(self, older_than: float, who: str) -> int:
        """Removes conversations that were last active before a time; returns how many.

        Args:
            older_than: seconds since 1970.
            who: for the audit trail.
        """
        # Retention may take as long as it needs: no patient waits for it.
        return await asyncio.to_thread(self.purge_now, older_than, who)

    def purge_now(self, older_than: float, who: str) -> int:
        """Like `purge`, for callers without an event loop."""
        query = sa.select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.last_active < older_than)
        ids = [row[0] for row in self._fetch(query)]
        batches = [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]
        removed = sum(self._delete(batch, older_than) for batch in batches)
        if removed:  # another server may have been quicker
            self.audit.record(who, PURGE, {"conversations": removed, "older_than": older_than})
        elif not wipe_log(self.engine):
            logger.info("SQLite's log could not be emptied just now; it will be later.")
        return removed

    async def is_reachable(self) -> bool:
        """Whether the database answers and has its tables."""
        try:
            await self._threads.run(self._fetch, sa.select(CONVERSATIONS.c.id).limit(1))
        except StoreAway:
            return False
        return True

    def close(self) -> None:
        """Lets go of threads and connections."""
        self._threads.close()
        self.engine.dispose()

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
        now = self.clock()
        try:
            with self._writing, self.engine.begin() as connection:
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
        except sa.exc.IntegrityError:
            raise TurnTaken(tracker.sender_id) from None
        setattr(tracker, _STORED, (len(tracker.events), last + len(rows)))

    def _delete(self, ids: Sequence[str], older_than: float = math.inf) -> int:
        """Removes those of the conversations that were last active before a time."""
        these = CONVERSATIONS.c.id.in_(ids)
        with self._writing:
            with self.engine.begin() as connection:
                # The conversation first: a turn that is being written finds it gone, or waits.
                # One that went on since somebody looked stays.
                gone = connection.execute(
                    sa.delete(CONVERSATIONS).where(these, CONVERSATIONS.c.last_active < older_than)
                ).rowcount
                left = connection.execute(sa.select(CONVERSATIONS.c.id).where(these)).scalars()
                ids = sorted({*ids} - {*left})
                connection.execute(sa.delete(TURNS).where(TURNS.c.conversation.in_(ids)))
                connection.execute(sa.delete(EVENTS).where(EVENTS.c.conversation.in_(ids)))
            wipe_log(self.engine)
        return int(gone)

    def _fetch(self, query: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(query).fetchall())

    def _execute(self, statement: Any) -> int:
        with self._writing, self.engine.begin() as connection:
            return int(connection.execute(statement).rowcount)


@cache
def _event_type(name: str) -> Any:
    """Rasa's class of an event; Rasa itself looks through all of them for each event."""
    return Event.resolve_by_type(name)


def _event(data: dict[str, Any]) -> Event:
    return cast(Event, _event_type(data["event"])._from_parameters(data))
