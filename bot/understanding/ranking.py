"""One text's intents, best first, each with its share of certainty."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from bot.understanding.classifier import OUT_OF_SCOPE

FAQ = "faq/"
# How quickly an intent's share of what is left falls with its score.
SHARPNESS = 8.0


class Ranked(msgspec.Struct, frozen=True):
    """Intents with their shares, best first; never empty."""

    ranking: tuple[tuple[str, float], ...]

    @property
    def intent(self) -> str:
        """The best intent."""
        return self.ranking[0][0]

    @property
    def confidence(self) -> float:
        """The best intent's share."""
        return self.ranking[0][1]

    @property
    def faq_id(self) -> str | None:
        """The answer's id, if the best intent is an answer."""
        return self.intent.removeprefix(FAQ) if self.intent.startswith(FAQ) else None

    @property
    def faq_ids(self) -> list[str]:
        """The ids of all answers, best first."""
        return [name.removeprefix(FAQ) for name, _ in self.ranking if name.startswith(FAQ)]

    def led_by(self, intent: str, share: float) -> Ranked:
        """The same ranking with this intent before all others."""
        rest = (item for item in self.ranking if item[0] != intent)
        return Ranked(((intent, share), *rest))


def rank(intents: np.ndarray, blended: np.ndarray, top: int, sure: float) -> Ranked:
    """The ranking of one text's k scores.

    The intent at `top` gets its calibrated probability, the others share the rest; none
    of them gets more than that, except `out_of_scope`.
    """
    shares = np.exp(SHARPNESS * (blended - blended[top]))
    shares[top] = 0
    shares *= (1 - sure) / max(float(shares.sum()), 1e-12)
    shares = np.where(intents == OUT_OF_SCOPE, shares, np.minimum(shares, sure))
    shares[top] = sure
    order = np.lexsort((-blended, -shares))
    return Ranked(tuple((str(intents[i]), float(shares[i])) for i in order))


def fused(reads: Sequence[Ranked]) -> list[str]:
    """The answers' ids of several rankings as one, best first.

    Reciprocal rank fusion (Cormack et al. 2009), without its damping: only the first few count.
    """
    weights: dict[str, float] = {}
    for read in reads:
        for place, faq_id in enumerate(read.faq_ids, 1):
            weights[faq_id] = weights.get(faq_id, 0) + 1 / place
    return sorted(weights, key=lambda faq_id: -weights[faq_id])
