"""Where the server can listen, what it says when it cannot, and what its child is told."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
from services import free_port

from bot.cli.common import rasa
from bot.settings import read_settings
from bot.web.serve import ActionServerProcess, CannotListen, address_to_open, check_port


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1", "::", "localhost"])
def test_a_free_port_is_free_for_addresses_of_both_kinds(host: str) -> None:
    check_port(host, free_port(), "PORT")


@pytest.mark.parametrize(
    ("family", "taken", "host"),
    [
        (socket.AF_INET, "127.0.0.1", "127.0.0.1"),
        (socket.AF_INET, "127.0.0.1", "localhost"),
        (socket.AF_INET6, "::1", "::1"),
        (socket.AF_INET6, "::1", "::"),
    ],
)
def test_a_port_in_use_is_said_to_be_in_use(family: int, taken: str, host: str) -> None:
    with socket.socket(family) as other:
        other.bind((taken, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"Port {port} is in use\. .*PORT=<port>"):
            check_port(host, port, "PORT")


@pytest.mark.parametrize("host", ["no such host", "192.0.2.1", "[::1]", "x" * 80 + ".example"])
def test_another_reason_is_not_called_a_port_in_use(host: str) -> None:
    with pytest.raises(
        CannotListen, match=r"Nobody can listen on .*FAQBOT_HOST or PORT"
    ) as refused:
        check_port(host, free_port(), "PORT")
    assert "in use" not in str(refused.value)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://localhost:80/"),
        ("::", "http://localhost:80/"),
        ("192.0.2.1", "http://192.0.2.1:80/"),
        ("2001:db8::1", "http://[2001:db8::1]:80/"),
    ],
)
def test_the_address_to_open_is_one_that_a_browser_takes(host: str, address: str) -> None:
    assert address_to_open(host, 80) == address


def test_the_action_server_and_rasa_find_the_project_of_their_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[dict[str, Any]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda _, **options: started.append(options))
    monkeypatch.setattr(subprocess, "call", lambda _, **options: started.append(options))
    (tmp_path / "main").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FAQBOT_PROJECT", "main")
    settings = read_settings()
    ActionServerProcess(free_port(), settings.project)._launch()
    rasa(settings, "shell")
    for options in started:
        found = read_settings(options["env"]).project
        assert Path(options["cwd"], found).resolve() == tmp_path / "main"
