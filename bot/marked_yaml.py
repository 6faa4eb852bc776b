"""YAML with the line of every key and item, read by PyYAML's C parser.

Plain words are those of YAML 1.2: `no` and `on` are text, and so is a day, whose format is
checked later, with a message for people. A key that stands twice is an error.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import yaml
from yaml.constructor import ConstructorError


class MarkedDict(dict[Any, Any]):
    """A mapping; `lines` has the line of each key, from 0."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[Any, int] = {}


class MarkedList(list[Any]):
    """A list; `lines` has the line of each item, from 0."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []


def load(text: str) -> Any:
    """Parses one YAML document into marked containers, text, numbers, booleans and None.

    Raises:
        yaml.YAMLError: the text is not YAML; a `MarkedYAMLError` says where.
    """
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader


class _Loader(yaml.CSafeLoader):
    """PyYAML follows YAML 1.1, where `no` is false and 12:30 a number; this one does not."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> MarkedDict:
    loader.flatten_mapping(node)
    result = MarkedDict()
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, Hashable):
            raise ConstructorError(None, None, "a key must be a word", key_node.start_mark)
        if key in result:
            raise ConstructorError(None, None, f"the key {key} stands twice", key_node.start_mark)
        result.lines[key] = key_node.start_mark.line
        result[key] = loader.construct_object(value_node, deep=True)
    return result


def _sequence(loader: _Loader, node: yaml.SequenceNode) -> MarkedList:
    result = MarkedList()
    for item in node.value:
        result.lines.append(item.start_mark.line)
        result.append(loader.construct_object(item, deep=True))
    return result


def _integer(loader: _Loader, node: yaml.ScalarNode) -> int:
    return int(loader.construct_scalar(node))


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    ("null", r"(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("merge", r"<<$", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:seq", _sequence)
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
