"""The converted networks that find and read text answer as the published ones do, for RGB and for Latin letters."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from scripts.models.text_onnx import ALPHABET_KEY, TextModelError, convert_detector, convert_reader

Array = NDArray[np.float32]
RNG = np.random.default_rng(3)
KNOWN = ["!", "A", "b", "é", "龙", "Ж", "\u2014"]


def network(nodes: list[onnx.NodeProto], weights: dict[str, Array], sizes: list[int | str], known: str = "") -> bytes:
    made = [numpy_helper.from_array(array, name) for name, array in weights.items()]
    source = helper.make_tensor_value_info("x", TensorProto.FLOAT, sizes)
    target = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "made up", [source], [target], made)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=7)
    if known:
        model.metadata_props.add(key="character", value=known)
    return model.SerializeToString()


def answer(network: bytes, name: str, given: NDArray[np.generic]) -> Array:
    (told,) = onnxruntime.InferenceSession(network).run(None, {name: given})
    return np.asarray(told, np.float32)


def test_the_detector_takes_rgb_as_it_lies_in_memory() -> None:
    weights = {"w": RNG.normal(size=(1, 3, 3, 3)).astype(np.float32)}
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1]),
        helper.make_node("Sigmoid", ["c"], ["y"]),
    ]
    published = network(nodes, weights, ["n", 3, "h", "w"])
    rgb = RNG.integers(0, 256, (1, 32, 64, 3), np.uint8)
    bgr = (rgb[..., ::-1].astype(np.float32) / 127.5 - 1).transpose(0, 3, 1, 2)
    found = answer(convert_detector(published), "pixels", rgb)
    assert found.shape == (1, 32, 64)
    np.testing.assert_allclose(found, answer(published, "x", bgr)[:, 0], atol=5e-3)
    assert convert_detector(published) == convert_detector(published)


def test_the_reader_keeps_blank_latin_letters_and_space() -> None:
    classes = len(KNOWN) + 2
    weights = {
        "w": RNG.normal(size=(4, 3, 48, 1)).astype(np.float32) / 10,
        "m": RNG.normal(size=(4, classes)).astype(np.float32),
        "b": RNG.normal(size=classes).astype(np.float32),
    }
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"]),
        helper.make_node("Squeeze", ["c"], ["s"], axes=[2]),
        helper.make_node("Transpose", ["s"], ["t"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["t", "m"], ["p"]),
        helper.make_node("Add", ["p", "b"], ["y"]),
    ]
    published = network(nodes, weights, ["n", 3, 48, "w"], "\n".join(KNOWN))
    converted = convert_reader(published)
    session = onnxruntime.InferenceSession(converted)
    assert session.get_modelmeta().custom_metadata_map == {ALPHABET_KEY: "!Abé\u2014 "}
    line = RNG.uniform(-1, 1, (1, 3, 48, 20)).astype(np.float32)
    kept = answer(published, "x", line[:, ::-1])[..., [0, 1, 2, 3, 4, 7, 8]]
    np.testing.assert_allclose(answer(converted, "lines", line), kept, atol=2e-2)


def test_another_network_is_refused() -> None:
    with pytest.raises(TextModelError, match="convolution"):
        convert_detector(network([helper.make_node("Relu", ["x"], ["y"])], {}, ["n", 3, 8, 8]))
