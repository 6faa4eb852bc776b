"""What a patient sees when something is away: an honest line, and emergencies answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from chat_client import EMERGENCY, QUESTION, Server, is_emergency, texts
from services import Redis

from bot.engine import resources
from bot.engine.assistant import Assistant
from bot.engine.custom_actions import ActionServer
from bot.safety import SafetyScreen, Screening


def is_honest(reply: Any) -> bool:
    """Says that it did not work, whom to call, and when to try again."""
    detail = reply.json()["detail"]
    clinic = resources.clinic()
    return (
        reply.status_code == 503
        and int(reply.headers["Retry-After"]) > 0
        and clinic.phone in detail
        and clinic.emergency_number in detail
    )


@pytest.fixture
def store_fails(server: Server) -> Callable[[], None]:
    def fail() -> None:
        def broken(*_: object) -> None:
            raise sa.exc.OperationalError("SELECT secret", {}, Exception("gone"))

        sa.event.listen(server.store.engine, "before_cursor_execute", broken)

    return fail


async def test_without_the_store_a_patient_is_told_to_try_again(
    server: Server, store_fails: Callable[[], None]
) -> None:
    token = await server.session()
    store_fails()
    assert is_honest(await server.say(token, QUESTION))
    assert is_honest(await server.history(token))
    assert is_honest(await server.forget(token))
    assert is_honest(await server.client.post("/chat/session"))
    assert is_honest(await server.client.get("/chat/status"))
    assert is_emergency(await server.say(token, EMERGENCY))
    assert is_emergency(await server.say("", EMERGENCY))  # no session could begin


async def test_the_server_is_not_ready_without_its_store(
    server: Server, store_fails: Callable[[], None]
) -> None:
    assert (await server.client.get("/health/ready")).json()["status"] == "ready"
    store_fails()
    reply = await server.client.get("/health/ready")
    assert (reply.status_code, reply.json()["store"]) == (503, False)
    assert (await server.client.get("/health/live")).status_code == 200


async def test_the_server_is_not_ready_before_its_model(server: Server) -> None:
    token = await server.session()
    server.turns.assistant = None
    assert (await server.client.get("/health/ready")).status_code == 503
    assert is_honest(await server.say(token, QUESTION))
    assert is_emergency(await server.say(token, EMERGENCY))


async def test_a_full_database_loses_nothing_that_was_acknowledged(
    make_server: Callable[..., Any],
) -> None:
    server: Server = await make_server(FAQBOT_RATE_SESSION="1000/minute")
    token = await server.session()
    answered = []

    def limit(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA max_page_count=60")

    sa.event.listen(server.store.engine.pool, "checkout", limit)
    for number in range(60):
        reply = await server.say(token, QUESTION, f"m{number}")
        if reply.status_code != 200:
            break
        answered.append(f"m{number}")
    assert answered
    assert is_honest(reply)
    assert is_emergency(await server.say(token, EMERGENCY))
    history = (await server.history(token)).json()["messages"]
    assert [m["id"] for m in history if m["role"] == "user"] == answered
    sa.event.remove(server.store.engine.pool, "checkout", limit)
    with server.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=100000")
    server.store.engine.dispose()
    assert (await server.say(token, QUESTION, "after")).status_code == 200


async def test_without_redis_patients_are_answered(
    make_server: Callable[..., Any], redis: Redis
) -> None:
    server: Server = await make_server(FAQBOT_REDIS_URL=redis.url, FAQBOT_RATE_SESSION="5/minute")
    token = await server.session()
    assert (await server.say(token, QUESTION)).status_code == 200
    redis.stop()
    assert (await server.say(token, QUESTION)).status_code == 200
    assert is_emergency(await server.say(token, EMERGENCY))
    # The limit holds on this server alone.
    replies = [await server.say(token, QUESTION) for _ in range(6)]
    assert replies[-1].status_code == 429


async def test_a_redis_that_hangs_holds_nobody_up(
    make_server: Callable[..., Any], redis: Redis
) -> None:
    server: Server = await make_server(FAQBOT_REDIS_URL=redis.url)
    token = await server.session()
    redis.freeze()
    try:
        assert (await server.say(token, QUESTION)).status_code == 200
        assert is_emergency(await server.say(token, EMERGENCY))
    finally:
        redis.thaw()
    assert (await server.say(token, QUESTION)).status_code == 200


async def test_redis_that_dies_in_the_middle_of_a_turn_changes_nothing(
    make_server: Callable[..., Any], redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    server: Server = await make_server(FAQBOT_REDIS_URL=redis.url)
    token = await server.session()
    take_turn = Assistant.take_turn

    async def dying(self: Assistant, *arguments: Any) -> Any:
        redis.stop()
        return await take_turn(self, *arguments)

    monkeypatch.setattr(Assistant, "take_turn", dying)
    reply = await server.say(token, QUESTION)
    assert reply.status_code == 200
    conversation = server.turns.sessions.conversation(token)
    assert len(await server.store.turns(conversation)) == 1


@pytest.mark.parametrize("hangs", [False, True])
async def test_an_action_server_that_is_away_or_hangs(server: Server, hangs: bool) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    listening = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    if not hangs:
        listening.close()
        await listening.wait_closed()
    assert server.turns.assistant is not None
    server.turns.assistant._processor.action_endpoint = ActionServer(
        f"http://127.0.0.1:{port}/webhook", 0.5
    )
    token = await server.session()
    assert is_emergency(await server.say(token, EMERGENCY))
    assert "alcohol" in (await server.say(token, QUESTION)).text  # needs no action
    # One that needs an action, in a conversation without an emergency or an answer before it.
    reply = await server.say(
        await server.session(), "the thing somebody once told somebody about the other stuff"
    )
    assert "Something went wrong on our side" in texts(reply)
    assert resources.clinic().phone in texts(reply)
    listening.close()


async def test_a_broken_classifier_leaves_the_safety_screen(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("cannot read the text")

    monkeypatch.setattr(Assistant, "take_turn", broken)
    token = await server.session()
    assert is_honest(await server.say(token, QUESTION))
    assert is_emergency(await server.say(token, EMERGENCY))
    assert 'outcome="error"} 2.0' in (await server.client.get("/metrics")).text


async def test_a_screen_that_fails_says_so_with_both_numbers(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SafetyScreen, "read", lambda *_: Screening(failed=True))
    reply = await server.say(await server.session(), EMERGENCY)
    assert "could not check your message" in texts(reply)
    assert resources.clinic().phone in texts(reply)
    assert "911" in texts(reply)


async def test_a_broken_screen_still_names_the_emergency_number(
    server: Server, monkeypatch: pytest.MonkeyPatch, store_fails: Callable[[], None]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no screen")

    monkeypatch.setattr("bot.web.notices.emergency", broken)
    token = await server.session()
    store_fails()
    assert is_honest(await server.say(token, EMERGENCY))


async def test_a_store_that_hangs_does_not_hold_back_an_emergency(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await server.session()
    monkeypatch.setattr("bot.engine.database_threads.PATIENCE_SECONDS", 2.0)

    def slow(*_: object) -> None:
        time.sleep(3)

    sa.event.listen(server.store.engine, "before_cursor_execute", slow)
    assert is_emergency(await server.say(token, EMERGENCY))
    assert is_honest(await server.say(token, QUESTION))
    sa.event.remove(server.store.engine, "before_cursor_execute", slow)


async def test_an_emergency_in_an_ended_session_is_answered(server: Server) -> None:
    token = await server.session()
    await server.forget(token)
    assert (await server.say(token, QUESTION)).status_code == 401
    assert is_emergency(await server.say(token, EMERGENCY))


async def test_the_tables_are_made_when_the_database_comes_late(
    make_server: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.engine.database_threads import StoreAway
    from bot.web.upkeep import Upkeep

    server: Server = await make_server()
    tries = []
    prepare = server.store.prepare

    async def late() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise StoreAway("OperationalError")
        await prepare()

    monkeypatch.setattr(server.store, "prepare", late)
    monkeypatch.setattr("bot.web.upkeep.TRY_AGAIN_SECONDS", 0.01)
    working = asyncio.create_task(Upkeep(server.settings, server.turns).work())
    for _ in range(100):
        await asyncio.sleep(0.02)
        if server.store.audit.entries(1):
            break
    working.cancel()
    assert len(tries) == 3
    assert server.store.audit.entries(1)[0].what == "settings"
