"""A reader for dlib's network files (`serialize()` of dlib 19), as far as the face network needs it.

The format: an integer is a control byte (bit 7: negative; low 4 bits: byte count) and a little-endian magnitude; a
boolean is ASCII 0 or 1; a string is its length and its bytes; a float is a mantissa and an exponent to base 2; a
tensor is the version 2, four sizes (samples, channels, rows, columns) and raw little-endian float32. A network is the
version 1, the loss, and then one nested record a layer: version, *the layers below it*, its details, three booleans,
gradients. The kinds of layer are template parameters in C++ and not in the file, so the reader must know them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_INFINITY, _MINUS_INFINITY, _NOT_A_NUMBER = 32000, 32001, 32002


class FormatError(ValueError):
    """The bytes are not what a dlib network file holds at this place."""


class Layer(Enum):
    """The C++ kind of a layer, as far as it changes how the layer is stored."""

    COMPUTE = "add_layer"
    INPUT = "add_layer over the input"
    TAG = "add_tag_layer"
    SKIP = "add_skip_layer"


@dataclass(frozen=True, slots=True)
class Input:
    """The input layer: `mean_rgb` is taken off each channel, then the value is divided by 256."""

    mean_rgb: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Convolution:
    """`weights` (filters, channels, rows, columns), `bias` (filters,), `stride_yx`, `padding_yx`."""

    weights: Floats
    bias: Floats
    stride_yx: tuple[int, int]
    padding_yx: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Affine:
    """A batch normalisation, frozen: `gain` and `offset`, (channels,) each."""

    gain: Floats
    offset: Floats


@dataclass(frozen=True, slots=True)
class FullyConnected:
    """A matrix product without bias: `weights` (inputs, outputs)."""

    weights: Floats


@dataclass(frozen=True, slots=True)
class Pooling:
    """Pooling of `kind` "max" or "avg"; `window_yx` (0, 0) means the whole picture."""

    kind: str
    window_yx: tuple[int, int]
    stride_yx: tuple[int, int]
    padding_yx: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Relu:
    """max(x, 0)."""


@dataclass(frozen=True, slots=True)
class AddPrevious:
    """The sum with the output of a tagged layer; the smaller operand is padded with zeros at its end."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A tag or skip layer: it computes nothing."""

    kind: Layer


Record = Input | Convolution | Affine | FullyConnected | Pooling | Relu | AddPrevious | Marker


def _residual() -> list[Layer]:
    return [Layer.COMPUTE] * 7 + [Layer.TAG]


def _residual_down() -> list[Layer]:
    return [Layer.COMPUTE] * 3 + [Layer.SKIP, Layer.TAG] + [Layer.COMPUTE] * 5 + [Layer.TAG]


def face_network_layers() -> list[Layer]:
    """Return the kinds of the layers of dlib's face network, from the output down to the input."""
    layers = [Layer.COMPUTE] * 2  # the vector and the average before it
    for same_size_blocks in (0, 2, 2, 3):
        layers += _residual() * same_size_blocks + _residual_down()
    layers += _residual() * 3
    return [*layers, Layer.COMPUTE, Layer.COMPUTE, Layer.COMPUTE, Layer.INPUT]


def read_face_network(data: bytes) -> list[Record]:
    """Read `dlib_face_recognition_resnet_model_v1.dat`; records run from input to output. Raises FormatError."""
    stream = _Stream(data)
    stream.expect_integer(1, "network version")
    stream.expect_text("loss_metric_2")
    stream.real(), stream.real()  # margin and distance threshold of the training
    return _read_layers(stream, face_network_layers())


def _read_layers(stream: _Stream, kinds: Sequence[Layer]) -> list[Record]:
    records: list[Record] = []
    _read_layer(stream, kinds, records)
    stream.expect_end()
    return records


def _read_layer(stream: _Stream, kinds: Sequence[Layer], records: list[Record]) -> None:
    """Read the layer `kinds[0]`: what lies below it comes first, in the file as in `records`."""
    kind, below = kinds[0], kinds[1:]
    version = stream.integer()
    if kind in (Layer.TAG, Layer.SKIP):
        stream.require(version == 1, f"layer version 1, got {version}")
        _read_layer(stream, below, records)
        records.append(Marker(kind))
        return
    versions = (2, 3) if kind is Layer.INPUT else (1, 2)
    stream.require(version in versions, f"layer version in {versions}, got {version}")
    if kind is Layer.INPUT:
        records.append(_read_input(stream))
    else:
        _read_layer(stream, below, records)
    records.append(_read_details(stream))
    for _ in range(3):  # setup called, gradient input final, gradients counted
        stream.flag()
    # Left-over state of the training: gradients and cached outputs, empty in published files.
    for _ in range(3 if kind is Layer.INPUT or version == 2 else 2):
        stream.tensor()
    if kind is Layer.INPUT and version == 3:
        stream.integer()


def _read_input(stream: _Stream) -> Input:
    name = stream.text()
    mean = (stream.real(), stream.real(), stream.real())
    if name == "input_rgb_image_sized":
        stream.pair()  # rows and columns
    elif name != "input_rgb_image_pyramid":
        raise stream.error(f"a known input layer, got {name!r}")
    return Input(mean)


