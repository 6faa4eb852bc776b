"""The evaluation files, whichever there are: none of their sentences may be trained on."""

from pathlib import Path

_FOLDER = Path(__file__).resolve().parent.parent / "benchmarks" / "evaluation"
EVALUATION_SETS = sorted(path.name for path in _FOLDER.glob("*.csv"))
SAFETY_SETS = [name for name in EVALUATION_SETS if name.startswith("safety")]
