"""What is learnt from: messages, a variant of each, what is calm, made-up fragments."""

from __future__ import annotations

import msgspec
import numpy as np

from bot.engine import resources
from bot.safety import SafetyScreen
from bot.safety.examples import CLASSES, read_examples
from bot.safety.similarity import MAX_CHARACTERS, evidence, plain
from bot.understanding import english_words
from tools.tuning.fragments import fragments
from tools.tuning.variants import variants


class Material(msgspec.Struct, frozen=True):
    """Texts as the detector reads them, what the rules found in each, and its class's place."""

    texts: list[str]
    evidence: np.ndarray
    labels: list[int]


def material() -> Material:
    """All of it, the same each time for the same data."""
    triage = resources.settings().data / "triage"
    examples = read_examples(triage)
    ordinary = resources.encoder().common_words() | english_words()
    rules = SafetyScreen.load(triage, ordinary=ordinary)
    messages, names = zip(*examples.messages, strict=True)
    urgent = [text for text, name in examples.messages if name != "none"]
    unused = ordinary - rules.red_flags.vocabulary
    calm = [*resources.calm_sentences(), *fragments(unused, urgent)]
    texts = [*messages, *calm, *variants(messages, examples.openings, examples.endings)]
    known = [CLASSES.index(name) for name in names]
    return Material(
        texts=[plain(text[:MAX_CHARACTERS]) for text in texts],
        evidence=np.array([evidence(rules.read_by_rules(text)) for text in texts]),
        labels=[*known, *[CLASSES.index("none")] * len(calm), *known],
    )
