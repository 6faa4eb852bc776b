"""`faqbot parse`: one message a line in, one JSON object a line out, in order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from bot.engine.assistant import Assistant

AT_ONCE = 16


async def parse_lines(model: Path, lines: BinaryIO, out: TextIO) -> None:
    """Parses every line and writes what was understood.

    Args:
        model: the model archive.
        lines: UTF-8 text, one message a line; a line that is a JSON string stands for
            that string, so that a message may have line breaks.
        out: receives one JSON object a line.
    """
    assistant = Assistant(model)
    batch: list[str] = []
    for line in messages(lines):
        batch.append(line)
        if len(batch) == AT_ONCE:
            await _write(assistant, batch, out)
            batch = []
    await _write(assistant, batch, out)


async def _write(assistant: Assistant, batch: list[str], out: TextIO) -> None:
    for text, reading in zip(batch, await asyncio.gather(*map(assistant.read, batch)), strict=True):
        out.write(json.dumps(as_contract(text, reading)) + "\n")
    out.flush()


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
