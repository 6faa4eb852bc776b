"""The encoder's work halfway, and the layers that go on from there in another way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.problems import DataError
from bot.safety.examples import CLASSES
from bot.safety.model import Screening
from bot.safety.similarity import TUNED_LAYERS, evidence
from bot.understanding import SentenceEncoder, UpperLayers
from bot.understanding import encoder as encoder_module

NOTHING_FOUND = evidence(Screening())


@pytest.fixture(scope="module")
def layers(encoder: SentenceEncoder) -> UpperLayers:
    return UpperLayers(TUNED_LAYERS, encoder)


def test_halfway_a_text_is_its_tokens(encoder: SentenceEncoder) -> None:
    assert encoder.halfway("is it safe").shape == (5, 384)  # with a mark at each end


def test_halfway_does_not_depend_on_whether_the_text_was_just_read() -> None:
    fresh = SentenceEncoder()
    before = fresh.halfway("Is it  safe")
    fresh.encode(["is it safe", "a longer text, with which it was padded in one batch"])
    assert np.allclose(fresh.halfway("is it safe"), before, atol=1e-4)


def test_what_encode_has_just_read_is_not_computed_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fresh = SentenceEncoder()
    fresh.encode(["is it safe"])
    monkeypatch.setattr(fresh, "_run", None)
    assert fresh.halfway("IS IT SAFE").any()


def test_few_halves_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = SentenceEncoder()
    monkeypatch.setattr(encoder_module, "_CACHED_HALVES", 2)
    fresh.encode(["one", "two", "three", "four"])
    assert len(fresh._halves) == 2


def test_many_at_once_are_as_each_by_itself(encoder: SentenceEncoder) -> None:
    texts = ["is it safe", "my throat is closing and nothing helps", "is it safe"]
    for text, half in zip(texts, encoder.halfway_for_training(texts), strict=True):
        assert np.allclose(half, encoder.halfway(text), atol=0.02)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("my lips have doubled in size and my voice is going", "emergency"),
        ("i do not want to be alive any more", "crisis"),
        ("my toddler drank the whole bottle of cough syrup", "poisoning"),
        ("since this morning my left eye hurts and light is unbearable", "same_day"),
        ("what time do you open on saturday", "none"),
    ],
)
def test_the_tuned_layers_tell_levels(layers: UpperLayers, text: str, level: str) -> None:
    chances = layers.chances(text, NOTHING_FOUND)
    assert chances.shape == (len(CLASSES),)
    assert chances.sum() == pytest.approx(1, abs=1e-4)
    assert CLASSES[int(chances.argmax())] == level


def test_what_the_rules_found_counts(layers: UpperLayers) -> None:
    found = NOTHING_FOUND.copy()
    found[0] = 1  # an asserted emergency
    text = "it started again this morning"
    emergency = CLASSES.index("emergency")
    told, silent = (layers.chances(text, each)[emergency] for each in (found, NOTHING_FOUND))
    assert told > silent


def test_32_bits_say_nearly_the_same(layers: UpperLayers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_module, "_PROBE_NUMBERS", (1.0, -1.0, 1.0))  # the probe fails
    exact = UpperLayers(TUNED_LAYERS, SentenceEncoder())
    for text in ("my throat is closing", "can i drink wine", "new rash on my arm today"):
        near = layers.chances(text, NOTHING_FOUND)
        assert np.abs(exact.chances(text, NOTHING_FOUND) - near).max() < 0.1


def test_a_file_that_is_no_model_is_explained(encoder: SentenceEncoder, tmp_path: Path) -> None:
    (tmp_path / "tuned.onnx").write_bytes(b"no model")
    for name in ("tuned.onnx", "missing.onnx"):
        with pytest.raises(DataError, match=r"tools\.tuning"):
            UpperLayers(tmp_path / name, encoder)
