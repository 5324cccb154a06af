"""The copy as a file: its format, its bytes without metadata, and writing it whole, never over the original."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vision.media.photo import Original
from vision.messages import say
from vision.remedy.errors import CopyExistsError, CopyFormatError, CopyIsOriginalError, CopyUnwritableError
from vision.remedy.profile import colours_only
from vision.runtime.failures import cause_of
from vision.runtime.whole_files import writing_whole

JPEG_QUALITY = 92
"""Where the original is no JPEG whose own quality can be kept."""

_MOST_COARSE = 255  # a larger step needs a kind of JPEG that many programs do not show


class Format(StrEnum):
    """The formats in which copies are written."""

    JPEG = "JPEG"
    PNG = "PNG"


_FORMATS = {".jpg": Format.JPEG, ".jpeg": Format.JPEG, ".png": Format.PNG}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a copy goes, and as what."""

    path: Path
    format: Format


def target_of(photo: str, original_format: str, out: str, *, force: bool) -> Target:
    """Say where the copy of `photo` goes when the user asked for `out`: a file, whose suffix decides, or a folder.

    In a folder it has the photo's name; a PNG stays a PNG, everything else becomes a JPEG. Raises `CopyFormatError`,
    `CopyIsOriginalError`, `CopyUnwritableError` where the folder is missing, or `CopyExistsError` unless `force`.
    """
    path = Path(out)
    if path.is_dir():
        path /= Path(photo).stem + (".png" if original_format == Format.PNG else ".jpg")
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise CopyFormatError(say("remedy.copies.copy_cannot_be_written_as", out=out))
    _refuse(photo, path, force=force)
    if not path.parent.is_dir():
        raise CopyUnwritableError(say("remedy.copies.there_is_no_folder", parent=path.parent))
    return Target(path, form)


def encode(pixels: NDArray[np.uint8], form: Format, original: Original) -> bytes:
    """Return the file's bytes: pixels and the colours of the original's profile, and nothing else.

    pixels : (height, width, 3) uint8 RGB. A JPEG's copy as a JPEG keeps its quality: its quantisation tables and chroma
    subsampling. Raises `CopyUnwritableError` for more pixels than the format holds.
    """
    options: dict[str, object] = {}
    if original.icc_profile is not None and (profile := colours_only(original.icc_profile)) is not None:
        options["icc_profile"] = profile
    if form is Format.JPEG:
        tables = original.jpeg_tables
        if tables is not None and all(1 <= step <= _MOST_COARSE for table in tables.values() for step in table):
            options["qtables"] = tables
        else:
            options["quality"] = JPEG_QUALITY
        if original.jpeg_sampling is not None:
            options["subsampling"] = original.jpeg_sampling
    stream = io.BytesIO()
    try:
        Image.fromarray(pixels).save(stream, form.value, **options)
    except (OSError, ValueError) as error:
        what = f"{pixels.shape[1]} x {pixels.shape[0]}, {form.value}: {error}"
        raise CopyUnwritableError(say("remedy.copies.copy_could_not_be_put", what=what)) from error
    return stream.getvalue()


def write(target: Target, data: bytes, photo: str, *, force: bool) -> None:
    """Write the file whole or not at all. Raises as `target_of` does, and `CopyUnwritableError`."""
    _refuse(photo, target.path, force=force)
    try:
        # Of the user's own mode: whoever posts it must be able to read it.
        with writing_whole(target.path, mode=0o666, replace=force, durable=True) as file:
            file.write(data)
    except FileExistsError as error:
        raise _exists(target.path) from error
    except OSError as error:
        cause = cause_of(error)
        raise CopyUnwritableError(
            say("remedy.copies.could_not_be_written", path=target.path, reason=cause.reason),
            advice=cause.advice,
        ) from error


def _refuse(photo: str, path: Path, *, force: bool) -> None:
    if path.exists() and path.samefile(photo):
        raise CopyIsOriginalError(say("remedy.copies.is_original_photo", path=path))
    if path.is_dir() or (not force and os.path.lexists(path)):
        raise _exists(path)


def _exists(path: Path) -> CopyExistsError:
    return CopyExistsError(say("remedy.copies.exists_already", path=path))
