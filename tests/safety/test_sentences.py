"""How words about a red flag are meant, and the level that the whole screen gives."""

import pytest
from specification import BY_LEVEL, CONTEXTS, RULES

from bot.safety import LEVELS, SafetyScreen
from bot.safety.model import STATUSES


@pytest.mark.parametrize(
    ("status", "text"), [(status, text) for status, texts in CONTEXTS.items() for text in texts]
)
def test_how_it_is_meant(rules_alone: SafetyScreen, status: str, text: str) -> None:
    statuses = {finding.status for finding in rules_alone.read(text).findings}
    assert status in statuses
    if status in ("negated", "hypothetical", "historical"):
        assert not statuses & {"asserted", "other_person"}


@pytest.mark.parametrize(
    ("level", "text"), [(level, text) for level, texts in BY_LEVEL.items() for text in texts]
)
def test_the_level_of_a_message(screen: SafetyScreen, level: str, text: str) -> None:
    assert screen.read(text).level == level


def test_the_specification_is_complete() -> None:
    sentences = [text for kinds in RULES.values() for texts in kinds.values() for text in texts]
    sentences += [text for texts in CONTEXTS.values() for text in texts]
    sentences += [text for texts in BY_LEVEL.values() for text in texts]
    assert len(set(sentences)) >= 400
    assert set(CONTEXTS) == set(STATUSES)
    assert set(BY_LEVEL) == set(LEVELS)
