"""What all tests share: the project's data, one encoder, one screen, one trained model."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import logs
from bot.engine import models, resources
from bot.engine.assistant import Assistant
from bot.safety import SafetyScreen
from bot.understanding import SentenceEncoder

PROJECT = Path(__file__).resolve().parent.parent
logs.configure("ERROR")


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    return resources.encoder()


@pytest.fixture(scope="session")
def screen() -> SafetyScreen:
    return resources.screen()


@pytest.fixture(scope="session")
def model() -> Path:
    """The model archive; `make test` trains it first."""
    return models.current_archive(resources.settings())


@pytest.fixture(scope="session")
def assistant(model: Path) -> Assistant:
    return Assistant(model)
