"""Danger told over several messages: does the whole assistant hear it, and in time?

    .venv/bin/python -m benchmarks.conversations benchmarks/evaluation/conversations_blind.csv

The file has the columns conversation, text, level and perhaps alt: the messages of each
conversation in order, each with how urgent things are once it has been said. They are sent to
the trained model, actions included. A reply's level is its most urgent message's; one that asks
whether something is happening now counts as what it asks about, since it carries that advice.
The last line of output is JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from bot import logs
from bot.engine import models, resources
from bot.engine.assistant import Assistant
from bot.problems import DataError, Problem, relative
from bot.safety.evaluate import URGENT, LabelledText, evaluate, read_rows
from bot.safety.model import Level, Screening, highest


def main() -> None:
    """Runs the evaluation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("file", type=Path)
    logs.configure("WARNING")  # Rasa's debug lines hold every message
    try:
        conversations = read_conversations(parser.parse_args().file)
    except DataError as error:
        raise SystemExit(str(error)) from None
    given = asyncio.run(_hold(conversations))
    rows = [row for conversation in conversations for row in conversation]
    levels = iter(level for conversation in given for level in conversation)
    report = evaluate(rows, lambda _: Screening(level=next(levels)))
    summary = in_time(conversations, given)
    print(report.as_text())
    print(f"\n{summary['urgent']} conversations become urgent: {summary['in time']} are heard with")
    print(f"the message that makes them so, {summary['later']} later, {summary['never']} never.")
    print(f"{summary['harmless']} never do: {summary['alarmed']} are alarmed all the same.")
    print(json.dumps({"messages": report.as_dict(), "conversations": summary}))


def read_conversations(path: Path) -> list[list[LabelledText]]:
    """The conversations of a file.

    Raises:
        DataError: a column is missing or a level is unknown.
    """
    rows = read_rows(path)
    with path.open(newline="", encoding="utf-8-sig") as file:
        numbers = [row.get("conversation") for row in csv.DictReader(file)]
    if None in numbers:
        message = "The column conversation is needed."
        raise DataError([Problem(relative(path), 1, message, "Name it in line 1.")])
    pairs = groupby(zip(numbers, rows, strict=True), key=lambda pair: pair[0])
    return [[row for _, row in conversation] for _, conversation in pairs]


def in_time(
    conversations: Sequence[Sequence[LabelledText]], given: Sequence[Sequence[Level]]
) -> dict[str, int]:
    """Counts conversations by whether, and when, they got the most urgent level due in them."""
    counts = dict.fromkeys(("urgent", "in time", "later", "never", "harmless", "alarmed"), 0)
    for rows, got in zip(conversations, given, strict=True):
        due = highest([row.level for row in rows])
        if due not in URGENT:
            counts["harmless"] += 1
            counts["alarmed"] += any(level in URGENT for level in got)
            continue
        counts["urgent"] += 1
        first = next(place for place, row in enumerate(rows) if row.level == due)
        enough = {due, rows[first].alt or due, "emergency"}
        heard = [place for place, level in enumerate(got) if level in enough]
        when = "never" if not heard else "in time" if heard[0] <= first else "later"
        counts[when] += 1
    return counts


async def _hold(conversations: Sequence[Sequence[LabelledText]]) -> list[list[Level]]:
    """Sends every message; the level of each reply."""
    assistant = Assistant(models.current_archive(resources.settings()))
    given: list[list[Level]] = []
    for number, rows in enumerate(conversations):
        levels: list[Level] = []
        for row in rows:
            tracker, messages = await assistant.take_turn(f"conversation-{number}", row.text)
            await assistant.store.save(tracker)
            levels.append(highest([message["level"] for message in messages]))
        given.append(levels)
    return given


if __name__ == "__main__":
    main()
