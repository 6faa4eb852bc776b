"""Deleted and outdated conversations are gone from every store."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis as redis_client
import sqlalchemy as sa
from chat_client import QUESTION, Server
from services import Redis

from bot import staff
from bot.engine.conversation_store import ConversationStore
from bot.engine.database import CONVERSATIONS, EVENTS, META, TURNS, connect
from bot.settings import read_settings
from bot.web.upkeep import Upkeep

MARKER = "purplezebra"
DAY = 86_400


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())


def rows_of(url: str) -> str:
    engine = connect(url)
    with engine.connect() as connection:
        tables = [connection.execute(sa.select(t)).fetchall() for t in META.sorted_tables]
    engine.dispose()
    return str(tables)


async def test_a_deleted_conversation_is_in_no_table(
    make_server: Callable[..., Any], url: str
) -> None:
    server: Server = await make_server(FAQBOT_DATABASE_URL=url)
    kept, deleted = await server.session(), await server.session()
    for token, word in ((kept, "greenheron"), (deleted, MARKER)):
        await server.say(token, f"my {word} itches", "a")
        body = {"token": token, "id": "a", "helpful": False, "reason": f"no {word}"}
        await server.client.post("/chat/feedback", json=body)
    conversation = server.turns.sessions.conversation(deleted)
    assert MARKER in rows_of(url)
    assert (await server.forget(deleted)).json() == {"deleted": True}
    rows = rows_of(url)
    assert MARKER not in rows
    assert conversation not in rows
    assert "greenheron" in rows
    for refused in (await server.say(deleted, QUESTION), await server.history(deleted)):
        assert (refused.status_code, refused.json()["error"]) == (401, "session_ended")
    assert (await server.say(kept, QUESTION)).status_code == 200


async def test_no_byte_of_it_is_left_in_sqlites_files(server: Server, tmp_path: Path) -> None:
    tokens = [await server.session() for _ in range(12)]
    for number in range(6):
        for token in tokens:
            await server.say(token, f"my {MARKER} {number} itches")
    assert bytes_of(tmp_path).count(MARKER.encode()) > 100
    for token in tokens[::2]:
        await server.forget(token)
    for token in tokens[1::2]:
        await server.forget(token)
    assert MARKER.encode() not in bytes_of(tmp_path)


async def test_what_others_wrote_stays_when_one_conversation_goes(
    server: Server, tmp_path: Path
) -> None:
    tokens = [await server.session() for _ in range(6)]
    for number in range(6):
        for place, token in enumerate(tokens):
            await server.say(token, f"my {MARKER}{place} {number} itches")
    await server.forget(tokens[3])
    left = bytes_of(tmp_path)
    assert f"{MARKER}3".encode() not in left
    assert f"{MARKER}4".encode() in left


async def test_nothing_of_it_is_left_in_redis(
    make_server: Callable[..., Any], redis: Redis
) -> None:
    server: Server = await make_server(FAQBOT_REDIS_URL=redis.url)
    token = await server.session()
    await server.say(token, f"my {MARKER} itches")
    conversation = server.turns.sessions.conversation(token)
    client = redis_client.Redis.from_url(redis.url)
    before = list(client.scan_iter())
    assert any(conversation.encode() in key for key in before)
    assert not any(b"127.0.0.1" in key for key in before)
    await server.forget(token)
    assert not any(conversation.encode() in key for key in client.scan_iter())
    client.close()


async def test_a_reply_on_its_way_does_not_bring_the_conversation_back(
    make_server: Callable[..., Any], url: str
) -> None:
    server: Server = await make_server(FAQBOT_DATABASE_URL=url)
    for _ in range(5):
        token = await server.session()
        asking = asyncio.create_task(server.say(token, f"my {MARKER} itches"))
        await asyncio.sleep(0.002)
        await server.forget(token)
        assert (await asking).status_code in (200, 401)
    assert MARKER not in rows_of(url)


async def test_only_conversations_past_their_time_are_purged(url: str) -> None:
    now = time.time()
    store = ConversationStore(None, url, 40)
    await store.prepare()
    for name, age in (("old", 31), ("older", 400), ("young", 29)):
        store.clock = lambda age=age: now - age * DAY
        await store.start(name)
        tracker = await store.get_or_create_tracker(name)
        await store.save_turn(tracker, "a", name, [], "chitchat")
    assert await store.purge(now - 30 * DAY, "test") == 2
    with store.engine.connect() as connection:
        for table, column in ((CONVERSATIONS, "id"), (EVENTS, "conversation")):
            assert {row[0] for row in connection.execute(sa.select(table.c[column]))} == {"young"}
        assert {row[0] for row in connection.execute(sa.select(TURNS.c.text))} == {"young"}
    assert store.audit.entries(10)[-1].detail["conversations"] == 2
    store.close()


async def test_a_long_conversation_that_goes_on_is_kept(url: str) -> None:
    store = ConversationStore(None, url, 40)
    await store.prepare()
    now = time.time()
    store.clock = lambda: now - 40 * DAY
    await store.start("long")
    store.clock = lambda: now
    await store.save_turn(await store.get_or_create_tracker("long"), "a", "hi", [], "chitchat")
    assert await store.purge(now - 30 * DAY, "test") == 0
    store.close()


async def test_a_conversation_that_goes_on_while_others_are_removed_is_kept(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ConversationStore(None, url, 40)
    await store.prepare()
    now = time.time()
    store.clock = lambda: now - 40 * DAY
    for name in ("over", "going on"):
        await store.start(name)
        await store.save_turn(await store.get_or_create_tracker(name), "a", name, [], "chitchat")
    store.clock = lambda: now
    going_on = await store.get_or_create_tracker("going on")
    delete = store._delete

    def meanwhile(*arguments: Any) -> int:
        asyncio.run(store.save(going_on))
        return delete(*arguments)

    monkeypatch.setattr(store, "_delete", meanwhile)
    assert await store.purge(now - 30 * DAY, "test") == 1
    with store.engine.connect() as connection:
        for table, column in ((CONVERSATIONS, "id"), (EVENTS, "conversation")):
            rows = connection.execute(sa.select(table.c[column]))
            assert {row[0] for row in rows} == {"going on"}
        assert {row[0] for row in connection.execute(sa.select(TURNS.c.text))} == {"going on"}
    assert store.audit.entries(1)[0].detail["conversations"] == 1
    store.close()


async def test_the_server_applies_retention_by_itself(
    make_server: Callable[..., Any], url: str
) -> None:
    server: Server = await make_server(FAQBOT_DATABASE_URL=url)
    now = time.time()
    server.store.clock = lambda: now - 31 * DAY
    old = await server.session()
    await server.say(old, f"my {MARKER} itches")
    server.store.clock = lambda: now
    working = asyncio.create_task(Upkeep(server.settings, server.turns).work())
    for _ in range(200):
        if MARKER not in rows_of(url):
            break
        await asyncio.sleep(0.05)
    working.cancel()
    assert MARKER not in rows_of(url)
    assert (await server.history(old)).json()["error"] == "session_ended"


async def test_staff_can_purge_from_the_command_line(url: str, tmp_path: Path) -> None:
    settings = read_settings({"FAQBOT_VAR": str(tmp_path), "FAQBOT_DATABASE_URL": url})
    store = ConversationStore(None, url, 40)
    await store.prepare()
    store.clock = lambda: time.time() - 2 * DAY
    await store.start("two days old")
    assert staff.purge(settings, 3) == 0
    for days in (-1, 0, math.nan, math.inf):
        with pytest.raises(ValueError, match="will not do"):
            staff.purge(settings, days)
    assert staff.purge(settings, 1) == 1
    store.close()
    assert staff.audit(settings, 1)[0].what == "purge"
