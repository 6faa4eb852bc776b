"""sentences.yml, read once."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

SPECIFICATION: dict[str, Any] = YAML(typ="safe").load(
    (Path(__file__).parent / "sentences.yml").read_text(encoding="utf-8")
)
RULES: dict[str, dict[str, list[str]]] = SPECIFICATION["rules"]
CONTEXTS: dict[str, list[str]] = SPECIFICATION["contexts"]
BY_LEVEL: dict[str, list[str]] = SPECIFICATION["levels"]
