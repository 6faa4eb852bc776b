"""How far confidence can be trusted: the threshold's curve and a reliability plot.

    python -m benchmarks.reliability docs/decisions/reliability.png

Both come from training texts and whole intents that the scorer had not seen, so that no
evaluation question has a say in the threshold. The confidence of each half of them is
calibrated on the other half. The last line printed is JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.questions import PROJECT, calibration_error, training_examples
from bot.understanding import SentenceEncoder
from bot.understanding.classifier import OUT_OF_SCOPE, HeldOut, Scores, fit_and_hold_out
from bot.understanding.confidence import calibrate, message_weights, outcomes
from bot.understanding.understanding import COST_OF_WRONG, THRESHOLD, training_texts

BINS = 10


def held_out_texts(encoder: SentenceEncoder) -> HeldOut:
    """What models said of the project's training texts that they had not seen."""
    examples, questions = training_examples()
    _, texts = training_texts(examples, questions, encoder)
    given, intents = list(texts), list(texts.values())
    return fit_and_hold_out(given, intents, encoder.encode_for_training(given))[1]


def cross_calibrated(held_out: HeldOut) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Confidence of each text by a calibration without it, whether it was right, its label."""
    sure, right, labels = [], [], []
    for half in (0, 1):
        calibration = calibrate(_half(held_out, 1 - half))
        judged = _half(held_out, half)
        inputs, was_right = outcomes(judged)
        logit = inputs @ np.array(calibration.weights) + calibration.bias
        sure.append(1 / (1 + np.exp(-logit)))
        right.append(was_right)
        labels.append(judged.labels)
    return np.concatenate(sure), np.concatenate(right), np.concatenate(labels)


def _half(held_out: HeldOut, half: int) -> HeldOut:
    labels, scores, start = [], [], 0
    for fold in held_out.scores:
        rows = np.arange(len(fold.known)) % 2 == half
        labels.append(held_out.labels[start : start + len(rows)][rows])
        arrays = msgspec.structs.asdict(fold)
        scores.append(Scores(**{name: array[rows] for name, array in arrays.items()}))
        start += len(rows)
    return HeldOut(np.concatenate(labels), held_out.intents, tuple(scores))


def curve(sure: np.ndarray, right: np.ndarray, labels: np.ndarray) -> list[dict[str, float]]:
    """For thresholds from 0 to 0.95: what is answered right and wrong, and what is declined."""
    outside, unseen = labels == OUT_OF_SCOPE, labels == ""
    known = ~outside & ~unseen
    rows = []
    for threshold in sorted({*np.round(np.arange(0, 1, 0.05), 2), round(THRESHOLD, 3)}):
        given = sure >= threshold
        rows.append(
            {
                "threshold": float(threshold),
                "right": round(float((given & right)[known].mean()), 3),
                "wrong": round(float((given & ~right)[known].mean()), 3),
                "oos_recall": round(float((~given)[outside].mean()), 3),
                "unseen_recall": round(float((~given)[unseen].mean()), 3),
            }
        )
    return rows


def plot(sure: np.ndarray, right: np.ndarray, weights: np.ndarray, path: Path) -> None:
    """Draws confidence against the share of right answers, as a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    filled = [number for number in range(BINS) if (place == number).any()]
    means = [float(np.average(sure[place == n], weights=weights[place == n])) for n in filled]
    shares = [float(np.average(right[place == n], weights=weights[place == n])) for n in filled]
    figure, axes = pyplot.subplots(figsize=(5, 5), dpi=110)
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1, label="perfectly calibrated")
    axes.plot(means, shares, marker="o", color="#0b5c6b", label="held-out texts")
    axes.axvline(THRESHOLD, color="#b3541e", linestyle="--", label="threshold")
    axes.set(xlabel="confidence", ylabel="share right", xlim=(0, 1), ylim=(0, 1))
    axes.legend(loc="upper left", frameon=False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Software": None})


def main() -> None:
    """Prints the curve and the calibration error, and draws the plot where it is told to."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "docs/decisions/reliability.png"
    encoder = SentenceEncoder(cache_folder=PROJECT / ".cache" / "embeddings")
    sure, right, labels = cross_calibrated(held_out_texts(encoder))
    rows = curve(sure, right, labels)
    print("threshold  right  wrong  out of scope declined  unseen topics declined")
    for row in rows:
        print(
            f"{row['threshold']:9.3f}{row['right']:7.3f}{row['wrong']:7.3f}"
            f"{row['oos_recall']:23.3f}{row['unseen_recall']:24.3f}"
        )
    plot(sure, right, message_weights(labels), path)
    result: dict[str, Any] = {
        "cost_of_wrong": COST_OF_WRONG,
        "texts": len(labels),
        "expected_calibration_error": calibration_error(
            sure.tolist(), right.tolist(), message_weights(labels).tolist()
        ),
        "curve": rows,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
