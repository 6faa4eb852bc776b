from __future__ import annotations

import pytest
import yaml

from bot import marked_yaml


@pytest.mark.parametrize("word", ["no", "yes", "on", "off", "y", "2026-12-24", "12:30", "1_000"])
def test_words_that_older_yaml_takes_for_something_else_stay_words(word: str) -> None:
    assert marked_yaml.load(f"a: {word}") == {"a": word}


@pytest.mark.parametrize(
    ("written", "value"),
    [("true", True), ("False", False), ("12", 12), ("010", 10), ("-1.5", -1.5), ("1e3", 1000.0),
     ("~", None), ("", None), ('"911"', "911")],
)  # fmt: skip
def test_plain_values_are_numbers_truth_or_nothing(written: str, value: object) -> None:
    (found,) = marked_yaml.load(f"- {written}")
    assert found == value
    assert type(found) is type(value)


def test_each_key_and_item_knows_its_line() -> None:
    data = marked_yaml.load("# note\na: 1\nb:\n  - x\n  - c: |\n      text\n    d: 2\n")
    assert data.lines == {"a": 1, "b": 2}
    assert data["b"].lines == [3, 4]
    assert data["b"][1].lines == {"c": 4, "d": 6}


def test_anchors_and_merges_work() -> None:
    data = marked_yaml.load("a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n")
    assert data["b"] == {"x": 1, "y": 2}


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\nb: 2\na: 3\n", 2, "stands twice"),
        ("a:\n  [1]: 2\n", 1, "a key must be a word"),
        ("a: [1\nb: 2\n", 1, "did not find"),
        ("a: &a [*a]\n", 0, "recursive"),
        ("a: !!python/name:os.system x\n", 0, "could not determine a constructor"),
    ],
)
def test_what_is_no_yaml_is_named_with_its_line(text: str, line: int, what: str) -> None:
    with pytest.raises(yaml.MarkedYAMLError) as raised:
        marked_yaml.load(text)
    assert raised.value.problem_mark.line == line
    assert what in str(raised.value.problem)
