import hashlib
from pathlib import Path
from typing import Any

import pytest

from vision import models
from vision.errors import EngineError


def test_every_recorded_sum_is_right() -> None:
    checks = models.verify()
    assert {check.name for check in checks} >= {
        "face_embedding_dlib.onnx",
        "face_embedding_sface.onnx",
        "face_yunet.onnx",
        "hand_landmarks.onnx",
        "hand_naming.npz",
        "hand_pixels.npz",
        "hand_weights.npz",
        "palm_detector.onnx",
    }
    assert [check.name for check in checks if not check.ok] == []


def test_sums_are_sorted_and_cover_every_model_file() -> None:
    names = list(models.recorded_sums())
    assert names == sorted(names)
    directory = models.model_path("palm_detector.onnx").parent
    assert {path.name for path in directory.iterdir() if path.suffix in {".onnx", ".tflite", ".npz"}} == {*names}


def test_path_and_sum_belong_together() -> None:
    path = models.model_path("face_yunet.onnx")
    assert models.model_sha256("face_yunet.onnx") == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_changed_and_a_missing_file_are_told_apart(tmp_path: Path) -> None:
    good = hashlib.sha256(b"good").hexdigest()
    (tmp_path / "SHA256SUMS").write_text(f"{good}  changed\n{good}  kept\n{good}  lost\n")
    (tmp_path / "changed").write_bytes(b"bad")
    (tmp_path / "kept").write_bytes(b"good")
    changed, kept, lost = models.verify(tmp_path)
    assert (changed.ok, kept.ok, lost.ok) == (False, True, False)
    assert changed.found is not None and lost.found is None


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param("abc  short\n", id="a digest that is too short"),
        pytest.param("0" * 64 + " one-blank\n", id="one blank where sha256sum writes two"),
    ],
)
def test_damaged_sums_are_an_error(tmp_path: Path, lines: Any) -> None:
    (tmp_path / "SHA256SUMS").write_text(lines)
    with pytest.raises(EngineError, match="line 1"):
        models.verify(tmp_path)


def test_unknown_names_and_missing_sums_are_errors(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="missing"):
        models.model_path("no_such.onnx")
    with pytest.raises(EngineError, match="no line"):
        models.model_sha256("no_such.onnx")
    with pytest.raises(EngineError, match="cannot be read"):
        models.verify(tmp_path)
