"""Pictures of faces made harder: masks, sunglasses, veils, hard sun, back light and tilts drawn over a portrait.

Everything is drawn in memory, from dlib's 68 landmarks of the unaltered picture, and the same for the same picture.
Drawn cloth is no photograph of cloth: it hides what cloth hides, which is what a face finder has to do without.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import dlib
import numpy as np
from numpy.typing import NDArray

from scripts.bench.hands.bench import Pixels
from scripts.bench.hands.damage import back_light as lit_from_behind
from vision.faces.alignment import weights_path
from vision.geometry import Box
from vision.media.photo import open_photo

Points = NDArray[np.float64]
"""dlib's 68 landmarks, (68, 2), pixels: 0-16 jaw, 17-26 brows, 27-35 nose, 36-47 eyes, 48-67 mouth."""

LFW_FACE = Box(41, 41, 68, 68)
"""Where the face of a picture of Labeled Faces in the Wild lies: it was cut at 2.2 times the detector's square."""

_FINE = 4
"""Shapes are drawn at so many times the size, and shrunk: their edges are as soft as a photo's."""

_GAMMA = 2.2
MASK_COLOURS = ((168, 205, 226), (238, 238, 236), (32, 33, 36), (122, 160, 132), (196, 120, 140))
CLOTH_COLOURS = ((40, 42, 48), (226, 218, 205), (128, 40, 60), (60, 92, 140), (196, 170, 40), (110, 84, 70))


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A picture of one person, (height, width, 3) uint8 RGB, with the face's box and 68 landmarks in its pixels."""

    name: str
    pixels: Pixels
    face: Box
    points: Points


Wear = Callable[[Portrait, np.random.Generator], Portrait]


def landmarks_68(pixels: Pixels, face: Box) -> Points:
    """Return dlib's 68 landmarks of a face."""
    corners = face.left, face.top, face.right, face.bottom
    shape = _predictor()(np.ascontiguousarray(pixels), dlib.rectangle(*(round(value) for value in corners)))
    return np.array([(point.x, point.y) for point in shape.parts()], np.float64)


def open_portraits(paths: Iterable[Path]) -> list[Portrait]:
    """Open pictures of Labeled Faces in the Wild; the face's place is the data set's, no detector's."""
    portraits = []
    for path in paths:
        pixels = open_photo(path).pixels
        rough = landmarks_68(pixels, LFW_FACE)
        middle, reach = rough[17:].mean(axis=0), 1.05 * float(np.ptp(rough[17:], axis=0).max())
        face = Box(middle[0] - reach / 2, middle[1] - reach / 2, reach, reach)
        name = f"{path.parent.name}/{path.stem}"
        portraits.append(Portrait(name, pixels, LFW_FACE, landmarks_68(pixels, face)))
    return portraits


def as_it_is(portrait: Portrait, _rng: np.random.Generator) -> Portrait:
    """Change nothing."""
    return portrait


def surgical_mask(portrait: Portrait, rng: np.random.Generator) -> Portrait:
    """Cover everything from the bridge of the nose to the chin and nearly to the ears, with folds and straps."""
    points = portrait.points
    top = points[28] * 0.6 + points[29] * 0.4
    chin = points[8] + 0.05 * (points[8] - points[27])
    outline = np.vstack([points[2:8], chin, points[9:15], points[14] * 0.6 + points[35] * 0.4, top])
    outline = np.vstack([outline, points[2] * 0.6 + points[31] * 0.4])
    shape = _filled(portrait, outline)
    for low, high in ((1, 0), (15, 16)):
        shape = np.maximum(shape, _line(portrait, points[2 if low == 1 else 14], points[high], 0.02))
    cloth = _cloth(portrait, MASK_COLOURS[int(rng.integers(len(MASK_COLOURS)))], rng, folds=4, across=True)
    return _laid_over(portrait, shape, cloth, shading=0.25)


