"""`faqbot parse`: one message a line in, one JSON object a line out, in order."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from bot.engine.assistant import Assistant

# Messages handed to a process at once: enough to make the hand-over cheap.
_AT_ONCE = 8

_assistant: Assistant | None = None


def parse_lines(model: Path, lines: BinaryIO, out: TextIO) -> None:
    """Parses every line and writes what was understood.

    The model is loaded once; a process for each processor core then shares it.

    Args:
        model: the model archive.
        lines: UTF-8 text, one message a line; a line that is a JSON string stands for
            that string, so that a message may have line breaks.
        out: receives one JSON object a line.
    """
    global _assistant
    _assistant = Assistant(model)
    # Forked, so that the processes share what has been loaded.
    with multiprocessing.get_context("fork").Pool(len(os.sched_getaffinity(0))) as pool:
        for line in pool.imap(_parsed, messages(lines), _AT_ONCE):
            out.write(line + "\n")
    out.flush()


def _parsed(text: str) -> str:
    assert _assistant is not None  # noqa: S101
    return json.dumps(as_contract(text, _assistant.read_now(text)))


def messages(lines: BinaryIO) -> Iterator[str]:
    """The messages of a stream of lines."""
    for raw in lines:
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        if line.startswith('"'):
            try:
                decoded = json.loads(line)
            except json.JSONDecodeError:
                decoded = None
            if isinstance(decoded, str):
                yield decoded
                continue
        yield line


def as_contract(text: str, reading: dict[str, Any]) -> dict[str, Any]:
    """A reading in the form that tools rely on (see docs/operations.md)."""
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
