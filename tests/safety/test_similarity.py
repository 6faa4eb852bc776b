"""The second detector: the tuned layers, the nearest messages, and what is kept of these."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.safety import LEVELS
from bot.safety.examples import CLASSES, DetectorExamples, read_examples
from bot.safety.model import Screening
from bot.safety.similarity import Heard, Similarity

NOTHING = Heard("", Screening())


@pytest.fixture(scope="module")
def few(project: Path) -> DetectorExamples:
    """Few messages, with the project's costs."""
    settings = read_examples(project / "data" / "triage").settings
    messages = (("my throat is closing", "emergency"), ("my eye hurts", "same_day"),
                ("i have a new rash", "routine"), ("thank you", "none"))  # fmt: skip
    return DetectorExamples(settings, messages, (), ())


class Encoder:
    """Unit vectors by the first letter, and how many texts it was asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, texts) -> np.ndarray:
        self.asked += len(texts)
        return np.eye(26, dtype=np.float32)[[ord(text[0]) - ord("a") for text in texts]]


def certain(level: str):
    return lambda *_: np.eye(len(CLASSES))[CLASSES.index(level)]


@pytest.mark.parametrize("level", LEVELS)
def test_the_tuned_layers_decide(few: DetectorExamples, level: str) -> None:
    detector = Similarity(few, Encoder(), certain(level))
    assert detector.judge("what they say counts", NOTHING).level == level


@pytest.mark.parametrize(
    ("chances", "kind"),
    [
        ((0.95, 0.0, 0.05), "crisis"),
        ((0.0, 0.6, 0.02), "taken"),
        ((0.02, 0.02, 0.9), "general"),
        ((0.3, 0.0, 0.6), "guessed"),  # nobody knows
        ((0.01, 0.4, 0.5), "taken"),  # not of the mind, at least
    ],
)
def test_what_an_emergency_is_about_is_said_where_it_is_clear(
    few: DetectorExamples, chances: tuple[float, ...], kind: str
) -> None:
    rest = 1 - sum(chances)
    detector = Similarity(few, Encoder(), lambda *_: np.array([*chances, rest, 0.0, 0.0]))
    judged = detector.judge("something about that", NOTHING)
    assert (judged.level, judged.kind) == ("emergency", kind)


def test_a_message_of_the_examples_has_its_level_whatever_else(few: DetectorExamples) -> None:
    detector = Similarity(few, Encoder(), certain("none"))
    assert detector.judge("My throat is closing!!", NOTHING).level == "emergency"
    assert detector.judge("thank you", NOTHING).level == "none"


def test_the_nearest_messages_tip_a_doubt(few: DetectorExamples) -> None:
    doubt = np.array([0.0, 0.0, 0.2, 0.0, 0.0, 0.8])

    def emergency(nearest: str) -> float:
        detector = Similarity(few, Encoder(), lambda *_: doubt)
        return detector.judge(nearest, NOTHING).emergency

    assert emergency("my tongue is big") > 0.2 > emergency("thanks a lot")


def test_signs_and_single_letters_read_like_nothing(few: DetectorExamples) -> None:
    assert (
        Similarity(few, Encoder(), certain("emergency")).judge("?! a 12", NOTHING).level == "none"
    )


def test_the_neighbours_are_kept_until_something_changes(
    few: DetectorExamples, tmp_path: Path
) -> None:
    encode, path = Encoder(), tmp_path / "folder" / "nearest.joblib"
    Similarity(few, encode, certain("none"), cache=(path, "eight bits"))
    assert encode.asked == 4
    Similarity(few, encode, certain("none"), cache=(path, "eight bits"))
    assert encode.asked == 4
    Similarity(few, encode, certain("none"), calm=["a calm one"], cache=(path, "eight bits"))
    assert encode.asked == 9
    Similarity(few, encode, certain("none"), calm=["a calm one"], cache=(path, "32 bits"))
    assert encode.asked == 14
    path.write_bytes(b"broken")
    Similarity(few, encode, certain("none"), cache=(path, "eight bits"))
    assert encode.asked == 18
