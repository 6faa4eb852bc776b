"""How alike a few vectors are to many, in eight bits: a fifth of the time of 32.

The many are read from memory at each comparison, which is what takes the time; as whole
numbers with a scale for every run of a row they are a quarter as much. ONNX Runtime's
`MatMulNBits` multiplies them (see bot/understanding/eight_bit.py and
docs/decisions/serving.md). A cosine comes out within some 0.005 of what it is.
"""

from __future__ import annotations

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from bot.onnx_parts import OPERATORS, eight_bit_product, session

_RUNS = (128, 64, 32, 16)  # numbers that share a scale; the operator takes no others
_ZERO = 128  # a number of 0, as an unsigned one
_LARGEST = 127
_CLOSE_ENOUGH = 0.02


class Likeness:
    """Compares vectors with the same many rows, again and again. Thread-safe.

    Where this processor does not compute rightly in eight bits (looked at once, on the rows
    themselves), and for rows that cannot be divided into runs, it computes in 32.

    Args:
        rows: float numbers of shape (n, d), of about unit length.
    """

    def __init__(self, rows: np.ndarray) -> None:
        rows = np.asarray(rows, np.float32)
        run = next((run for run in _RUNS if rows.shape[1] % run == 0), None)
        found = _product_of(rows, run) if run and len(rows) else None
        right = found is not None and _computes_rightly(found, rows)
        self._session = found if right else None
        # Of no use beside the others.
        self._columns = None if right else np.ascontiguousarray(rows.T)

    @property
    def in_eight_bits(self) -> bool:
        """Whether it compares in eight bits."""
        return self._session is not None

    def of(self, vectors: np.ndarray) -> np.ndarray:
        """The products of m vectors (m, d) with all rows, as float32 of shape (m, n)."""
        vectors = np.asarray(vectors, np.float32)
        if self._session is None:
            return np.asarray(vectors @ self._columns)
        return _products(self._session, vectors)


def _products(product: onnxruntime.InferenceSession, vectors: np.ndarray) -> np.ndarray:
    return np.asarray(product.run(["products"], {"vectors": vectors})[0])


def _computes_rightly(product: onnxruntime.InferenceSession, rows: np.ndarray) -> bool:
    apart = np.abs(_products(product, rows[:1]) - rows[:1] @ rows.T)
    return bool((apart <= _CLOSE_ENOUGH).all())  # never true of NaN


def _product_of(rows: np.ndarray, run: int) -> onnxruntime.InferenceSession:
    """A model of one product, with the rows in eight bits."""
    many, wide = rows.shape
    runs = rows.reshape(many, wide // run, run)
    scales = np.maximum(np.abs(runs).max(axis=2), 1e-9) / _LARGEST
    whole = (np.rint(runs / scales[:, :, None]) + _ZERO).astype(np.uint8)
    stored = [numpy_helper.from_array(whole, "rows"), numpy_helper.from_array(scales, "scales")]
    product = eight_bit_product(["vectors", "rows", "scales"], ["products"], wide, many, run)
    given = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, [None, wide])
    found = helper.make_tensor_value_info("products", TensorProto.FLOAT, [None, many])
    graph = helper.make_graph([product], "likeness", [given], [found], stored)
    sets = [helper.make_opsetid("", 17), helper.make_opsetid(OPERATORS, 1)]
    model = helper.make_model(graph, opset_imports=sets, ir_version=8)
    return session(model.SerializeToString())
