"""The red-flag rules as a specification: sentences.yml, rule by rule."""

import pytest
from specification import RULES

from bot.safety import SafetyScreen
from bot.safety.model import ESCALATING
from bot.safety.patterns import _compiled


def cases(kind: str) -> list[tuple[str, str]]:
    return [(rule, text) for rule, kinds in RULES.items() for text in kinds[kind]]


def escalating(screen: SafetyScreen, text: str) -> set[str]:
    return {f.rule for f in screen.read(text).findings if f.status in ESCALATING}


@pytest.mark.parametrize(("rule", "text"), cases("asserted"))
def test_it_is_happening(rules_alone: SafetyScreen, rule: str, text: str) -> None:
    assert rule in escalating(rules_alone, text)


@pytest.mark.parametrize(("rule", "text"), cases("other"))
def test_it_is_not_happening(rules_alone: SafetyScreen, rule: str, text: str) -> None:
    assert rule not in escalating(rules_alone, text)


def test_every_rule_has_its_sentences(rules_alone: SafetyScreen) -> None:
    rules = {rule.data.id for rule in rules_alone.red_flags.rules}
    assert rules == set(RULES)
    for rule, kinds in RULES.items():
        assert len(kinds["asserted"]) >= 3, rule
        assert len(kinds["other"]) >= 2, rule


def test_every_row_of_the_fact_sheet_is_covered_or_left_out_with_a_reason(
    rules_alone: SafetyScreen,
) -> None:
    covered = {row for rule in rules_alone.red_flags.rules for row in rule.data.source}
    left_out = {row.row: row.reason for row in rules_alone.red_flags.file.left_out}
    assert covered | set(left_out) == set(range(1, 51))
    assert not covered & set(left_out)
    assert all(left_out.values())


def test_every_line_of_the_rules_compiles(rules_alone: SafetyScreen) -> None:
    flags = rules_alone.red_flags
    patterns = [*flags.raisers, *flags.no_raisers, *flags.idioms]
    for rule in flags.rules:
        patterns += (*rule.patterns, *rule.unless)
    parts = {part for pattern in patterns for part in pattern._parts}
    assert len(parts) > 3000
    assert [part for part in parts if _compiled(part).search("")] == []
