"""Draws the pictures of docs/accuracy.md from what may be shown: portraits in the public domain and rendered hands.

`python -m scripts.house accuracy [FOLDER]` writes `hands_small.jpg` (one hand a row, smaller and smaller) and
`hands_wrong.jpg` (the first hand of each difficult kind that is named wrongly) into the folder, docs/pictures/ unless
given. The same library versions give the same pictures.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from scripts import ROOT
from scripts.bench.hands.bench import Engine, Pixels
from scripts.bench.hands.hosts import as_jpeg
from scripts.bench.hands.metric import ACCEPTED, QUIET, REACH, is_near
from scripts.bench.hands.turns import out_of_focus
from scripts.fixtures.rendering import BACK, NONE_SHAPES, PALM, RenderedHand, View, render_hand
from scripts.fixtures.rendering.mesh import Sleeve
from scripts.fixtures.rendering.shading import Light
from scripts.fixtures.rendering.staff import RaisedHand, raise_hand
from scripts.fixtures.rendering.view import LEAN
from vision.geometry import Box
from vision.media.photo import open_photo

_PHOTOS = ROOT / "fixtures" / "photos"
_WIDTH, _GAP, _FONT = 900, 6, 20
_QUALITY = 62
"""Of the sheets, for pages that are read on a phone: under 250 kB each."""

Colour = tuple[int, int, int]
"""sRGB, 0..255."""

_BLACK, _GREEN, _RED, _GREY = (0, 0, 0), (20, 140, 50), (205, 30, 30), (125, 125, 125)

SIZES = (96, 48, 32, 24, 16)
_ARM = RaisedHand(
    "peace_two",
    right=True,
    center_xy=(168, 290),
    hand_px=215,
    skin=(234, 186, 158),
    sleeve=Sleeve((226, 108, 70), 0.035, 1.45),
    light=Light((-0.3, 0.6, 0.9), 0.55),
    softness=1.0,
    grain=4,
    seed=1,
)
"""The right arm of the woman in `pair_plain.jpg`, whose head is about as high as this hand is long."""

_SHOWN = (48, 66, 440)
"""Left, top and side of the square that is shown of this photo: the hand and the face."""

RAISED = {
    "finger_heart": View(roll=4, pitch=LEAN["finger_heart"]),
    "thumb_up": View(),
    "peace_two": View(roll=5, yaw=-4),
    "one_index": View(roll=5),
    "fist": View(roll=4),
    "palm_five": View(roll=5),
    "half_curl": View(roll=10, yaw=-10),
}

_TRIES = 16
_SEED = 91_000
"""Far from the seeds of the training, of the benchmark and of the fixtures."""

_HAND_SIDE = 160
"""Of the whole picture, pixels: a hand is 60 to 90 long, as in a photo of a few people."""

DIFFICULT: dict[str, tuple[str, View]] = {
    "fist": ("fist", PALM),
    "fist, back of the hand": ("fist", BACK),
    "finger_heart": ("finger_heart", View(pitch=LEAN["finger_heart"])),
    "finger_heart, from the side": ("finger_heart", View(yaw=30, pitch=LEAN["finger_heart"])),
    "four": ("four", PALM),
    "four, back of the hand": ("four", BACK),
    "palm_five, edge on": ("palm_five", View(yaw=65)),
    "palm_five, back of the hand": ("palm_five", BACK),
    "ok, from the side": ("ok", View(yaw=-30)),
    "three_mrp, from the side": ("three_mrp", View(yaw=40)),
    "peace_two, back of the hand": ("peace_two", BACK),
    "l_two, edge on": ("l_two", View(yaw=65)),
    "thumb_up, at the camera": ("thumb_up", View(yaw=45)),
    "one_index, at the camera": ("one_index", View(pitch=60)),
    "no sign: holding a bottle": ("holding", PALM),
    "no sign: holding a pen": ("pinch", PALM),
    "no sign: loosely curled": ("half_curl", PALM),
    "no sign: hanging at rest": ("relaxed_hang", View(roll=180)),
}
"""By what is written under it: the pose, and the view of a left hand; right hands are seen in the mirror of it."""


@dataclass(frozen=True, slots=True)
class HandAnswer:
    """What the product said of one hand; `score` is that of the pose, nan where no hand was found."""

    pose: str | None
    score: float
    colour: Colour

    def words(self) -> str:
        """Return a mark and the name: colour alone is not for everybody."""
        mark = {_GREEN: "✓", _RED: "✗", _GREY: "○"}[self.colour]
        return f"{mark} {self.pose or 'not found'}"


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A square picture, (side, side, 3) uint8 RGB, its frame's colour, and the lines under it, each in a colour."""

    pixels: Pixels
    colour: Colour
    lines: tuple[tuple[str, Colour], ...]


def tell(engine: Engine, pixels: Pixels, box: Box, pose: str) -> HandAnswer:
    """Read a photo and compare the hand at `box` with the pose that was rendered there."""
    reach = REACH * max(box.width, box.height)
    near = [hand for hand in engine.look(pixels) if is_near(hand["box"], box.center_xy, reach)]
    if not near:
        return HandAnswer(None, float("nan"), _GREY)
    loudest = max(near, key=lambda hand: (hand["pose"] not in QUIET, hand["pose_score"]))
    named = loudest["pose"]
    right = named in ACCEPTED.get(pose, QUIET)
    return HandAnswer(named, loudest["pose_score"], _GREEN if right else _GREY if named in QUIET else _RED)


