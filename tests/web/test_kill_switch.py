"""`faqbot pause` puts a notice with the clinic's phone in the assistant's place, at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from chat_client import EMERGENCY, QUESTION, Server, is_emergency

from bot import cli, staff
from bot.engine import resources
from bot.engine.audit import Audit
from bot.engine.database import AUDIT, connect, prepare

KEY = {"FAQBOT_SECRET_KEY": "k" * 40}


async def test_a_pause_is_seen_by_every_server_with_the_next_message(
    make_server: Callable[..., Any], url: str
) -> None:
    given = {**KEY, "FAQBOT_DATABASE_URL": url}
    one, two = await make_server(**given), await make_server(**given)
    token = await one.session()
    staff.pause(one.settings, "an answer is wrong")
    clinic = resources.clinic()
    for server in (one, two):
        reply = (await server.say(token, QUESTION)).json()
        assert reply["paused"] is True
        [notice] = reply["messages"]
        assert notice["kind"] == "notice"
        assert clinic.phone in notice["text"]
        assert {"label": clinic.name, "number": clinic.phone} in notice["phones"]
        for carrier in (
            await server.client.get("/chat/status"),
            await server.client.post("/chat/session"),
            await server.history(token),
        ):
            assert carrier.json()["paused"] is True
            assert clinic.phone in carrier.json()["notice"]["text"]
        assert "an answer is wrong" not in carrier.text
    staff.resume(one.settings)
    for server in (one, two):
        assert (await server.say(token, QUESTION)).json()["messages"][0]["faq_id"] == "alcohol"
        assert (await server.client.get("/chat/status")).json() == {"paused": False, "notice": None}


async def test_an_emergency_is_answered_during_a_pause(server: Server) -> None:
    token = await server.session()
    staff.pause(server.settings, "test")
    assert is_emergency(await server.say(token, EMERGENCY))


async def test_nothing_is_kept_during_a_pause_and_the_same_message_can_be_sent_after_it(
    server: Server,
) -> None:
    token = await server.session()
    staff.pause(server.settings, "test")
    await server.say(token, QUESTION, "one")
    assert (await server.history(token)).json()["messages"] == []
    staff.resume(server.settings)
    assert "alcohol" in (await server.say(token, QUESTION, "one")).text


async def test_a_conversation_can_be_deleted_during_a_pause(server: Server) -> None:
    token = await server.session()
    staff.pause(server.settings, "test")
    assert (await server.forget(token)).json() == {"deleted": True}


def test_the_commands_leave_a_trail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAQBOT_VAR", str(tmp_path))
    monkeypatch.setenv("SUDO_USER", "dana")
    assert cli.main(["pause", "--reason", "wrong dose in an answer"]) == 0
    assert cli.main(["resume"]) == 0
    assert cli.main(["resume"]) == 0
    assert cli.main(["purge", "--days", "1"]) == 0
    capsys.readouterr()
    assert cli.main(["audit"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[2] for line in lines] == ["pause", "resume"]
    assert "dana@" in lines[0]
    assert "wrong dose in an answer" in lines[0]
    assert lines[0][:2] == "20"


def test_a_pause_needs_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["pause"])
    assert "--reason" in capsys.readouterr().err


def test_a_database_that_is_away_is_said_plainly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAQBOT_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert cli.main(["pause", "--reason", "x"]) == 1
    message = capsys.readouterr().err
    assert "FAQBOT_DATABASE_URL" in message
    assert "Traceback" not in message


@pytest.mark.parametrize("change", [sa.delete(AUDIT), sa.update(AUDIT).values(who="somebody")])
def test_the_trail_cannot_be_changed(url: str, change: Any) -> None:
    engine = connect(url)
    prepare(engine)
    audit = Audit(engine)
    audit.pause("dana", "test")
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(change)
    assert [entry.who for entry in audit.entries(10)] == ["dana"]
    engine.dispose()


def test_changed_settings_are_noted_once_and_secrets_never(url: str) -> None:
    engine = connect(url)
    prepare(engine)
    audit = Audit(engine)
    secret = "s" * 40
    first = {"FAQBOT_SECRET_KEY": secret, "FAQBOT_DATABASE_URL": "postgresql://u:pass@db/chats"}
    assert set(audit.record_settings("server a:1", first)) == {*first}
    assert audit.record_settings("server a:1", first) == {}
    changed = audit.record_settings("server a:1", {**first, "FAQBOT_RETENTION_DAYS": "7"})
    assert changed == {"FAQBOT_RETENTION_DAYS": ["30", "7"]}
    assert len(audit.record_settings("server b:1", first)) == 2
    entries = audit.entries(10)
    assert [entry.who for entry in entries] == ["server a:1", "server a:1", "server b:1"]
    assert secret not in str(entries)
    assert "pass@" not in str(entries)
    engine.dispose()
