"""faqbot: the commands of the assistant."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from bot import logs
from bot.cli import content, operations, serving, training
from bot.cli.common import Command, say
from bot.problems import DataError
from bot.settings import read_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        settings = read_settings()
        logs.configure(settings.log_level, settings.log_format)
        if not (settings.project / "config.yml").exists():
            return say(
                f"There is no config.yml in {settings.project}. Run faqbot in the "
                "project's folder, or set FAQBOT_PROJECT to it."
            )
        command: Command = options.command
        return command(settings, options)
    except DataError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return say(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="faqbot", description="The clinic's FAQ assistant.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=command)
        return sub

    for part in (serving, training, content, operations):
        part.register(add)
    return parser
