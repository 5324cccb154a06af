"""A face network that the user brings: its file, how pixels are to be given to it, and the id of its vectors."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import msgspec

from vision.errors import FaceModelError
from vision.faces.onnx_file import OnnxGraph
from vision.messages import say
from vision.models import file_sha256
from vision.runtime.failures import cause_of

Three = tuple[float, float, float]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The TOML file beside the network: what it wants to see is `(pixel - mean) / scale`, pixels 0..255.

    `mean` and `scale` are one number, or one for each channel, in the order of `channels`.
    """

    mean: float | Three | None = None
    scale: float | Three | None = None
    channels: Literal["rgb", "bgr"] = "rgb"


@dataclass(frozen=True, slots=True)
class PixelLevels:
    """How a chip's pixels (0..255) become the network's input: `(pixel - mean) / scale`, channels in this order."""

    mean: Three
    scale: Three
    channels: Literal["rgb", "bgr"] = "rgb"


_USUAL: Final = PixelLevels((127.5, 127.5, 127.5), (127.5, 127.5, 127.5))
_AS_THEY_ARE: Final = PixelLevels((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


@dataclass(frozen=True, slots=True)
class FaceModelFile:
    """A network's file, what it wants to see, and what its vectors are called.

    `model_id` names the network and the way its output becomes a vector; only vectors of one id may be compared.
    `sha256` is the file's (64 hex digits).
    """

    path: Path
    sha256: str
    levels: PixelLevels
    model_id: str

    @classmethod
    def read(cls, path: Path) -> FaceModelFile:
        """Look at the file, and at the TOML file of the same name beside it, if there is one.

        Without one, the levels are -1..1, or 0..255 for a network that begins with arithmetic on its input: it brings
        them to its own. Raises FaceModelError when a file cannot be read or the TOML file holds something else.
        """
        try:
            sha256 = file_sha256(path)
        except OSError as error:
            cause = cause_of(error)
            raise FaceModelError(
                say("faces.model_file.face_model_cannot_be_read", path=path, reason=cause.reason)
            ) from error
        graph = OnnxGraph.read(path)
        levels_itself = len(graph.used_inputs) == 1 and graph.begins_with_arithmetic(graph.used_inputs[0])
        usual = _AS_THEY_ARE if levels_itself else _USUAL
        levels = _levels(path.with_suffix(".toml"), usual)
        # Mirror averaging and other levels give other vectors of the same network.
        way = (
            "+mirror" if levels == usual else f"+mirror+levels:{hashlib.sha256(repr(levels).encode()).hexdigest()[:8]}"
        )
        name = path.stem.encode("utf-8", "replace").decode()
        return cls(path, sha256, levels, f"{name}{way}/sha256:{sha256[:8]}")


def _levels(toml: Path, usual: PixelLevels) -> PixelLevels:
    try:
        settings = msgspec.toml.decode(toml.read_bytes(), type=Settings)
    except FileNotFoundError:
        return usual
    except OSError as error:
        cause = cause_of(error)
        raise FaceModelError(
            say("faces.model_file.cannot_be_read", toml=toml, reason=cause.reason), advice=cause.advice
        ) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _not_settings(toml, str(error)) from error
    mean = usual.mean if settings.mean is None else _three(settings.mean)
    scale = usual.scale if settings.scale is None else _three(settings.scale)
    if not all(map(math.isfinite, (*mean, *scale))) or not all(scale):
        raise _not_settings(toml, f"mean {mean}, scale {scale}")
    return PixelLevels(mean, scale, settings.channels)


def _three(value: float | Three) -> Three:
    return value if isinstance(value, tuple) else (value, value, value)


def _not_settings(toml: Path, came: str) -> FaceModelError:
    return FaceModelError(say("faces.model_file.must_hold_mean_scale_one", toml=toml, came=came))
