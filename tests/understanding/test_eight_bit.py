"""The encoder computes in eight bits, and what it says stays what it was in 32."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from onnx import TensorProto, helper

from bot.understanding import encoder as encoder_module
from bot.understanding.eight_bit import in_eight_bits
from bot.understanding.encoder import SentenceEncoder

TEXTS = [
    "hi",
    "can i drink alcohol on dupixent",
    "my throat is closing and i cannot breathe",
    "She's had red, weepy patches behind both knees since Tuesday and nothing seems to help her. "
    "Is it all right to give her the next shot, or should we wait until we have seen somebody?",
]


def in_32_bits(monkeypatch: pytest.MonkeyPatch) -> SentenceEncoder:
    """An encoder on a processor whose eight-bit products are wrong."""
    monkeypatch.setattr(encoder_module, "_PROBE_NUMBERS", (1.0, -1.0, 1.0))
    return SentenceEncoder()


def test_vectors_are_nearly_those_of_32_bits(
    encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = in_32_bits(monkeypatch).encode(TEXTS)
    cosines = (encoder.encode(TEXTS) * exact).sum(axis=1)
    assert cosines.min() > 0.995
    assert cosines.max() < 0.9999999, "both were computed in 32 bits"


def test_a_processor_that_computes_wrongly_gets_32_bits(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        in_32_bits(monkeypatch)
    assert "cannot compute in eight bits" in caplog.text


def test_a_vector_does_not_depend_on_the_texts_beside_it() -> None:
    together = SentenceEncoder().encode(TEXTS)
    alone = np.vstack([SentenceEncoder().encode([text]) for text in TEXTS])
    assert (together * alone).sum(axis=1).min() > 0.9999


def test_a_model_without_eight_bit_weights_is_refused() -> None:
    numbers = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Abs", ["x"], ["y"])], "g", [numbers], [result])
    with pytest.raises(ValueError, match="no weights in eight bits"):
        in_eight_bits(helper.make_model(graph))
