"""`faqbot serve` as a process, as patients meet it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from services import free_port

from bot.settings import read_settings

START_SECONDS = 180


class BotServer:
    """`faqbot serve` as a process, with a folder of its own."""

    def __init__(self, project: Path, var: Path, origins: list[str]) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._project = project
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("FAQBOT_")},
            "PORT": self.url.rpartition(":")[2],
            "FAQBOT_ACTION_PORT": "0",
            "FAQBOT_VAR": str(var),
            "FAQBOT_ALLOWED_ORIGINS": ",".join(origins),
            "FAQBOT_RATE_SESSION": "1000/minute",
            "FAQBOT_RATE_ADDRESS": "1000/minute",
            "FAQBOT_RATE_NEW_SESSIONS": "1000/minute",
        }
        self.settings = read_settings(self.environment)
        self._run("train", "--if-needed")
        self._log = (var / "server.log").open("w+")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "serve"],
            cwd=project, env=self.environment, stdout=self._log, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def _run(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "bot.cli", *arguments],
            cwd=self._project, env=self.environment, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def wait(self) -> None:
        """Returns when the server is ready; fails with its log when it never is."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            try:
                with urllib.request.urlopen(self.url + "/health/ready", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.1)
        self._log.seek(0)
        pytest.fail(f"The server did not start:\n{self._log.read()[-3000:]}")

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()
