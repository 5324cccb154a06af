"""Face networks that users bring: what is asked of their files, and what becomes of the chips."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.face_networks import by_hand, save, weights, write_network
from tests.fakes import a_face
from vision.errors import EngineError, FaceModelError
from vision.faces import ArcFaceEmbedder
from vision.faces.model_file import FaceModelFile
from vision.faces.onnx_file import OnnxGraph
from vision.faces.template import template_chip
from vision.geometry import Box


@pytest.fixture
def chips() -> Any:
    """Five noisy chips; more than one batch of two, and no whole number of them."""
    return np.random.default_rng(1).integers(0, 256, (5, 112, 112, 3), np.uint8)


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param({}, id="any batch"),
        pytest.param({"nhwc": True}, id="colours last"),
        pytest.param({"batch": 1}, id="one chip a time"),
        pytest.param({"batch": 4}, id="always four"),
        pytest.param({"batch": 3, "nhwc": True}, id="always three, colours last"),
        pytest.param({"rows": 1}, id="says any, takes one"),
        pytest.param({"size": 512}, id="long"),
    ],
)
def test_every_layout_gives_what_can_be_worked_out(tmp_path: Path, chips: Any, kind: dict[str, Any]) -> None:
    embedder = ArcFaceEmbedder(write_network(tmp_path / "tiny.onnx", **kind))
    size = kind.get("size", 16)
    vectors = embedder.embed_chips(list(chips))
    assert (embedder.size, vectors.shape, vectors.dtype) == (size, (5, size), np.float32)
    np.testing.assert_allclose(vectors, by_hand(chips, weights(size)), atol=2e-5)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)


def test_nobody_gives_no_vector(tmp_path: Path) -> None:
    embedder = ArcFaceEmbedder(write_network(tmp_path / "tiny.onnx"))
    assert embedder.embed(np.zeros((9, 9, 3), np.uint8), []).shape == (0, 16)


def test_company_changes_nothing(tmp_path: Path, chips: Any) -> None:
    embedder = ArcFaceEmbedder(write_network(tmp_path / "tiny.onnx", batch=4))
    together = embedder.embed_chips(list(chips))
    for chip, vector in zip(chips, together, strict=True):
        np.testing.assert_array_equal(embedder.embed_chips([chip])[0], vector)


def test_a_mirrored_face_is_the_same_face(tmp_path: Path, chips: Any) -> None:
    embedder = ArcFaceEmbedder(write_network(tmp_path / "tiny.onnx"))
    np.testing.assert_allclose(embedder.embed_chips([chips[0][:, ::-1]]), embedder.embed_chips([chips[0]]), atol=1e-6)


def test_faces_of_a_photo(tmp_path: Path, chips: Any) -> None:
    photo = np.tile(chips[0], (2, 2, 1))
    points = np.array([[70, 80], [110, 80], [90, 100], [75, 118], [105, 118]])
    face = a_face(Box(50, 50, 80, 80), five_points_xy=points)
    embedder = ArcFaceEmbedder(write_network(tmp_path / "tiny.onnx"))
    expected = by_hand(template_chip(photo, face)[None], weights(16))
    np.testing.assert_allclose(embedder.embed(photo, [face, face]), np.repeat(expected, 2, axis=0), atol=2e-5)


@pytest.mark.parametrize(
    ("toml", "mean", "scale", "channels"),
    [
        ("", 127.5, 127.5, "rgb"),
        ("mean = 0\nscale = 255", 0.0, 255.0, "rgb"),
        ('channels = "bgr"', 127.5, 127.5, "bgr"),
        ("mean = [10, 20, 30.5]\nscale = [1, 2, 4]", [10, 20, 30.5], [1, 2, 4], "rgb"),
        ('mean = [10, 20, 30.5]\nchannels = "bgr"', [10, 20, 30.5], 127.5, "bgr"),
    ],
    ids=["nothing said", "0..1", "blue first", "by channel", "by channel, blue first"],
)
def test_what_the_toml_file_says(tmp_path: Path, chips: Any, toml: str, mean: Any, scale: Any, channels: str) -> None:
    plain = ArcFaceEmbedder(write_network(tmp_path / "tiny.onnx")).model_id
    (tmp_path / "tiny.toml").write_text(toml)
    embedder = ArcFaceEmbedder(tmp_path / "tiny.onnx")
    seen = chips if channels == "rgb" else chips[..., ::-1]
    np.testing.assert_allclose(
        embedder.embed_chips(list(chips)), by_hand(seen, weights(16), np.array(mean), np.array(scale)), atol=2e-5
    )
    # Other levels give other vectors, which must not be compared with these.
    assert (embedder.model_id == plain) is (toml == "")


@pytest.mark.parametrize(
    ("first", "nhwc", "mean", "scale"),
    [
        ([("Sub", 127.5), ("Mul", 1 / 128)], False, 127.5, 128),
        ([("Div", 255.0)], True, 0, 255),
        ([("Mul", 1 / 127.5), ("Add", -1.0)], True, 127.5, 127.5),
    ],
    ids=["Sub, Mul", "colours last, Div", "colours last, Mul, Add"],
)
def test_a_network_that_levels_by_itself_gets_plain_pixels(
    tmp_path: Path, chips: Any, first: list[tuple[str, float]], nhwc: bool, mean: float, scale: float
) -> None:
    path = write_network(tmp_path / "tiny.onnx", first=first, nhwc=nhwc)
    graph = OnnxGraph.read(path)
    assert graph.used_inputs == ("picture",) and graph.begins_with_arithmetic("picture")
    np.testing.assert_allclose(
        ArcFaceEmbedder(path).embed_chips(list(chips)), by_hand(chips, weights(16), mean, scale), atol=2e-5
    )
    # The TOML file has the last word.
    (tmp_path / "tiny.toml").write_text("mean = 1\nscale = 2")
    levels = FaceModelFile.read(path).levels
    assert (levels.mean, levels.scale) == ((1.0,) * 3, (2.0,) * 3)


@pytest.mark.parametrize("data", [b"", b"\x08", b"\x0f\x01", b"\x3a\x7f\x0a", b"not a network", b"\xff" * 40])
def test_what_is_no_network_begins_with_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "odd.onnx").write_bytes(data)
    assert OnnxGraph.read(tmp_path / "odd.onnx") == OnnxGraph()
    assert not OnnxGraph().begins_with_arithmetic("picture")


def test_levels_are_read_behind_weights_that_come_quantised(tmp_path: Path, chips: Any) -> None:
    """As OpenCV Zoo's int8 files have it: weights are widened before the picture is touched, and are inputs as well."""
    path, matrix = tmp_path / "blocks.onnx", weights(16)
    scale = np.float32(np.abs(matrix).max() / 127)
    levels = np.round(matrix / scale).astype(np.int8)
    nodes = [
        helper.make_node("DequantizeLinear", ["levels", "step"], ["weight"]),
        helper.make_node("Cast", ["picture"], ["cast"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["cast", "mean"], ["centred"]),
        helper.make_node("Mul", ["centred", "part"], ["level"]),
        helper.make_node("AveragePool", ["level"], ["cells"], kernel_shape=[28, 28], strides=[28, 28]),
        helper.make_node("Reshape", ["cells", "shape"], ["row"]),
        helper.make_node("MatMul", ["row", "weight"], ["vector"]),
    ]
    arrays = {
        "levels": levels,
        "step": scale,
        "mean": np.float32(127.5),
        "part": np.float32(1 / 128),
        "shape": np.array([-1, 48], np.int64),
    }
    constants = [numpy_helper.from_array(np.asarray(value), name) for name, value in arrays.items()]
    picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["n", 3, 112, 112])
    former = helper.make_tensor_value_info("weight_before", TensorProto.FLOAT, [48, 16])
    save(path, nodes, [picture, former], [helper.make_tensor_value_info("vector", TensorProto.FLOAT, None)], constants)
    expected = by_hand(chips, levels * scale, 127.5, 128)
    # ONNX Runtime multiplies by int8 weights in int8: near, but not to the last digit.
    assert (np.sum(ArcFaceEmbedder(path).embed_chips(list(chips)) * expected, axis=1) > 0.98).all()


