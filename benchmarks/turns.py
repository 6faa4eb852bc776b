"""What one turn costs without HTTP: reading, rules, reply, SQLite on disk.

    .venv/bin/python -m benchmarks.turns --messages 600

To compare two versions run it in each, in turns, on a quiet machine. The messages are those
of `benchmarks.serving`. The last line of output is JSON, in milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
import uuid
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from benchmarks.load import texts
from bot import logs
from bot.engine import models, resources
from bot.engine.assistant import Assistant
from bot.engine.conversation_store import ConversationStore

MESSAGES = 8  # of each conversation
_WARM = 4  # conversations that are not counted


def main() -> None:
    """Runs the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--messages", type=int, default=600)
    logs.configure("WARNING")  # Rasa's debug lines hold every message
    print(json.dumps(asyncio.run(_measure(parser.parse_args().messages))))


async def _measure(messages: int) -> dict[str, float]:
    supply = texts()
    times: list[float] = []
    processor = time.process_time()
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'conversations.sqlite'}"
        store = ConversationStore(None, url, resources.settings().history_events)
        await store.prepare()
        assistant = Assistant(models.current_archive(resources.settings()), store)
        for number in range(_WARM + messages // MESSAGES):
            if number == _WARM:
                times, processor = [], time.process_time()
            conversation = uuid.uuid4().hex
            await store.start(conversation)
            for place, text in enumerate(islice(supply, MESSAGES)):
                began = time.perf_counter()
                await store.arrival(conversation, str(place))
                tracker, reply = await assistant.take_turn(conversation, text)
                await store.save_turn(tracker, str(place), text, reply, "answered")
                times.append(1000 * (time.perf_counter() - began))
        spent = 1000 * (time.process_time() - processor) / len(times)
        store.close()
    return {
        "p50": round(median(times), 1),
        "p95": round(quantiles(times, n=20)[-1], 1),
        "processor time a turn": round(spent, 1),
    }


if __name__ == "__main__":
    main()
