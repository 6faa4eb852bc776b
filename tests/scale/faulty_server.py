"""`faqbot serve` in which parts break on demand, quoting the message in the exception.

Run by test_no_message_in_logs.py. The words that break something are in `FAULTS`.
"""

from __future__ import annotations

import os
import subprocess
import sys

FAULTS = ("breakaction", "breakreading", "breakstore", "breakscreen", "breakreply")


def _break_actions() -> None:
    """In the action server's process."""
    from actions import suggestions

    act = suggestions.ActionSuggestQuestions.act

    def broken(self, dispatcher, tracker):  # type: ignore[no-untyped-def]
        text = tracker.latest_message["text"]
        if "breakaction" in text:
            raise RuntimeError(f"an action failed on: {text}")
        return act(self, dispatcher, tracker)

    suggestions.ActionSuggestQuestions.act = broken


def _break_server() -> None:
    import sqlalchemy as sa

    from bot.engine.conversation_store import ConversationStore
    from bot.engine.response_generator import CuratedResponseGenerator
    from bot.safety import SafetyScreen
    from bot.understanding import Understanding
    from bot.web.serve import ActionServerProcess

    def wrap(owner, name, word, text_of, error):  # type: ignore[no-untyped-def]
        work = getattr(owner, name)

        def broken(self, *arguments, **named):  # type: ignore[no-untyped-def]
            text = text_of(arguments)
            if word in text:
                raise error(text)
            return work(self, *arguments, **named)

        setattr(owner, name, broken)

    def failed(text: str) -> Exception:
        return RuntimeError(f"could not work on: {text}")

    def sql(text: str) -> Exception:
        return sa.exc.OperationalError(f"INSERT {text}", {"text": text}, Exception(text))

    wrap(Understanding, "read", "breakreading", lambda given: given[0], failed)
    wrap(SafetyScreen, "read", "breakscreen", lambda given: given[0], failed)
    wrap(
        CuratedResponseGenerator, "_messages", "breakreply",
        lambda given: given[1].latest_message.text or "", failed,
    )  # fmt: skip
    wrap(ConversationStore, "_write", "breakstore", lambda given: str(given[1]), sql)

    def launch(self):  # type: ignore[no-untyped-def]
        environment = {**os.environ, "SANIC_HOST": "127.0.0.1", "FAULTY_ACTIONS": "1"}
        command = [sys.executable, __file__, str(self.port)]
        self._process = subprocess.Popen(
            command, cwd=self._folder, env=environment, stdin=subprocess.PIPE
        )

    ActionServerProcess._launch = launch


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())
    if os.environ.get("FAULTY_ACTIONS"):
        _break_actions()
        from bot.web.action_server import main as serve_actions

        serve_actions()
    else:
        from bot import cli, logs

        logs.configure()
        _break_server()
        sys.exit(cli.main(["serve"]))
