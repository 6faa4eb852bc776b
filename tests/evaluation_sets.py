"""The evaluation files, whichever there are: none of their sentences may be trained on."""

import csv
from pathlib import Path

from bot.knowledge.answer_checks import comparable

_FOLDER = Path(__file__).resolve().parent.parent / "benchmarks" / "evaluation"
EVALUATION_SETS = sorted(path.name for path in _FOLDER.glob("*.csv"))
SAFETY_SETS = [name for name in EVALUATION_SETS if name.startswith(("safety", "conversations"))]
# In conversations people also say "ok" and "is there a generic": nobody's sentences.
_SHORTEST_IN_CONVERSATION = 6  # words


def asked_in(name: str) -> list[str]:
    """The sentences of an evaluation file, in the form in which they are compared."""
    with (_FOLDER / name).open(newline="", encoding="utf-8") as file:
        texts = [comparable(row["text"]) for row in csv.DictReader(file)]
    if not name.startswith("conversations"):
        return texts
    return [text for text in texts if len(text.split()) >= _SHORTEST_IN_CONVERSATION]
