"""Words drawn on photos as they stand on banners and shirts: in perspective, on folded cloth, blurred, through JPEG."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from vision.geometry import Box

Pixels = NDArray[np.uint8]
"""(height, width, 3) uint8 RGB."""

_FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
FONTS = ("DejaVuSans-Bold", "DejaVuSans", "DejaVuSerif-Bold", "DejaVuSansMono-Bold", "DejaVuSerif")
_CAPITALS = 0.73  # of the font's size


@dataclass(frozen=True, slots=True)
class Drawn:
    """A photo with a line on it, and how tall its capitals are in pixels."""

    pixels: Pixels
    height: float


def with_line(chance: random.Random, photo: Pixels, text: str, height: float) -> Drawn:
    """Draw a line somewhere on a photo, its capitals `height` pixels tall where it fits, else smaller."""
    line = _banner(chance, text, height)
    if chance.random() < 0.5:
        line = _folded(chance, line)
    factor = min(1.0, 0.9 * photo.shape[1] / line.shape[1], 0.8 * photo.shape[0] / line.shape[0])
    small = cv2.resize(line, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    left = chance.uniform(0, photo.shape[1] - small.shape[1])
    top = chance.uniform(0, photo.shape[0] - small.shape[0])
    return Drawn(_saved(chance, _pasted(chance, photo, small, left, top)), height * factor)


def with_number(chance: random.Random, photo: Pixels, number: str, face: Box) -> Drawn:
    """Draw a number on the chest of the person with this face: a third to all of a face tall."""
    height = face.height * chance.uniform(0.35, 1.0)
    digits = _folded(chance, _banner(chance, number, height))
    x, _ = face.center_xy
    left = x - digits.shape[1] / 2 + chance.uniform(-0.3, 0.3) * face.width
    # All of it is in the photo, however much of the person is.
    lowest = photo.shape[0] - 1.2 * digits.shape[0]
    top = min(face.bottom + chance.uniform(0.5, 1.2) * face.height, max(lowest, face.bottom))
    return Drawn(_saved(chance, _pasted(chance, photo, digits, left, top)), height)


def _banner(chance: random.Random, text: str, height: float) -> Pixels:
    font = ImageFont.truetype(str(_FONTS / f"{chance.choice(FONTS)}.ttf"), round(height / _CAPITALS))
    left, top, right, bottom = (round(edge) for edge in font.getbbox(text))
    margin = round(0.6 * height)
    ground = tuple(chance.randrange(256) for _ in range(3))
    ink = (240, 240, 240) if sum(ground) < 380 else (10, 10, 10)
    picture = Image.new("RGB", (right - left + 2 * margin, bottom - top + 2 * margin), ground)
    ImageDraw.Draw(picture).text((margin - left, margin - top), text, ink, font=font)
    return np.array(picture)


def _folded(chance: random.Random, line: Pixels) -> Pixels:
    """Bend a line as cloth hangs, with light and shadow on the folds."""
    height, width = line.shape[:2]
    xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    wave, phase = chance.uniform(0.5, 2) * 2 * np.pi / max(width, height), chance.uniform(0, 6)
    bent = ys + height * chance.uniform(0.02, 0.1) * np.sin(wave * xs + phase)
    cloth = cv2.remap(line, xs, bent.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    light = 1 + chance.uniform(0.05, 0.25) * np.cos(1.7 * wave * xs + phase)
    return np.asarray(np.clip(cloth * light[..., None], 0, 255).astype(np.uint8))


def _pasted(chance: random.Random, photo: Pixels, line: Pixels, left: float, top: float) -> Pixels:
    """Lay a line into a photo, tilted by up to 8 degrees and seen a little from the side."""
    height, width = line.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    off = np.array([[chance.uniform(-0.12, 0.12) * height for _ in "xy"] for _ in corners], np.float32)
    seen = corners + off + np.array([left, top], np.float32)
    angle, middle = np.deg2rad(chance.uniform(-8, 8)), seen.mean(axis=0)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, ((seen - middle) @ turn.T + middle).astype(np.float32))
    size_wh = photo.shape[1], photo.shape[0]
    mask = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size_wh)
    laid = cv2.warpPerspective(line, matrix, size_wh, flags=cv2.INTER_AREA)
    share = cv2.GaussianBlur(mask, (3, 3), 0)[..., None] / 255.0
    return np.asarray((photo * (1 - share) + laid * share).astype(np.uint8))


def _saved(chance: random.Random, pixels: Pixels) -> Pixels:
    """Blur a little, more often than not, and save as JPEG."""
    if chance.random() < 0.6:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), chance.uniform(0.4, 1.2)))
    _, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, chance.randint(55, 92)])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))[..., ::-1].copy()
