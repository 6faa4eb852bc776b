"""What the benchmarks share: servers as processes, visitors over HTTP, memory of a process tree.

Everything stays on this machine's loopback addresses.
"""

from __future__ import annotations

import asyncio
import csv
import os
import random
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

import aiohttp

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = ROOT / "benchmarks" / "evaluation" / "questions.csv"
# With them no message is like an earlier one, so that no cache makes a server look fast.
_OPENERS = (
    "hi", "hello there", "quick question", "sorry to bother you", "one more thing", "so",
    "ok", "tell me please", "I was wondering", "my wife asks", "just curious", "please help",
    "I am new here", "asking for my son", "good morning", "good evening", "hey", "well",
)  # fmt: skip


class Failed(Exception):
    """A message was not answered; the message of the exception says what came instead."""


class Visitor(ABC):
    """One conversation over HTTP."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http = http
        self.url = url

    @abstractmethod
    async def say(self, text: str) -> int:
        """Sends a message; how many messages the reply has. Raises `Failed` without a reply."""

    async def post(self, path: str, body: dict[str, str]) -> object:
        """Posts JSON; gives the JSON that comes back. Raises `Failed` at any other status."""
        async with self.http.post(self.url + path, json=body) as reply:
            if reply.status != 200:
                raise Failed(f"status {reply.status}")
            return await reply.json()


class RestVisitor(Visitor):
    """Speaks to the REST channel of `rasa run`."""

    _name = 0

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        super().__init__(http, url)
        RestVisitor._name += 1
        self._sender = f"visitor-{RestVisitor._name}"

    async def say(self, text: str) -> int:
        """See `Visitor`. The stock project's policies leave some messages without a word."""
        body = {"sender": self._sender, "message": text}
        return len(await self.post("/webhooks/rest/webhook", body))  # type: ignore[arg-type]


class ChatVisitor(Visitor):
    """Speaks to the public channel of `faqbot serve`."""

    _number = 0

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        super().__init__(http, url)
        self._token = ""
        self._last = ""

    async def say(self, text: str) -> int:
        """See `Visitor`; the first message starts the session."""
        if not self._token:
            session = await self.post("/chat/session", {})
            self._token = str(session["token"])  # type: ignore[index]
        ChatVisitor._number += 1
        self._last = f"message-{ChatVisitor._number}"
        body = {"token": self._token, "id": self._last, "text": text}
        reply = await self.post("/chat/message", body)
        if not reply["messages"]:  # type: ignore[index]
            raise Failed("an empty reply")
        return len(reply["messages"])  # type: ignore[index]

    async def look_back(self) -> int:
        """Reads the conversation as a reload of the page does; how many messages it has."""
        headers = {"Authorization": f"Bearer {self._token}"}
        async with self.http.get(self.url + "/chat/history", headers=headers) as reply:
            if reply.status != 200:
                raise Failed(f"history: status {reply.status}")
            return len((await reply.json())["messages"])

    async def rate(self) -> None:
        """A thumb for the last reply."""
        async with self.http.post(
            self.url + "/chat/feedback",
            json={"token": self._token, "id": self._last, "helpful": True, "reason": ""},
        ) as reply:
            if reply.status >= 300:
                raise Failed(f"feedback: status {reply.status}")

    async def forget(self) -> None:
        """Deletes the conversation."""
        headers = {"Authorization": f"Bearer {self._token}"}
        async with self.http.delete(self.url + "/chat/session", headers=headers) as reply:
            if reply.status >= 300:
                raise Failed(f"deletion: status {reply.status}")


def texts(seed: int = 1) -> Iterator[str]:
    """Messages that no model was trained on, no two alike for some nine thousand."""
    with QUESTIONS.open(newline="", encoding="utf-8") as file:
        questions = [row["text"] for row in csv.DictReader(file)]
    order = random.Random(seed)
    round_ = 0
    while True:
        pairs = [(opener, question) for opener in _OPENERS for question in questions]
        order.shuffle(pairs)
        for opener, question in pairs:
            yield f"{opener}, {question}" + (f" ({round_})" if round_ else "")
        round_ += 1


class Server:
    """A server as a process with children.

    Args:
        command: how it is started.
        folder: where.
        environment: variables on top of this process's own.
        url: where it answers.
        visitor: who speaks to it.
    """

    def __init__(
        self,
        command: list[str],
        folder: Path,
        environment: dict[str, str],
        url: str,
        visitor: type[Visitor],
    ) -> None:
        self.url = url
        self.visitor = visitor
        self._command, self._folder = command, folder
        self._log = ROOT / ".cache" / "benchmarks" / f"{visitor.__name__}.log"
        self._environment = {**os.environ, **environment}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process's id. Raises `RuntimeError` before `start`."""
        if self._process is None:
            raise RuntimeError("not started")
        return self._process.pid

    async def start(self, texts: Iterator[str], patience: float = 600) -> float:
        """Starts it; returns the seconds to the first answer to one of the texts."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        log = self._log.open("wb")
        began = time.perf_counter()
        self._process = subprocess.Popen(
            self._command, cwd=self._folder, env=self._environment, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        async with aiohttp.ClientSession() as http:
            while time.perf_counter() - began < patience:
                if self._process.poll() is not None:
                    break
                try:
                    if await self.visitor(http, self.url).say(next(texts)):
                        return time.perf_counter() - began
                except (aiohttp.ClientError, Failed):
                    pass
                await asyncio.sleep(0.1)
        raise SystemExit(f"The server did not answer; see {self._log}.")

    def stop(self) -> None:
        """Ends the process and its children."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def megabytes(self) -> float:
        """Resident memory of the process and all its descendants."""
        pages = sum(
            int((Path("/proc") / str(pid) / "statm").read_text().split()[1])
            for pid in descendants(self.pid)
        )
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def open_files(self) -> int:
        """Open file descriptors of the process and all its descendants."""
        return sum(
            len(os.listdir(Path("/proc") / str(pid) / "fd")) for pid in descendants(self.pid)
        )


def descendants(pid: int) -> list[int]:
    """A process and everything that it started, directly or not."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
        except OSError:
            continue  # it has just ended
        parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    found = [pid]
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def faqbot(folder: Path, var: Path) -> Server:
    """This project as its users run it, with rate limits lifted.

    Args:
        folder: the project to serve (config.yml, data/, models/).
        var: where it keeps conversations.
    """
    port = free_port()
    limits = ("FAQBOT_RATE_SESSION", "FAQBOT_RATE_ADDRESS", "FAQBOT_RATE_NEW_SESSIONS")
    free = dict.fromkeys(limits, "1000000/second")
    environment = {
        **free, "PORT": str(port), "FAQBOT_ACTION_PORT": "0", "FAQBOT_VAR": str(var),
    }  # fmt: skip
    command = [str(ROOT / ".venv" / "bin" / "faqbot"), "serve"]
    return Server(command, folder, environment, f"http://127.0.0.1:{port}", ChatVisitor)
