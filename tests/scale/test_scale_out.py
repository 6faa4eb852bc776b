"""Several servers: nothing acknowledged is lost, nothing is answered twice, whatever dies."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from typing import Any

import httpx
import sqlalchemy as sa
from conftest import Cluster
from patients import EMERGENCY, TEXTS, Crowd

from bot.engine.database import EVENTS, TURNS, connect
from bot.web.sessions import Sessions

KEY = "the same on both servers, and long enough"


def kept(url: str) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """All turns and events of all conversations, in order."""
    turns, events = defaultdict(list), defaultdict(list)
    engine = connect(url)
    with engine.connect() as connection:
        for row in connection.execute(sa.select(TURNS).order_by(TURNS.c.number)):
            turns[row.conversation].append((row.message_id, row.text, json.loads(row.reply)))
        for row in connection.execute(sa.select(EVENTS).order_by(EVENTS.c.number)):
            events[row.conversation].append((row.number, json.loads(row.data)))
    engine.dispose()
    return turns, events


def check_all_kept(crowd: Crowd, url: str) -> None:
    """What each patient was told is in the store once and in order, in both of its forms."""
    turns, events = kept(url)
    sessions = Sessions(KEY)
    for patient in crowd.patients:
        conversation = sessions.conversation(patient.token)
        assert turns[conversation] == patient.acknowledged
        numbers = [number for number, _ in events[conversation]]
        assert numbers == list(range(len(numbers)))
        heard = [event["text"] for _, event in events[conversation] if event["event"] == "user"]
        assert heard == [text for _, text, _ in patient.acknowledged]


async def reached(crowd: Crowd, count: int) -> None:
    while crowd.answered < count:
        await asyncio.sleep(0.02)


async def test_200_conversations_hop_between_two_servers_while_one_is_killed(
    cluster: Cluster,
) -> None:
    crowd = Crowd(cluster.urls, 200)
    back = asyncio.Event()

    async def disturb() -> None:
        await reached(crowd, 300)
        cluster.one.kill()
        await reached(crowd, crowd.answered + 100)
        cluster.one.start()
        await asyncio.to_thread(cluster.one.wait)
        await reached(crowd, crowd.answered + 200)
        back.set()

    await asyncio.gather(crowd.talk(back.is_set), disturb())
    assert crowd.answered >= 800
    check_all_kept(crowd, cluster.postgres.url)


async def test_redis_is_restarted_and_nobody_notices(cluster: Cluster) -> None:
    crowd = Crowd(cluster.urls, 30)
    back = asyncio.Event()

    async def disturb() -> None:
        await reached(crowd, 60)
        cluster.redis.stop()
        await reached(crowd, 150)
        cluster.redis.start()
        await reached(crowd, 200)
        back.set()

    await asyncio.gather(crowd.talk(back.is_set), disturb())
    check_all_kept(crowd, cluster.postgres.url)
    assert not [refusal for patient in crowd.patients for refusal in patient.refusals]


async def test_redis_hangs_and_everybody_is_answered(cluster: Cluster) -> None:
    crowd = Crowd(cluster.urls, 10)
    back = asyncio.Event()

    async def disturb() -> None:
        await reached(crowd, 10)
        cluster.redis.freeze()
        await reached(crowd, 40)
        cluster.redis.thaw()
        back.set()

    await asyncio.gather(crowd.talk(back.is_set), disturb())
    check_all_kept(crowd, cluster.postgres.url)


async def test_postgresql_is_restarted_and_the_same_messages_are_answered_afterwards(
    cluster: Cluster,
) -> None:
    crowd = Crowd(cluster.urls, 30)
    back = asyncio.Event()

    async def disturb() -> None:
        await reached(crowd, 60)
        await asyncio.to_thread(cluster.postgres.stop)
        await asyncio.sleep(1.5)
        await asyncio.to_thread(cluster.postgres.start)
        await reached(crowd, 150)
        back.set()

    await asyncio.gather(crowd.talk(back.is_set), disturb())
    check_all_kept(crowd, cluster.postgres.url)
    told = {detail for patient in crowd.patients for _, detail in patient.refusals}
    assert told
    assert all("try again" in detail and "911" in detail for detail in told)


async def test_postgresql_hangs_and_emergencies_are_answered_all_the_same(
    cluster: Cluster,
) -> None:
    async with httpx.AsyncClient(base_url=cluster.two.url, timeout=30) as client:
        token = (await client.post("/chat/session")).json()["token"]

        async def say(message_id: str, text: str) -> httpx.Response:
            body = {"token": token, "id": message_id, "text": text}
            return await client.post("/chat/message", json=body)

        cluster.postgres.freeze()
        try:
            urgent, ordinary = await asyncio.gather(say("a", EMERGENCY), say("b", TEXTS[0]))
            started = await client.post("/chat/session")
        finally:
            cluster.postgres.thaw()
        assert urgent.json()["messages"][0]["level"] == "emergency"
        for reply in (ordinary, started):
            assert reply.status_code == 503
            assert "911" in reply.json()["detail"]
        # The same message again, once the database is back.
        for _ in range(60):
            reply = await say("b", TEXTS[0])
            if reply.status_code == 200:
                break
            await asyncio.sleep(0.5)
        assert reply.json()["messages"][0]["faq_id"] == "alcohol"
