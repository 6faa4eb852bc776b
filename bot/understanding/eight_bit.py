"""The encoder's model, changed so that it computes with its eight-bit weights as they are.

The file keeps its weights in eight bits and turns them into 32-bit numbers before it uses
them, which costs the memory and the time of 32 bits. ONNX Runtime's `MatMulNBits` multiplies
the eight-bit weights themselves with the numbers of each token, brought to eight bits for
each token by itself, in runs of 128: the weights stay what they are, and a text's vector
does not depend on the texts beside it. What it costs and gains: docs/decisions/serving.md.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

import msgspec
import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from bot.onnx_parts import OPERATORS, eight_bit_product

_RUN = 128  # numbers that share a scale; more are not computed rightly
_ZERO = 128  # a weight of 0, as an unsigned number


class _Weights(msgspec.Struct, frozen=True):
    """Whole numbers (inputs, outputs) and the scale of each output, and what made them ready."""

    whole: np.ndarray
    scales: np.ndarray
    made_by: tuple[str, str]


def giving_also(model: ModelProto, name: str) -> ModelProto:
    """The model, with what it calls `name`, 32-bit numbers, as one more output."""
    model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    return model


def in_eight_bits(model: ModelProto) -> bytes:
    """The model as ONNX Runtime can load it, multiplying in eight bits.

    Raises:
        ValueError: it has no eight-bit weights to multiply with.
    """
    model = copy.deepcopy(model)
    graph = model.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    made_by = {name: node for node in graph.node for name in node.output}
    nodes: list[NodeProto] = []
    no_more: set[str] = set()
    for node in graph.node:
        weights = _weights(node, stored, made_by)
        if weights is None:
            nodes.append(node)
        else:
            no_more.update(weights.made_by)
            nodes.append(_product(node, weights, graph.initializer))
    if not no_more:
        raise ValueError("The model has no weights in eight bits.")
    del graph.node[:]
    graph.node.extend(node for node in nodes if no_more.isdisjoint(node.output))
    used = {name for node in graph.node for name in node.input}
    left = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend(left)
    model.opset_import.append(helper.make_opsetid(OPERATORS, 1))
    return bytes(model.SerializeToString())


def _weights(
    node: NodeProto, stored: Mapping[str, TensorProto], made_by: Mapping[str, NodeProto]
) -> _Weights | None:
    """The weights of a product "numbers times (whole numbers as 32-bit ones times scales)"."""
    if node.op_type != "MatMul":
        return None
    scaled = made_by.get(node.input[1])
    if scaled is None or scaled.op_type != "Mul" or scaled.input[1] not in stored:
        return None
    cast = made_by.get(scaled.input[0])
    if cast is None or cast.op_type != "Cast" or cast.input[0] not in stored:
        return None
    whole = numpy_helper.to_array(stored[cast.input[0]])
    if whole.dtype != np.int8 or len(whole) % _RUN:
        return None
    scales = numpy_helper.to_array(stored[scaled.input[1]]).reshape(-1)
    return _Weights(whole, scales.astype(np.float32), (cast.output[0], scaled.output[0]))


def _product(node: NodeProto, weights: _Weights, initializers: list[TensorProto]) -> NodeProto:
    """The same product in eight bits; its weights go to the initializers."""
    inputs, outputs = weights.whole.shape
    runs = inputs // _RUN
    unsigned = (weights.whole.T.astype(np.int16) + _ZERO).astype(np.uint8)
    names = [f"{node.output[0]}_weights", f"{node.output[0]}_scales"]
    arrays = [unsigned.reshape(outputs, runs, _RUN), np.repeat(weights.scales[:, None], runs, 1)]
    for name, array in zip(names, arrays, strict=True):
        initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
    return eight_bit_product([node.input[0], *names], node.output, inputs, outputs, _RUN)
