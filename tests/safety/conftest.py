from pathlib import Path

import pytest

from bot.safety import SafetyScreen


@pytest.fixture(scope="session")
def rules_alone(project: Path, encoder) -> SafetyScreen:
    return SafetyScreen.load(project / "data" / "triage", ordinary=encoder.common_words())
