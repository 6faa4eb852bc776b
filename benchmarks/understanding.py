"""How well the classifier understands: any two-column file, HINT3, this project's own questions.

    python -m benchmarks.understanding --train a.csv --test b.csv --oos-label NO_NODES_DETECTED
    python -m benchmarks.understanding --hint3 path/to/hint3_v1
    python -m benchmarks.understanding --questions
    python -m benchmarks.understanding --stock [--every 8 --epochs 40]

The last line printed is JSON. The protocol is HINT3's (Arora et al. 2020,
doi:10.18653/v1/2020.insights-1.16): train on everything, answer "out of scope" below a
threshold, sweep it from 0.00 to 1.00, report the best Matthews correlation. The figures at the
classifier's own threshold, the same for all data sets, stand beside it. Training rows with
the out-of-scope label are kept: they teach what to decline.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import f1_score, matthews_corrcoef

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from bot.understanding import Example, SentenceEncoder, Understanding, normal  # noqa: E402
from bot.understanding.classifier import OUT_OF_SCOPE  # noqa: E402
from bot.understanding.understanding import THRESHOLD  # noqa: E402

HINT3_LABEL = "NO_NODES_DETECTED"
# Best Matthews correlation as published (Arora et al. 2020).
HINT3_PUBLISHED = {
    "Rasa (DIET + ConveRT)": (0.532, 0.563, 0.345),
    "Dialogflow": (0.638, 0.593, 0.357),
    "LUIS": (0.581, 0.542, 0.366),
    "Haptik": (0.599, 0.606, 0.431),
    "BERT": (0.633, 0.621, 0.353),
}
HINT3_SETS = ("sofmattress", "curekart", "powerplay11")


def read_csv(path: Path) -> list[tuple[str, str]]:
    """Rows of (text, label) from a file whose first two columns they are.

    Exits with one line when a row has not two columns.
    """
    rows = []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file), 1):
            if len(row) < 2:
                raise SystemExit(f"{path}:{number}: a text and a label are needed, with a comma.")
            if number > 1:
                rows.append((row[0], row[1]))
    return rows


def measure(
    train: Sequence[tuple[str, str]],
    test: Sequence[tuple[str, str]],
    oos: str | None,
    encoder: SentenceEncoder,
) -> dict[str, Any]:
    """Trains on (text, label) rows and measures on others; see the module's protocol."""
    examples = [Example(text, OUT_OF_SCOPE if label == oos else label) for text, label in train]
    began = time.perf_counter()
    model = Understanding.train(examples, {}, encoder)
    train_seconds = time.perf_counter() - began
    began = time.perf_counter()
    best = [model.rank_all([model.speller.repair(_plain(text))])[0][0] for text, _ in test]
    milliseconds = 1000 * (time.perf_counter() - began) / max(1, len(test))
    declined = oos or OUT_OF_SCOPE
    predicted = np.array([declined if label == OUT_OF_SCOPE else label for label, _ in best])
    predicted = predicted.astype(object)
    scores = np.array([score for _, score in best])
    truth = np.array([label for _, label in test], dtype=object)
    curve = [
        (threshold, *_at(threshold, predicted, scores, truth, oos))
        for threshold in np.round(np.arange(0, 1.005, 0.01), 2)
    ]
    threshold, mcc, accuracy, recall = max(curve, key=lambda row: row[1])
    own = _at(THRESHOLD, predicted, scores, truth, oos)
    inside = truth != oos
    return {
        "best_mcc": round(mcc, 4),
        "threshold": float(threshold),
        "in_scope_accuracy": round(accuracy, 4),
        "oos_recall": None if recall is None else round(recall, 4),
        "own_threshold": {
            "threshold": round(THRESHOLD, 4),
            "mcc": round(own[0], 4),
            "in_scope_accuracy": round(own[1], 4),
            "oos_recall": None if own[2] is None else round(own[2], 4),
        },
        "accuracy_without_threshold": round(float((predicted == truth)[inside].mean()), 4),
        "macro_f1_without_threshold": round(
            float(f1_score(truth[inside], predicted[inside], average="macro", zero_division=0)), 4
        ),
        "train_seconds": round(train_seconds, 2),
        "ms_per_message": round(milliseconds, 2),
        "train_rows": len(examples),
        "test_rows": len(test),
    }