def sunglasses(portrait: Portrait, _rng: np.random.Generator) -> Portrait:
    """Cover both eyes with dark lenses, a bridge and temples."""
    points = portrait.points
    right, left = points[36:42].mean(axis=0), points[42:48].mean(axis=0)
    across = left - right
    shape = _line(portrait, right, left, 0.05)
    for middle, temple in ((right, points[0]), (left, points[16])):
        lens = middle + 0.08 * np.array([-across[1], across[0]])
        angle = math.degrees(math.atan2(across[1], across[0]))
        radius = float(np.hypot(*across))
        shape = np.maximum(shape, _ellipse(portrait, lens, (0.42 * radius, 0.33 * radius), angle))
        shape = np.maximum(shape, _line(portrait, lens, temple, 0.04))
    return _laid_over(portrait, shape, _plain(portrait, (26, 24, 24)), shading=0.05)


def hijab(portrait: Portrait, rng: np.random.Generator) -> Portrait:
    """Cover hair, ears, neck and shoulders; the face from the brow to the chin stays."""
    return _veiled(portrait, rng, _face_window(portrait.points, lowest=None))


def patterned_hijab(portrait: Portrait, rng: np.random.Generator) -> Portrait:
    """Cover as `hijab` does, with a printed cloth."""
    return _veiled(portrait, rng, _face_window(portrait.points, lowest=None), printed=True)


def niqab(portrait: Portrait, rng: np.random.Generator) -> Portrait:
    """Cover everything but a band around the eyes."""
    return _veiled(portrait, rng, _face_window(portrait.points, lowest=29))


def hijab_and_mask(portrait: Portrait, rng: np.random.Generator) -> Portrait:
    """Cover as `hijab` and `surgical_mask` do."""
    return hijab(surgical_mask(portrait, rng), rng)


def side_sun(portrait: Portrait, rng: np.random.Generator) -> Portrait:
    """Let the sun burn out one side of the face and leave the other in shadow."""
    return _lit(portrait, bright=3.2, dark=0.18, flip=bool(rng.integers(2)), softness=0.06)


def noon_sun(portrait: Portrait, _rng: np.random.Generator) -> Portrait:
    """Let the sun stand high: brow and nose burnt out, eyes and neck black."""
    points = portrait.points
    light = np.full(portrait.pixels.shape[:2], 1.5, np.float32)
    width = float(np.linalg.norm(points[16] - points[0]))
    for middle, size in ((points[36:42].mean(axis=0), 0.17), (points[42:48].mean(axis=0), 0.17), (points[57], 0.16)):
        shape = _ellipse(portrait, middle + np.array([0, 0.02 * width]), (size * width, 0.6 * size * width), 0.0)
        light *= 1 - 0.7 * cv2.GaussianBlur(shape, (0, 0), 0.03 * width)
    above = (points[19] + points[24]) / 2 - np.array([0, 0.15 * width])
    brow = _ellipse(portrait, above, (0.4 * width, 0.15 * width), 0.0)
    light *= 1 + 1.5 * cv2.GaussianBlur(brow, (0, 0), 0.08 * width)
    return _relit(portrait, light)


def back_light(portrait: Portrait, rng: np.random.Generator) -> Portrait:
    """Put the light behind: dark, and veiled toward it."""
    return Portrait(portrait.name, lit_from_behind(portrait.pixels, rng), portrait.face, portrait.points)


def dark(portrait: Portrait, rng: np.random.Generator) -> Portrait:
    """Leave an eighth of the light, with a sensor's noise."""
    linear = (portrait.pixels / 255.0) ** _GAMMA / 8 + rng.normal(0, 0.002, portrait.pixels.shape)
    pixels = (np.clip(linear, 0, 1) ** (1 / _GAMMA) * 255 + 0.5).astype(np.uint8)
    return Portrait(portrait.name, pixels, portrait.face, portrait.points)


def tilted(degrees: float) -> Wear:
    """Return what turns the picture about the face, to either side."""

    def turn(portrait: Portrait, rng: np.random.Generator) -> Portrait:
        angle = degrees if rng.integers(2) else -degrees
        matrix = cv2.getRotationMatrix2D(portrait.face.center_xy, angle, 1.0)
        size = portrait.pixels.shape[1], portrait.pixels.shape[0]
        pixels = cv2.warpAffine(portrait.pixels, matrix, size, borderMode=cv2.BORDER_REFLECT_101)
        points = np.c_[portrait.points, np.ones(len(portrait.points))] @ matrix.T
        return Portrait(portrait.name, pixels.astype(np.uint8), portrait.face, points)

    return turn


