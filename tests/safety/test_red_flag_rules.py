"""The red-flag rules as a specification: sentences.yml, rule by rule."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.safety import SafetyScreen
from bot.safety.model import ESCALATING

SENTENCES = YAML(typ="safe").load((Path(__file__).parent / "sentences.yml").read_text())


@pytest.fixture(scope="module")
def rules_alone(project: Path, encoder) -> SafetyScreen:
    return SafetyScreen.load(project / "data" / "triage", ordinary=encoder.common_words())


def cases(kind: str) -> list[tuple[str, str]]:
    return [(rule, text) for rule, kinds in SENTENCES.items() for text in kinds[kind]]


@pytest.mark.parametrize(("rule", "text"), cases("asserted"))
def test_it_is_happening(rules_alone: SafetyScreen, rule: str, text: str) -> None:
    found = {f.rule for f in rules_alone.read(text).findings if f.status in ESCALATING}
    assert rule in found


@pytest.mark.parametrize(("rule", "text"), cases("other"))
def test_it_is_not_happening(rules_alone: SafetyScreen, rule: str, text: str) -> None:
    found = {f.rule for f in rules_alone.read(text).findings if f.status in ESCALATING}
    assert rule not in found


def test_every_rule_has_its_sentences(screen: SafetyScreen) -> None:
    rules = {rule.data.id for rule in screen.red_flags.rules}
    assert rules == set(SENTENCES)
    for rule, kinds in SENTENCES.items():
        assert len(kinds["asserted"]) >= 3, rule
        assert len(kinds["other"]) >= 2, rule


def test_every_row_of_the_fact_sheet_is_covered_or_left_out_with_a_reason(
    screen: SafetyScreen,
) -> None:
    covered = {row for rule in screen.red_flags.rules for row in rule.data.source}
    left_out = {row.row: row.reason for row in screen.red_flags.file.left_out}
    assert covered | set(left_out) == set(range(1, 51))
    assert all(left_out.values())
