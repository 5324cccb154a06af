"""A machine that lacks libraries of the system: everybody names them, with the line that installs them."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import vision.faces
from vision import EngineError, PhotoChecker
from vision.errors import MissingLibraryError
from vision.runtime import libraries, workers
from vision.runtime.libraries import APT_LINE, LIBRARIES, missing_library, named_by_loader

pytestmark = pytest.mark.slow

XCB = "libxcb.so.1: cannot open shared object file: No such file or directory"
EGL = "libEGL.so.1: cannot open shared object file: No such file or directory"


@pytest.fixture
def without_xcb(tmp_path: Path) -> dict[str, str]:
    """Give the environment of a process in which importing OpenCV fails as on a bare Debian."""
    (tmp_path / "cv2.py").write_text(f"raise ImportError({XCB!r})\n")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])}


def run(code: str, environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, *words], env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("message", "library"),
    [
        pytest.param(XCB, "libxcb.so.1", id="glibc"),
        pytest.param(f"dlopen failed: {EGL}", "libEGL.so.1", id="in the middle"),
        pytest.param(
            "Error loading shared library libGL.so.1: No such file or directory (needed by cv2.so)",
            "libGL.so.1",
            id="musl",
        ),
        pytest.param("/opt/x/libmediapipe.so: cannot open shared object file", None, id="a file of the installation"),
        pytest.param("No module named 'cv2'", None, id="another failure"),
    ],
)
def test_what_the_loader_says(message: str, library: str | None) -> None:
    assert named_by_loader(message) == library


def test_everything_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(libraries, "loads", lambda name: name not in ("libxcb.so.1", "libEGL.so.1"))
    error = missing_library(ImportError(XCB))
    assert isinstance(error, EngineError)
    assert error.code == "engine.missing_library"
    for text in (error.text("id"), error.text("en")):
        assert "libxcb.so.1, libEGL.so.1" in text
        assert APT_LINE in text
    assert pickle.loads(pickle.dumps(error)).text("en") == error.text("en")


def test_the_cause_counts_and_other_errors_do_not() -> None:
    outer = RuntimeError("the model could not be loaded")
    outer.__cause__ = OSError(EGL)
    assert missing_library(outer) is not None
    assert missing_library(OSError(28, "No space left on device")) is None
    assert missing_library(ValueError(XCB)) is None, "a message that only quotes the loader"


def test_a_library_that_nobody_foresaw_is_named_without_a_line() -> None:
    error = missing_library(OSError("libfuture.so.7: cannot open shared object file: No such file or directory"))
    assert error is not None
    assert "libfuture.so.7" in error.text("en")
    assert APT_LINE not in error.text("en")


def test_the_line_holds_every_package_once() -> None:
    words = APT_LINE.split()
    assert all(words.count(library.package) == 1 for library in LIBRARIES.values())


def test_the_python_api(without_xcb: dict[str, str]) -> None:
    code = (
        "from vision.errors import EngineError\n"
        "try:\n    from vision import PhotoChecker\n"
        "except EngineError as error:\n    print(error.code, error)"
    )
    told = run(code, without_xcb)
    assert (told.stderr, told.returncode) == ("", 0)
    assert told.stdout.startswith("engine.missing_library ")
    assert "libxcb.so.1" in told.stdout


@pytest.mark.parametrize(
    "line",
    [
        "check {photo}",
        "fix {photo} --out {folder}/safe.jpg",
        "scan {photo} --out {folder}/out",
        "candidates import {table} --gallery {folder}/gallery.db",
    ],
)
def test_the_commands(line: str, without_xcb: dict[str, str], tmp_path: Path, fixtures: Path) -> None:
    named = {"photo": fixtures / "photos/pair_sign.jpg", "table": fixtures / "candidates.csv", "folder": tmp_path}
    asked = [word.format(**named) for word in line.split()]
    told = run("from vision.command.main import main; main()", without_xcb, *asked)
    said = told.stdout + told.stderr
    assert told.returncode == 2, said
    assert "[engine.missing_library]" in said
    assert "libxcb.so.1" in said
    assert APT_LINE in said
    assert "engine.failed" not in said


def fails(*_: Any, **__: Any) -> Any:
    raise OSError(EGL)


def test_a_detector_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch, fixtures: Path) -> None:
    monkeypatch.setattr(vision.faces, "FaceFinder", fails)
    photo = fixtures / "photos" / "pair_sign.jpg"
    with PhotoChecker.open(language="en") as checker:
        with pytest.raises(MissingLibraryError, match=r"libEGL\.so\.1"):
            checker.check(photo)
        told = checker.check_or_error(photo).to_dict()
    assert told["error"]["code"] == "engine.missing_library"
    assert APT_LINE in told["error"]["message"]


def test_a_process_that_cannot_load_it() -> None:
    assert workers._told(OSError(EGL)).code == "engine.missing_library"
