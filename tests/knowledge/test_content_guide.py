"""The guide for editors names every key and every check."""

from __future__ import annotations

import inspect
from pathlib import Path

import msgspec
import pytest

from bot.knowledge import Answer, Clinic, Source
from bot.knowledge.answer_checks import BODY_CHECKS, FRONT_MATTER_CHECKS
from bot.knowledge.clinic import Holiday, Place
from bot.knowledge.example_checks import EXAMPLE_CHECKS

CHECKS = (*FRONT_MATTER_CHECKS, *BODY_CHECKS, *EXAMPLE_CHECKS)


@pytest.fixture(scope="module")
def guide(project: Path) -> str:
    return (project / "docs" / "content-guide.md").read_text()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_check_is_explained(check: object, guide: str) -> None:
    rule = (inspect.getdoc(check) or "").splitlines()[0]
    assert f"- {rule}\n" in guide


@pytest.mark.parametrize("struct", [Answer, Source, Clinic, Holiday, Place])
def test_every_key_is_explained(struct: type, guide: str) -> None:
    for field in msgspec.structs.fields(struct):
        if field.name != "body":
            assert f"`{field.name}`" in guide, field.name


def test_the_commands_it_names_exist(guide: str, project: Path) -> None:
    commands = "".join(path.read_text() for path in (project / "bot" / "cli").glob("*.py"))
    for command in ("review-sheet", "confusions", "ask", "test-all", "report"):
        assert f"faqbot {command}" in guide
        assert f'"{command}"' in commands, command
