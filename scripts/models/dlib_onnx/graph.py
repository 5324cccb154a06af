"""dlib's face network as an ONNX graph, with batch normalisation folded into the convolutions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from scripts.models.dlib_onnx.reader import (
    AddPrevious,
    Affine,
    Convolution,
    FullyConnected,
    Input,
    Marker,
    Pooling,
    Record,
    Relu,
)

FACE_CHIP_SIDE = 150
"""Side in pixels of the picture that the face network reads."""

_OPSET = 17
_IR_VERSION = 8
_RecordT = TypeVar("_RecordT", bound=Record)


class GraphError(ValueError):
    """The records are not those of the network that is being built."""


def face_network(records: Sequence[Record]) -> bytes:
    """Build the face network: `chips` (n, 150, 150, 3) uint8 RGB to `desc` (n, 128) float32.

    Returns the serialised model, the same bytes for the same records. Raises GraphError.
    """
    layers, graph = _Layers(records), _Graph()
    x = _Value(graph.normalised_pixels(layers.take(Input)), channels=3, side=FACE_CHIP_SIDE)
    x = graph.relu(layers, graph.convolved(layers, x))
    x = graph.max_pooled(layers, x)
    while layers.next_is(Marker):
        x = _residual_block(graph, layers, x)
    pooling = layers.take(Pooling)
    if pooling.kind != "avg" or pooling.window_yx != (0, 0):
        raise GraphError(f"expected an average over the whole picture, got {pooling}")
    pooled = graph.node("Flatten", [graph.node("GlobalAveragePool", [x.name])], axis=1)
    graph.node("MatMul", [pooled, graph.constant(layers.take(FullyConnected).weights)], output="desc")
    layers.expect_end()
    chips = helper.make_tensor_value_info("chips", TensorProto.UINT8, ["n", FACE_CHIP_SIDE, FACE_CHIP_SIDE, 3])
    desc = helper.make_tensor_value_info("desc", TensorProto.FLOAT, ["n", 128])
    return graph.serialised("dlib_face_resnet_v1", chips, desc)


class _Value:
    """A tensor in the graph: its name, its channels, and the side of its square pictures."""

    def __init__(self, name: str, *, channels: int, side: int) -> None:
        self.name = name
        self.channels = channels
        self.side = side


class _Layers:
    """The records from the input on, each of which must be of the kind that the network has there."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records
        self._at = 0

    def remaining(self) -> int:
        return len(self._records) - self._at

    def at_end(self) -> bool:
        return self.remaining() == 0

    def next_is(self, kind: type[Record]) -> bool:
        return not self.at_end() and isinstance(self._records[self._at], kind)

    def take(self, kind: type[_RecordT]) -> _RecordT:
        if self.at_end():
            raise GraphError(f"expected {kind.__name__}, got the end of the network")
        record = self._records[self._at]
        if not isinstance(record, kind):
            raise GraphError(f"layer {self._at}: expected {kind.__name__}, got {type(record).__name__}")
        self._at += 1
        return record

    def expect_end(self) -> None:
        if not self.at_end():
            raise GraphError(f"{self.remaining()} layers more than the network has")


