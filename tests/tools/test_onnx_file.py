"""The encoder's upper half as a model of its own: what goes in and comes out stays right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import ModelProto

from bot.understanding import SentenceEncoder, UpperLayers
from bot.understanding.encoder import model_file
from tools.tuning.onnx_file import layers_of, upper_half, with_head, with_layers, write


@pytest.fixture(scope="module")
def half() -> ModelProto:
    return upper_half(onnx.load(model_file()))


def a_head(vector: np.ndarray) -> dict[str, np.ndarray]:
    """Weights of a head whose first class is the likelier, the more a text is like a vector."""
    return {
        "hidden.weight": np.hstack([vector, [1.0]])[None],
        "hidden.bias": np.zeros(1),
        "out.weight": np.array([[1.0], [0.0]]),
        "out.bias": np.zeros(2),
    }


def test_the_parameters_are_those_of_three_layers(half: ModelProto) -> None:
    layers = layers_of(half)
    assert len(layers) == 3
    for layer in layers:
        assert len(layer) == 16
        assert layer["intermediate.dense.weight"].shape == (1536, 384)
        assert layer["attention.output.LayerNorm.bias"].shape == (384,)


def test_parameters_that_were_not_changed_come_back(half: ModelProto) -> None:
    before = layers_of(half)
    for old, new in zip(before, layers_of(with_layers(half, before)), strict=True):
        for name, value in old.items():
            assert np.allclose(value, new[name], atol=np.abs(value).max() / 100), name


def test_changed_parameters_are_kept_layer_by_layer(half: ModelProto) -> None:
    layers = layers_of(half)
    layers[1]["output.dense.bias"] = np.full(384, 7.0)
    layers[2]["attention.self.key.weight"] = -layers[2]["attention.self.key.weight"]
    kept = layers_of(with_layers(half, layers))
    assert np.all(kept[1]["output.dense.bias"] == 7)
    assert not np.any(kept[0]["output.dense.bias"] == 7)
    changed = layers[2]["attention.self.key.weight"]
    assert np.allclose(
        kept[2]["attention.self.key.weight"], changed, atol=np.abs(changed).max() / 100
    )


def test_with_the_encoders_own_layers_the_head_sees_the_encoders_vector(
    half: ModelProto, encoder: SentenceEncoder, tmp_path: Path
) -> None:
    [vector] = encoder.encode(["is it safe"])
    path = tmp_path / "tuned.onnx"
    write(with_head(half, a_head(vector), 1), path, {"texts": 3})
    layers = UpperLayers(path, encoder)
    for text in ("is it safe", "will it rain"):
        score = encoder.encode([text])[0] @ vector * 384**0.5 + 0.5
        expected = np.exp(score) / (np.exp(score) + 1)
        assert layers.chances(text, np.array([0.5]))[0] == pytest.approx(expected, abs=0.01)
    assert onnx.load(path).metadata_props[0].value == "3"