WEARS: dict[str, Wear] = {
    "as it is": as_it_is,
    "surgical mask": surgical_mask,
    "sunglasses": sunglasses,
    "hijab": hijab,
    "patterned hijab": patterned_hijab,
    "hijab and mask": hijab_and_mask,
    "niqab": niqab,
    "sun from the side": side_sun,
    "sun at noon": noon_sun,
    "back light": back_light,
    "dark": dark,
    "tilted 20": tilted(20),
    "tilted 40": tilted(40),
}


def _face_window(points: Points, lowest: int | None) -> Points:
    """Return the outline of what a veil leaves open: brow to chin, or to the landmark `lowest` of the nose."""
    brow = (points[19] + points[24]) / 2
    up = brow - points[8]
    up /= np.linalg.norm(up)
    middle = points[30] * 0.5 + points[27] * 0.5
    rim = middle + 0.94 * (points[1:16] - middle)
    height = float(np.linalg.norm(points[8] - brow))
    top = [points[15] * 0.2 + points[26] * 0.8, *(points[24::-1][:6] + 0.16 * height * up), points[17]]
    if lowest is None:
        return np.vstack([rim, *top])
    band = np.linalg.norm(points[45] - points[36]) * 0.16
    across = (points[45] - points[36]) / np.linalg.norm(points[45] - points[36])
    below = np.array([-across[1], across[0]])
    below = below if below @ up < 0 else -below
    outer = 0.22 * np.linalg.norm(points[45] - points[36]) * across
    eyes = [points[36] - outer, points[17], points[19], points[24], points[26], points[45] + outer]
    lower = [
        points[45] + outer * 0.6 + 1.5 * band * below,
        points[lowest],
        points[36] - outer * 0.6 + 1.5 * band * below,
    ]
    return np.vstack([*eyes, *lower])


def _veiled(portrait: Portrait, rng: np.random.Generator, window: Points, *, printed: bool = False) -> Portrait:
    points = portrait.points
    width = float(np.linalg.norm(points[16] - points[0]))
    middle = (points[0] + points[16]) / 2
    down = points[8] - (points[19] + points[24]) / 2
    down /= np.linalg.norm(down)
    angle = math.degrees(math.atan2(down[0], -down[1])) + 180
    head = _ellipse(portrait, middle + 0.02 * width * down, (0.68 * width, 0.88 * width), angle)
    shoulders = _ellipse(portrait, middle + 1.75 * width * down, (1.05 * width, 1.15 * width), angle)
    open_to = _filled(portrait, window)
    shape = np.clip(np.maximum(head, shoulders) - open_to, 0, 1)
    colour = CLOTH_COLOURS[int(rng.integers(len(CLOTH_COLOURS)))]
    cloth = _cloth(portrait, colour, rng, folds=9, across=False)
    if printed:
        cloth = _printed(portrait, cloth, rng)
    return _laid_over(portrait, shape, cloth, shading=0.1)


def _cloth(
    portrait: Portrait, colour: tuple[int, int, int], rng: np.random.Generator, *, folds: int, across: bool
) -> NDArray[np.float32]:
    """Return a picture of plain cloth with folds, of the portrait's size."""
    height, width = portrait.pixels.shape[:2]
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    face = portrait.face
    along = (rows - face.top) / face.height if across else (columns - face.left + 0.3 * rows) / face.width
    wave = 0.93 + 0.05 * np.sin(2 * np.pi * (folds / 2 * along + rng.uniform()))
    wave += 0.03 * np.sin(2 * np.pi * (folds * 0.73 * along + rng.uniform()))
    return np.asarray(wave[..., None] * np.array(colour, np.float32), np.float32)