def _read_details(stream: _Stream) -> Record:
    name = stream.text()
    if name == "con_4":
        return _read_convolution(stream)
    if name == "affine_":
        parameters = stream.tensor().ravel()
        channels = math.prod(stream.alias())
        stream.require(math.prod(stream.alias()) == channels, "as many gains as offsets")
        stream.integer()  # mode
        stream.require(parameters.size == 2 * channels, f"{2 * channels} parameters, got {parameters.size}")
        return Affine(parameters[:channels], parameters[channels:])
    if name == "bn_con2":
        return _read_batch_normalisation(stream)
    if name == "fc_2":
        return _read_fully_connected(stream)
    if name in ("max_pool_2", "avg_pool_2"):
        return Pooling(name.split("_")[0], stream.pair(), stream.pair(), stream.pair())
    if name == "relu_":
        return Relu()
    if name == "add_prev_":
        return AddPrevious()
    raise stream.error(f"a known layer, got {name!r}")


def _read_convolution(stream: _Stream) -> Convolution:
    parameters = stream.tensor().ravel()
    filters = stream.integer()
    stream.pair()  # window; the weights have it too
    stride, padding = stream.pair(), stream.pair()
    shape, biases = stream.alias(), math.prod(stream.alias())
    for _ in range(4):  # learning rate and weight decay multipliers
        stream.real()
    weights = math.prod(shape)
    stream.require(biases == filters and parameters.size == weights + biases, "weights and one bias a filter")
    return Convolution(parameters[:weights].reshape(shape), parameters[weights:], stride, padding)


def _read_batch_normalisation(stream: _Stream) -> Affine:
    """Read a batch normalisation and freeze it: gain / sqrt(variance + epsilon), offset - gain * mean."""
    parameters = stream.tensor().ravel()
    channels = math.prod(stream.alias())
    stream.alias()
    stream.tensor(), stream.tensor()  # mean and inverse deviation of the last training batch
    mean, variance = stream.tensor().ravel(), stream.tensor().ravel()
    stream.pair()  # how often the running figures were updated, and over what window
    for _ in range(4):
        stream.real()
    epsilon = stream.real()
    stream.require(parameters.size == 2 * channels == 2 * mean.size, "a gain, an offset and a mean a channel")
    gain = parameters[:channels] / np.sqrt(variance + np.float32(epsilon))
    return Affine(gain, parameters[channels:] - gain * mean)


def _read_fully_connected(stream: _Stream) -> FullyConnected:
    outputs, inputs = stream.integer(), stream.integer()
    parameters = stream.tensor().ravel()
    stream.alias(), stream.alias()
    stream.integer()  # bias mode
    for _ in range(4):
        stream.real()
    stream.require(parameters.size == inputs * outputs, f"{inputs * outputs} weights, got {parameters.size}")
    return FullyConnected(parameters.reshape(inputs, outputs))


class _Stream:
    """The primitive types of dlib's serialisation, read one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def error(self, expected: str) -> FormatError:
        return FormatError(f"at byte {self._at}: expected {expected}")

    def require(self, condition: bool, expected: str) -> None:
        if not condition:
            raise self.error(expected)

    def _take(self, count: int) -> bytes:
        self.require(self._at + count <= len(self._data), f"{count} more bytes, got the end of the file")
        start, self._at = self._at, self._at + count
        return self._data[start : self._at]

    def integer(self) -> int:
        control = self._take(1)[0]
        count = control & 0x0F
        self.require(1 <= count <= 8, f"an integer of 1 to 8 bytes, got {count}")
        magnitude = int.from_bytes(self._take(count), "little")
        return -magnitude if control & 0x80 else magnitude

    def pair(self) -> tuple[int, int]:
        return self.integer(), self.integer()

    def flag(self) -> bool:
        value = self._take(1)
        self.require(value in (b"0", b"1"), f"a boolean, got {value!r}")
        return value == b"1"

    def text(self) -> str:
        return self._take(self.integer()).decode("latin-1")

    def real(self) -> float:
        mantissa, exponent = self.integer(), self.integer()
        special = {_INFINITY: math.inf, _MINUS_INFINITY: -math.inf, _NOT_A_NUMBER: math.nan}
        return special[exponent] if exponent in special else math.ldexp(mantissa, exponent)

    def tensor(self) -> Floats:
        self.expect_integer(2, "tensor version")
        shape = [self.integer() for _ in range(4)]
        self.require(min(shape) >= 0, f"sizes of 0 or more, got {shape}")
        raw = self._take(4 * math.prod(shape))
        return np.frombuffer(raw, "<f4").astype(np.float32).reshape(shape)

    def alias(self) -> list[int]:
        self.expect_integer(1, "alias tensor version")
        return [self.integer() for _ in range(4)]

    def expect_integer(self, value: int, what: str) -> None:
        got = self.integer()
        self.require(got == value, f"{what} {value}, got {got}")

    def expect_text(self, value: str) -> None:
        got = self.text()
        self.require(got == value, f"{value!r}, got {got!r}")

    def expect_end(self) -> None:
        self.require(self._at == len(self._data), f"the end of the file, got {len(self._data) - self._at} bytes more")
