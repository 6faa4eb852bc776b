"""What deploy/ sets are settings that the server knows, with values it accepts."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml
from chat_client import Server
from rasa.engine.caching import DEFAULT_CACHE_LOCATION

from bot.settings import SETTINGS, read_settings, warnings_of

PROJECT = Path(__file__).resolve().parents[2]
DEPLOY = PROJECT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())


def lines(path: Path) -> list[str]:
    """Without comments."""
    found = path.read_text().splitlines()
    return [line for line in found if line and not line.startswith("#")]


def example() -> dict[str, str]:
    return dict(line.split("=", 1) for line in lines(DEPLOY / "faqbot.env.example"))


def test_the_example_lacks_only_the_key_that_each_clinic_makes() -> None:
    settings = read_settings({**example(), "FAQBOT_SECRET_KEY": "k" * 64})
    assert settings.log_format == "json"
    assert warnings_of(settings) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_named_exists(path: Path) -> None:
    named = set(re.findall(r"\bFAQBOT_[A-Z_]+\b", path.read_text()))
    assert named <= {setting.name for setting in SETTINGS}


def test_the_compose_file_gives_its_servers_what_the_example_names() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    settings = example()
    assert services["faqbot"]["env_file"] == "faqbot.env"
    database = services["postgres"]["environment"]
    assert settings["FAQBOT_DATABASE_URL"] == (
        f"postgresql://{database['POSTGRES_USER']}:{database['POSTGRES_PASSWORD']}"
        f"@postgres:5432/{database['POSTGRES_DB']}"
    )
    assert settings["FAQBOT_REDIS_URL"].startswith("redis://redis:")
    assert "ports" not in services["faqbot"]
    assert "ports" not in services["postgres"]


@pytest.mark.parametrize(
    "secret",
    ["deploy/faqbot.env", ".env", "var/secret.key", "var/conversations.db", ".rasa/cache/cache.db"],
)
def test_secrets_and_what_patients_said_get_into_no_commit(secret: str) -> None:
    ignored = [line.rstrip("/") for line in lines(PROJECT / ".gitignore")]
    assert any(fnmatch(part, line) for part in Path(secret).parts for line in ignored)


def test_the_example_of_the_settings_does() -> None:
    ignored = [line.rstrip("/") for line in lines(PROJECT / ".gitignore")]
    assert not any(fnmatch("faqbot.env.example", line) for line in ignored)


def test_what_gets_into_no_commit_gets_into_no_image() -> None:
    kept_out = lines(DEPLOY / "Dockerfile.dockerignore")
    assert ".git" in kept_out
    # Docker's patterns begin at the top; git's hold in every folder.
    assert {f"**/{line.rstrip('/')}" for line in lines(PROJECT / ".gitignore")} <= set(kept_out)


async def test_the_servers_own_page_is_known_as_such_behind_the_proxy(server: Server) -> None:
    """The browser's Origin has the port; so must the Host that the proxy passes on."""
    found = re.search(r"proxy_set_header Host (\S+);", (DEPLOY / "nginx.conf").read_text())
    assert found
    variables = {"$http_host": "localhost:8080", "$host": "localhost"}
    headers = {"Host": variables[found[1]], "Origin": "http://localhost:8080"}
    assert (await server.client.post("/chat/session", headers=headers)).status_code == 200


def test_the_unit_may_write_where_training_writes() -> None:
    unit = (DEPLOY / "systemd" / "faqbot.service").read_text()
    found = re.search(r"^ReadWritePaths=(.*)$", unit, re.M)
    assert found
    writable = {Path(path.lstrip("-")) for path in found[1].split()}
    home = Path("/opt/faqbot")
    assert f"WorkingDirectory={home}\n" in unit
    rasas = home / DEFAULT_CACHE_LOCATION
    assert {home / "models", home / ".cache"} <= writable
    assert writable & {rasas, *rasas.parents}


def test_what_was_not_run_says_so() -> None:
    for path in FILES:
        if path.name not in ("README.md", "faqbot.env.example"):
            assert re.search(r"NOT (RUN|BUILT) where it was written", path.read_text()), path
