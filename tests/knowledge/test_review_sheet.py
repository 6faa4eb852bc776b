"""docs/clinical-review.md: made from the data, and made again when the data changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from knowledge_folder import Folder

from bot.knowledge.review_sheet import review_sheet
from bot.problems import DataError


@pytest.fixture
def sheet_folder(folder: Folder) -> Folder:
    (folder.path / "review_points.yml").write_text("points:\n  - The label's wording.\n")
    return folder


def test_the_committed_sheet_is_what_the_data_gives(project: Path) -> None:
    committed = (project / "docs" / "clinical-review.md").read_text()
    assert committed == review_sheet(project / "data"), "Run `faqbot review-sheet`."


def test_every_claim_has_a_box_and_every_source_a_link(sheet_folder: Folder) -> None:
    sheet = review_sheet(sheet_folder.path)
    assert "- [ ] Keep the pen in the fridge, in its own box, away from light." in sheet
    assert "- [ ] Do not freeze it and do not shake it." in sheet
    assert "[Label](https://label.example), Maker. For: all of it." in sheet
    assert "- [ ] The label's wording." in sheet


def test_it_counts_what_no_clinician_has_read(sheet_folder: Folder) -> None:
    assert "2 answers, 2 of them not yet reviewed" in review_sheet(sheet_folder.path)
    sheet_folder.replace(sheet_folder.storage, "reviewed_on: null", "reviewed_on: 2026-11-01")
    sheet_folder.replace(
        sheet_folder.storage, "reviewed_by: not yet reviewed by a clinician", "reviewed_by: Dr. A"
    )
    sheet = review_sheet(sheet_folder.path)
    assert "2 answers, 1 of them not yet reviewed" in sheet
    assert "Dr. A on 2026-11-01" in sheet


def test_a_draft_is_listed_as_one(sheet_folder: Folder) -> None:
    sheet_folder.replace(sheet_folder.storage, "status: published", "status: draft")
    assert "`storage` · draft, not shown" in review_sheet(sheet_folder.path)


@pytest.mark.parametrize("text", ["points: no\n", "other: []\n", "points:\n  - 1\n"])
def test_review_points_in_another_form(sheet_folder: Folder, text: str) -> None:
    (sheet_folder.path / "review_points.yml").write_text(text)
    with pytest.raises(DataError, match="No list of points"):
        review_sheet(sheet_folder.path)
