"""Nobody can flood the assistant, and nobody with an emergency is turned away."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from chat_client import EMERGENCY, QUESTION, Server, is_emergency
from services import Redis
from starlette.requests import Request

from bot.settings import read_settings
from bot.web.addresses import address_of
from bot.web.limits import Limits, TooMany
from bot.web.notices import too_many

KEY = "k" * 40


async def test_a_session_that_sends_too_much_is_told_how_long_to_wait(
    make_server: Callable[..., Any],
) -> None:
    server: Server = await make_server(FAQBOT_RATE_SESSION="3/minute")
    token = await server.session()
    for _ in range(3):
        assert (await server.say(token, QUESTION)).status_code == 200
    reply = await server.say(token, QUESTION)
    assert (reply.status_code, reply.json()["error"]) == (429, "too_many")
    assert 1 <= int(reply.headers["Retry-After"]) <= 60
    assert reply.headers["Retry-After"] in reply.json()["detail"]
    assert "911" in reply.json()["detail"]
    assert (await server.say(await server.session(), QUESTION)).status_code == 200


async def test_an_address_that_sends_too_much_is_limited_over_all_its_sessions(
    make_server: Callable[..., Any],
) -> None:
    server: Server = await make_server(FAQBOT_RATE_ADDRESS="3/minute")
    replies = [await server.say(await server.session(), QUESTION) for _ in range(4)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]


async def test_an_address_cannot_start_sessions_without_end(
    make_server: Callable[..., Any],
) -> None:
    server: Server = await make_server(FAQBOT_RATE_NEW_SESSIONS="2/hour")
    replies = [await server.client.post("/chat/session") for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert "911" in replies[-1].json()["detail"]


async def test_an_emergency_is_answered_above_the_limit(make_server: Callable[..., Any]) -> None:
    server: Server = await make_server(FAQBOT_RATE_SESSION="1/hour")
    token = await server.session()
    await server.say(token, QUESTION)
    assert (await server.say(token, QUESTION)).status_code == 429
    assert is_emergency(await server.say(token, EMERGENCY))


async def test_an_emergency_is_answered_when_no_session_can_begin(
    make_server: Callable[..., Any],
) -> None:
    server: Server = await make_server(FAQBOT_RATE_NEW_SESSIONS="1/hour")
    await server.session()
    refused = await server.client.post("/chat/session")
    assert refused.status_code == 429
    assert " minutes, or call " in refused.json()["detail"]
    assert is_emergency(await server.say("", EMERGENCY))
    without_token = {"id": "one", "text": EMERGENCY}
    assert is_emergency(await server.client.post("/chat/message", json=without_token))
    reply = await server.say("", QUESTION)
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_session")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, "1 second,"), (2, "2 seconds"), (99, "99 seconds"), (121, "3 minutes")],
)
def test_the_wait_is_said_in_seconds_or_minutes(seconds: int, said: str) -> None:
    assert f"Please wait {said}" in too_many(seconds)


async def test_asking_again_for_a_reply_does_not_count(make_server: Callable[..., Any]) -> None:
    server: Server = await make_server(FAQBOT_RATE_SESSION="1/hour")
    token = await server.session()
    replies = [await server.say(token, QUESTION, "one") for _ in range(5)]
    assert {reply.status_code for reply in replies} == {200}


async def test_servers_that_share_redis_share_the_limits(
    make_server: Callable[..., Any], redis: Redis
) -> None:
    given = {
        "FAQBOT_REDIS_URL": redis.url,
        "FAQBOT_RATE_SESSION": "3/minute",
        "FAQBOT_SECRET_KEY": KEY,
    }
    one, two = await make_server(**given), await make_server(**given)
    token = await one.session()
    replies = [await server.say(token, QUESTION) for server in (one, two, one, two)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert 1 <= int(replies[-1].headers["Retry-After"]) <= 60


@pytest.mark.parametrize("shared", [False, True])
async def test_a_window_passes(shared: bool, request: pytest.FixtureRequest) -> None:
    settings = read_settings({"FAQBOT_RATE_SESSION": "1/second"})
    client = None
    if shared:
        from redis.asyncio import Redis as Client

        client = Client.from_url(request.getfixturevalue("redis").url)
    limits = Limits(settings, KEY, client)
    await limits.count_message("a", "1.2.3.4")
    with pytest.raises(TooMany):
        await limits.count_message("a", "1.2.3.4")
    time.sleep(1.1)
    await limits.count_message("a", "1.2.3.4")
    if client:
        await client.close()


async def test_a_clock_set_back_an_hour_locks_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(read_settings({"FAQBOT_RATE_SESSION": "2/minute"}), KEY, None)
    for _ in range(2):
        await limits.count_message("a", "1.2.3.4")
    hour_ago = time.time() - 3600
    monkeypatch.setattr("time.time", lambda: hour_ago)
    await limits.count_message("a", "1.2.3.4")


async def test_a_clock_set_forward_an_hour_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(read_settings({"FAQBOT_RATE_SESSION": "1/minute"}), KEY, None)
    await limits.count_message("a", "1.2.3.4")
    later = time.time() + 3600
    monkeypatch.setattr("time.time", lambda: later)
    await limits.count_message("a", "1.2.3.4")


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "counted"),
    [
        ("203.0.113.7", "", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "", "203.0.113.7"),
        ("10.0.0.2", "198.51.100.1", "10.0.0.0/8", "198.51.100.1"),
        ("10.0.0.2", "6.6.6.6, 198.51.100.1", "10.0.0.2", "198.51.100.1"),
        ("10.0.0.2", "6.6.6.6, 198.51.100.1, 10.0.0.9", "10.0.0.0/8", "198.51.100.1"),
        ("10.0.0.2", "my name is Jo", "10.0.0.0/8", "10.0.0.2"),
        ("10.0.0.2", "", "10.0.0.0/8", "10.0.0.2"),
        ("2001:db8:1:2:3:4:5:6", "", "", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "", "", "203.0.113.7"),
        ("", "", "", "unknown"),
    ],
)
def test_which_address_is_counted(peer: str, forwarded: str, trusted: str, counted: str) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    scope = {"type": "http", "client": (peer, 1) if peer else None, "headers": headers}
    settings = read_settings({"FAQBOT_TRUSTED_PROXIES": trusted})
    assert address_of(Request(scope), settings) == counted