def test_the_id_names_file_and_way(tmp_path: Path) -> None:
    path = write_network(tmp_path / "tiny.onnx")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    embedder = ArcFaceEmbedder(path)
    assert embedder.model_id == f"tiny+mirror/sha256:{digest[:8]}"
    assert embedder.sha256 == digest
    # Words that change nothing leave the id alone.
    (tmp_path / "tiny.toml").write_text('mean = 127.5\nscale = [127.5, 127.5, 127.5]\nchannels = "rgb"')
    assert ArcFaceEmbedder(path).model_id == embedder.model_id
    (tmp_path / "tiny.toml").write_text("scale = 128")
    assert re.fullmatch(rf"tiny\+mirror\+levels:[0-9a-f]{{8}}/sha256:{digest[:8]}", ArcFaceEmbedder(path).model_id)


@pytest.mark.parametrize(
    "toml",
    [
        "mean = true",
        "mean = [1, 2]",
        "scale = 0",
        "scale = [1, 0, 1]",
        "mean = nan",
        'channels = "RGB"',
        "means = 1",
        "mean =",
    ],
)
def test_a_wrong_toml_file_says_what_belongs_in_it(tmp_path: Path, toml: str) -> None:
    path = write_network(tmp_path / "tiny.onnx")
    (tmp_path / "tiny.toml").write_text(toml)
    with pytest.raises(FaceModelError, match=r"tiny\.toml must hold mean, scale .* channels") as caught:
        ArcFaceEmbedder(path)
    assert caught.value.code == "engine.face_model"
    assert "harus berisi mean" in caught.value.text("id")


