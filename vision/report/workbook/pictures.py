"""The small pictures in the cells: the thumbnail with frames and numbers that can still be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from vision.errors import PhotoError
from vision.geometry import Box
from vision.media.photo import decode_full
from vision.report.annotate import encoded
from vision.report.drawing import INK, draw_mark, draw_tag, place_tags
from vision.report.lettering import font
from vision.report.marks import Mark
from vision.report.workbook.lines import Spot

SIZE_WH: Final = (240, 180)
"""Pixels that a picture in a cell fits into: about 9 KB of JPEG."""

SHOWN: Final = 0.625
"""The size at which it stands there: 150 x 112, so that it is sharp on fine screens and in print."""

_QUALITY: Final = 72
_UNIT: Final = 4.0  # of the drawing: frames come out 2 pixels wide, and their casing as much
_RADIUS: Final = 12.0  # of a numbered tag, in pixels; at the shown size the digits are 9 pixels high
_MOST_TAGS: Final = 9  # more would hide the picture; the frames stay
_MOST_SIDE: Final = 4096  # of a thumbnail, which a journal from elsewhere may hold in any size


def cell_picture(thumbnail: bytes, spots: Sequence[Spot]) -> tuple[bytes, tuple[int, int]] | None:
    """Return a thumbnail with its marks as a JPEG and its size (width, height); None for bytes that are no picture."""
    try:
        pixels = decode_full(thumbnail)
    except PhotoError:
        return None
    height, width = pixels.shape[:2]
    if max(height, width) > _MOST_SIDE:
        return None
    factor = min(SIZE_WH[0] / width, SIZE_WH[1] / height)
    size_wh = max(round(width * factor), 1), max(round(height * factor), 1)
    small = cv2.resize(pixels, size_wh, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)
    return encoded(_drawn(np.ascontiguousarray(small), spots), _QUALITY), size_wh


def _drawn(picture: NDArray[np.uint8], spots: Sequence[Spot]) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    marks = [
        Mark(Box(*spot.box_ltwh).scaled((width, height)), "flag" if spot.flags else "review", spot.number)
        for spot in spots
    ]
    for mark in marks:
        draw_mark(picture, mark, _UNIT)
    if len(marks) > _MOST_TAGS:
        return picture
    tags = place_tags(marks, _UNIT, _RADIUS, (width, height))
    for tag in tags:
        draw_tag(picture, tag, _UNIT)
    canvas = Image.fromarray(picture)
    pen = ImageDraw.Draw(canvas)
    for tag in tags:
        size = round(1.4 * _RADIUS)
        pen.text(tag.center_xy, str(tag.mark.number), INK[tag.mark.severity], font(size, True), anchor="mm")
    return np.asarray(canvas)
