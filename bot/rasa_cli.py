"""Rasa's own command line, without the warnings of its libraries about each other.

They are about old interfaces inside pinned packages; nobody at the terminal can act on them.
"""

from __future__ import annotations

import os
import sys
import warnings


def main() -> None:
    """`python -m bot.rasa_cli shell …` is `rasa shell …`."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    # Libraries switch warnings on again, so it is the showing that has to stop.
    warnings.showwarning = lambda *_, **__: None
    sys.argv = ["rasa", *sys.argv[1:]]
    sys.path.insert(0, os.getcwd())
    from rasa.__main__ import main as rasa_main

    rasa_main()


if __name__ == "__main__":
    main()
