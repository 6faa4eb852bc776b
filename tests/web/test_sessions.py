"""Whose conversation it is: made by the server, signed, nobody else's."""

from __future__ import annotations

import errno
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chat_client import EMERGENCY, QUESTION, Server, bearer, is_emergency
from itsdangerous import Signer

from bot.problems import DataError
from bot.web.sessions import ForgedToken, Sessions, signing_key

KEY = "a key for tests that is long enough"


def test_every_session_gets_another_unguessable_id() -> None:
    sessions = Sessions(KEY)
    ids = {sessions.new()[0] for _ in range(1000)}
    assert len(ids) == 1000
    assert min(map(len, ids)) >= 24


def test_a_token_leads_to_its_own_conversation() -> None:
    sessions = Sessions(KEY)
    conversation, token = sessions.new()
    assert sessions.conversation(token) == conversation


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x",
        "chosen-by-me",
        "chosen-by-me.AAAA",
        "….…",
        "a" * 200,
        Signer("another key, just as long as ours is", salt="chat-session").sign("abc").decode(),
        Signer(KEY, salt="another purpose").sign("abc").decode(),
        Signer(KEY, salt="chat-session").sign("abc").decode()[:-1],
    ],
)
def test_a_token_not_made_with_the_key_is_refused(forged: str) -> None:
    with pytest.raises(ForgedToken):
        Sessions(KEY).conversation(forged)


def test_ones_own_signature_does_not_fit_anothers_conversation() -> None:
    sessions = Sessions(KEY)
    mine, theirs = sessions.new()[1], sessions.new()[1]
    mixed = theirs.rpartition(".")[0] + "." + mine.rpartition(".")[2]
    with pytest.raises(ForgedToken):
        sessions.conversation(mixed)


def test_the_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    key = signing_key("", tmp_path / "var")
    assert key == signing_key("", tmp_path / "var")
    assert len(key) == 64
    assert (tmp_path / "var" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("kept", ["", "\n", "0123456789abcdef"])
def test_a_file_without_a_whole_key_is_refused_and_not_replaced(kept: str, tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_text(kept)
    with pytest.raises(DataError, match=r"secret\.key:1: .* too short.* Fix: Remove the file"):
        signing_key("", tmp_path)
    assert path.read_text() == kept


def test_a_key_that_cannot_be_written_whole_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DataError, match="No space left on device"):
            signing_key("", tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert len(signing_key("", tmp_path)) == 64


def test_a_server_that_starts_while_another_makes_the_key_gets_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = []

    def slowly(size: int) -> str:
        monkeypatch.setattr(secrets, "token_hex", token_hex)
        keys.append(signing_key("", tmp_path))
        return token_hex(size)

    token_hex = secrets.token_hex
    monkeypatch.setattr(secrets, "token_hex", slowly)
    keys.append(signing_key("", tmp_path))
    assert keys[0] == keys[1] == signing_key("", tmp_path)
    assert len(keys[0]) == 64
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_a_folder_in_which_no_key_can_be_kept_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(DataError, match=r"FAQBOT_VAR.*or set FAQBOT_SECRET_KEY"):
        signing_key("", tmp_path / "var")


async def test_a_forged_token_opens_nothing(server: Server) -> None:
    replies = [
        await server.say("forged.token", QUESTION),
        await server.history("forged.token"),
        await server.forget("forged.token"),
        await server.client.post(
            "/chat/feedback", json={"token": "forged.token", "id": "m", "helpful": True}
        ),
        await server.client.get("/chat/history"),
        await server.client.get("/chat/history", headers={"Authorization": "Basic abc"}),
    ]
    assert {reply.status_code for reply in replies} == {401}
    assert {reply.json()["error"] for reply in replies} == {"invalid_session"}


async def test_an_emergency_with_a_forged_token_is_answered_and_kept_nowhere(
    server: Server,
) -> None:
    token = await server.session()
    conversation = token.rpartition(".")[0]
    for forged in ("", "forged.token", f"{conversation}.forged"):
        assert is_emergency(await server.say(forged, EMERGENCY))
    assert (await server.history(token)).json()["messages"] == []


async def test_another_servers_token_is_refused(
    make_server: Callable[..., Any], tmp_path: Path
) -> None:
    ours = await make_server()
    theirs = await make_server(FAQBOT_SECRET_KEY="x" * 40, FAQBOT_VAR=str(tmp_path / "other"))
    reply = await ours.say(await theirs.session(), QUESTION)
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_session")


async def test_two_patients_do_not_see_each_other(server: Server) -> None:
    mine, theirs = await server.session(), await server.session()
    await server.say(mine, "does it hurt", "same-id")
    reply = await server.say(theirs, QUESTION, "same-id")
    assert [m["faq_id"] for m in reply.json()["messages"]] == ["alcohol"]
    assert "does it hurt" not in (await server.history(theirs)).text


async def test_a_session_ends_after_silence_and_not_before(server: Server) -> None:
    token = await server.session()
    start = server.store.clock()
    for hours in (11, 22, 33):  # never silent for 12 hours
        server.store.clock = lambda hours=hours: start + hours * 3600
        assert (await server.say(token, "hello")).status_code == 200
    server.store.clock = lambda: start + (33 + 12) * 3600 + 1
    for reply in (await server.say(token, "hello"), await server.history(token)):
        assert (reply.status_code, reply.json()["error"]) == (401, "session_expired")


async def test_an_expired_conversation_can_still_be_deleted(server: Server) -> None:
    token = await server.session()
    start = server.store.clock()
    server.store.clock = lambda: start + 13 * 3600
    assert (await server.forget(token)).json() == {"deleted": True}
    assert (await server.forget(token)).json()["error"] == "session_ended"


async def test_a_clock_that_jumps_an_hour_changes_nothing_for_a_patient(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await server.session()
    start = time.time()
    for number, jump in enumerate((3600, -3600, 0)):
        monkeypatch.setattr("time.time", lambda jump=jump: start + jump)
        server.store.clock = time.time
        assert is_emergency(await server.say(token, EMERGENCY, f"e{number}"))
        reply = await server.say(token, QUESTION, f"q{number}")
        assert reply.json()["messages"][-1]["faq_id"] == "alcohol"
    history = (await server.history(token)).json()["messages"]
    ids = [message["id"] for message in history if message["role"] == "user"]
    assert ids == ["e0", "q0", "e1", "q1", "e2", "q2"]


async def test_the_token_is_no_part_of_any_address(server: Server) -> None:
    token = await server.session()
    reply = await server.client.get("/chat/history", params={"token": token})
    assert reply.status_code == 401
    assert (await server.client.get("/chat/history", headers=bearer(token))).status_code == 200
