"""From OpenCV Zoo's YuNet file to the one that ships: pictures of any size, as they lie in memory, several at once."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_INPUT = "input"
_ANCHOR = 1
"""The axis of the outputs that grows with the picture."""


def convert(data: bytes) -> bytes:
    """Return the ONNX file with input `pixels` (n, height, width, 3) uint8 RGB, sides in multiples of 32.

    The original takes one picture of (1, 3, 640, 640) float32 BGR. The weights stay as they are; those of the first
    layer are put in the order of RGB. The outputs keep their names: `cls_8`, `obj_8`, `bbox_8`, `kps_8`, and so for 16
    and 32, each (n, cells, values). The same bytes in give the same bytes out.
    """
    model = onnx.load_from_string(data)
    graph = model.graph
    first = next(node for node in graph.node if _INPUT in node.input)
    for initializer in graph.initializer:
        if initializer.name == first.input[1]:
            weights = np.ascontiguousarray(numpy_helper.to_array(initializer)[:, ::-1])
            initializer.CopyFrom(numpy_helper.from_array(weights, initializer.name))
        elif initializer.data_type == TensorProto.INT64:
            # The shape of an output, written for one picture.
            shape = numpy_helper.to_array(initializer).copy()
            shape[0], shape[_ANCHOR] = 0, -1
            initializer.CopyFrom(numpy_helper.from_array(shape, initializer.name))
    ahead = [
        helper.make_node("Transpose", ["pixels"], ["planes"], perm=(0, 3, 1, 2)),
        helper.make_node("Cast", ["planes"], [_INPUT], to=TensorProto.FLOAT),
    ]
    nodes = [*ahead, *graph.node]
    del graph.node[:], graph.input[:], graph.value_info[:]
    graph.node.extend(nodes)
    graph.input.append(helper.make_tensor_value_info("pixels", TensorProto.UINT8, ["n", "height", "width", 3]))
    for output in graph.output:
        sizes = output.type.tensor_type.shape.dim
        sizes[0].dim_param, sizes[_ANCHOR].dim_param = "n", f"cells_{output.name.rpartition('_')[2]}"
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))
