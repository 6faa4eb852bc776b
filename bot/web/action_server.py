"""Rasa's action server: runs it on loopback, as long as its parent lives; waits for one."""

from __future__ import annotations

import os
import sys
import threading
import time
import urllib.error
import urllib.request

from bot import logs
from bot.settings import read_settings


def wait_until_up(webhook: str, seconds: float = 30.0) -> bool:
    """Waits for an action server; False when it does not answer in time.

    Args:
        webhook: where its actions are called.
        seconds: how long to wait.
    """
    health = webhook.removesuffix("/webhook") + "/health"
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(health, timeout=1) as answer:  # noqa: S310
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
    return False


def _end_with_parent() -> None:
    """The parent holds the other end of standard input; it closes when the parent dies."""
    # Not through sys.stdin: its lock would be held when the interpreter shuts down.
    while os.read(0, 1024):
        pass
    os._exit(0)


def main() -> None:
    """`python -m bot.web.action_server PORT`."""
    settings = read_settings()
    logs.configure(settings.log_level, settings.log_format)
    from rasa_sdk.endpoint import create_app

    if not sys.stdin.isatty():
        threading.Thread(target=_end_with_parent, daemon=True).start()
    app = create_app("actions", cors_origins="")
    app.run("127.0.0.1", int(sys.argv[1]), workers=1, access_log=False)


if __name__ == "__main__":
    main()
