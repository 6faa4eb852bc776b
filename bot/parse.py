"""`faqbot parse`: one message a line in, one JSON object a line out, in order."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import signal
from collections import deque
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import joblib
import msgspec

from bot.engine.assistant import Assistant

logger = logging.getLogger(__name__)

# Messages that are read ahead of the oldest one without an answer: enough to keep all busy.
_AHEAD = 256
_CHUNK = 1 << 16


def parse_lines(model: Path, lines: BinaryIO, out: TextIO) -> None:
    """Parses every line and writes what was understood, each line as soon as it can be.

    The model is loaded once; a process for each processor core then shares it. A message
    that cannot be read gets an object with `error`, and the next ones are read all the same.

    Args:
        model: the model archive.
        lines: UTF-8 text, one message a line; a line that is a JSON string stands for
            that string, so that a message may have line breaks. An open file or pipe of
            which nothing has been read.
        out: receives one JSON object a line.
    """
    assistant = Assistant(model)
    readers = [_Reader(assistant) for _ in range(joblib.cpu_count())]
    try:
        failed = _answer(_Lines(lines.fileno()), readers, out)
    finally:
        for reader in readers:
            reader.stop()
    if failed:
        logger.warning("%d messages could not be read; their objects say `error`.", failed)


class _Turn(msgspec.Struct):
    """A message and, once it has been read, the line for it."""

    text: str
    line: str = ""


class _Lines:
    """The lines of a file or pipe; takes what is there and waits for no more.

    Python's own reader cannot say whether another line is there already.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.ended = False
        self._rest = b""

    def take(self) -> list[bytes]:
        """The lines that are complete after one look; call it when there is something."""
        read = os.read(self.descriptor, _CHUNK)
        *complete, self._rest = (self._rest + read).split(b"\n")
        if not read:
            self.ended = True
            if self._rest:
                complete.append(self._rest)
        return complete


class _Reader:
    """A process that reads one message at a time with the assistant.

    Forked, so that all share what has been loaded.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self.turn: _Turn | None = None
        self.start()

    def start(self) -> None:
        """Begins anew, without a message."""
        context = multiprocessing.get_context("fork")
        self.connection, theirs = context.Pipe()
        ends = self.connection, theirs
        self._process = context.Process(target=_work, args=(self._assistant, *ends), daemon=True)
        self._process.start()
        theirs.close()  # ours reports the end of the process only if nobody else holds this

    def give(self, turn: _Turn) -> None:
        """Begins to read a message."""
        try:
            self.connection.send(turn.text)
        except OSError:
            # It was killed while it had nothing to do.
            self.stop()
            self.start()
            self.connection.send(turn.text)
        self.turn = turn

    def finish(self) -> bool:
        """Takes what came of the message; False if it could not be read."""
        turn, self.turn = self.turn, None
        assert turn is not None  # noqa: S101
        try:
            turn.line, well = self.connection.recv()
        except (EOFError, OSError):
            # It was killed: as a rule by the kernel, for want of memory.
            self.stop()
            self.start()
            turn.line, well = json.dumps(without_reading(turn.text, "ProcessEnded")), False
        return bool(well)

    def stop(self) -> None:
        """Ends the process."""
        self.connection.close()
        self._process.terminate()
        self._process.join()


def _answer(lines: _Lines, readers: list[_Reader], out: TextIO) -> int:
    """Writes a line for each of `lines`; returns how many could not be read."""
    failed = 0
    turns: deque[_Turn] = deque()  # without an answer in `out` so far, oldest first
    waiting: deque[_Turn] = deque()  # nobody reads them so far
    while turns or not lines.ended:
        for reader in readers:
            if waiting and reader.turn is None:
                reader.give(waiting.popleft())
        busy: dict[Any, _Reader] = {r.connection: r for r in readers if r.turn is not None}
        hungry = [lines.descriptor] if not lines.ended and len(turns) < _AHEAD else []
        for ready in wait([*busy, *hungry]):
            if ready == lines.descriptor:
                new = [_Turn(message(line)) for line in lines.take()]
                turns.extend(new)
                waiting.extend(new)
            else:
                failed += not busy[ready].finish()
        while turns and turns[0].line:
            out.write(turns.popleft().line + "\n")
            out.flush()
    return failed


def _work(assistant: Assistant, theirs: Connection, connection: Connection) -> None:
    """What a reader's process does, until nobody holds the other end any more."""
    theirs.close()
    # Ctrl-C is for the process that asks; it ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            text = connection.recv()
        except EOFError:
            return
        connection.send(_parsed(assistant, text))


def _parsed(assistant: Assistant, text: str) -> tuple[str, bool]:
    """The line for a message, and whether it could be read."""
    try:
        return json.dumps(as_contract(text, assistant.read_now(text))), True
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
