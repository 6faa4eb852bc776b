"""When the second detector is fitted anew: what is not heard with may change without it."""

import ast
from pathlib import Path

import bot.safety
from bot.safety.similarity import _NOT_HEARD, cache_key

ROOM = Path(bot.safety.__file__).parent


def imported(name: str) -> set[str]:
    """The room's files that a file of it needs, directly or not, with itself."""
    found, waiting = set[str](), [name]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        for node in ast.walk(ast.parse((ROOM / name).read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bot.safety."):
                waiting.append(f"{str(node.module).removeprefix('bot.safety.')}.py")
    return found


def test_nothing_that_messages_are_heard_with_is_left_out_of_the_key() -> None:
    assert imported("screen.py") >= {"similarity.py", "words.py", "context.py", "matching.py"}
    assert imported("screen.py") & _NOT_HEARD == set()


def test_what_is_left_out_exists() -> None:
    assert {path.name for path in ROOM.glob("*.py")} >= _NOT_HEARD


def test_other_data_is_another_key() -> None:
    assert cache_key("a", b"b") == cache_key("a", b"b")
    assert cache_key("a", "b") != cache_key("ab")
