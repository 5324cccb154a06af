"""A TensorFlow Lite convolutional network as an ONNX graph that takes batches, and where it can pictures of any size.

Only what MediaPipe's palm detector and hand landmark network consist of. Both run in ONNX Runtime with the same
answers as in MediaPipe; there, the palm detector reads one square of 192 pixels and the landmark network one hand a
call, and neither tells its own score.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
import tflite
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

_OPSET = 17
_IR_VERSION = 8
_OPERATORS = {value: name for name, value in vars(tflite.BuiltinOperator).items() if isinstance(value, int)}
_DTYPES = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
}


class ConversionError(ValueError):
    """The network has an operator, or a use of one, that is not known here."""


def convert(data: bytes, *, name: str, outputs: tuple[str, ...], any_size: bool, pooled: str = "") -> bytes:
    """Return the serialised ONNX model, the same bytes for the same file. Raises ConversionError.

    It takes `image`, (n, height, width, 3) float32 RGB 0..1, and gives the network's outputs in the file's order under
    the names `outputs`, with n in front. any_size : height and width are free (multiples of the network's largest
    step); the outputs that the file reshapes to rows then have as many rows as there are places. pooled : the name of
    one more output, (n, features): the mean over the picture that the file takes before its last layers.
    """
    return _Converter(data, name, outputs, any_size, pooled).model()


@dataclass(frozen=True, slots=True)
class _Step:
    """An operator of the file, the tensors that it reads, and the one that it writes."""

    operator: Any
    inputs: list[int]
    output: int


class _Converter:
    def __init__(self, data: bytes, name: str, outputs: tuple[str, ...], any_size: bool, pooled: str) -> None:
        if len(data) < 8 or not tflite.Model.ModelBufferHasIdentifier(data, 0):
            raise ConversionError(f"{name}: no TensorFlow Lite file")
        self._file = tflite.Model.GetRootAsModel(data, 0)
        self._graph = self._file.Subgraphs(0)
        self._name, self._outputs, self._any_size, self._pooled = name, outputs, any_size, pooled
        self._more: list[onnx.ValueInfoProto] = []
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []
        self._constants: dict[int, NDArray[Any]] = {}
        self._values: dict[int, str] = {}
        self._steps: dict[str, Callable[[_Step], str]] = {
            "CONV_2D": self._convolution,
            "DEPTHWISE_CONV_2D": self._depthwise,
            "FULLY_CONNECTED": self._fully_connected,
            "PRELU": self._prelu,
            "ADD": self._add,
            "PAD": self._pad,
            "MAX_POOL_2D": self._max_pool,
            "RESIZE_BILINEAR": self._double,
            "RESHAPE": self._rows,
            "CONCATENATION": self._concatenation,
            "MEAN": self._mean,
            "LOGISTIC": self._logistic,
        }

    def model(self) -> bytes:
        source = self._graph.Inputs(0)
        _, height, width, channels = self._shape(source)
        self._values[source] = self._node("Transpose", ["image"], perm=[0, 3, 1, 2])
        for index in range(self._graph.OperatorsLength()):
            self._convert_operator(self._graph.Operators(index))
        if len(self._more) != bool(self._pooled):
            raise ConversionError(f"{self._name}: {len(self._more)} means over a picture, expected one")
        results = []
        for wanted, tensor in zip(self._outputs, self._graph.OutputsAsNumpy(), strict=True):
            shape = self._shape(int(tensor))
            if len(shape) == 4:
                # Pictures are channels first here: their axes would come in another order than in the file.
                raise ConversionError(f"{self._name}: an output is a picture of {shape}, not rows")
            self._nodes.append(helper.make_node("Identity", [self._value(int(tensor))], [wanted]))
            free = ["rows" if self._any_size else shape[1], *shape[2:]]
            results.append(helper.make_tensor_value_info(wanted, TensorProto.FLOAT, ["n", *free]))
        size = ["height", "width"] if self._any_size else [height, width]
        image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", *size, channels])
        graph = helper.make_graph(self._nodes, self._name, [image], results + self._more, self._weights)
        opset = [helper.make_opsetid("", _OPSET)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=_IR_VERSION, producer_name="fotonetral")
        onnx.checker.check_model(model, full_check=True)
        serialised: bytes = model.SerializeToString()
        return serialised

    def _convert_operator(self, operator: Any) -> None:
        code = self._file.OperatorCodes(operator.OpcodeIndex())
        kind = _OPERATORS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        inputs = [int(index) for index in operator.InputsAsNumpy()]
        output = int(operator.OutputsAsNumpy()[0])
        if kind == "DEQUANTIZE":
            self._constants[output] = self._constant(inputs[0]).astype(np.float32)
            return
        if kind not in self._steps:
            raise ConversionError(f"{self._name}: the operator {kind} is not known here")
        self._values[output] = self._steps[kind](_Step(operator, inputs, output))

    def _constant(self, index: int) -> NDArray[Any]:
        """Return a tensor that the file holds."""
        if index in self._constants:
            return self._constants[index]
        tensor = self._graph.Tensors(index)
        data = self._file.Buffers(tensor.Buffer()).DataAsNumpy()
        if isinstance(data, int):
            raise ConversionError(f"{self._name}: tensor {index} is no constant")
        if tensor.Type() not in _DTYPES:
            raise ConversionError(f"{self._name}: tensor {index} is of a type ({tensor.Type()}) that is not known here")
        shape = tensor.ShapeAsNumpy()
        values: NDArray[Any] = np.frombuffer(data.tobytes(), _DTYPES[tensor.Type()]).reshape(shape)
        return values

    def _value(self, index: int) -> str:
        """Return the name of a tensor that the network computes."""
        if index not in self._values:
            raise ConversionError(f"{self._name}: tensor {index} is not computed before it is used")
        return self._values[index]

    def _shape(self, index: int) -> list[int]:
        return [int(side) for side in self._graph.Tensors(index).ShapeAsNumpy()]

    def _weight(self, values: NDArray[Any]) -> str:
        name = f"w{len(self._weights)}"
        # The files hold half-precision weights: kept so, a model is half as large; they are widened once, at loading.
        halves = values.astype(np.float16) if values.dtype == np.float32 and values.size > 1 else None
        if halves is None or not np.array_equal(halves.astype(np.float32), values):
            self._weights.append(numpy_helper.from_array(values, name))
            return name
        self._weights.append(numpy_helper.from_array(halves, name))
        return self._node("Cast", [name], to=TensorProto.FLOAT)

    def _node(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        name = f"t{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def _options(self, step: _Step, kind: Any) -> Any:
        options = kind()
        table = step.operator.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        return options

    def _activated(self, value: str, activation: int) -> str:
        if activation == tflite.ActivationFunctionType.NONE:
            return value
        if activation == tflite.ActivationFunctionType.RELU:
            return self._node("Relu", [value])
        if activation == tflite.ActivationFunctionType.RELU6:
            low, high = self._weight(np.array(0, np.float32)), self._weight(np.array(6, np.float32))
            return self._node("Clip", [value, low, high])
        raise ConversionError(f"{self._name}: activation {activation} is not known here")

    def _padding(self, options: Any, window: tuple[int, int], source: int) -> list[int]:
        """Return ONNX pads [top, left, bottom, right]; SAME pads so that size / step places come out."""
        if options.Padding() == tflite.Padding.VALID:
            return [0, 0, 0, 0]
        sides = self._shape(source)[1:3]
        steps = options.StrideH(), options.StrideW()
        if any(side % step for side, step in zip(sides, steps, strict=True)):
            raise ConversionError(f"{self._name}: {sides} is no multiple of the step {steps}")
        more = [max(size - step, 0) for size, step in zip(window, steps, strict=True)]
        return [more[0] // 2, more[1] // 2, more[0] - more[0] // 2, more[1] - more[1] // 2]

    def _convolution(self, step: _Step) -> str:
        options = self._options(step, tflite.Conv2DOptions)
        weight = self._constant(step.inputs[1]).transpose(0, 3, 1, 2)
        return self._convolved(options, weight, step, groups=1)

    def _depthwise(self, step: _Step) -> str:
        options = self._options(step, tflite.DepthwiseConv2DOptions)
        weight = self._constant(step.inputs[1]).transpose(3, 0, 1, 2)
        if options.DepthMultiplier() != 1:
            raise ConversionError(f"{self._name}: a depth multiplier of {options.DepthMultiplier()} is not known here")
        return self._convolved(options, weight, step, groups=weight.shape[0])

    def _convolved(self, options: Any, weight: NDArray[Any], step: _Step, groups: int) -> str:
        if (options.DilationHFactor(), options.DilationWFactor()) != (1, 1):
            raise ConversionError(f"{self._name}: a dilated convolution is not known here")
        window = (weight.shape[2], weight.shape[3])
        names = [self._value(step.inputs[0]), self._weight(weight), self._weight(self._constant(step.inputs[2]))]
        pads = self._padding(options, window, step.inputs[0])
        strides = [options.StrideH(), options.StrideW()]
        value = self._node("Conv", names, kernel_shape=list(window), strides=strides, pads=pads, group=groups)
        return self._activated(value, options.FusedActivationFunction())

    def _fully_connected(self, step: _Step) -> str:
        options = self._options(step, tflite.FullyConnectedOptions)
        shape = self._shape(step.inputs[0])
        if any(side != 1 for side in shape[:-1]):
            # A picture's places would come in another order here than in the file.
            raise ConversionError(f"{self._name}: only a row of numbers is fully connected here, not {shape}")
        flat = self._node("Flatten", [self._value(step.inputs[0])], axis=1)
        weight, bias = self._weight(self._constant(step.inputs[1])), self._weight(self._constant(step.inputs[2]))
        value = self._node("Gemm", [flat, weight, bias], transB=1)
        return self._activated(value, options.FusedActivationFunction())

    def _prelu(self, step: _Step) -> str:
        """Write a·x + (1-a)·max(x, 0) as two depthwise convolutions: ONNX Runtime's own PRelu would be slower."""
        slope, value = self._constant(step.inputs[1]).reshape(-1, 1, 1, 1), self._value(step.inputs[0])
        parts = [(value, slope), (self._node("Relu", [value]), 1 - slope)]
        return self._node(
            "Add",
            [
                self._node("Conv", [part, self._weight(factor)], kernel_shape=[1, 1], group=len(slope))
                for part, factor in parts
            ],
        )

    def _add(self, step: _Step) -> str:
        options = self._options(step, tflite.AddOptions)
        value = self._node("Add", [self._value(index) for index in step.inputs])
        return self._activated(value, options.FusedActivationFunction())

    def _pad(self, step: _Step) -> str:
        pads = self._constant(step.inputs[1]).astype(np.int64)[[0, 3, 1, 2]]
        return self._node("Pad", [self._value(step.inputs[0]), self._weight(pads.T.reshape(-1))])

    def _max_pool(self, step: _Step) -> str:
        options = self._options(step, tflite.Pool2DOptions)
        window = (options.FilterHeight(), options.FilterWidth())
        pads = self._padding(options, window, step.inputs[0])
        strides = [options.StrideH(), options.StrideW()]
        value = self._node(
            "MaxPool", [self._value(step.inputs[0])], kernel_shape=list(window), strides=strides, pads=pads
        )
        return self._activated(value, options.FusedActivationFunction())

    def _double(self, step: _Step) -> str:
        options = self._options(step, tflite.ResizeBilinearOptions)
        before, after = (self._shape(index)[1:3] for index in (step.inputs[0], step.output))
        if [2 * side for side in before] != after or options.AlignCorners():
            raise ConversionError(f"{self._name}: only doubling is known here, not {before} to {after}")
        mode = "half_pixel" if options.HalfPixelCenters() else "asymmetric"
        scales = self._weight(np.array([1, 1, 2, 2], np.float32))
        return self._node(
            "Resize", [self._value(step.inputs[0]), "", scales], mode="linear", coordinate_transformation_mode=mode
        )

    def _rows(self, step: _Step) -> str:
        """Reshape a picture's places and anchors to rows."""
        shape = self._shape(step.output)
        if len(self._shape(step.inputs[0])) != 4 or len(shape) != 3:
            raise ConversionError(f"{self._name}: a reshape to {shape} is not known here")
        last = self._node("Transpose", [self._value(step.inputs[0])], perm=[0, 2, 3, 1])
        return self._node("Reshape", [last, self._weight(np.array([0, -1, shape[2]], np.int64))])

    def _concatenation(self, step: _Step) -> str:
        options = self._options(step, tflite.ConcatenationOptions)
        if (
            len(self._shape(step.output)) != 3
            or options.FusedActivationFunction() != tflite.ActivationFunctionType.NONE
        ):
            raise ConversionError(f"{self._name}: only rows are joined here, without an activation")
        return self._node("Concat", [self._value(index) for index in step.inputs], axis=options.Axis())

    def _mean(self, step: _Step) -> str:
        if sorted(int(axis) for axis in self._constant(step.inputs[1]).reshape(-1)) != [1, 2]:
            raise ConversionError(f"{self._name}: only the mean over a picture is known here")
        value = self._node("GlobalAveragePool", [self._value(step.inputs[0])])
        if self._pooled:
            self._nodes.append(helper.make_node("Flatten", [value], [self._pooled], axis=1))
            channels = self._shape(step.inputs[0])[-1]
            self._more.append(helper.make_tensor_value_info(self._pooled, TensorProto.FLOAT, ["n", channels]))
        return value

    def _logistic(self, step: _Step) -> str:
        return self._node("Sigmoid", [self._value(step.inputs[0])])
