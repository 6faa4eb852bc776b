"""What deploy/ sets are settings that the server knows, with values it accepts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.settings import SETTINGS, read_settings, warnings_of

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())


def example() -> dict[str, str]:
    lines = (DEPLOY / "faqbot.env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


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


def test_what_was_not_run_says_so() -> None:
    for path in FILES:
        if path.name not in ("README.md", "faqbot.env.example"):
            assert re.search(r"NOT (RUN|BUILT) where it was written", path.read_text()), path