def small_hands(engine: Engine) -> Iterator[tuple[str, list[Cell]]]:
    """Raise each sign beside a face once, and read the photo at smaller and smaller sizes; a row a sign."""
    photo = open_photo(_PHOTOS / "pair_plain.jpg").pixels
    for pose, view in RAISED.items():
        image, landmarks = raise_hand(photo, replace(_ARM, pose=pose, view=view))
        box = Box.around((float(x), float(y)) for x, y in landmarks)
        cells = []
        for size in SIZES:
            part = size / max(box.width, box.height)
            small = as_jpeg(np.asarray(cv2.resize(image, None, fx=part, fy=part, interpolation=cv2.INTER_AREA)), 90)
            told = tell(engine, small, box.scaled((part, part)), pose)
            left, top, side = (round(part * edge) for edge in _SHOWN)
            shown = np.s_[top : top + side, left : left + side]
            score = f"{size} px" if told.pose is None else f"{size} px: {told.score:.2f}"
            cells.append(Cell(small[shown], told.colour, ((told.words(), told.colour), (score, told.colour))))
        yield (f"none ({pose})" if pose in NONE_SHAPES else pose), cells


def wrong_hands(engine: Engine) -> Iterator[Cell]:
    """Render hands of each difficult kind, and show the first one that is named wrongly."""
    behind = out_of_focus(open_photo(_PHOTOS / "pair_plain.jpg").pixels)
    for title, (pose, view) in DIFFICULT.items():
        failures = []
        for seed in range(_SEED, _SEED + _TRIES):
            hand = _turned(pose, seed, view, behind)
            pixels = as_jpeg(hand.image, 90)
            told = tell(engine, pixels, Box.around((float(x), float(y)) for x, y in hand.landmarks_xy), pose)
            # A hand without a sign that is not found does no harm.
            if told.colour == _RED or (told.colour == _GREY and pose != "fist" and pose not in NONE_SHAPES):
                failures.append((told, pixels))
        print(f"{title}: {len(failures)} of {_TRIES} wrong")
        if failures:
            told, pixels = failures[0]
            said = told.words() + ("" if told.pose is None else f" {told.score:.2f}")
            often = f"{len(failures)} of {_TRIES} such hands wrong"
            yield Cell(pixels, told.colour, ((title, _BLACK), (said, told.colour), (often, _BLACK)))


def _turned(pose: str, seed: int, view: View, behind: Pixels) -> RenderedHand:
    """Render a hand, a right one with the yaw mirrored: which hand it is shows only once it is drawn."""
    size = (_HAND_SIDE, _HAND_SIDE)
    hand = render_hand(pose, seed=seed, view=view, size_wh=size, background=behind)
    if hand.handedness == "left":
        return hand
    return render_hand(pose, seed=seed, view=replace(view, yaw=-view.yaw), size_wh=size, background=behind)


def draw(rows: Sequence[tuple[str, Sequence[Cell]]], columns: int, path: Path) -> None:
    """Write a sheet: over each row its title (or nothing), under each cell its lines."""
    font = ImageFont.truetype(str(Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")), _FONT)
    pitch, line = _WIDTH // columns, _FONT + 5
    lines = max(len(cell.lines) for _, cells in rows for cell in cells)
    side = pitch - 3 * _GAP
    heights = [(line + _GAP if title else 0) + side + 2 * _GAP + line * lines + 2 * _GAP for title, _ in rows]
    sheet = Image.new("RGB", (_WIDTH, sum(heights) + _GAP), "white")
    pen = ImageDraw.Draw(sheet)
    top = _GAP
    for (title, cells), height in zip(rows, heights, strict=True):
        picture_top = top + _GAP
        if title:
            pen.text((_GAP, top), title, "black", font, stroke_width=0.5)
            picture_top += line + _GAP
        for column, cell in enumerate(cells):
            left = column * pitch + 2 * _GAP
            zoom = cv2.INTER_CUBIC if side > cell.pixels.shape[0] else cv2.INTER_AREA
            pixels = np.asarray(cv2.resize(cell.pixels, (side, side), interpolation=zoom), np.uint8)
            frame = (left - _GAP, picture_top - _GAP, left + side + _GAP - 1, picture_top + side + _GAP - 1)
            pen.rectangle(frame, fill=cell.colour)
            sheet.paste(Image.fromarray(pixels), (left, picture_top))
            for number, (words, colour) in enumerate(cell.lines):
                place = (left - _GAP, picture_top + side + _GAP + 2 + number * line)
                pen.text(place, words, colour, font)
        top += height
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, quality=_QUALITY, optimize=True)


def main(arguments: list[str]) -> None:
    """Draw both pictures."""
    parser = argparse.ArgumentParser(prog="python -m scripts.house accuracy", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "docs" / "pictures")
    folder: Path = parser.parse_args(arguments).folder
    engine = Engine()
    try:
        draw(list(small_hands(engine)), len(SIZES), folder / "hands_small.jpg")
        cells = list(wrong_hands(engine))
        draw([("", cells[at : at + 3]) for at in range(0, len(cells), 3)], 3, folder / "hands_wrong.jpg")
    finally:
        engine.close()
