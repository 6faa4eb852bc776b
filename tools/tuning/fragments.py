"""Made-up fragments of ordinary words: what the second detector must not be alarmed by.

A network is sure of itself far from all that it learnt. Shown fragments of words that no
message for a clinic uses, it learns that the unknown is calm (outlier exposure: Hendrycks,
Mazeika and Dietterich 2019, "Deep anomaly detection with outlier exposure",
arXiv:1812.04606).
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterable

# One for about fifteen written messages; see docs/decisions/escalation.md.
FRAGMENTS = 1500
_LENGTHS = (1, 1, 2, 2, 3)  # words
_SHORTEST = 3  # letters
_WORD = re.compile(r"[a-z']+")


def fragments(ordinary: Iterable[str], urgent: Collection[str]) -> list[str]:
    """Fragments of one to three ordinary words, the same ones each time.

    Args:
        ordinary: English words.
        urgent: messages that need somebody; none of their words is used.
    """
    avoided = {word for text in urgent for word in _WORD.findall(text.lower())}
    words = sorted(w for w in ordinary if len(w) >= _SHORTEST and w not in avoided)
    if not words:
        return []
    chance = random.Random(0)
    return [" ".join(chance.choices(words, k=chance.choice(_LENGTHS))) for _ in range(FRAGMENTS)]
