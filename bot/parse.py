"""`faqbot parse`: one message a line in, one JSON object a line out, in order."""

from __future__ import annotations

import json
import logging
import multiprocessing
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import joblib

from bot.engine.assistant import Assistant

logger = logging.getLogger(__name__)

_assistant: Assistant | None = None


def parse_lines(model: Path, lines: BinaryIO, out: TextIO) -> None:
    """Parses every line and writes what was understood, each line as soon as it can be.

    The model is loaded once; a process for each processor core then shares it. A message
    that cannot be read gets an object with `error`, and the next ones are read all the same.

    Args:
        model: the model archive.
        lines: UTF-8 text, one message a line; a line that is a JSON string stands for
            that string, so that a message may have line breaks.
        out: receives one JSON object a line.
    """
    global _assistant
    _assistant = Assistant(model)
    failed = 0
    # Forked, so that the processes share what has been loaded. One message at a time: whoever
    # waits for the answer to a line before writing the next one gets it.
    with multiprocessing.get_context("fork").Pool(joblib.cpu_count()) as pool:
        for line, well in pool.imap(_parsed, map(message, lines)):
            failed += not well
            out.write(line + "\n")
            out.flush()
    if failed:
        logger.warning("%d messages could not be read; their objects say `error`.", failed)


def _parsed(text: str) -> tuple[str, bool]:
    """The line for a message, and whether it could be read."""
    assert _assistant is not None  # noqa: S101
    try:
        return json.dumps(as_contract(text, _assistant.read_now(text))), True
    except Exception as error:  # Whatever is wrong with one message, the others are read.
        return json.dumps(without_reading(text, type(error).__name__)), False


def message(line: bytes) -> str:
    """The message that a line stands for."""
    text = line.decode("utf-8", "replace").rstrip("\r\n")
    if text.startswith('"'):
        try:
            decoded = json.loads(text)
        except json.JSONDecodeError:
            return text
        if isinstance(decoded, str):
            return decoded
    return text


def as_contract(text: str, reading: dict[str, Any]) -> dict[str, Any]:
    """A reading in the form that tools rely on (docs/operations.md describes it)."""
    return {
        "text": text,
        "intent": reading["intent"],
        "faq_id": reading["faq_id"],
        "also": list(reading["also"]),
        "confidence": reading["confidence"],
        "alternatives": [
            {"faq_id": faq_id, "confidence": score} for faq_id, score in reading["alternatives"]
        ],
        "suggested": list(reading["suggested"]),
        "escalation": {
            "level": reading["level"],
            "findings": [
                {"rule": f["rule"], "span": f["span"], "status": f["status"]}
                for f in reading["findings"]
            ],
        },
    }


def without_reading(text: str, error: str) -> dict[str, Any]:
    """The same form for a message that could not be read; its level is not known."""
    return {
        "text": text,
        "intent": None,
        "faq_id": None,
        "also": [],
        "confidence": 0.0,
        "alternatives": [],
        "suggested": [],
        "escalation": {"level": None, "findings": []},
        "error": error,
    }
