"""The photo as people look at it: verdict above, marks on it, their meaning below.

Everything is measured in hundredths of the picture's width, because a phone shows any photo about 400 pixels wide.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from vision.contract.answers.check import KeptPhoto
from vision.errors import Language
from vision.geometry import Box
from vision.report.drawing import INK, Picture, draw_mark, draw_tag, place_tags
from vision.report.lettering import font
from vision.report.marks import Banner, Mark, marks_of
from vision.report.strips import banner_strip, legend_strip
from vision.runtime.whole_files import write_whole

LONGEST_SIDE = 4000
"""Pixels of a marked photo: larger ones are reduced before, since nobody looks at marks from that near."""

JPEG_QUALITY = 90
_LEAST_WIDTH = 800  # below this, numbers and words would be too few pixels to read
_MOST_HEIGHT = 2400
_MOST_QUIET = 8  # more quiet hands than this are left unmarked: they would only hide the others
# Tag radius (in hundredths of the width) and boldness of frames by the number of marks: a crowd needs the room.
# Chosen by looking at 5 and 40 marks on group photos at 400 pixels' width.
_SIZES = ((12, 2.5, 1.0), (30, 1.9, 0.8), (10**6, 1.7, 0.65))


def annotate(
    pixels: NDArray[np.uint8], result: KeptPhoto, language: Language = "id", *, strips: bool = True
) -> NDArray[np.uint8]:
    """Draw a result on its photo.

    `pixels` is uint8 (height, width, 3) RGB, upright, in full size or reduced. Returns a new RGB picture; small photos
    come out enlarged. Without `strips` it is the photo with its marks alone, for a page that says the rest.
    """
    height, width = pixels.shape[:2]
    banner, marks = marks_of(result, language, (width / result.photo.width, height / result.photo.height))
    return draw(pixels, marks, banner, language) if strips else marked(pixels, marks)[0]


def draw(
    pixels: NDArray[np.uint8], marks: Sequence[Mark], banner: Banner, language: Language = "id"
) -> NDArray[np.uint8]:
    """Draw marks (in pixels of `pixels`) and banner on a copy of the photo; returns uint8 RGB (height, width, 3)."""
    picture, unit = marked(pixels, marks)
    return _stacked(picture, marks, banner, unit, language)


def marked(pixels: NDArray[np.uint8], marks: Sequence[Mark]) -> tuple[NDArray[np.uint8], float]:
    """Draw marks (in pixels of `pixels`) on a copy of the photo; returns it and a hundredth of its width in pixels."""
    picture, marks = _enlarged(pixels, marks)
    height, width = picture.shape[:2]
    unit = max(width, _LEAST_WIDTH) / 100
    numbered = sum(mark.number > 0 for mark in marks)
    reach, boldness = next((reach, boldness) for most, reach, boldness in _SIZES if numbered <= most)
    shown = marks if len(marks) - numbered <= _MOST_QUIET else [mark for mark in marks if mark.number]
    for mark in sorted(shown, key=lambda mark: mark.number == 0, reverse=True):
        draw_mark(picture, mark, unit, boldness)
    radius = reach * unit
    tags = place_tags(marks, unit, radius, (width, height))
    for tag in tags:
        draw_tag(picture, tag, unit)
    canvas = Image.fromarray(picture)
    pen = ImageDraw.Draw(canvas)
    for tag in tags:
        digits = str(tag.mark.number)
        size = radius * (1.45 if len(digits) == 1 else 1.2 if len(digits) == 2 else 0.85)
        pen.text(tag.center_xy, digits, INK[tag.mark.severity], font(round(size), True), anchor="mm")
    return np.asarray(canvas), unit


def save_annotated(path: str | os.PathLike[str], pixels: NDArray[np.uint8]) -> None:
    """Write a JPEG without metadata, whole or not at all."""
    write_whole(path, encoded(pixels))


def encoded(pixels: NDArray[np.uint8], quality: int = JPEG_QUALITY) -> bytes:
    """Return RGB pixels as the bytes of a JPEG without metadata."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def _enlarged(pixels: NDArray[np.uint8], marks: Sequence[Mark]) -> tuple[Picture, Sequence[Mark]]:
    """Return a writable copy of the photo, enlarged when it is too small to hold readable marks."""
    height, width = pixels.shape[:2]
    factor = min(_LEAST_WIDTH / width, _MOST_HEIGHT / height)
    if factor <= 1:
        return pixels.copy(), marks
    size = (max(round(width * factor), 1), max(round(height * factor), 1))
    scale = (size[0] / width, size[1] / height)
    larger = cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC)
    return larger, [_scaled(mark, scale) for mark in marks]


def _scaled(mark: Mark, scale_xy: tuple[float, float]) -> Mark:
    points = mark.landmarks_xy
    moved = None if points is None else tuple((x * scale_xy[0], y * scale_xy[1]) for x, y in points)
    box: Box = mark.box.scaled(scale_xy)
    return replace(mark, box=box, landmarks_xy=moved)


def _stacked(
    picture: NDArray[np.uint8], marks: Sequence[Mark], banner: Banner, unit: float, language: Language
) -> NDArray[np.uint8]:
    """Put banner, photo and legend on top of each other; a photo narrower than the strips stands in the middle."""
    width = max(picture.shape[1], _LEAST_WIDTH)
    aside = width - picture.shape[1]
    photo = np.pad(picture, ((0, 0), (aside // 2, aside - aside // 2), (0, 0))) if aside else picture
    legend = legend_strip(marks, width, unit)
    strips = [banner_strip(banner, width, unit, language), photo, *([] if legend is None else [legend])]
    return np.vstack(strips)