def _at(
    threshold: float, predicted: np.ndarray, scores: np.ndarray, truth: np.ndarray, oos: str | None
) -> tuple[float, float, float | None]:
    """Matthews correlation, in-scope accuracy and out-of-scope recall at a threshold."""
    declined = oos or OUT_OF_SCOPE
    given = np.where(scores >= threshold, predicted, declined)
    inside = truth != oos
    recall = float((given[~inside] == declined).mean()) if (~inside).any() else None
    return (
        float(matthews_corrcoef(truth.astype(str), given.astype(str))),
        float((given[inside] == truth[inside]).mean()),
        recall,
    )


def _plain(text: str) -> str:
    return normal(text).lower()


def hint3(folder: Path, encoder: SentenceEncoder) -> dict[str, Any]:
    """All three HINT3 sets; prints the table beside the published rows."""
    results = {}
    for name in HINT3_SETS:
        train = read_csv(folder / "train" / f"{name}_train.csv")
        test = read_csv(folder / "test" / f"{name}_test.csv")
        results[name] = measure(train, test, HINT3_LABEL, encoder)
    print(f"{'best MCC':<28}" + "".join(f"{name:>14}" for name in HINT3_SETS))
    for system, figures in HINT3_PUBLISHED.items():
        print(f"{system + ', published':<28}" + "".join(f"{value:>14.3f}" for value in figures))
    ours = [results[name]["best_mcc"] for name in HINT3_SETS]
    print(f"{'this project':<28}" + "".join(f"{value:>14.3f}" for value in ours))
    own = [results[name]["own_threshold"]["mcc"] for name in HINT3_SETS]
    print(f"{'  at its own threshold':<28}" + "".join(f"{value:>14.3f}" for value in own))
    return results


def find_hint3(given: str) -> Path:
    """The folder with the HINT3 files: as given, or beside the project."""
    if given:
        return Path(given)
    for parent in PROJECT.parents:
        for found in sorted(parent.glob("*/benchmarks/hint3_v1")):
            return found
    raise SystemExit("The HINT3 files were not found. Name their folder: --hint3 FOLDER.")


def find_files(folder: Path) -> None:
    """Exits with one line when a HINT3 file is missing."""
    for path in _hint3_files(folder):
        if not path.exists():
            raise SystemExit(f"{path} is missing. HINT3: github.com/hellohaptik/HINT3, version 1.")


def _hint3_files(folder: Path) -> Iterator[Path]:
    for name in HINT3_SETS:
        yield folder / "train" / f"{name}_train.csv"
        yield folder / "test" / f"{name}_test.csv"


def main() -> None:
    """Reads the options and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--train", type=Path)
    parser.add_argument("--test", type=Path)
    parser.add_argument("--oos-label", help="the label of rows that must be declined")
    parser.add_argument("--hint3", nargs="?", const="", metavar="FOLDER")
    parser.add_argument("--questions", action="store_true", help="the project's evaluation sets")
    parser.add_argument("--stock", action="store_true", help="compare with the stock pipeline")
    parser.add_argument("--every", type=int, default=8, help="--stock: each nth example")
    parser.add_argument("--epochs", type=int, default=40, help="--stock: of DIET and selector")
    parser.add_argument("--seed", type=int, default=1, help="of the stock pipeline and of shuffles")
    options = parser.parse_args()
    random.seed(options.seed)
    np.random.seed(options.seed)
    encoder = SentenceEncoder()
    if options.stock:
        from benchmarks.stock import compare

        result = compare(encoder, options.seed, options.every, options.epochs)
    elif options.questions:
        from benchmarks.questions import evaluate

        result = evaluate(encoder)
    elif options.hint3 is not None:
        folder = find_hint3(options.hint3)
        find_files(folder)
        result = hint3(folder, encoder)
    elif options.train and options.test:
        result = measure(
            read_csv(options.train), read_csv(options.test), options.oos_label, encoder
        )
    else:
        parser.error("Give --train and --test, or --hint3, or --questions, or --stock.")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
