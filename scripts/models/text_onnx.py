"""PP-OCRv6 small as it ships: weights kept as float16, and a reader that knows Latin letters alone.

The published reader tells 18,708 characters apart, nearly all of them Chinese: two fifths of the file are for them.
Here the rows of the others are left out, so the softmax is over what is left.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ALPHABET_KEY = "alphabet"
"""The key of the reader's metadata under which its characters stand, in the order of its outputs after the blank."""

_KEPT = frozenset(map(chr, (0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022)))  # dashes, quotes, a bullet
_LAST_LATIN = 0xFF
_LEAST_SIZE = 16
"""Arrays of fewer numbers stay float32: nothing is saved by them, and some are sums that half precision would bend."""


class TextModelError(ValueError):
    """The file is not the network that is expected."""


def convert_detector(data: bytes) -> bytes:
    """Return the network from `pixels` (n, height, width, 3) uint8 RGB, sides in multiples of 32, to `text`.

    `text` is (n, height, width) float32: how sure each pixel lies in the core of a line. The original takes BGR planes
    of -1..1. The same bytes in give the same bytes out.
    """
    model = onnx.load_model_from_string(data)
    graph = model.graph
    source, target = graph.input[0].name, graph.output[0].name
    _read_rgb(graph, source)
    constants = [numpy_helper.from_array(np.array(value, np.float32), name) for name, value in _RANGE.items()]
    ahead = [
        helper.make_node("Transpose", ["pixels"], ["planes"], perm=(0, 3, 1, 2)),
        helper.make_node("Cast", ["planes"], ["levels"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["levels", "half_range"], ["doubled"]),
        helper.make_node("Sub", ["doubled", "one"], [source]),
    ]
    behind = [helper.make_node("Squeeze", [target], ["text"], axes=[1])]
    graph.initializer.extend(constants)
    return _finished(
        model,
        [*ahead, *graph.node, *behind],
        helper.make_tensor_value_info("pixels", TensorProto.UINT8, ["n", "height", "width", 3]),
        helper.make_tensor_value_info("text", TensorProto.FLOAT, ["n", "height", "width"]),
    )


def convert_reader(data: bytes) -> bytes:
    """Return the network from `lines` (n, 3, 48, width) float32 RGB of -1..1 to `characters` (n, steps, k) float32.

    Class 0 is the blank, the others are the characters under `ALPHABET_KEY`, the last of them a space.
    """
    model = onnx.load_model_from_string(data)
    graph = model.graph
    source, target = graph.input[0].name, graph.output[0].name
    _read_rgb(graph, source)
    known = next(prop.value for prop in model.metadata_props if prop.key == "character").split("\n")
    kept = [at for at, char in enumerate(known) if len(char) == 1 and (ord(char) <= _LAST_LATIN or char in _KEPT)]
    # Class 0 is the blank; the one after the last character is a space.
    classes = [0, *(at + 1 for at in kept), len(known) + 1]
    trimmed = 0
    for initializer in graph.initializer:
        if initializer.dims and initializer.dims[-1] == len(known) + 2:
            array = np.ascontiguousarray(numpy_helper.to_array(initializer)[..., classes])
            initializer.CopyFrom(numpy_helper.from_array(array, initializer.name))
            trimmed += 1
    if trimmed != 2:
        raise TextModelError(f"expected weights and bias of {len(known) + 2} classes, found {trimmed} such arrays")
    del model.metadata_props[:]
    model.metadata_props.add(key=ALPHABET_KEY, value="".join(known[at] for at in kept) + " ")
    nodes = [*graph.node, helper.make_node("Identity", [target], ["characters"])]
    for node in nodes:
        node.input[:] = ["lines" if name == source else name for name in node.input]
    return _finished(
        model,
        nodes,
        helper.make_tensor_value_info("lines", TensorProto.FLOAT, ["n", 3, 48, "width"]),
        helper.make_tensor_value_info("characters", TensorProto.FLOAT, ["n", "steps", len(classes)]),
    )


_RANGE = {"half_range": 127.5, "one": 1.0}


def _read_rgb(graph: onnx.GraphProto, source: str) -> None:
    """Turn the order of the first layer's channels around."""
    (first,) = [node for node in graph.node if source in node.input]
    if first.op_type != "Conv":
        raise TextModelError(f"expected a convolution first, found {first.op_type}")
    for initializer in graph.initializer:
        if initializer.name == first.input[1]:
            weights = np.ascontiguousarray(numpy_helper.to_array(initializer)[:, ::-1])
            initializer.CopyFrom(numpy_helper.from_array(weights, initializer.name))


def _finished(
    model: onnx.ModelProto, nodes: list[onnx.NodeProto], source: onnx.ValueInfoProto, target: onnx.ValueInfoProto
) -> bytes:
    """Put the nodes and the ends in place, keep large weights as float16, and serialise."""
    graph = model.graph
    widened = []
    for initializer in graph.initializer:
        array = numpy_helper.to_array(initializer)
        if array.dtype == np.float32 and array.size >= _LEAST_SIZE:
            name = initializer.name
            initializer.CopyFrom(numpy_helper.from_array(array.astype(np.float16), f"{name}.half"))
            widened.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    del graph.node[:], graph.input[:], graph.output[:], graph.value_info[:]
    graph.node.extend([*widened, *nodes])
    graph.input.append(source)
    graph.output.append(target)
    onnx.checker.check_model(model)
    serialised: bytes = model.SerializeToString(deterministic=True)
    return serialised
