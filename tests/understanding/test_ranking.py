from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.classifier import OUT_OF_SCOPE
from bot.understanding.ranking import Ranked, fused, rank

INTENTS = np.array(["faq/a", "faq/b", "greeting", OUT_OF_SCOPE], dtype=object)


@given(
    st.lists(st.floats(-1, 1), min_size=4, max_size=4),
    st.floats(0, 1),
)
def test_shares_are_probabilities_best_first(blended: list[float], sure: float) -> None:
    top = int(np.argmax(blended[:3]))
    ranking = rank(INTENTS, np.array(blended), top, sure).ranking
    shares = [share for _, share in ranking]
    assert shares == sorted(shares, reverse=True)
    assert min(shares) >= 0
    assert sum(shares) <= 1 + 1e-9
    assert {name for name, _ in ranking} == set(INTENTS)


def test_the_best_intent_gets_its_calibrated_probability() -> None:
    ranked = rank(INTENTS, np.array([0.9, 0.2, 0.1, 0.1]), 0, 0.8)
    assert ranked.ranking[0] == ("faq/a", 0.8)
    assert ranked.faq_id == "a"


def test_out_of_scope_may_come_before_an_unsure_best() -> None:
    ranked = rank(INTENTS, np.array([0.5, 0.1, 0.1, 0.9]), 0, 0.1)
    assert ranked.intent == OUT_OF_SCOPE
    assert ranked.faq_id is None


def test_an_intent_that_takes_the_lead_stands_there_once() -> None:
    ranked = Ranked((("faq/a", 0.6), ("faq/b", 0.2))).led_by("faq/b", 0.7)
    assert ranked.ranking == (("faq/b", 0.7), ("faq/a", 0.6))
    assert ranked.faq_ids == ["b", "a"]


def test_several_rankings_are_fused_by_place() -> None:
    one = Ranked((("faq/a", 0.5), ("faq/b", 0.2), ("faq/c", 0.1)))
    other = Ranked((("faq/c", 0.6), ("faq/b", 0.2), ("out_of_scope", 0.1)))
    assert fused([one]) == ["a", "b", "c"]
    assert fused([one, other]) == ["c", "a", "b"]
