"""The encoder in eight bits beside the same weights in 32: time for a text, and likeness.

    python -m benchmarks.encoder

Both run in turns on one thread; of each number of tokens the best of 40 runs counts. The
last line printed is JSON.
"""

from __future__ import annotations

import json
import time
from itertools import islice
from unittest import mock

import numpy as np

from benchmarks.load import texts
from bot.understanding import SentenceEncoder, encoder

WORDS = (2, 6, 14, 22, 38, 62)
RUNS = 40
QUESTIONS = 300


def main() -> None:
    """Runs the benchmark."""
    eight = SentenceEncoder()
    with mock.patch.object(encoder, "_PROBE_NUMBERS", (1.0, -1.0, 1.0)):  # the probe fails
        exact = SentenceEncoder()
    milliseconds: dict[str, dict[int, float]] = {"32 bits": {}, "eight bits": {}}
    for words in WORDS:
        best = dict.fromkeys(milliseconds, float("inf"))
        for run in range(RUNS):
            text = " ".join(["red", "eye"] * words)[: 4 * words - 1]
            for name, one in (("32 bits", exact), ("eight bits", eight)):
                began = time.perf_counter()
                one._run([f"{text} {run}"])  # past the cache
                best[name] = min(best[name], time.perf_counter() - began)
        for name, seconds in best.items():
            milliseconds[name][words] = round(1000 * seconds, 2)
    asked = list(islice(texts(), QUESTIONS))
    cosines = np.sum(eight.encode(asked) * exact.encode(asked), axis=1)
    found = {"milliseconds by words": milliseconds, "cosine, mean": round(float(cosines.mean()), 5),
             "cosine, least": round(float(cosines.min()), 5)}  # fmt: skip
    for name, values in found.items():
        print(f"{name}: {values}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
