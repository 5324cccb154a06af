"""What the doctor says about healthy and sick installations."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from candidates.gallery import Gallery
from vision import __version__
from vision.command import machine as doctor
from vision.command.machine import Check, Report, examine
from vision.runtime import libraries
from vision.runtime.libraries import APT_LINE


@pytest.fixture(autouse=True)
def quick_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing MediaPipe takes seconds; a module of the standard library stands in."""
    monkeypatch.setattr(doctor, "_NATIVE_MODULES", ("json",))


def check_of(report: Report, name: str) -> Check:
    return next(check for check in report.checks if check.name == name)


def models_in(folder: Path, contents: dict[str, bytes]) -> Path:
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in contents.items()]
    (folder / "SHA256SUMS").write_text("".join(lines))
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return folder


def test_a_healthy_installation(tmp_path: Path) -> None:
    report = examine(models=models_in(tmp_path, {"a.task": b"one", "b.onnx": b"two"}), language="en")
    assert [check for check in report.checks if not check.ok] == []
    assert report.ok
    told = report.to_answer().to_dict()
    assert (told["schema"], told["ok"], told["version"]) == ("fotonetral.doctor/1", True, __version__)
    assert {"name", "ok", "detail", "advice"} == set(told["checks"][0])
    assert [c["name"] for c in told["checks"]][:5] == [
        "python",
        "fotonetral",
        "dependencies",
        "opencv",
        "system_libraries",
    ]


def test_the_shipped_models_are_whole() -> None:
    check = check_of(examine(), "models")
    assert check.ok, check.detail


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    ("damage", "says"),
    [
        pytest.param(lambda d: (d / "a.task").write_bytes(b"oNe"), "a.task", id="a changed byte"),
        pytest.param(lambda d: (d / "a.task").unlink(), "a.task", id="a missing file"),
        pytest.param(lambda d: (d / "SHA256SUMS").unlink(), "SHA256SUMS", id="no sums"),
        pytest.param(lambda d: (d / "SHA256SUMS").write_text(""), "SHA256SUMS", id="empty sums"),
        pytest.param(lambda d: (d / "SHA256SUMS").write_text("not a sum\n"), "not a sum", id="no sum line"),
        pytest.param(
            lambda d: (d / "SHA256SUMS").write_text("0" * 64 + "  ../a.task\n"), "../a.task", id="outside the folder"
        ),
    ],
)
def test_damaged_models(tmp_path: Path, damage: Any, says: str, language: Any) -> None:
    damage(models_in(tmp_path, {"a.task": b"one", "b.onnx": b"two"}))
    report = examine(models=tmp_path, language=language)
    check = check_of(report, "models")
    assert not report.ok
    assert not check.ok
    assert says in check.detail
    assert "b.onnx" not in check.detail
    assert check.advice


@pytest.mark.parametrize(
    ("installed", "ok"),
    [
        pytest.param({"opencv-python": "5.0"}, True, id="one"),
        pytest.param({"opencv-python": "5.0", "opencv-contrib-python": "5.0"}, True, id="two, one version"),
        pytest.param({"opencv-python": "5.0", "opencv-contrib-python": "4.9"}, False, id="two versions in one cv2"),
        pytest.param({}, False, id="none"),
    ],
)
def test_opencv_distributions(installed: dict[str, str], ok: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_version_of", installed.get)
    check = doctor._opencv("en")
    assert check.ok is ok
    assert all(name in check.detail for name in installed)
    assert bool(check.advice) is not ok


def test_missing_dependency(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name in ("mediapipe", "dlib-bin"):
            raise metadata.PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(metadata, "version", version)
    check = doctor._dependencies("en")
    assert not check.ok
    assert "mediapipe missing" in check.detail
    assert "dlib-bin 1.0" in check.detail, "dlib built from source serves as well"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bring these libraries along")
def test_missing_system_libraries() -> None:
    check = doctor._system_libraries("en", loads=lambda name: name != "libEGL.so.1")
    assert (check.ok, check.detail, check.advice) == (False, "missing: libEGL.so.1 (mediapipe)", APT_LINE)
    assert not libraries.loads("libnothing-of-this-name.so.9")


@pytest.mark.parametrize(
    ("code", "stderr", "detail", "advice"),
    [
        pytest.param(
            1,
            b"Traceback\nImportError: libGL.so.1: cannot open shared object file: No such file",
            "libGL.so.1",
            APT_LINE,
            id="a library is missing",
        ),
        pytest.param(1, b"ModuleNotFoundError: No module named 'cv2'", "No module", "Install", id="not installed"),
        pytest.param(-4, b"", "signal 4", "processor", id="an instruction that the processor lacks"),
    ],
)
def test_failing_imports(code: int, stderr: bytes, detail: str, advice: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: subprocess.CompletedProcess([], code, b"", stderr))
    check = doctor._native_module("cv2", "en")
    assert not check.ok
    assert detail in check.detail
    assert advice in check.advice


def test_a_real_failing_import() -> None:
    check = doctor._native_module("no_module_of_this_name", "id")
    assert not check.ok
    assert "no_module_of_this_name" in check.detail


@pytest.mark.parametrize(
    ("text", "detail", "advice"),
    [
        ("model name : Xeon\nflags : fpu avx2 avx512f avx512_vnni\n", "Xeon, {}, avx2, avx512f, avx512_vnni", False),
        ("model name : Old\nflags : fpu sse2\n", "Old, {}", True),
        ("Features : neon\n", "{}", False),
    ],
    ids=["fast", "without AVX2", "ARM"],
)
def test_processor(tmp_path: Path, text: str, detail: str, advice: bool) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text(text)
    check = doctor._processor("en", path)
    cores = check.detail.split(" cores")[0].split()[-1] + " cores"
    assert check.ok
    assert check.detail == detail.format(cores)
    assert bool(check.advice) is advice
    assert doctor._processor("en", tmp_path / "none").ok, "other systems have no such file"


def test_gallery_states(tmp_path: Path) -> None:
    path = tmp_path / "gallery.db"
    missing = doctor._gallery(path, "en")
    assert (missing.ok, missing.detail.split(":")[0]) == (False, "gallery.not_found")
    Gallery.open(path, create=True).close()
    healthy = check_of(examine(path, language="en"), "gallery")
    assert healthy.ok, healthy.detail
    assert healthy.detail.startswith("0 people, 0 reference photos, 0 elections")
    path.chmod(0o644)
    shared = doctor._gallery(path, "id")
    assert not shared.ok
    assert "chmod 600" in shared.advice
    path.write_bytes(b"no database at all" * 100)
    assert doctor._gallery(path, "en").detail.startswith("gallery.unreadable")
    assert not any(check.name == "gallery" for check in examine().checks)


@pytest.mark.slow
def test_a_real_native_module_loads() -> None:
    assert doctor._native_module("cv2", "en").ok
