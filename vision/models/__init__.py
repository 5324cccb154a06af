"""The model files that ship with the product, and their recorded SHA-256 sums.

The files and `SHA256SUMS` are written by `python -m scripts.models build`; the product downloads nothing at run time.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from vision.errors import EngineError
from vision.messages import say

ModelName = Literal[
    "face_embedding_dlib.onnx",
    "face_embedding_sface.onnx",
    "face_yunet.onnx",
    "hand_landmarks.onnx",
    "hand_naming.npz",
    "hand_pixels.npz",
    "hand_weights.npz",
    "palm_detector.onnx",
    "text_detector.onnx",
    "text_reader.onnx",
]
"""The names of the model files."""

DLIB = "dlib"
"""What stands in the place of a file for dlib's face network, which comes with the product."""

_DIRECTORY = Path(__file__).resolve().parent
SUMS = "SHA256SUMS"
"""The file beside the models that records their sums."""

_SUM_LINE = re.compile(r"([0-9a-f]{64})  ([^/\\]+)")  # a plain name: nothing outside the folder
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """One line of `verify`: the recorded sum and the one of the file as it lies there (None: no file to read)."""

    name: str
    expected: str
    found: str | None

    @property
    def ok(self) -> bool:
        """Whether the file is there and is the recorded one."""
        return self.found == self.expected


def model_path(name: ModelName) -> Path:
    """Return where the model lies. Raises EngineError when the file is missing."""
    path = _DIRECTORY / name
    if not path.is_file():
        raise EngineError(say("runtime.models.model_file_is_missing_from", name=name, directory=_DIRECTORY))
    return path


def model_sha256(name: ModelName) -> str:
    """Return the recorded SHA-256 (64 hex digits) of a model; reads `SHA256SUMS`, not the model itself.

    Raises EngineError when no sum is recorded.
    """
    try:
        return recorded_sums()[name]
    except KeyError:
        raise EngineError(say("runtime.models.holds_no_line_for_model", sums=SUMS, name=name)) from None


def recorded_sums(directory: Path | None = None) -> Mapping[str, str]:
    """Return file name to SHA-256 as `SHA256SUMS` records them. Raises EngineError when it is missing or damaged."""
    return _read_sums(directory or _DIRECTORY)


@cache
def _read_sums(directory: Path) -> Mapping[str, str]:
    path = directory / SUMS
    try:
        lines = path.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EngineError(say("runtime.models.cannot_be_read", path=path)) from error
    sums: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not (fits := _SUM_LINE.fullmatch(line)):
            shown = line[:_SHOWN]
            raise EngineError(
                say("runtime.models.line_expected_sha256_name_but", path=path, number=number, shown=shown)
            )
        sums[fits[2]] = fits[1]
    return MappingProxyType(sums)


def verify(directory: Path | None = None) -> tuple[ModelCheck, ...]:
    """Hash every recorded model file (about 0.1 s) and compare. Raises EngineError when there are no recorded sums."""
    directory = directory or _DIRECTORY
    return tuple(
        ModelCheck(name, expected, _found(directory / name)) for name, expected in recorded_sums(directory).items()
    )


def _found(path: Path) -> str | None:
    try:
        return file_sha256(path)
    except OSError:
        return None


def file_sha256(path: Path) -> str:
    """Return the SHA-256 (64 hex digits) of a file, read in pieces. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
