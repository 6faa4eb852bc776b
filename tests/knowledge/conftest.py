"""What the tests of the knowledge room share."""

from __future__ import annotations

from pathlib import Path

import pytest
from knowledge_folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "data")
