"""An hour of a busy clinic's traffic in minutes: does memory stay flat, does anything leak?

    .venv/bin/python -m benchmarks.soak                    # 50,000 messages; writes docs/soak.png
    .venv/bin/python -m benchmarks.soak --messages 2000    # a first look

Visitors hold conversations of eight messages with `faqbot serve`, reload, rate and delete
some of them. After a warm-up, memory has to stay within 10 percent, open files must not
grow, and no request may fail. The last line of output is JSON; exit status 1 if a
criterion is not met.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from statistics import mean
from typing import Any

import aiohttp
import msgspec

from benchmarks.load import ROOT, ChatVisitor, Failed, Server, faqbot, texts

MESSAGES = 8
AT_ONCE = 16
WARM_UP = 0.2  # of all messages
FLAT = 0.10
# Idle connections to clients and the database come and go.
FEW_FILES = 10


class Sample(msgspec.Struct, frozen=True):
    """The state of the server after so many messages."""

    messages: int
    seconds: float
    megabytes: float
    files: int


class Soak:
    """The run: its visitors, its samples, its errors."""

    def __init__(self, server: Server, messages: int) -> None:
        self.server = server
        self.wanted = messages
        self.done = 0
        self.samples: list[Sample] = []
        self.errors: Counter[str] = Counter()
        self._supply: Iterator[str] = texts(seed=2)
        self._began = time.perf_counter()

    async def run(self) -> None:
        """Holds conversations until all messages are sent."""
        every = max(1, self.wanted // 200)
        async with aiohttp.ClientSession() as http:
            visitors = [asyncio.create_task(self._visit(http)) for _ in range(AT_ONCE)]
            due = 0
            while any(not visitor.done() for visitor in visitors):
                if self.done >= due:
                    self._sample()
                    due = self.done + every
                await asyncio.sleep(0.1)
            await asyncio.gather(*visitors)
        self._sample()

    async def _visit(self, http: aiohttp.ClientSession) -> None:
        while self.done < self.wanted:
            visitor = ChatVisitor(http, self.server.url)
            for _ in range(MESSAGES):
                self.done += 1
                await self._try(visitor.say(next(self._supply)))
            number = self.done // MESSAGES
            if number % 3 == 0:
                await self._try(visitor.look_back())
            if number % 5 == 0:
                await self._try(visitor.rate())
            if number % 7 == 0:
                await self._try(visitor.forget())

    async def _try(self, request: Any) -> None:
        try:
            await request
        except (aiohttp.ClientError, Failed, TimeoutError) as error:
            self.errors[f"{type(error).__name__}: {error}"[:80]] += 1

    def _sample(self) -> None:
        self.samples.append(
            Sample(
                self.done,
                time.perf_counter() - self._began,
                self.server.megabytes(),
                self.server.open_files(),
            )
        )
        if len(self.samples) % 10 == 1:
            last = self.samples[-1]
            print(
                f"{last.messages:7} messages  {last.megabytes:6.0f} MB  {last.files:4} files  "
                f"{sum(self.errors.values())} errors",
                flush=True,
            )

    def verdict(self) -> dict[str, Any]:
        """The criteria: the first fifth after the warm-up against the last fifth."""
        warm = [s for s in self.samples if s.messages >= WARM_UP * self.wanted] or self.samples
        part = max(1, len(warm) // 5)
        early, late = warm[:part], warm[-part:]
        growth = mean(s.megabytes for s in late) / mean(s.megabytes for s in early) - 1
        most = max(s.megabytes for s in warm) / mean(s.megabytes for s in early) - 1
        files = mean(s.files for s in late) - mean(s.files for s in early)
        errors = sum(self.errors.values())
        return {
            "messages": self.done,
            "messages/s": self.done / self.samples[-1].seconds,
            "MB after warm-up": mean(s.megabytes for s in early),
            "MB at the end": mean(s.megabytes for s in late),
            "growth": growth,
            "greatest excess": most,
            "more open files": files,
            "errors": errors,
            "kinds of errors": dict(self.errors),
            "passed": abs(growth) <= FLAT and most <= FLAT and files <= FEW_FILES and not errors,
        }


def plot(samples: list[Sample], path: Path) -> None:
    """Memory and open files over the messages, as a PNG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5), layout="constrained")
    grid = figure.add_gridspec(2, 1, height_ratios=[2, 1])
    memory = figure.add_subplot(grid[0])
    files = figure.add_subplot(grid[1], sharex=memory)
    x = [sample.messages for sample in samples]
    memory.plot(x, [sample.megabytes for sample in samples], color="#0072b2")
    memory.set_ylabel("Memory of all processes, MB")
    memory.set_ylim(bottom=0)
    memory.axvspan(0, WARM_UP * x[-1], color="#eeeeee", label="warm-up")
    memory.legend(frameon=False, loc="lower right")
    files.plot(x, [sample.files for sample in samples], color="#d55e00")
    files.set_ylabel("Open files")
    files.set_ylim(bottom=0)
    files.set_xlabel("Messages")
    for axes in (memory, files):
        axes.grid(color="#e5e5e5")
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)


async def main() -> int:
    """Runs the soak test. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--messages", type=int, default=50_000, help="how many (50,000)")
    parser.add_argument("--plot", type=Path, help="PNG file (docs/soak.png for a full run)")
    options = parser.parse_args()
    full = options.messages >= 50_000
    path = options.plot or (ROOT / "docs" / "soak.png" if full else None)
    with tempfile.TemporaryDirectory() as folder:
        server = faqbot(ROOT, Path(folder))
        try:
            print(f"Started in {await server.start(repeat('hello')):.1f} s.", flush=True)
            soak = Soak(server, options.messages)
            await soak.run()
        finally:
            server.stop()
    verdict = soak.verdict()
    if path:
        plot(soak.samples, path)
        print(f"Wrote {path}.")
    print(json.dumps(verdict))
    return 0 if verdict["passed"] else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
