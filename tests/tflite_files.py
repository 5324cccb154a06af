"""TensorFlow Lite files of one or two operators, made for a test of the converter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import flatbuffers
import numpy as np
import tflite

TYPES = {"float32": tflite.TensorType.FLOAT32, "float16": tflite.TensorType.FLOAT16, "int32": tflite.TensorType.INT32}
OPTIONS = {
    "CONV_2D": "Conv2DOptions",
    "DEPTHWISE_CONV_2D": "DepthwiseConv2DOptions",
    "FULLY_CONNECTED": "FullyConnectedOptions",
    "ADD": "AddOptions",
    "MAX_POOL_2D": "Pool2DOptions",
    "RESIZE_BILINEAR": "ResizeBilinearOptions",
    "CONCATENATION": "ConcatenationOptions",
}


@dataclass
class Network:
    """A TensorFlow Lite file in the making. Tensor 0 is the input picture; steps return the tensor they write."""

    shape: tuple[int, ...]
    tensors: list[tuple[tuple[int, ...], int, int]] = field(default_factory=list)
    buffers: list[bytes] = field(default_factory=lambda: [b""])
    steps: list[tuple[str, list[int], int, dict[str, int]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._tensor(self.shape, tflite.TensorType.FLOAT32, 0)

    def constant(self, values: Any, dtype: str = "float32", kind: int | None = None) -> int:
        array = np.asarray(values, dtype)
        self.buffers.append(array.tobytes())
        return self._tensor(array.shape, TYPES[dtype] if kind is None else kind, len(self.buffers) - 1)

    def step(self, kind: str, inputs: list[int], shape: tuple[int, ...], **options: int) -> int:
        output = self._tensor(shape, tflite.TensorType.FLOAT32, 0)
        self.steps.append((kind, inputs, output, options))
        return output

    def rows(self, tensor: int) -> int:
        """Reshape a picture to one row a place."""
        _, height, width, channels = self.tensors[tensor][0]
        return self.step("RESHAPE", [tensor], (1, height * width, channels))

    def file(self, *outputs: int) -> bytes:
        builder = flatbuffers.Builder(0)
        kinds = list(dict.fromkeys(kind for kind, *_ in self.steps))
        buffers = _vector(builder, [_buffer(builder, data) for data in self.buffers])
        tensors = _vector(builder, [_tensor(builder, *tensor) for tensor in self.tensors])
        steps = _vector(builder, [_operator(builder, kinds.index(step[0]), *step) for step in self.steps])
        read, written = builder.CreateNumpyVector(np.int32([0])), builder.CreateNumpyVector(np.int32(outputs))
        tflite.SubGraphStart(builder)
        tflite.SubGraphAddTensors(builder, tensors)
        tflite.SubGraphAddInputs(builder, read)
        tflite.SubGraphAddOutputs(builder, written)
        tflite.SubGraphAddOperators(builder, steps)
        graphs = _vector(builder, [tflite.SubGraphEnd(builder)])
        codes = _vector(builder, [_code(builder, kind) for kind in kinds])
        tflite.ModelStart(builder)
        tflite.ModelAddVersion(builder, 3)
        tflite.ModelAddOperatorCodes(builder, codes)
        tflite.ModelAddSubgraphs(builder, graphs)
        tflite.ModelAddBuffers(builder, buffers)
        builder.Finish(tflite.ModelEnd(builder), b"TFL3")
        return bytes(builder.Output())

    def _tensor(self, shape: tuple[int, ...], kind: int, buffer: int) -> int:
        self.tensors.append((tuple(shape), kind, buffer))
        return len(self.tensors) - 1


def _vector(builder: flatbuffers.Builder, offsets: list[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


def _buffer(builder: flatbuffers.Builder, data: bytes) -> int:
    held = builder.CreateByteVector(data) if data else None
    tflite.BufferStart(builder)
    if held is not None:
        tflite.BufferAddData(builder, held)
    return int(tflite.BufferEnd(builder))


def _tensor(builder: flatbuffers.Builder, shape: tuple[int, ...], kind: int, buffer: int) -> int:
    sides = builder.CreateNumpyVector(np.array(shape, np.int32))
    tflite.TensorStart(builder)
    tflite.TensorAddShape(builder, sides)
    tflite.TensorAddType(builder, kind)
    tflite.TensorAddBuffer(builder, buffer)
    return int(tflite.TensorEnd(builder))


def _code(builder: flatbuffers.Builder, kind: str) -> int:
    number = getattr(tflite.BuiltinOperator, kind)
    tflite.OperatorCodeStart(builder)
    tflite.OperatorCodeAddDeprecatedBuiltinCode(builder, min(number, 127))
    tflite.OperatorCodeAddBuiltinCode(builder, number)
    return int(tflite.OperatorCodeEnd(builder))


def _operator(
    builder: flatbuffers.Builder, code: int, kind: str, inputs: list[int], output: int, options: dict[str, int]
) -> int:
    read, written = builder.CreateNumpyVector(np.int32(inputs)), builder.CreateNumpyVector(np.int32([output]))
    table = None
    if kind in OPTIONS:
        getattr(tflite, f"{OPTIONS[kind]}Start")(builder)
        for name, value in options.items():
            getattr(tflite, f"{OPTIONS[kind]}Add{name}")(builder, value)
        table = getattr(tflite, f"{OPTIONS[kind]}End")(builder)
    tflite.OperatorStart(builder)
    tflite.OperatorAddOpcodeIndex(builder, code)
    tflite.OperatorAddInputs(builder, read)
    tflite.OperatorAddOutputs(builder, written)
    if table is not None:
        tflite.OperatorAddBuiltinOptionsType(builder, getattr(tflite.BuiltinOptions, OPTIONS[kind]))
        tflite.OperatorAddBuiltinOptions(builder, table)
    return int(tflite.OperatorEnd(builder))
