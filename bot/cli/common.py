"""What the commands share: words to standard error, Rasa's own commands."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable

from bot.settings import Settings

Command = Callable[[Settings, argparse.Namespace], int]
# Adds a command by name, with what it runs and one line of help; gives its parser.
Add = Callable[[str, Command, str], argparse.ArgumentParser]


def say(text: str, status: int = 1) -> int:
    """Prints to standard error; gives the exit status back."""
    print(text, file=sys.stderr)
    return status


def rasa(settings: Settings, *arguments: str) -> int:
    """Runs Rasa's own command line in the project; gives its exit status."""
    command = [sys.executable, "-m", "bot.rasa_cli", *arguments]
    # A relative path means something else in that folder.
    environment = {**os.environ, "FAQBOT_PROJECT": str(settings.project)}
    return subprocess.call(command, cwd=settings.project, env=environment)  # noqa: S603
