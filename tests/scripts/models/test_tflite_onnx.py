"""The converter, on networks of one or two operators with answers worked out by hand, and on MediaPipe's own."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tflite")
import onnx
import onnxruntime
import tflite

from scripts.models.tflite_onnx import ConversionError, convert
from tests.tflite_files import Network
from vision.models import model_path

SAME, VALID = tflite.Padding.SAME, tflite.Padding.VALID


def run(file: bytes, picture: np.ndarray, *, any_size: bool = False, outputs: int = 1) -> list[np.ndarray]:
    names = tuple(f"out{number}" for number in range(outputs))
    session = onnxruntime.InferenceSession(convert(file, name="tiny", outputs=names, any_size=any_size))
    answers: list[np.ndarray] = session.run(list(names), {"image": picture.astype(np.float32)})
    return answers


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def places_of(sides: tuple[int, int], window: tuple[int, int], step: tuple[int, int], padding: int) -> tuple[int, int]:
    """How many places a window of this size and step has in a picture, TensorFlow's rule."""
    height, width = (
        (-(-side // s) if padding == SAME else (side - k) // s + 1)
        for side, k, s in zip(sides, window, step, strict=True)
    )
    return height, width


def convolved(
    picture: np.ndarray, weight: np.ndarray, bias: np.ndarray, step: tuple[int, int], padding: int
) -> np.ndarray:
    """TensorFlow's definition, place by place: (1, h, w, in), (out, kh, kw, in), (out,) → (1, places, out)."""
    sides, window = picture.shape[1:3], weight.shape[1:3]
    places = places_of(sides, window, step, padding)
    if padding == SAME:
        more = [max((n - 1) * s + k - side, 0) for n, s, k, side in zip(places, step, window, sides, strict=True)]
        picture = np.pad(picture, ((0, 0), *((total // 2, total - total // 2) for total in more), (0, 0)))
    out = np.empty((1, *places, len(weight)), np.float32)
    for y, x in np.ndindex(*places):
        top, left = y * step[0], x * step[1]
        seen = picture[0, top : top + window[0], left : left + window[1]]
        out[0, y, x] = (weight * seen).sum((1, 2, 3)) + bias
    return out.reshape(1, -1, len(weight))


CONVOLUTIONS = [
    pytest.param((6, 8), (3, 3), (1, 1), SAME, id="3x3"),
    pytest.param((6, 8), (3, 3), (2, 2), SAME, id="3x3, every second: one more row below than above"),
    pytest.param((8, 6), (5, 5), (2, 2), SAME, id="5x5, every second"),
    pytest.param((6, 8), (2, 2), (1, 1), SAME, id="2x2: padded at the right and below only"),
    pytest.param((4, 4), (1, 1), (2, 2), SAME, id="1x1, every second: no padding"),
    pytest.param((6, 8), (3, 5), (2, 1), SAME, id="not square"),
    pytest.param((7, 9), (3, 3), (2, 2), VALID, id="valid"),
]


@pytest.mark.parametrize(("sides", "window", "step", "padding"), CONVOLUTIONS)
def test_convolutions(sides: tuple[int, int], window: tuple[int, int], step: tuple[int, int], padding: int) -> None:
    picture, weight, bias = numbers(1, *sides, 3), numbers(4, *window, 3, seed=1), numbers(4, seed=2)
    expected = convolved(picture, weight, bias, step, padding)
    network = Network((1, *sides, 3))
    inputs = [0, network.constant(weight), network.constant(bias)]
    options = {"Padding": padding, "StrideH": step[0], "StrideW": step[1]}
    result = network.step("CONV_2D", inputs, (1, *places_of(sides, window, step, padding), 4), **options)
    (found,) = run(network.file(network.rows(result)), picture)
    assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("sides", "window", "step", "padding"), CONVOLUTIONS)
def test_depthwise_convolutions(
    sides: tuple[int, int], window: tuple[int, int], step: tuple[int, int], padding: int
) -> None:
    picture, weight, bias = numbers(1, *sides, 3), numbers(1, *window, 3, seed=1), numbers(3, seed=2)
    apart = np.zeros((3, *window, 3), np.float32)
    for channel in range(3):
        apart[channel, :, :, channel] = weight[0, :, :, channel]
    expected = convolved(picture, apart, bias, step, padding)
    network = Network((1, *sides, 3))
    options = {"Padding": padding, "StrideH": step[0], "StrideW": step[1], "DepthMultiplier": 1}
    inputs = [0, network.constant(weight), network.constant(bias)]
    result = network.step("DEPTHWISE_CONV_2D", inputs, (1, *places_of(sides, window, step, padding), 3), **options)
    (found,) = run(network.file(network.rows(result)), picture)
    assert found == pytest.approx(expected, abs=1e-5)


def test_pooling_at_a_negative_edge() -> None:
    """The padding of a maximum is nothing, not zero."""
    picture = -1 - np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    network = Network((1, 4, 4, 1))
    options = {"Padding": SAME, "StrideH": 2, "StrideW": 2, "FilterHeight": 3, "FilterWidth": 3}
    result = network.step("MAX_POOL_2D", [0], (1, 2, 2, 1), **options)
    (found,) = run(network.file(network.rows(result)), picture)
    assert found[0, :, 0].tolist() == [-1, -3, -9, -11]


@pytest.mark.parametrize(
    ("half_pixel", "expected"),
    [
        pytest.param(1, [0, 1, 3, 4], id="from the pixels' middles"),
        pytest.param(0, [0, 2, 4, 4], id="from their corners"),
    ],
)
def test_doubling(half_pixel: int, expected: list[float]) -> None:
    network = Network((1, 1, 2, 1))
    size = network.constant([2, 4], "int32")
    result = network.step("RESIZE_BILINEAR", [0, size], (1, 2, 4, 1), HalfPixelCenters=half_pixel)
    (found,) = run(network.file(network.rows(result)), np.array([0.0, 4.0]).reshape(1, 1, 2, 1))
    assert found.reshape(2, 4).tolist() == [expected, expected]


def test_padding_of_sides_and_channels() -> None:
    picture = numbers(1, 2, 3, 2)
    sides = ((0, 0), (1, 0), (0, 2), (0, 3))
    network = Network((1, 2, 3, 2))
    result = network.step("PAD", [0, network.constant(sides, "int32")], (1, 3, 5, 5))
    (found,) = run(network.file(network.rows(result)), picture)
    assert np.array_equal(found, np.pad(picture, sides).reshape(1, 15, 5))


def test_a_slope_for_each_channel_under_zero() -> None:
    picture, slopes = np.array([[-2.0, -2.0], [3.0, 3.0]]).reshape(1, 1, 2, 2), [[[0.25, -0.5]]]
    network = Network((1, 1, 2, 2))
    result = network.step("PRELU", [0, network.constant(slopes)], (1, 1, 2, 2))
    (found,) = run(network.file(network.rows(result)), picture)
    assert found[0].tolist() == [[-0.5, 1.0], [3.0, 3.0]]


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        pytest.param(tflite.ActivationFunctionType.NONE, [-2, 2, 14], id="none"),
        pytest.param(tflite.ActivationFunctionType.RELU, [0, 2, 14], id="not under 0"),
        pytest.param(tflite.ActivationFunctionType.RELU6, [0, 2, 6], id="0 to 6"),
    ],
)
def test_sums_and_what_follows_them(activation: int, expected: list[float]) -> None:
    network = Network((1, 1, 3, 1))
    result = network.step("ADD", [0, 0], (1, 1, 3, 1), FusedActivationFunction=activation)
    (found,) = run(network.file(network.rows(result)), np.array([-1.0, 1.0, 7.0]).reshape(1, 1, 3, 1))
    assert found.ravel().tolist() == expected


def head() -> bytes:
    """The mean over a picture, two numbers of it, and the same as a probability: what ends the landmark network."""
    network = Network((1, 2, 2, 3))
    mean = network.step("MEAN", [0, network.constant([1, 2], "int32")], (1, 1, 1, 3))
    weight, bias = network.constant([[1, 0, 0], [0, 1, 1]]), network.constant([0.5, -1])
    both = network.step("FULLY_CONNECTED", [mean, weight, bias], (1, 2))
    return network.file(both, network.step("LOGISTIC", [both], (1, 2)))


def test_mean_connections_and_probability() -> None:
    picture = numbers(2, 2, 2, 3)
    means = picture.mean((1, 2))
    expected = np.stack([means[:, 0] + 0.5, means[:, 1] + means[:, 2] - 1], axis=1)
    found, probability = run(head(), picture, outputs=2)
    assert found == pytest.approx(expected, abs=1e-6), "each picture of two has its own answer"
    assert probability == pytest.approx(1 / (1 + np.exp(-expected)), abs=1e-6)


def test_the_mean_itself_can_be_had_too() -> None:
    picture = numbers(2, 2, 2, 3)
    model = convert(head(), name="tiny", outputs=("both", "probability"), any_size=False, pooled="mean")
    session = onnxruntime.InferenceSession(model)
    assert [output.name for output in session.get_outputs()] == ["both", "probability", "mean"]
    both, mean = session.run(["both", "mean"], {"image": picture})
    assert mean == pytest.approx(picture.mean((1, 2)), abs=1e-6)
    assert both[:, 0] == pytest.approx(mean[:, 0] + 0.5, abs=1e-6)


def test_a_mean_that_is_not_there_cannot_be_had() -> None:
    with pytest.raises(ConversionError, match="0 means over a picture"):
        convert(two_grids(), name="tiny", outputs=("rows",), any_size=True, pooled="mean")


def two_grids() -> bytes:
    """Every place's two answers of one number, and every second place's, in one list: what ends the palm detector."""
    network = Network((1, 4, 4, 2))
    options = {"Padding": SAME, "StrideH": 2, "StrideW": 2, "FilterHeight": 2, "FilterWidth": 2}
    small = network.step("MAX_POOL_2D", [0], (1, 2, 2, 2), **options)
    rows = [network.step("RESHAPE", [tensor], (1, count, 1)) for tensor, count in ((0, 32), (small, 8))]
    return network.file(network.step("CONCATENATION", rows, (1, 40, 1), Axis=1))


@pytest.mark.parametrize("side", [4, 8], ids=["the file's size", "twice as large"])
def test_grids_are_listed_place_by_place_whatever_the_size(side: int) -> None:
    pictures = numbers(2, side, side, 2)
    (found,) = run(two_grids(), pictures, any_size=True)
    for picture, rows in zip(pictures, found, strict=True):
        small = picture.reshape(side // 2, 2, side // 2, 2, 2).max((1, 3))
        assert np.array_equal(rows[:, 0], np.concatenate([picture.ravel(), small.ravel()]))


def test_half_precision_weights_stay_half_as_large() -> None:
    weight = numbers(64, 1, 1, 64).astype(np.float16)
    files = []
    for dtype in ("float16", "float32"):
        network = Network((1, 2, 2, 64))
        held = network.constant(weight, dtype)
        if dtype == "float16":
            held = network.step("DEQUANTIZE", [held], weight.shape)
        inputs = [0, held, network.constant(np.zeros(64))]
        result = network.step("CONV_2D", inputs, (1, 2, 2, 64), Padding=SAME, StrideH=1, StrideW=1)
        files.append(network.file(network.rows(result)))
    halves, full = (convert(file, name="tiny", outputs=("rows",), any_size=False) for file in files)
    assert halves == full, "what halves hold exactly is kept in halves"
    assert weight.nbytes < len(halves) < 1.3 * weight.nbytes
    expected = convolved(numbers(1, 2, 2, 64, seed=5), weight.astype(np.float32), np.zeros(64), (1, 1), SAME)
    assert run(files[0], numbers(1, 2, 2, 64, seed=5))[0] == pytest.approx(expected, abs=1e-4)


def test_weights_that_need_more_keep_it() -> None:
    weight = np.float32(1 + 2**-20) * np.ones((2, 1, 1, 2), np.float32)
    network = Network((1, 1, 1, 2))
    inputs = [0, network.constant(weight), network.constant([0, 0])]
    result = network.step("CONV_2D", inputs, (1, 1, 1, 2), Padding=SAME, StrideH=1, StrideW=1)
    (found,) = run(network.file(network.rows(result)), np.array([1.0, 0.0]).reshape(1, 1, 1, 2))
    assert found.ravel().tolist() == [np.float32(1 + 2**-20)] * 2


def one_step(
    kind: str, shape: tuple[int, ...], *constants: Any, source: tuple[int, ...] = (1, 4, 4, 2), **options: int
) -> bytes:
    network = Network(source)
    held = [
        network.constant(values, "int32" if np.asarray(values).dtype.kind == "i" else "float32") for values in constants
    ]
    result = network.step(kind, [0, *held], shape, **options)
    return network.file(network.rows(result) if len(shape) == 4 else result)


def eight_bits() -> bytes:
    network = Network((1, 4, 4, 2))
    weight = network.constant(numbers(2, 1, 1, 2), kind=tflite.TensorType.INT8)
    result = network.step("CONV_2D", [0, weight, network.constant([0, 0])], (1, 4, 4, 2), StrideH=1, StrideW=1)
    return network.file(network.rows(result))


def weights_that_are_no_constant() -> bytes:
    network = Network((1, 4, 4, 2))
    result = network.step("CONV_2D", [0, 0, network.constant([0, 0])], (1, 4, 4, 2), StrideH=1, StrideW=1)
    return network.file(network.rows(result))


PLAIN = {"Padding": SAME, "StrideH": 1, "StrideW": 1}
KERNEL, BIAS = numbers(2, 3, 3, 2), numbers(2)
RELU, TANH = tflite.ActivationFunctionType.RELU, tflite.ActivationFunctionType.TANH


@pytest.mark.parametrize(
    ("file", "says"),
    [
        pytest.param(b"", "no TensorFlow Lite file", id="an empty file"),
        pytest.param(b"PK\3\4 something else entirely", "no TensorFlow Lite file", id="another file"),
        pytest.param(one_step("TANH", (1, 4, 4, 2)), "operator TANH", id="an operator of no use here"),
        pytest.param(
            one_step("CONV_2D", (1, 4, 4, 2), KERNEL, BIAS, **PLAIN, DilationHFactor=2, DilationWFactor=2),
            "dilated",
            id="a convolution with holes",
        ),
        pytest.param(
            one_step("CONV_2D", (1, 4, 4, 2), KERNEL, BIAS, **PLAIN, FusedActivationFunction=TANH),
            "activation",
            id="a curve after it",
        ),
        pytest.param(
            one_step("DEPTHWISE_CONV_2D", (1, 4, 4, 4), numbers(1, 3, 3, 4), numbers(4), **PLAIN, DepthMultiplier=2),
            "depth multiplier of 2",
            id="two answers a channel",
        ),
        pytest.param(
            one_step("CONV_2D", (1, 2, 2, 2), KERNEL, BIAS, source=(1, 5, 4, 2), Padding=SAME, StrideH=2, StrideW=2),
            "no multiple of the step",
            id="a step that does not fit the sides",
        ),
        pytest.param(
            one_step("RESIZE_BILINEAR", (1, 12, 12, 2), [12, 12], HalfPixelCenters=1), "only doubling", id="three times"
        ),
        pytest.param(
            one_step("RESIZE_BILINEAR", (1, 8, 8, 2), [8, 8], AlignCorners=1), "only doubling", id="corner on corner"
        ),
        pytest.param(one_step("RESHAPE", (1, 32)), "reshape", id="a picture in one row"),
        pytest.param(one_step("MEAN", (1, 4, 4, 1), [3]), "mean", id="a mean over channels"),
        pytest.param(
            one_step("FULLY_CONNECTED", (1, 2), numbers(2, 32), BIAS), "fully connected", id="places fully connected"
        ),
        pytest.param(eight_bits(), "type", id="weights of eight bits"),
        pytest.param(one_step("ADD", (1, 4, 4, 2), numbers(1, 4, 4, 2)), "not computed", id="a sum with a constant"),
        pytest.param(weights_that_are_no_constant(), "no constant", id="weights that the network computes"),
    ],
)
def test_what_is_not_known_is_refused(file: bytes, says: str) -> None:
    with pytest.raises(ConversionError, match=says):
        convert(file, name="tiny", outputs=("rows",), any_size=False)


def test_pictures_are_no_outputs() -> None:
    network = Network((1, 2, 2, 1))
    file = network.file(network.step("ADD", [0, 0], (1, 2, 2, 1)))
    with pytest.raises(ConversionError, match="an output is a picture"):
        convert(file, name="tiny", outputs=("picture",), any_size=False)


def test_activated_rows_are_not_joined() -> None:
    network = Network((1, 2, 2, 1))
    rows = network.rows(0)
    file = network.file(network.step("CONCATENATION", [rows, rows], (1, 8, 1), Axis=1, FusedActivationFunction=RELU))
    with pytest.raises(ConversionError, match="without an activation"):
        convert(file, name="tiny", outputs=("rows",), any_size=False)


def test_as_many_names_as_outputs() -> None:
    with pytest.raises(ValueError, match="zip"):
        convert(head(), name="tiny", outputs=("one",), any_size=False)


NETWORKS: dict[str, tuple[str, dict[str, Any]]] = {
    "palm_detector.onnx": (
        "hand_detector.tflite",
        {"name": "palm_detection_full", "outputs": ("boxes", "scores"), "any_size": True},
    ),
    "hand_landmarks.onnx": (
        "hand_landmarks_detector.tflite",
        {
            "name": "hand_landmark_full",
            "outputs": ("points", "presence", "right", "world"),
            "any_size": False,
            "pooled": "features",
        },
    ),
}


@pytest.mark.parametrize("shipped", NETWORKS)
def test_the_shipped_networks_are_what_the_converter_writes(fixtures: Path, shipped: Any) -> None:
    """Twice the same bytes; what they answer is compared with MediaPipe's answers in test_hands_landmarker.py."""
    member, options = NETWORKS[shipped]
    with zipfile.ZipFile(fixtures / "hand_landmarker.task") as task:
        data = task.read(member)
    first, second = (convert(data, **options) for _ in range(2))
    assert first == second == model_path(shipped).read_bytes()
    assert len(first) < len(data)
    model = onnx.load_from_string(first)
    wanted = [*options["outputs"], *([options["pooled"]] if "pooled" in options else [])]
    assert [output.name for output in model.graph.output] == wanted
    assert {imported.version for imported in model.opset_import} == {17}


def test_the_palm_detector_takes_larger_squares() -> None:
    session = onnxruntime.InferenceSession(model_path("palm_detector.onnx").read_bytes())
    boxes, scores = session.run(None, {"image": np.zeros((1, 256, 384, 3), np.float32)})
    places = 32 * 48 * 2 + 16 * 24 * 6
    assert (boxes.shape, scores.shape) == ((1, places, 18), (1, places, 1))
