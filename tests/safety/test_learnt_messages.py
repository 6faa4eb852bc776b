"""The second detector learns from no sentence that an evaluation asks."""

from pathlib import Path

import numpy as np
import pytest
from evaluation_sets import SAFETY_SETS, asked_in
from rapidfuzz import fuzz, process

from bot.knowledge.answer_checks import comparable
from bot.safety.examples import read_examples

NEARLY_EQUAL = 95


@pytest.mark.parametrize("name", SAFETY_SETS)
def test_no_message_is_one_of_the_evaluations_sentences(project: Path, name: str) -> None:
    asked = asked_in(name)
    assert len(asked) > 20
    messages = [text for text, _ in read_examples(project / "data" / "triage").messages]
    mine = [comparable(text) for text in messages]
    likeness = process.cdist(
        mine, asked, scorer=fuzz.ratio, score_cutoff=NEARLY_EQUAL, dtype=np.uint8
    )
    # Only our own side is named: nobody should read the evaluation to mend this.
    assert [messages[row] for row in np.flatnonzero(likeness.max(axis=1))] == []
