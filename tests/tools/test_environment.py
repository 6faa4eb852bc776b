"""tools/environment.py: what makes .venv, with nothing but Python."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "environment.py"


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("environment", TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    locks = tuple(tmp_path / name for name in ("requirements.lock", "uv.lock.txt", "p.toml"))
    for lock in locks:
        lock.write_text("")
    monkeypatch.setattr(module, "LOCKS", locks)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / ".made-from")
    return module


def test_only_the_standard_library_is_imported() -> None:
    import ast

    for node in ast.walk(ast.parse(TOOL.read_text())):
        if isinstance(node, ast.Import):
            assert all(alias.name in sys.stdlib_module_names for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] in sys.stdlib_module_names


def test_a_changed_lock_is_another_environment(environment: ModuleType) -> None:
    before = environment.wanted()
    environment.LOCKS[0].write_text("rasa==3.6.21")
    assert environment.wanted() != before


def test_an_environment_that_is_up_to_date_is_left_alone(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.VENV.mkdir()
    environment.STAMP.write_text(environment.wanted())
    monkeypatch.setattr(environment, "find_uv", lambda: pytest.fail("it should do nothing"))
    environment.main()


def test_another_python_is_one_clear_message(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.sys, "version_info", (3, 12, 0))
    with pytest.raises(SystemExit) as stop:
        environment.main()
    assert "Python 3.11 is needed" in str(stop.value)
    assert "PYTHON=" in str(stop.value)


def test_a_failed_install_says_what_to_look_at_and_leaves_no_stamp(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "find_uv", lambda: [sys.executable, "-c", "exit(1)"])
    with pytest.raises(SystemExit) as stop:
        environment.main()
    assert "could not be" in str(stop.value)
    assert not environment.STAMP.exists()


def test_the_lock_names_no_host_and_hashes_everything() -> None:
    text = (TOOL.parent.parent / "requirements.lock").read_text()
    assert "://" not in text
    requirements = [line for line in text.splitlines() if line and line[0].isalnum()]
    assert len(requirements) > 150
    assert all(line.endswith("\\") for line in requirements)
