from pathlib import Path

import pytest

from bot.safety import SafetyScreen
from bot.understanding import english_words


@pytest.fixture(scope="session")
def rules_alone(project: Path, encoder) -> SafetyScreen:
    return SafetyScreen.load(
        project / "data" / "triage", ordinary=encoder.common_words() | english_words()
    )
