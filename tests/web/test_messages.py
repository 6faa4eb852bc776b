"""One message, one reply: in the form that the widget shows, exactly once for each id."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from chat_client import EMERGENCY, QUESTION, Server, bearer, is_emergency, texts

from bot.engine import resources
from bot.web.requests import readable


async def test_a_question_is_answered(server: Server) -> None:
    reply = await server.say(await server.session(), QUESTION)
    [message] = reply.json()["messages"]
    assert (message["kind"], message["faq_id"], message["role"]) == (
        "answer",
        "alcohol",
        "assistant",
    )
    assert message["sources"]
    assert reply.json()["paused"] is False


async def test_a_session_says_what_this_is_before_the_first_message(server: Server) -> None:
    session = (await server.client.post("/chat/session")).json()
    notices = " ".join(session["notices"])
    assert "911" in notices
    assert "not a clinician" in notices
    assert "30 days" in notices
    assert session["max_characters"] == 1000


async def test_a_repeated_id_gets_the_first_reply(server: Server) -> None:
    token = await server.session()
    first = await server.say(token, QUESTION, "one")
    again = await server.say(token, "and now something else", "one")
    assert again.json() == first.json()
    assert len((await server.history(token)).json()["messages"]) == 2


async def test_a_repeat_while_the_first_is_being_answered_waits_for_it(server: Server) -> None:
    token = await server.session()
    replies = await asyncio.gather(*(server.say(token, QUESTION, "one") for _ in range(8)))
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.text for reply in replies}) == 1
    assert len(await server.store.turns(server.turns.sessions.conversation(token))) == 1


async def test_a_reply_that_was_lost_is_there_when_asked_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await server.session()
    monkeypatch.setattr("bot.web.turns.PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr("bot.web.turns.URGENT_SECONDS", 0.0)
    lost = await server.say(token, QUESTION, "one")
    assert (lost.status_code, lost.json()["error"]) == (503, "busy")
    assert int(lost.headers["Retry-After"]) > 0
    await server.turns.finish()
    monkeypatch.undo()
    assert "alcohol" in (await server.say(token, QUESTION, "one")).text
    assert len(await server.store.turns(server.turns.sessions.conversation(token))) == 1


async def test_two_servers_answer_one_message_once(make_server: Callable[..., Any]) -> None:
    # No shared locks here: the database alone decides.
    key = {"FAQBOT_SECRET_KEY": "k" * 40}
    one, two = await make_server(**key), await make_server(**key)
    token = await one.session()
    for number in range(5):
        replies = await asyncio.gather(
            *(s.say(token, QUESTION, f"m{number}") for s in (one, two, one, two))
        )
        assert len({reply.text for reply in replies}) == 1, [r.text for r in replies]
    turns = await two.store.turns(two.turns.sessions.conversation(token))
    assert [turn[0] for turn in turns] == [f"m{number}" for number in range(5)]


async def test_two_servers_keep_different_messages_of_one_conversation_apart(
    make_server: Callable[..., Any],
) -> None:
    key = {"FAQBOT_SECRET_KEY": "k" * 40}
    one, two = await make_server(**key), await make_server(**key)
    token = await one.session()
    replies = await asyncio.gather(
        *(s.say(token, QUESTION, f"{n}-{i}") for n in range(4) for i, s in enumerate((one, two)))
    )
    assert {reply.status_code for reply in replies} == {200}
    conversation = one.turns.sessions.conversation(token)
    events = await one.store.retrieve(conversation)
    assert events is not None
    heard = [event.text for event in events.events if event.type_name == "user"]
    assert len(heard) == 8
    assert len(await one.store.turns(conversation)) == 8


@pytest.mark.parametrize("text", ["/restart", "/faq/alcohol", '/greet{"a": 1}', "/", "//x"])
async def test_text_that_begins_with_a_slash_is_text(server: Server, text: str) -> None:
    token = await server.session()
    reply = await server.say(token, text)
    assert reply.status_code == 200
    assert (await server.history(token)).json()["messages"][0]["text"] == text
    assert (await server.say(token, f"/ {EMERGENCY}")).json()["messages"][0]["level"] == "emergency"


@pytest.mark.parametrize(
    "text", ["", "   ", "\x00", "a\x00b\x1b[31m", "\u202egnihtyna", "🤢" * 400]
)
async def test_odd_text_is_answered_and_kept(server: Server, text: str) -> None:
    token = await server.session()
    reply = await server.say(token, text)
    assert reply.status_code == 200
    assert reply.json()["messages"]
    assert (await server.history(token)).json()["messages"][0]["text"] == readable(text)


async def test_history_brings_back_what_was_said_in_order(server: Server) -> None:
    token = await server.session()
    first = await server.say(token, QUESTION, "a")
    second = await server.say(token, "thanks", "b")
    history = (await server.history(token)).json()
    assert [m["id"] for m in history["messages"] if m["role"] == "user"] == ["a", "b"]
    replies = [m for m in history["messages"] if m["role"] == "assistant"]
    for message in replies:
        message.pop("reply_to")
    assert replies == first.json()["messages"] + second.json()["messages"]
    assert history["greeting"]


async def test_a_thumb_is_kept_with_its_reason_and_counted(server: Server) -> None:
    token = await server.session()
    await server.say(token, QUESTION, "a")
    body = {"token": token, "id": "a", "helpful": False, "reason": "call me at 212-555-0147"}
    reply = await server.client.post("/chat/feedback", json=body)
    assert reply.json() == {"stored": True}
    with server.store.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT rating, rating_reason FROM turns").one()
    assert tuple(row) == (-1, "call me at [phone number removed]")
    assert 'faqbot_ratings_total{helpful="no"} 1.0' in (await server.client.get("/metrics")).text


async def test_a_thumb_for_a_message_that_was_never_sent_is_refused(server: Server) -> None:
    body = {"token": await server.session(), "id": "never", "helpful": True}
    reply = await server.client.post("/chat/feedback", json=body)
    assert (reply.status_code, reply.json()["error"]) == (404, "no_such_message")


async def test_whoever_has_no_session_is_screened_by_the_rules_alone(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def second_detector(*_: object) -> None:
        raise AssertionError("ten times the work for anybody who sends bogus tokens")

    monkeypatch.setattr(resources.screen()._similarity, "judge", second_detector)
    assert is_emergency(await server.say("bogus", EMERGENCY))
    assert (await server.say("bogus", QUESTION)).status_code == 401


PERSONAL = {
    "phone": ("call me at 212-555-0147 please", "212-555-0147"),
    "email": ("write to jo.doe@mail.example", "jo.doe@mail.example"),
    "ssn": ("my ssn is 123-45-6789", "123-45-6789"),
    "card": ("my card 4111 1111 1111 1111", "4111 1111 1111 1111"),
    "birth date": ("born on 03/14/1985, can i drink", "03/14/1985"),
    "record number": ("MRN 00482913", "00482913"),
    "address": ("i live at 12 Maple Street", "12 Maple Street"),
}


@pytest.mark.parametrize(
    "text",
    ["she swallowed 60 trazodone dr help", "took 12 zzzquil st now and he won't wake up"],
)
async def test_what_is_masked_as_an_address_is_heard_as_an_emergency(
    server: Server, text: str
) -> None:
    token = await server.session()
    reply = await server.say(token, text)
    assert is_emergency(reply), texts(reply)
    [turn] = await server.store.turns(server.turns.sessions.conversation(token))
    assert "[address removed]" in turn[1]


@pytest.mark.parametrize("kind", PERSONAL)
async def test_personal_data_is_masked_before_it_is_kept_anywhere(
    server: Server, kind: str
) -> None:
    text, secret = PERSONAL[kind]
    token = await server.session()
    reply = await server.say(token, text)
    assert "removed personal details" in texts(reply)
    assert secret not in (await server.history(token)).text
    with server.store.engine.connect() as connection:
        for table in ("events", "turns"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall()
            assert rows
            assert secret not in str(rows)


async def test_an_emergency_comes_before_the_notice_about_personal_data(server: Server) -> None:
    reply = await server.say(await server.session(), f"{EMERGENCY}, my phone is 212-555-0147")
    assert is_emergency(reply)
    assert "removed personal details" in texts(reply)


async def test_nobody_reaches_rasas_own_api(server: Server) -> None:
    token = await server.session()
    await server.say(token, QUESTION)
    conversation = server.turns.sessions.conversation(token)
    for method, path in [
        ("POST", "/webhooks/rest/webhook"),
        ("GET", "/webhooks/rest"),
        ("GET", f"/conversations/{conversation}/tracker"),
        ("POST", f"/conversations/{conversation}/messages"),
        ("POST", "/model/parse"),
        ("PUT", "/model"),
        ("GET", "/domain"),
        ("GET", "/status"),
        ("GET", "/version"),
        ("POST", "/webhook"),
        ("GET", "/actions"),
        ("GET", "/socket.io/"),
    ]:
        reply = await server.client.request(method, path, headers=bearer(token), json={})
        assert reply.status_code == 404, path
        assert reply.json()["error"] == "not_found"
