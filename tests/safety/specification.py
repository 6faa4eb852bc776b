"""sentences.yml, read once."""

from pathlib import Path
from typing import Any

from bot.problems import load_yaml

_PATH = Path(__file__).parent / "sentences.yml"
SPECIFICATION: dict[str, Any] = load_yaml(_PATH.read_text(encoding="utf-8"), _PATH)
RULES: dict[str, dict[str, list[str]]] = SPECIFICATION["rules"]
CONTEXTS: dict[str, list[str]] = SPECIFICATION["contexts"]
BY_LEVEL: dict[str, list[str]] = SPECIFICATION["levels"]
