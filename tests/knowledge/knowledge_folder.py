"""A small, sound data folder that each test breaks in one place."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from bot.knowledge.checks import check_knowledge
from bot.problems import Problem

TODAY = dt.date(2026, 11, 24)

ANSWER = """\
---
id: {id}
question: {question}
group: dosing
status: published
sources:
  - title: Label
    publisher: Maker
    url: "https://label.example"
    accessed: 2026-11-24
    supports: all of it
reviewed_on: null
reviewed_by: not yet reviewed by a clinician
review_by: 2027-05-24
contact_level: routine
follow_ups: [{follow_up}]
---
Keep the pen in the fridge, in its own box, away from light.

- Do not freeze it and do not shake it.
- Take it out a while before you use it.
- Look at the date on the box each time.

Ask your nurse or your pharmacist if you are not sure what to do with a pen that got warm.
"""


class Folder:
    """A data folder with two answers, their examples and the names of other medicines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.storage = path / "faq" / "storage.md"
        self.travel = path / "faq" / "travel.md"
        self.nlu = path / "nlu" / "faq.yml"
        for part in ("faq", "nlu"):
            (path / part).mkdir(parents=True)
        self.storage.write_text(
            ANSWER.format(id="storage", question="How do I store it?", follow_up="travel")
        )
        self.travel.write_text(
            ANSWER.format(id="travel", question="How do I travel?", follow_up="storage")
        )
        (path / "other_medicines.yml").write_text("ours: [dupixent]\nnames: [[ozempic]]\n")
        (path / "follow_ups.yml").write_text("storage: {travel: [and on a plane]}\n")
        self.write_examples(storage=25, travel=25)

    def write_examples(self, **counts: int) -> None:
        lines = ['version: "3.1"', "nlu:"]
        for faq_id, count in counts.items():
            lines += [f"- intent: faq/{faq_id}", "  examples: |"]
            lines += [f"    - {faq_id} example number {number}" for number in range(count)]
        self.nlu.write_text("\n".join(lines) + "\n")

    def replace(self, path: Path, old: str, new: str) -> None:
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    def problems(self) -> list[Problem]:
        return list(check_knowledge(self.path, today=TODAY))
