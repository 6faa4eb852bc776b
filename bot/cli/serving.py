"""Commands that answer: patients on the web, staff in the terminal, one question, a stream."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from bot.cli.common import Add, rasa, say
from bot.cli.training import data_is_sound, ready_model
from bot.settings import Settings


def register(add: Add) -> None:
    """Adds these commands."""
    add("serve", _serve, "Serve patients: the public server and the action server as one.")
    add("shell", _shell, "Chat in the terminal with `rasa shell`, the action server running.")
    add("parse", _parse, "Read messages from standard input, write what was understood as JSON.")
    command = add("ask", _ask, "Print the reply to one question as a patient would see it.")
    command.add_argument("question", nargs="+")
    command.add_argument("--why", action="store_true", help="also print the reasons")


def _serve(settings: Settings, _: argparse.Namespace) -> int:
    from bot.web.serve import CannotListen, check_port, serve

    try:
        check_port(settings.host, settings.port, "PORT")
        if settings.action_port and not settings.action_url:
            check_port("127.0.0.1", settings.action_port, "FAQBOT_ACTION_PORT")
    except CannotListen as error:
        return say(str(error))
    if not data_is_sound(settings):
        return say("Not started: mend the lines above first. `faqbot check` shows them again.")
    # Being told to stop while still loading is a normal end, too.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    print("Loading the assistant …", flush=True)
    try:
        return serve(settings, ready_model(settings))
    except CannotListen as error:
        return say(str(error))


def _shell(settings: Settings, _: argparse.Namespace) -> int:
    from bot.web.action_server import wait_until_up
    from bot.web.serve import ActionServerProcess, CannotListen, free_port

    if not data_is_sound(settings):
        return say("Not started: mend the lines above first. `faqbot check` shows them again.")
    model = ready_model(settings)
    # endpoints.yml names 5055; an assistant that is served beside it has its actions there.
    actions = ActionServerProcess(5055, settings.project)
    try:
        if not wait_until_up(actions.url, seconds=0.5):
            actions.start()
        if not wait_until_up(actions.url):
            return say("The action server did not start.")
        # Rasa would listen on every address, on a port that a served assistant has already.
        where = ("--interface", "127.0.0.1", "--port", str(free_port()))
        return rasa(
            settings, "shell", "--model", str(model), "--endpoints", "endpoints.yml", *where
        )
    except CannotListen as error:
        return say(f"{error} (endpoints.yml names 5055 for `rasa shell`.)")
    finally:
        actions.stop()


def _parse(settings: Settings, _: argparse.Namespace) -> int:
    from bot.parse import parse_lines

    # The pool waits for the next line before it would end by itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parse_lines(ready_model(settings), sys.stdin.buffer, sys.stdout)
    return 0


def _ask(settings: Settings, options: argparse.Namespace) -> int:
    from bot.engine.assistant import Assistant
    from bot.engine.messages import plain_text

    assistant = Assistant(ready_model(settings))

    async def ask() -> None:
        tracker, messages = await assistant.take_turn("ask", " ".join(options.question))
        print(plain_text(messages))
        if options.why:
            print("\n" + _why(assistant.reading_of(tracker)))

    asyncio.run(ask())
    return 0


def _why(reading: dict[str, object]) -> str:
    lines = [f"intent: {reading['intent']} (confidence {reading['confidence']})"]
    ranking: list[list[object]] = reading["ranking"]  # type: ignore[assignment]
    lines += [f"  {score:.3f}  {name}" for name, score in ranking[:5]]
    reasons: list[str] = reading["reasons"]  # type: ignore[assignment]
    lines += [f"because: {reason}" for reason in reasons]
    lines.append(f"safety: {reading['level']}")
    findings: list[dict[str, str]] = reading["findings"]  # type: ignore[assignment]
    lines += [f"  {f['level']}  {f['rule']}  “{f['span']}”  {f['status']}" for f in findings]
    return "\n".join(lines)
