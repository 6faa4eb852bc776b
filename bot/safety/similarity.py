"""The second detector: how much a message resembles example emergencies.

It is independent of the rules' words and only ever asks "Is this happening right now?".
Its limits come from leave-one-out over its own examples; docs/decisions/escalation.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from bot.problems import load_yaml, read_text, to_struct
from bot.safety.model import Finding

Encode = Callable[[Sequence[str]], np.ndarray]


class SimilarityExamples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """data/triage/examples.yml.

    A message alarms when its cosine to the nearest emergency is at least `limit` and
    exceeds that to the nearest other example by at least `lead`.
    """

    limit: float
    lead: float
    emergencies: tuple[str, ...]
    others: tuple[str, ...]


def read_similarity(path: Path) -> SimilarityExamples:
    """Reads the examples. Raises `DataError` when the file cannot be used."""
    return to_struct(load_yaml(read_text(path), path), SimilarityExamples, path)


class Similarity:
    """Compares messages with the examples; the examples are encoded once, here."""

    def __init__(self, examples: SimilarityExamples, encode: Encode) -> None:
        self._examples = examples
        self._encode = encode
        self._emergencies = encode(list(examples.emergencies))
        self._others = encode(list(examples.others))

    def alarms(self, text: str, findings: Sequence[Finding]) -> bool:
        """Whether to ask, given what the rules found."""
        if any(finding.level == "emergency" for finding in findings):
            return False  # a rule has understood these words: denied, asked about, past
        words = text[:600].lower().strip()
        if not words:
            return False
        near, other = self.closeness(self._encode([words])[0])
        return near >= self._examples.limit and near - other >= self._examples.lead

    def closeness(self, vector: np.ndarray) -> tuple[float, float]:
        """Cosine of a unit vector to the nearest emergency and to the nearest other example."""
        return float((self._emergencies @ vector).max()), float((self._others @ vector).max())
