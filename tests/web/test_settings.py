"""Settings: checked at start, unknown ones refused, each explained in docs/operations.md."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from bot import cli
from bot.problems import DataError
from bot.settings import SETTINGS, described, read_settings, warnings_of

OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
POSTGRES = "postgresql://faqbot@db/chats"
REDIS = "redis://cache/0"


def test_every_setting_has_a_row_with_its_default_in_the_documentation() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", OPERATIONS.read_text(), re.MULTILINE)
    documented = {name: (default, text) for name, default, text in rows if name.isupper()}
    expected = {s.name: (f"`{s.default}`" if s.default else "empty", s.help) for s in SETTINGS}
    assert documented == expected


def test_the_defaults_are_sound() -> None:
    settings = read_settings({})
    assert settings.retention_days == 30
    assert settings.host == "127.0.0.1"
    assert warnings_of(settings) == []


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(DataError, match=r"FAQBOT_RETENTION_DAY:.*no such setting"):
        read_settings({"FAQBOT_RETENTION_DAY": "3", "HOME": "/"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("FAQBOT_SESSION_HOURS", "0"),
        ("FAQBOT_RETENTION_DAYS", "-1"),
        ("FAQBOT_RETENTION_DAYS", "nan"),
        ("FAQBOT_RATE_SESSION", "often"),
        ("FAQBOT_RATE_SESSION", "60/minute;1000/day"),
        ("FAQBOT_DATABASE_URL", "mysql://x"),
        ("FAQBOT_DATABASE_URL", "postgresql://db:port/chats"),
        ("FAQBOT_DATABASE_URL", "postgresql://db:/chats"),
        ("FAQBOT_DATABASE_URL", "postgresql://db:99999/chats"),
        ("FAQBOT_DATABASE_URL", "postgresql://u:p@w:x@db/chats"),
        ("FAQBOT_DATABASE_URL", "postgresql://u:12/pw@db/chats"),
        ("FAQBOT_DATABASE_URL", "postgresql://u:12?pw@db/chats"),
        ("FAQBOT_DATABASE_URL", "postgresql://u:12#pw@db/chats"),
        ("FAQBOT_DATABASE_URL", "postgresql://u:12[pw@db/chats"),
        ("FAQBOT_REDIS_URL", "redis://cache:port"),
        ("FAQBOT_REDIS_URL", "redis://cache/0?db=first"),
        ("FAQBOT_ACTION_URL", "http:///webhook"),
        ("FAQBOT_ACTION_URL", "http://actions:port/webhook"),
        ("FAQBOT_REDIS_URL", "localhost:6379"),
        ("FAQBOT_ALLOWED_ORIGINS", "*"),
        ("FAQBOT_ALLOWED_ORIGINS", "https://a.example/path"),
        ("FAQBOT_TRUSTED_PROXIES", "proxy.example"),
        ("FAQBOT_SECRET_KEY", "short"),
        ("FAQBOT_LOG_FORMAT", "xml"),
        ("FAQBOT_LOG_LEVEL", "verbose"),
        ("FAQBOT_ACTION_TIMEOUT", "60"),
        ("FAQBOT_HISTORY_EVENTS", "1"),
    ],
)
def test_an_impossible_value_is_named_with_what_would_do(name: str, value: str) -> None:
    with pytest.raises(DataError) as refused:
        read_settings({name: value})
    [problem] = refused.value.problems
    assert problem.path == f"environment variable {name}"
    assert problem.fix


def test_a_password_in_a_refused_address_is_not_repeated() -> None:
    with pytest.raises(DataError) as refused:
        read_settings({"FAQBOT_DATABASE_URL": "postgresql://u:hun/ter2@db/chats"})
    assert "ter2" not in str(refused.value)
    assert "%2F for /" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FAQBOT_DATABASE_URL", "postgresql://u:p%40w%2F:x@[::1]:5432/chats?sslmode=require"),
        ("FAQBOT_DATABASE_URL", "postgresql:///chats?host=/run/postgresql"),
        ("FAQBOT_DATABASE_URL", "sqlite:////srv/a@b/chats.db"),
        ("FAQBOT_REDIS_URL", "rediss://:pw@cache:6380/0"),
        ("FAQBOT_REDIS_URL", "unix:///run/redis.sock?db=1"),
        ("FAQBOT_ACTION_URL", "https://u:pw@actions/webhook"),
    ],
)
def test_an_address_that_works_is_taken(name: str, value: str) -> None:
    assert value in msgspec.structs.astuple(read_settings({name: value}))


def test_the_project_is_the_same_for_processes_that_start_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main").mkdir()
    monkeypatch.chdir(tmp_path)
    settings = read_settings({"FAQBOT_PROJECT": "main"})
    monkeypatch.chdir("main")
    assert settings.project.samefile(".")
    assert settings.var == tmp_path / "main" / "var"


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(DataError) as refused:
        read_settings({"PORT": "x", "FAQBOT_LOG_FORMAT": "xml", "FAQBOT_NONSENSE": "1"})
    assert len(refused.value.problems) == 3


def test_servers_that_share_a_database_need_the_same_key() -> None:
    shared = {"FAQBOT_DATABASE_URL": POSTGRES, "FAQBOT_REDIS_URL": REDIS}
    with pytest.raises(DataError, match="FAQBOT_SECRET_KEY"):
        read_settings(shared)
    assert warnings_of(read_settings({**shared, "FAQBOT_SECRET_KEY": "k" * 40})) == []


def test_half_of_what_several_servers_need_is_warned_about() -> None:
    [warning] = warnings_of(read_settings({"FAQBOT_REDIS_URL": REDIS}))
    assert "FAQBOT_DATABASE_URL" in warning
    [warning] = warnings_of(read_settings({"FAQBOT_DATABASE_URL": POSTGRES}))
    assert "FAQBOT_REDIS_URL" in warning


def test_a_wrong_setting_stops_the_command_with_a_line_and_no_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAQBOT_RETENTION", "7")
    assert cli.main(["check"]) == 1
    message = capsys.readouterr().err
    assert "FAQBOT_RETENTION" in message
    assert "docs/operations.md" in message
    assert "Traceback" not in message


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("FAQBOT_DATABASE_URL", "postgresql://me:pw@db:5432/x", "postgresql://me:…@db:5432/x"),
        ("FAQBOT_REDIS_URL", "redis://:pw@cache/0", "redis://:…@cache/0"),
        ("FAQBOT_REDIS_URL", "redis://h:6379/0?password=pw", "redis://h:6379/0?…"),
        ("FAQBOT_DATABASE_URL", "postgresql://db/x?user=me&password=pw", "postgresql://db/x?…"),
        ("FAQBOT_DATABASE_URL", "postgresql://me@/x?host=/run", "postgresql://me@/x?…"),
        ("FAQBOT_DATABASE_URL", "postgresql://me:p/w@db/x", "…"),
        ("FAQBOT_DATABASE_URL", "sqlite:////srv/a@b.db", "sqlite:////srv/a@b.db"),
        ("FAQBOT_ACTION_URL", "https://me:pw@host:8/webhook", "https://…@host:8/webhook"),
        ("FAQBOT_ACTION_URL", "https://token@host/webhook?key=pw", "https://…@host/webhook?…"),
        ("FAQBOT_ACTION_URL", "http://host/webhook", "http://host/webhook"),
        ("FAQBOT_ACTION_URL", "", ""),
        ("FAQBOT_RETENTION_DAYS", "", "30"),
        ("FAQBOT_SECRET_KEY", "", ""),
    ],
)
def test_what_is_shown_of_a_setting(name: str, value: str, shown: str) -> None:
    assert described(name, value) == shown


def test_secrets_are_in_no_repr() -> None:
    settings = read_settings({"FAQBOT_SECRET_KEY": "s" * 40})
    assert "s" * 40 not in f"{settings!r} {settings}"
    assert "s" * 40 not in described("FAQBOT_SECRET_KEY", "s" * 40)
