"""JPEG pixels by libjpeg-turbo, whose warnings are heard: it fills what is damaged with grey, and Pillow says nothing.

The pixels are those that Pillow gives, bit by bit; what libjpeg-turbo's simple interface refuses is left to Pillow.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import simplejpeg
from numpy.typing import NDArray

_MISSING = ("premature end of data segment", "Premature end of JPEG file")
_BROKEN = (
    "bad Huffman code",
    "bad arithmetic code",
    "instead of RST",
    "Inconsistent progression sequence",
)
_HARMLESS = (
    "extraneous bytes before marker",
    "unknown JFIF revision",
    "Unknown Adobe color transform",
    "Invalid SOS parameters",
    "bad ICC marker",
)
_EXTRANEOUS = re.compile(r"(\d+) extraneous bytes before marker 0x(d[0-9a]|c4)")

_MOST_PADDING = 64
"""Bytes left over between a scan's data and the marker after it. Encoders pad to a multiple of some power of two; a
hole in the data leaves hundreds (`test_photo.py` makes such files)."""


class MissingDataError(Exception):
    """The data ends before the picture does."""


class BrokenDataError(Exception):
    """The data cannot be that of the picture; the text is the decoder's."""


def jpeg_pixels(data: bytes, stored_wh: tuple[int, int], reduce_by: int, *, cmyk: bool) -> NDArray[np.uint8] | None:
    """Decode at 1/`reduce_by` (1, 2, 4, 8) of the size: uint8 (height, width, 3), RGB, as stored.

    None where only Pillow can decode it; with `cmyk` always, for its colours: then the data is only looked through.
    Raises MissingDataError or BrokenDataError for what libjpeg warns of and shows all the same.
    """
    size_wh = -(-stored_wh[0] // reduce_by), -(-stored_wh[1] // reduce_by)
    options: dict[str, Any] = {"min_width": size_wh[0], "min_height": size_wh[1]}
    colours = "CMYK" if cmyk else "RGB"
    try:
        pixels = simplejpeg.decode_jpeg(data, colours, strict=True, **options)
    except ValueError as error:
        if not _is_harmless(str(error)):
            return None
        try:
            pixels = simplejpeg.decode_jpeg(data, colours, strict=False, **options)
        except ValueError:
            return None
    return None if cmyk or pixels.shape != (size_wh[1], size_wh[0], 3) else np.asarray(pixels, dtype=np.uint8)


def _is_harmless(told: str) -> bool:
    """Tell a warning that ordinary photos cause from an error; raises for one that means damage."""
    if any(text in told for text in _MISSING):
        raise MissingDataError(told)
    padding = _EXTRANEOUS.search(told)
    if any(text in told for text in _BROKEN) or (padding is not None and int(padding[1]) > _MOST_PADDING):
        raise BrokenDataError(told)
    return any(text in told for text in _HARMLESS)