def _printed(portrait: Portrait, cloth: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    height, width = portrait.pixels.shape[:2]
    rows, columns = np.mgrid[:height, :width].astype(np.float32) / portrait.face.width
    phase = rng.uniform(0, 2 * np.pi, 4)
    flowers = np.sin(26 * columns + phase[0]) * np.sin(26 * rows + phase[1])
    scrolls = np.sin(17 * columns + 3 * np.sin(9 * rows + phase[2]) + phase[3])
    second = np.array(CLOTH_COLOURS[int(rng.integers(len(CLOTH_COLOURS)))], np.float32)
    where = ((flowers > 0.35) | (np.abs(scrolls) < 0.2))[..., None]
    return np.asarray(np.where(where, 0.5 * cloth + 0.5 * (255 - second), cloth), np.float32)


def _plain(portrait: Portrait, colour: tuple[int, int, int]) -> NDArray[np.float32]:
    return np.full(portrait.pixels.shape, colour, np.float32)


def _laid_over(portrait: Portrait, shape: NDArray[np.float32], cloth: NDArray[np.float32], shading: float) -> Portrait:
    """Lay cloth over the picture where `shape` is 1; `shading` is how far the picture's own light shows in it."""
    grey = cv2.cvtColor(portrait.pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    light = cv2.GaussianBlur(grey, (0, 0), 0.15 * portrait.face.width)
    light /= max(float(np.median(light)), 1.0)
    lit = cloth * (1 - shading + shading * np.clip(light, 0.3, 1.8))[..., None]
    mixed = portrait.pixels * (1 - shape[..., None]) + lit * shape[..., None]
    pixels = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)
    return Portrait(portrait.name, pixels, portrait.face, portrait.points)


def _lit(portrait: Portrait, *, bright: float, dark: float, flip: bool, softness: float) -> Portrait:
    points = portrait.points
    middle, axis = points[27:31].mean(axis=0), points[8] - points[27]
    normal = np.array([axis[1], -axis[0]]) / np.linalg.norm(axis) * (-1 if flip else 1)
    rows, columns = np.mgrid[: portrait.pixels.shape[0], : portrait.pixels.shape[1]]
    away = ((columns - middle[0]) * normal[0] + (rows - middle[1]) * normal[1]) / portrait.face.width
    share = 1 / (1 + np.exp(-away / softness))
    return _relit(portrait, dark + (bright - dark) * share)


def _relit(portrait: Portrait, light: NDArray[Any]) -> Portrait:
    linear = (portrait.pixels / 255.0) ** _GAMMA * light[..., None]
    pixels = (np.clip(linear, 0, 1) ** (1 / _GAMMA) * 255 + 0.5).astype(np.uint8)
    return Portrait(portrait.name, pixels, portrait.face, portrait.points)


def _filled(portrait: Portrait, outline: Points) -> NDArray[np.float32]:
    canvas = _fine_canvas(portrait)
    cv2.fillPoly(canvas, [np.round(outline * _FINE).astype(np.int32)], 1.0)
    return _coarse(canvas, portrait)


def _ellipse(portrait: Portrait, middle: Points, radii: tuple[float, float], degrees: float) -> NDArray[np.float32]:
    canvas = _fine_canvas(portrait)
    centre = tuple(int(value) for value in np.round(np.asarray(middle) * _FINE))
    axes = tuple(max(round(radius * _FINE), 1) for radius in radii)
    cv2.ellipse(canvas, centre, axes, degrees, 0, 360, 1.0, -1)
    return _coarse(canvas, portrait)


def _line(portrait: Portrait, start: Points, end: Points, thickness: float) -> NDArray[np.float32]:
    canvas = _fine_canvas(portrait)
    first, last = (tuple(int(value) for value in np.round(point * _FINE)) for point in (start, end))
    cv2.line(canvas, first, last, 1.0, max(round(thickness * portrait.face.width * _FINE), 1))
    return _coarse(canvas, portrait)


def _fine_canvas(portrait: Portrait) -> NDArray[np.float32]:
    return np.zeros((portrait.pixels.shape[0] * _FINE, portrait.pixels.shape[1] * _FINE), np.float32)


def _coarse(canvas: NDArray[np.float32], portrait: Portrait) -> NDArray[np.float32]:
    size = portrait.pixels.shape[1], portrait.pixels.shape[0]
    return np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), np.float32)


@cache
def _predictor() -> Any:
    return dlib.shape_predictor(str(weights_path("shape_predictor_68_face_landmarks.dat")))
