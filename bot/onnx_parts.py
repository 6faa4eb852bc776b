"""What the ONNX models of this project are made of, and how they are run."""

from __future__ import annotations

from collections.abc import Sequence

import onnxruntime
from onnx import NodeProto, helper

OPERATORS = "com.microsoft"  # where ONNX Runtime keeps what the ONNX standard does not have
_IN_EIGHT_BITS = 4  # the operator's accuracy level


def session(model: bytes, threads: int = 1) -> onnxruntime.InferenceSession:
    """A model ready to run, each call on so many threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def eight_bit_product(
    inputs: Sequence[str], outputs: Sequence[str], wide: int, many: int, run: int
) -> NodeProto:
    """A product of numbers (…, wide) with whole numbers in eight bits (many, wide / run, run).

    Args:
        inputs: what the numbers, the whole numbers and the scales of their runs are called.
        outputs: what the product, of shape (…, many), is called.
        wide: how many numbers a row has.
        many: how many rows there are.
        run: how many numbers share a scale.
    """
    return helper.make_node(
        "MatMulNBits",
        list(inputs),
        list(outputs),
        domain=OPERATORS,
        K=wide,
        N=many,
        bits=8,
        block_size=run,
        accuracy_level=_IN_EIGHT_BITS,
    )
