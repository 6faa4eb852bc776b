"""The rooms and which way their dependencies point (see docs/decisions)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
WITHOUT_RASA = ("knowledge", "understanding", "safety")
SHARED = {"bot.likeness", "bot.onnx_parts", "bot.problems", "bot.lazy"}


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def files_of(room: str) -> list[Path]:
    return sorted((PROJECT / "bot" / room).rglob("*.py"))


@pytest.mark.parametrize("room", WITHOUT_RASA)
def test_room_has_files_and_imports_no_rasa(room: str) -> None:
    assert files_of(room)
    for path in files_of(room):
        roots = {name.split(".")[0] for name in imports_of(path)}
        assert not roots & {"rasa", "rasa_sdk"}, path


@pytest.mark.parametrize("room", WITHOUT_RASA)
def test_room_imports_no_other_room(room: str) -> None:
    for path in files_of(room):
        for name in imports_of(path):
            own = name.startswith(f"bot.{room}") or name == "bot"
            shared = any(name == s or name.startswith(s + ".") for s in SHARED)
            assert not name.startswith("bot") or own or shared, f"{path} imports {name}"


def test_the_engine_does_not_import_the_web_or_the_actions() -> None:
    for path in files_of("engine"):
        for name in imports_of(path):
            assert not name.startswith("bot.web"), f"{path} imports {name}"


def test_actions_reach_rasa_only_through_its_sdk() -> None:
    for path in sorted((PROJECT / "actions").glob("*.py")):
        for name in imports_of(path):
            assert name.split(".")[0] != "rasa", f"{path} imports {name}"
            assert not name.startswith(("bot.web", "bot.engine")), f"{path} imports {name}"


def test_no_rasa_is_loaded_with_the_rooms_that_do_without_it() -> None:
    import subprocess
    import sys

    code = (
        "import sys, bot.knowledge, bot.understanding, bot.safety, bot.safety.screen;"
        "sys.exit(any(m.split('.')[0] in ('rasa', 'rasa_sdk') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False).returncode == 0
