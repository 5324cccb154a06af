"""Contact sheets: crops of photos with a caption each, to look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from scripts.bench.hands.bench import Pixels
from vision.geometry import Box

_TILE, _CAPTION, _COLUMNS = 180, 30, 8
_LINE, _LETTERS = 14, 29


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """A square crop, (side, side, 3) uint8 RGB, and what is written under it (two lines of about 29 letters)."""

    pixels: Pixels
    caption: tuple[str, str]


def crop_around(pixels: Pixels, box: Box, times: float) -> Pixels:
    """Return the square about a box, `times` its longer side, black where it leaves the photo."""
    side = max(round(max(box.width, box.height) * times), 8)
    x, y = (round(middle - side / 2) for middle in box.center_xy)
    crop = np.zeros((side, side, 3), np.uint8)
    left, top = max(x, 0), max(y, 0)
    part = pixels[top : max(y + side, 0), left : max(x + side, 0)]
    crop[top - y : top - y + part.shape[0], left - x : left - x + part.shape[1]] = part
    zoom = cv2.INTER_AREA if side > _TILE else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(crop, (_TILE, _TILE), interpolation=zoom), np.uint8)


def write_sheet(tiles: list[Tile], path: Path) -> None:
    """Write the tiles, eight a row, as one picture file; nothing when there are none."""
    if not tiles:
        return
    rows = -(-len(tiles) // _COLUMNS)
    height = _TILE + _CAPTION
    sheet = np.zeros((rows * height, _COLUMNS * _TILE, 3), np.uint8)
    for index, tile in enumerate(tiles):
        top, left = index // _COLUMNS * height, index % _COLUMNS * _TILE
        sheet[top : top + _TILE, left : left + _TILE] = tile.pixels
        for line, text in enumerate(tile.caption):
            place = (left + 2, top + _TILE + 11 + line * _LINE)
            cv2.putText(sheet, text[:_LETTERS], place, cv2.FONT_HERSHEY_SIMPLEX, 0.36, (255, 255, 255), 1, cv2.LINE_AA)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
