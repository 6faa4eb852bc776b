"""Logs that say what happened and never what a patient wrote."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import warnings
from contextvars import ContextVar

# The request that is being served; written with every line about it.
request_id: ContextVar[str] = ContextVar("request_id", default="")

# Rasa and its libraries log messages, trackers and slots at these levels; see platform notes
# in docs/decisions/rasa-at-the-edge.md.
_QUIET = {"rasa": logging.ERROR, "rasa_sdk": logging.ERROR, "sanic": logging.ERROR,
          "asyncio": logging.ERROR, "apscheduler": logging.ERROR, "matplotlib": logging.ERROR,
          "tensorflow": logging.ERROR, "PyRuSH": logging.ERROR, "httpx": logging.ERROR,
          "urllib3": logging.ERROR, "h5py": logging.ERROR}  # fmt: skip
# Loggers that are known to write no message text.
_WITH_TEXT = ("bot", "actions", "uvicorn", "__main__")


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, request."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        entry = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id.get():
            entry["request"] = request_id.get()
        if record.exc_info and record.exc_info[0]:
            # The type alone: a traceback's last line may repeat a patient's words.
            entry["error"] = record.exc_info[0].__name__
        return json.dumps(entry)


class PlainLines(logging.Formatter):
    """Level and message; of an exception its type alone."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line = f"{record.levelname:<7} {record.getMessage()}"
        if record.exc_info and record.exc_info[0]:
            line += f" ({record.exc_info[0].__name__})"
        return f"{line} [{request_id.get()}]" if request_id.get() else line


class _NoContent(logging.Filter):
    """Of other people's code only warnings and errors are kept, without their text."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.split(".")[0] in _WITH_TEXT:
            return True
        record.msg = f"{record.name} reported a problem ({record.funcName}:{record.lineno})."
        record.args = ()
        return record.levelno >= logging.WARNING


def configure(level: str = "INFO", form: str = "text") -> None:
    """Sets up logging for this process. Call it before Rasa is imported.

    Args:
        level: DEBUG, INFO, WARNING or ERROR, for this project's own loggers.
        form: `text` or `json`.
    """
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("TQDM_DISABLE", "1")
    # Libraries switch warnings on again; none of them is for the person at the terminal.
    warnings.showwarning = lambda *_, **__: None
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else PlainLines())
    handler.addFilter(_NoContent())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(quiet)
    try:
        from loguru import logger as loguru_logger

        loguru_logger.remove()
    except (ImportError, ValueError):
        pass
    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.ReturnLoggerFactory(),
    )