def _info(name: str, shape: list[int | str], kind: int = TensorProto.FLOAT) -> Any:
    return helper.make_tensor_value_info(name, kind, shape)


def _two_inputs(path: Path) -> None:
    nodes = [helper.make_node("Add", ["a", "b"], ["c"])]
    save(
        path, nodes, [_info("a", ["n", 3, 112, 112]), _info("b", ["n", 3, 112, 112])], [_info("c", ["n", 3, 112, 112])]
    )


def _two_outputs(path: Path) -> None:
    nodes = [helper.make_node("Flatten", ["a"], [name]) for name in "bc"]
    save(path, nodes, [_info("a", ["n", 3, 112, 112])], [_info("b", ["n", 37632]), _info("c", ["n", 37632])])


def _flat(shape: list[int | str], kind: int = TensorProto.FLOAT, operator: str = "Flatten") -> Callable[[Path], None]:
    def write(path: Path) -> None:
        output = helper.make_tensor_value_info("b", kind, None)
        save(path, [helper.make_node(operator, ["a"], ["b"])], [_info("a", shape, kind)], [output])

    return write


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (lambda path: path.write_bytes(b"name,role\n" * 20), "cannot be loaded"),
        (lambda path: path.write_bytes(b""), "cannot be loaded"),
        (_two_inputs, "2 inputs and 1 outputs"),
        (_two_outputs, "1 inputs and 2 outputs"),
        (_flat(["n", 3, 160, 160]), r"\['n', 3, 160, 160\]"),
        (_flat(["n", 1, 112, 112]), r"\['n', 1, 112, 112\]"),
        (_flat(["n", 37632]), r"\['n', 37632\]"),
        (_flat(["n", 3, 112, 112], TensorProto.DOUBLE), "double"),
        (_flat(["n", 3, 112, 112], operator="Relu"), r"its output is \[1, 3, 112, 112\]"),
        (lambda path: write_network(path, size=1), r"its output is \[1, 1\]"),
        (lambda path: write_network(path, rows=7), "failed when tried"),
    ],
    ids=[
        "a table",
        "empty",
        "two inputs",
        "two outputs",
        "another size",
        "grey",
        "flat",
        "doubles",
        "a picture comes out",
        "one number comes out",
        "fails",
    ],
)
def test_what_is_no_face_network(tmp_path: Path, write: Callable[[Path], object], says: str) -> None:
    path = tmp_path / "wrong.onnx"
    write(path)
    with pytest.raises(FaceModelError, match=says) as caught:
        ArcFaceEmbedder(path)
    for language in ("id", "en"):
        assert "wrong.onnx" in caught.value.text(language) and "(N, 3, 112, 112)" in caught.value.text(language)


@pytest.mark.parametrize("name", ["gone.onnx", "."])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(FaceModelError, match="cannot be read"):
        ArcFaceEmbedder(tmp_path / name)


def test_a_free_height_and_width_are_fine(tmp_path: Path, chips: Any) -> None:
    nodes = [helper.make_node("GlobalAveragePool", ["a"], ["b"]), helper.make_node("Flatten", ["b"], ["c"])]
    save(tmp_path / "free.onnx", nodes, [_info("a", ["n", 3, "h", "w"])], [_info("c", ["n", 3])])
    means = (chips.astype(float).mean(axis=(1, 2)) - 127.5) / 127.5
    expected = means / np.linalg.norm(means, axis=1, keepdims=True)
    np.testing.assert_allclose(ArcFaceEmbedder(tmp_path / "free.onnx").embed_chips(list(chips)), expected, atol=1e-3)


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf], ids=["zeros", "NaN", "infinite"])
def test_an_empty_vector_is_an_error_and_no_embedding(tmp_path: Path, chips: Any, value: float) -> None:
    path = write_network(tmp_path / "tiny.onnx", weight=np.full((48, 16), value, np.float32))
    with pytest.raises(EngineError, match="empty vector") as caught:
        ArcFaceEmbedder(path).embed_chips(list(chips))
    assert caught.value.code == "engine.failed"
