"""Serves the stock `rasa init` project and this one on the same data, and compares them.

    .venv/bin/python -m benchmarks.serving              # everything; the stock project
                                                        # trains 10 to 30 minutes on two cores
    .venv/bin/python -m benchmarks.serving --epochs 5   # a first look

Stock: Rasa's default pipeline and policies, `rasa run` with the REST channel and its
in-memory store. This project: `faqbot serve`, action server and SQLite on disk included.
Both are trained from scratch in a folder of their own, under .cache/benchmarks. The last
line of output is JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import subprocess
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import aiohttp

from benchmarks.load import ROOT, Server, faqbot, texts
from benchmarks.stock_project import StockProject

CACHE = ROOT / ".cache" / "benchmarks"
MESSAGES = 8
VISITORS = (1, 8, 32)
TURNS = (5, 50, 200)
# What this project is meant to reach, against the stock project in the same run.
GOALS = {
    "p50, 1 visitor": 1 / 3, "messages/s, 32 visitors": 4.0, "start": 1 / 3, "memory": 0.65,
    "training": 1 / 20,
}  # fmt: skip


async def main() -> None:
    """Runs the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--epochs", type=int, default=100, help="of the stock project (100)")
    parser.add_argument("--examples", type=int, default=0, help="of an intent (0: all), stock's")
    parser.add_argument("--conversations", type=int, default=4, help="of each visitor (4)")
    parser.add_argument("--least", type=int, default=25, help="conversations at least (25)")
    parser.add_argument("--turns", type=int, default=TURNS[-1], help="of the long one (200)")
    parser.add_argument("--only", choices=["stock", "ours"], help="serve only one of them")
    options = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    results: dict[str, Any] = {"machine": _machine(), "epochs": options.epochs}
    if options.only != "ours":
        stock = StockProject(CACHE, options.epochs, options.examples)
        print(f"Stock project: training on {stock.examples} examples (kept if done before) …")
        results["stock"] = {"training": stock.train()}
        results["stock"] |= await _measure(stock.server(), options)
    if options.only != "stock":
        print("This project: training …", flush=True)
        folder, seconds, again = _train_ours()
        results["ours"] = {"training": seconds, "training again": again}
        var = folder / "var"
        shutil.rmtree(var, ignore_errors=True)
        results["ours"] |= await _measure(faqbot(folder, var), options)
    _print(results)
    print(json.dumps(results))


def _train_ours() -> tuple[Path, float, float]:
    """Trains a copy of this project twice: without anything kept, and as after an edit."""
    folder = CACHE / "ours"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, folder)
    for name in ("data", "actions"):
        shutil.copytree(ROOT / name, folder / name)
    seconds = []
    for _ in range(2):
        began = time.perf_counter()
        done = subprocess.run(
            [str(ROOT / ".venv" / "bin" / "faqbot"), "train"], cwd=folder, capture_output=True
        )
        if done.returncode:
            raise SystemExit(f"faqbot train failed:\n{done.stderr.decode()}")
        seconds.append(time.perf_counter() - began)
    return folder, seconds[0], seconds[1]


async def _measure(server: Server, options: argparse.Namespace) -> dict[str, Any]:
    supply = texts()
    found: dict[str, Any] = {}
    try:
        print("Starting …", flush=True)
        found["start"] = await server.start(supply)
        async with aiohttp.ClientSession() as http:
            await _converse(server, http, supply, MESSAGES)  # warm
            for visitors in VISITORS:
                each = max(options.conversations, -(-options.least // visitors))
                found[f"{visitors} visitors"] = await _together(
                    server, http, supply, visitors, each
                )
            found["by turn"] = await _long(server, http, supply, options.turns)
        found["memory"] = server.megabytes()
    finally:
        server.stop()
    return found


async def _converse(
    server: Server, http: aiohttp.ClientSession, supply: Iterator[str], messages: int
) -> list[float]:
    """One conversation; the seconds of each message."""
    visitor = server.visitor(http, server.url)
    times = []
    for text in islice(supply, messages):
        began = time.perf_counter()
        await visitor.say(text)
        times.append(time.perf_counter() - began)
    return times


async def _together(
    server: Server, http: aiohttp.ClientSession, supply: Iterator[str], visitors: int, each: int
) -> dict[str, float]:
    """Visitors at once, each in several conversations, one after the other."""
    print(f"{visitors} at once, {each} conversations each …", flush=True)

    async def visit() -> list[float]:
        return [t for _ in range(each) for t in await _converse(server, http, supply, MESSAGES)]

    began = time.perf_counter()
    times = [
        t for found in await asyncio.gather(*(visit() for _ in range(visitors))) for t in found
    ]
    elapsed = time.perf_counter() - began
    cuts = quantiles(times, n=100, method="inclusive")
    return {
        "p50 ms": 1000 * cuts[49], "p95 ms": 1000 * cuts[94], "p99 ms": 1000 * cuts[98],
        "messages/s": len(times) / elapsed,
    }  # fmt: skip


async def _long(
    server: Server, http: aiohttp.ClientSession, supply: Iterator[str], turns: int
) -> dict[str, float]:
    """Median milliseconds of the five messages around some turns of one long conversation."""
    print(f"A conversation of {turns} messages …", flush=True)
    times = await _converse(server, http, supply, turns + 2)
    marks = [turn for turn in TURNS if turn <= turns]
    return {str(turn): 1000 * median(times[turn - 3 : turn + 2]) for turn in marks}


def _rows(result: dict[str, Any]) -> dict[str, float]:
    rows = {
        "start to first answer, s": result["start"],
        "memory of all its processes, MB": result["memory"],
        "training from nothing, s": result["training"],
    }
    if "training again" in result:
        rows["training again, s"] = result["training again"]
    for visitors in VISITORS:
        for name, value in result[f"{visitors} visitors"].items():
            rows[f"{visitors} at once: {name}"] = value
    rows |= {f"turn {turn}, ms": value for turn, value in result["by turn"].items()}
    return rows


def _print(results: dict[str, Any]) -> None:
    columns = {name: _rows(results[name]) for name in ("stock", "ours") if name in results}
    labels = list(dict.fromkeys(label for rows in columns.values() for label in rows))
    print(f"\n{results['machine']}\n\n{'':36}{'stock':>12}{'ours':>12}{'ours/stock':>12}")
    for label in labels:
        stock, ours = (columns.get(name, {}).get(label) for name in ("stock", "ours"))
        cells = [f"{value:12.1f}" if value is not None else f"{'':12}" for value in (stock, ours)]
        share = f"{ours / stock:12.2f}" if stock and ours is not None else ""
        print(f"{label:36}{''.join(cells)}{share}")
    print("\nGoals, as ours/stock:", ", ".join(f"{k} {v:.2f}" for k, v in GOALS.items()))


def _machine() -> str:
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores, Python {platform.python_version()}, {platform.system()}"


if __name__ == "__main__":
    asyncio.run(main())
