"""Runs Rasa's action server on loopback, and ends with the process that started it."""

from __future__ import annotations

import os
import sys
import threading

from bot import logs
from bot.settings import read_settings


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
