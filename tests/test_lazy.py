"""Imports that wait until they are needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.lazy import import_lazily


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "slow_to_load.py").write_text("import builtins\nbuiltins.ran = 1\nVALUE = 42\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delattr("builtins.ran", raising=False)
    monkeypatch.delitem(sys.modules, "slow_to_load", raising=False)
    return "slow_to_load"


def test_the_code_runs_at_the_first_use_not_before(module: str) -> None:
    import builtins

    import_lazily(module)
    loaded = __import__(module)
    __import__(module)  # a second import is no use either
    assert not hasattr(builtins, "ran")
    assert loaded.VALUE == 42
    assert hasattr(builtins, "ran")
    del sys.modules[module], builtins.ran


def test_a_name_that_the_module_lacks_is_an_attribute_error(module: str) -> None:
    import_lazily(module)
    with pytest.raises(AttributeError):
        _ = sys.modules[module].NOTHING
    del sys.modules[module]


def test_a_module_that_does_not_exist_is_said_at_once() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        import_lazily("no_such_module")


def test_the_assistant_loads_without_tensorflow() -> None:
    code = "import sys, bot.engine.assistant; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", code]).returncode == 0
