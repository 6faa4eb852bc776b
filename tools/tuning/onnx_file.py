"""The encoder's model as weights to begin with, and what was learnt as a model of its own."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from onnx.utils import Extractor

from bot.understanding.encoder import HALFWAY

_LAST = "last_hidden_state"
_LAYER = re.compile(r"encoder\.layer\.(\d+)\.(.+)\.(weight|bias)$")
_MOST = 127

Weights = dict[str, np.ndarray]


def upper_half(model: ModelProto) -> ModelProto:
    """The part of the encoder after `HALFWAY`: its inputs are that and the attention mask."""
    extractor = Extractor(copy.deepcopy(model))
    # The token types are only asked for their shape, which is that of the mask.
    part = extractor.extract_model([HALFWAY, "attention_mask", "token_type_ids"], [_LAST])
    for node in part.graph.node:
        for place, name in enumerate(node.input):
            if name == "token_type_ids":
                node.input[place] = "attention_mask"
    kept = [one for one in part.graph.input if one.name != "token_type_ids"]
    del part.graph.input[:]
    part.graph.input.extend(kept)
    return part


def layers_of(half: ModelProto) -> list[Weights]:
    """The parameters of each layer by their names, linear ones as (outputs, inputs)."""
    stored = _stored(half)
    layers: dict[int, Weights] = {}
    for name, tensor in stored.items():
        found = _LAYER.search(name)
        if found:
            layer = layers.setdefault(int(found[1]), {})
            layer[f"{found[2]}.{found[3]}"] = numpy_helper.to_array(tensor)
    for number, name, whole, scale in _products(half):
        numbers = numpy_helper.to_array(stored[whole]).astype(np.float32)
        layers[number][f"{name}.weight"] = (numbers * numpy_helper.to_array(stored[scale])).T
    return [layers[number] for number in sorted(layers)]


def with_layers(half: ModelProto, layers: list[Weights]) -> ModelProto:
    """The upper half with other parameters, linear ones rounded to eight bits an output."""
    changed = copy.deepcopy(half)
    stored = _stored(changed)
    first = min(number for number, *_ in _products(changed))
    for name, tensor in stored.items():
        found = _LAYER.search(name)
        if found:
            value = layers[int(found[1]) - first][f"{found[2]}.{found[3]}"]
            _replace(tensor, value.astype(np.float32))
    for number, name, whole, scale in _products(changed):
        weights = layers[number - first][f"{name}.weight"].T
        scales = np.maximum(np.abs(weights).max(axis=0, keepdims=True) / _MOST, 1e-12)
        _replace(stored[whole], np.round(weights / scales).astype(np.int8))
        _replace(stored[scale], scales.astype(np.float32))
    return changed


def with_head(half: ModelProto, head: Mapping[str, np.ndarray], others: int) -> ModelProto:
    """The upper half, followed by what gives the chance of each class.

    Args:
        half: see `with_layers`.
        head: `hidden.weight`, `hidden.bias`, `out.weight` and `out.bias`.
        others: how many other numbers the head sees.
    """
    model = copy.deepcopy(half)
    graph = model.graph
    width = head["hidden.weight"].shape[1] - others
    constants = {
        "after_tokens": np.array([2]), "over_tokens": np.array([1]),
        "length": np.array(width**0.5, np.float32),
        **{name: value.astype(np.float32) for name, value in head.items()},
    }  # fmt: skip
    graph.initializer.extend(numpy_helper.from_array(v, name) for name, v in constants.items())
    graph.node.extend(
        [
            helper.make_node("Cast", ["attention_mask"], ["mask_numbers"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["mask_numbers", "after_tokens"], ["mask_weights"]),
            helper.make_node("Mul", [_LAST, "mask_weights"], ["weighted"]),
            helper.make_node("ReduceSum", ["weighted", "over_tokens"], ["summed"], keepdims=0),
            # Of a mean only the direction counts.
            helper.make_node("ReduceL2", ["summed"], ["norm"], axes=[1]),
            helper.make_node("Div", ["summed", "norm"], ["direction"]),
            helper.make_node("Mul", ["direction", "length"], ["vector"]),
            helper.make_node("Concat", ["vector", "others"], ["seen"], axis=1),
            helper.make_node("Gemm", ["seen", "hidden.weight", "hidden.bias"], ["inner"], transB=1),
            helper.make_node("Relu", ["inner"], ["active"]),
            helper.make_node("Gemm", ["active", "out.weight", "out.bias"], ["scores"], transB=1),
            helper.make_node("Softmax", ["scores"], ["chances"], axis=1),
        ]
    )
    classes = len(head["out.bias"])
    graph.input.append(helper.make_tensor_value_info("others", TensorProto.FLOAT, [1, others]))
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("chances", TensorProto.FLOAT, [1, classes]))
    return model


def write(model: ModelProto, path: Path, facts: Mapping[str, object]) -> None:
    """Writes the model with some facts as JSON, such as what it was tuned on."""
    del model.graph.value_info[:]
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    helper.set_model_props(model, {name: json.dumps(value) for name, value in facts.items()})
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _stored(model: ModelProto) -> dict[str, TensorProto]:
    return {tensor.name: tensor for tensor in model.graph.initializer}


def _replace(tensor: TensorProto, value: np.ndarray) -> None:
    tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(value), tensor.name))


def _products(model: ModelProto) -> Iterator[tuple[int, str, str, str]]:
    """Of each linear step: its layer, its name, and what its weights and their scales are called.

    The weights have no names of their own; the bias that is added to the product has.
    """
    makes = {name: node for node in model.graph.node for name in node.output}
    for node in model.graph.node:
        if node.op_type != "Add":
            continue
        bias = next((found for name in node.input if (found := _LAYER.search(name))), None)
        product = next((makes[i] for i in node.input if i in makes), None)
        if bias is None or product is None or product.op_type != "MatMul":
            continue
        scaled: NodeProto = makes[product.input[1]]
        yield int(bias[1]), bias[2], makes[scaled.input[0]].input[0], scaled.input[1]
