"""`faqbot serve` as its users run it: a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from services import children_of, free_port

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS = 240


class FaqbotProcess:
    """One server with its own port, folder and log.

    Args:
        folder: for its database, key and temporary files; the log is beside it.
        program: what to run instead of `faqbot serve`.
        environment: settings.
    """

    def __init__(self, folder: Path, program: Path | None = None, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.temporary = folder / "tmp"
        self.temporary.mkdir(parents=True, exist_ok=True)
        self.log = folder.with_suffix(".log")
        self._command = [
            sys.executable,
            *([str(program)] if program else ["-m", "bot.cli", "serve"]),
        ]
        self._environment = {
            **{name: v for name, v in os.environ.items() if not name.startswith("FAQBOT_")},
            "PORT": str(self.port),
            "FAQBOT_ACTION_PORT": "0",
            "FAQBOT_VAR": str(folder / "var"),
            "FAQBOT_RATE_SESSION": "100000/minute",
            "FAQBOT_RATE_ADDRESS": "100000/minute",
            "FAQBOT_RATE_NEW_SESSIONS": "100000/minute",
            "TMPDIR": str(self.temporary),
            **environment,
        }
        self.start()

    def start(self) -> None:
        """Starts it without waiting."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=PROJECT, env=self._environment, stdout=log, stderr=log
            )

    def wait(self) -> FaqbotProcess:
        """Until it is ready, or the test fails with its log."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.runs:
            if self.is_ready():
                return self
            time.sleep(0.1)
        pytest.fail(f"The server did not become ready.\n{self.log.read_text()[-3000:]}")

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=8).status_code == 200
        except httpx.HTTPError:
            return False

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def action_server(self) -> int:
        """The process id of its action server."""
        [child] = children_of(self._process.pid)
        return child

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """As a service manager does it; returns the exit status."""
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
            return -9
