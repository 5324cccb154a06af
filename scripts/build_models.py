"""Write the model files of `vision/models/` from two public packages; for maintainers, the product ships the result.

    python scripts/build_models.py [--wheel FILE] [--out DIRECTORY]

MediaPipe's models come out of one pinned wheel (fetched with pip unless given; newer wheels hold no models). The face
networks are dlib's, converted from the files of the installed package `face_recognition_models`. The same inputs give
the same bytes. `SHA256SUMS` is renewed: files that this script does not build keep their line, hashed anew.
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
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts import tflite_onnx
from scripts.dlib_onnx import graph, reader

WHEEL_REQUIREMENT = "mediapipe==0.10.21"
WHEEL_SHA256 = "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3"
SUMS = "SHA256SUMS"


class BuildError(Exception):
    """An input is missing or is not the pinned one."""


@dataclass(frozen=True, slots=True)
class _DlibNetwork:
    """A file of `face_recognition_models`, its SHA-256, and how its bytes become an ONNX model."""

    file_name: str
    sha256: str
    convert: Callable[[bytes], bytes]


_PIP_DOWNLOAD = ["download", "--no-deps", "--only-binary", ":all:"]
_WHEEL_TAGS = ["--platform", "manylinux_2_28_x86_64", "--python-version", "3.11"]
_MODULES = "mediapipe/modules"
_PALM_DETECTOR = f"{_MODULES}/palm_detection/palm_detection_full.tflite"
_HAND_LANDMARKS = f"{_MODULES}/hand_landmark/hand_landmark_full.tflite"
_FACE_DETECTOR = f"{_MODULES}/face_detection/face_detection_full_range_sparse.tflite"
_DLIB_NETWORKS = {
    "face_embedding.onnx": _DlibNetwork(
        "dlib_face_recognition_resnet_model_v1.dat",
        "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
        lambda data: graph.face_network(reader.read_face_network(data)),
    ),
    "face_verifier.onnx": _DlibNetwork(
        "mmod_human_face_detector.dat",
        "4cb19393e2fbaf2b1609a9319ad5386618c886a6234ec1b971f3e87c85d87fe6",
        lambda data: graph.face_detector(reader.read_face_detector(data)),
    ),
}


def build(wheel: Path, directory: Path) -> list[str]:
    """Write every model file into `directory`, and `SHA256SUMS`; returns the names written. Raises BuildError."""
    archive = zipfile.ZipFile(io.BytesIO(_pinned(wheel, WHEEL_SHA256)))
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
        "face_detector.tflite": archive.read(_FACE_DETECTOR),
    }
    for name, network in _DLIB_NETWORKS.items():
        built[name] = network.convert(_pinned(_dlib_file(network.file_name), network.sha256))
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


def fetch_wheel(directory: Path) -> Path:
    """Download the pinned wheel with pip (of this Python, or through uvx) and return it. Raises BuildError."""
    if importlib.util.find_spec("pip"):
        pip = [sys.executable, "-m", "pip"]
    elif uvx := shutil.which("uvx"):
        pip = [uvx, "pip"]
    else:
        raise BuildError(f"neither pip nor uvx is installed: download the wheel of {WHEEL_REQUIREMENT}, pass --wheel")
    done = subprocess.run(
        [*pip, *_PIP_DOWNLOAD, *_WHEEL_TAGS, "--dest", str(directory), WHEEL_REQUIREMENT], check=False
    )
    wheels = list(directory.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        raise BuildError(f"pip did not deliver the wheel of {WHEEL_REQUIREMENT} (status {done.returncode})")
    return wheels[0]


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


def main() -> int:
    """Parse the command line and build; returns the exit status."""
    parser = argparse.ArgumentParser(description="Write the model files of vision/models/.")
    parser.add_argument("--wheel", type=Path, help=f"the wheel of {WHEEL_REQUIREMENT}, instead of downloading it")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[1] / "vision" / "models")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as temporary:
            wheel = options.wheel or fetch_wheel(Path(temporary))
            for name in build(wheel, options.out):
                print(f"{name}: {(options.out / name).stat().st_size} bytes")
    except BuildError as error:
        print(f"build_models: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