class _Graph:
    """Nodes and weights, named by counting, so that the same network gives the same bytes."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def node(self, kind: str, inputs: Sequence[str], *, output: str | None = None, **attributes: Any) -> str:
        name = output or f"t{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], name=f"{kind}_{name}", **attributes))
        return name

    def constant(self, values: NDArray[Any]) -> str:
        name = f"w{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def normalised_pixels(self, layer: Input) -> str:
        """Bring `chips`, (n, h, w, 3) uint8, to what the network was trained on: (x - mean) / 256, channels first."""
        x = self.node("Transpose", [self.node("Cast", ["chips"], to=TensorProto.FLOAT)], perm=[0, 3, 1, 2])
        mean = np.asarray(layer.mean_rgb, np.float32).reshape(1, 3, 1, 1)
        centred = self.node("Sub", [x, self.constant(mean)])
        return self.node("Mul", [centred, self.constant(np.full((1, 1, 1, 1), 1 / 256, np.float32))])

    def convolved(self, layers: _Layers, x: _Value) -> _Value:
        """Apply the next convolution and, where one follows, the normalisation folded into it."""
        layer = layers.take(Convolution)
        weights, bias = layer.weights.astype(np.float64), layer.bias.astype(np.float64)
        if layers.next_is(Affine):
            affine = layers.take(Affine)
            gain = affine.gain.astype(np.float64)
            weights, bias = weights * gain[:, None, None, None], bias * gain + affine.offset
        filters, channels, rows, columns = weights.shape
        if channels != x.channels:
            raise GraphError(f"a convolution over {channels} channels follows {x.channels} channels")
        name = self.node(
            "Conv",
            [x.name, self.constant(weights.astype(np.float32)), self.constant(bias.astype(np.float32))],
            kernel_shape=[rows, columns],
            strides=list(layer.stride_yx),
            pads=list(layer.padding_yx) * 2,
        )
        side = 1 + (x.side + 2 * layer.padding_yx[0] - rows) // layer.stride_yx[0]
        return _Value(name, channels=filters, side=side)

    def relu(self, layers: _Layers, x: _Value) -> _Value:
        layers.take(Relu)
        return _Value(self.node("Relu", [x.name]), channels=x.channels, side=x.side)

    def max_pooled(self, layers: _Layers, x: _Value) -> _Value:
        return self._pooled("max", "MaxPool", layers.take(Pooling), x)

    def average_pooled(self, layers: _Layers, x: _Value) -> _Value:
        return self._pooled("avg", "AveragePool", layers.take(Pooling), x)

    def _pooled(self, dlib_kind: str, kind: str, layer: Pooling, x: _Value) -> _Value:
        if layer.kind != dlib_kind or layer.padding_yx != (0, 0):
            raise GraphError(f"expected {dlib_kind} pooling without padding, got {layer}")
        name = self.node(kind, [x.name], kernel_shape=list(layer.window_yx), strides=list(layer.stride_yx))
        side = 1 + (x.side - layer.window_yx[0]) // layer.stride_yx[0]
        return _Value(name, channels=x.channels, side=side)

    def padded(self, x: _Value, channels: int, side: int) -> _Value:
        """Pad with zeros at the end of channels, rows and columns, as dlib's sum of unlike tensors does."""
        if (x.channels, x.side) == (channels, side):
            return x
        ends = np.array([0, 0, 0, 0, 0, channels - x.channels, side - x.side, side - x.side], np.int64)
        return _Value(self.node("Pad", [x.name, self.constant(ends)], mode="constant"), channels=channels, side=side)

    def serialised(self, name: str, source: onnx.ValueInfoProto, sink: onnx.ValueInfoProto) -> bytes:
        graph = helper.make_graph(self._nodes, name, [source], [sink], self._weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
        model.ir_version = _IR_VERSION
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString(deterministic=True))


def _residual_block(graph: _Graph, layers: _Layers, x: _Value) -> _Value:
    """Add one residual block: two convolutions, and the sum with the block's input (halved where the block halves)."""
    layers.take(Marker)
    inner = graph.relu(layers, graph.convolved(layers, x))
    inner = graph.convolved(layers, inner)
    shortcut = x
    if layers.next_is(Marker):
        layers.take(Marker)
        layers.take(Marker)
        shortcut = graph.average_pooled(layers, x)
    channels, side = max(inner.channels, shortcut.channels), max(inner.side, shortcut.side)
    operands = [graph.padded(value, channels, side).name for value in (inner, shortcut)]
    layers.take(AddPrevious)
    return graph.relu(layers, _Value(graph.node("Add", operands), channels=channels, side=side))
