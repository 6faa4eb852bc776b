"""Other upper layers for the encoder: tuned to tell classes, where its own tell likeness.

The lower layers' work is shared: what a message costs twice is half of the encoder.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx

from bot.onnx_parts import session
from bot.problems import DataError, Problem, relative
from bot.understanding.eight_bit import in_eight_bits
from bot.understanding.encoder import HALFWAY, SentenceEncoder


class UpperLayers:
    """Layers from a file that `tools.tuning` wrote. Thread-safe.

    Args:
        path: the file.
        encoder: whose lower layers they were tuned on.

    Raises:
        DataError: the file is missing or no such model.
    """

    def __init__(self, path: Path, encoder: SentenceEncoder) -> None:
        self._encoder = encoder
        try:
            model = onnx.load(path)
            eight = encoder.in_eight_bits
            ready = in_eight_bits(model) if eight else model.SerializeToString()
            self._session = session(ready)
        except Exception as error:  # ONNX and ONNX Runtime each have their own, without a base.
            message = f"These layers cannot be read ({type(error).__name__})."
            fix = "Get the file again, or write it anew: `python -m tools.tuning`."
            raise DataError([Problem(relative(path), 0, message, fix)]) from None

    def chances(self, text: str, others: np.ndarray) -> np.ndarray:
        """The chance of each class for a text and the other numbers that go with it."""
        half = self._encoder.halfway(text)[None]
        inputs = {
            HALFWAY: half,
            "attention_mask": np.ones(half.shape[:2], np.int64),
            "others": others[None].astype(np.float32),
        }
        return np.asarray(self._session.run(["chances"], inputs)[0][0])
