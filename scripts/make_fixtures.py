"""Makes everything in fixtures/ from the hand rig and from portraits that installed packages carry.

`python -m scripts.make_fixtures [FOLDER]` writes the folder anew (fixtures/ by default) except the rig and LICENSES.md,
which are kept by hand. The same library versions give the same bytes. Sources and licences: fixtures/LICENSES.md.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from PIL import Image as Pillow
from skimage import data as skimage_data

from scripts.rendering import NONE_SHAPES, POSES, View, render_hand
from scripts.rendering.mesh import Sleeve
from scripts.rendering.oddities import write_broken, write_formats, write_orientations
from scripts.rendering.scene import Image
from scripts.rendering.shading import Light
from scripts.rendering.staff import Raised, raise_hand
from scripts.rendering.view import LEAN

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"

_HEART_VIEW = View(roll=4, pitch=LEAN["finger_heart"])

_COLLINS = Raised(
    "peace_two",
    right=True,
    center_xy=(150, 318),
    hand_px=250,
    skin=(234, 186, 158),
    sleeve=Sleeve((226, 108, 70), 0.035, 1.45),
    view=View(roll=5, yaw=-4),
    wrist=(0, -4),
    light=Light((-0.3, 0.6, 0.9), 0.55),
    softness=1.0,
    grain=4,
    seed=9,
)
_HOPPER = Raised(
    "fist",
    right=False,
    center_xy=(610, 700),
    hand_px=250,
    skin=(218, 138, 103),
    sleeve=Sleeve((24, 23, 28), 0.04, 1.25),
    light=Light((0.3, 0.6, 0.8), 0.5),
    softness=1.0,
    grain=4,
    seed=1,
)


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign in a photo: the pose's id, and the box around the landmarks (left, top, width, height; pixels)."""

    pose: str
    box_ltwh: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Photo:
    """A finished photo (h, w, 3; uint8 RGB) and what is in it; `people` names a face each, by candidate id."""

    image: Image
    people: tuple[str, ...]
    signs: tuple[Sign, ...] = ()


_CANDIDATES = """\
name,role,election,ballot_number,region,party,relative_of,relation,photos
Grace Hopper,candidate,pilbup-contoh,2,34.01,Partai Contoh,,,portraits/grace_hopper*.jpg
"""

_FAMILY = (
    _CANDIDATES
    + """\
Eileen Collins,family,pilbup-contoh,,34.01,,Grace Hopper,sibling,portraits/eileen_collins.jpg
"""
)

_ELECTIONS = """\
id,title,level,region,active_from,active_to,polling_day
pilbup-contoh,Pemilihan Bupati Contoh (fiktif),regency,34.01,2026-01-01,2029-12-31,2028-11-22
pilgub-contoh,Pemilihan Gubernur Contoh yang sudah selesai (fiktif),province,34,2020-01-01,2020-12-31,2020-12-09
"""

HOPPER, COLLINS = "grace-hopper", "eileen-collins"
_FLAGGED = frozenset(POSES) - {"none", "fist", "palm_five", "pinky", "thumb_down"}


def collins() -> Image:
    """Return the portrait of Eileen Collins, head to chest, (800, 1024, 3) uint8 RGB."""
    return cv2.resize(skimage_data.astronaut()[:400], (1024, 800), interpolation=cv2.INTER_CUBIC)


def hopper() -> Image:
    """Return the portrait of Grace Hopper, (900, 768, 3) uint8 RGB."""
    path = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    with Pillow.open(path) as portrait:
        return cv2.resize(np.asarray(portrait.convert("RGB")), (768, 900), interpolation=cv2.INTER_CUBIC)


def _with_hand(portrait: Image, person: str, raised: Raised) -> Photo:
    image, landmarks = raise_hand(portrait, raised)
    return Photo(image, (person,), (_sign(raised.pose, landmarks),))


def _sign(pose: str, landmarks: np.ndarray) -> Sign:
    left, top = landmarks.min(0)
    width, height = landmarks.max(0) - (left, top)
    box = tuple(round(float(value), 1) for value in (left, top, width, height))
    return Sign("none" if pose in NONE_SHAPES else pose, box)


def _scaled(photo: Photo, scale: float, shift_xy: tuple[float, float] = (0, 0), *, mirrored: bool = False) -> Photo:
    width, height = round(photo.image.shape[1] * scale), round(photo.image.shape[0] * scale)
    image = cv2.resize(photo.image, (width, height), interpolation=cv2.INTER_AREA)
    signs = []
    for sign in photo.signs:
        left, top, w, h = (value * scale for value in sign.box_ltwh)
        if mirrored:
            left = width - left - w
        box = (left + shift_xy[0], top + shift_xy[1], w, h)
        signs.append(replace(sign, box_ltwh=tuple(round(value, 1) for value in box)))
    return Photo(image[:, ::-1] if mirrored else image, photo.people, tuple(signs))


def _side_by_side(left: Photo, right: Photo) -> Photo:
    """Two portraits as the halves of one picture, a narrow white bar between them."""
    height, bar = 700, 8
    first = _scaled(left, height / left.image.shape[0])
    offset = first.image.shape[1] + bar
    second = _scaled(right, height / right.image.shape[0], (offset, 0))
    gap = np.full((height, bar, 3), 255, np.uint8)
    return Photo(np.hstack([first.image, gap, second.image]), left.people + right.people, first.signs + second.signs)


def _meeting(photos: dict[str, Photo]) -> Photo:
    """A video meeting of 15: small faces, five raised hands of 40 to 60 pixels, some people mirrored or darker."""
    order = (
        ("collins_plain", "hopper_plain", "collins_peace", "collins_plain", "hopper_fist"),
        ("hopper_plain", "collins_finger_heart", "hopper_plain", "collins_three", "hopper_plain"),
        ("collins_plain", "hopper_thumb_up", "collins_plain", "hopper_plain", "collins_plain"),
    )
    tile_wh, gap = (256, 200), 6
    canvas = np.full((3 * (tile_wh[1] + gap) + gap, 5 * (tile_wh[0] + gap) + gap, 3), 32, np.uint8)
    people: list[str] = []
    signs: list[Sign] = []
    for row, names in enumerate(order):
        for column, name in enumerate(names):
            left, top = gap + column * (tile_wh[0] + gap), gap + row * (tile_wh[1] + gap)
            photo = _wide(photos[name]) if name.startswith("hopper") else photos[name]
            tile = _scaled(photo, tile_wh[1] / photo.image.shape[0], (left, top), mirrored=(row + column) % 2 == 1)
            light = 1 - 0.07 * ((2 * row + column) % 4)
            canvas[top : top + tile_wh[1], left : left + tile_wh[0]] = tile.image * light
            people += tile.people
            signs += tile.signs
    return Photo(canvas, tuple(people), tuple(signs))


def _wide(photo: Photo) -> Photo:
    """Widen a standing portrait to the meeting's tile by stretching its blurred edges."""
    height, width = photo.image.shape[:2]
    side = (round(height * 256 / 200) - width) // 2
    backdrop = cv2.GaussianBlur(cv2.resize(photo.image, (width + 2 * side, height)), (0, 0), 25)
    backdrop[:, side : side + width] = photo.image
    signs = tuple(replace(s, box_ltwh=(s.box_ltwh[0] + side, *s.box_ltwh[1:])) for s in photo.signs)
    return Photo(backdrop, photo.people, signs)


def make_photos() -> dict[str, Photo]:
    """Compose every staff photo, by name."""
    plain_collins, plain_hopper = Photo(collins(), (COLLINS,)), Photo(hopper(), (HOPPER,))
    heart = replace(_COLLINS, pose="finger_heart", center_xy=(152, 340), hand_px=250, view=_HEART_VIEW, seed=7)
    three = replace(_COLLINS, pose="three_imr", seed=1, view=View(roll=4, yaw=-8))
    thumb = replace(_HOPPER, pose="thumb_up", center_xy=(585, 690), view=View(yaw=140), wrist=(10, 0), seed=3)
    relaxed = replace(_COLLINS, pose="half_curl", center_xy=(165, 420), seed=2, view=View(roll=10, yaw=-10))
    photos = {
        "collins_plain": plain_collins,
        "collins_peace": _with_hand(plain_collins.image, COLLINS, _COLLINS),
        "collins_finger_heart": _with_hand(plain_collins.image, COLLINS, heart),
        "collins_three": _with_hand(plain_collins.image, COLLINS, three),
        "collins_relaxed": _with_hand(plain_collins.image, COLLINS, relaxed),
        "hopper_plain": plain_hopper,
        "hopper_thumb_up": _with_hand(plain_hopper.image, HOPPER, thumb),
        "hopper_fist": _with_hand(plain_hopper.image, HOPPER, _HOPPER),
    }
    photos["pair_plain"] = _side_by_side(photos["collins_plain"], photos["hopper_plain"])
    photos["pair_sign"] = _side_by_side(photos["collins_peace"], photos["hopper_plain"])
    photos["meeting"] = _meeting(photos)
    photos["no_people"] = Photo(skimage_data.coffee(), ())
    return photos


def twelve_megapixel(path: Path) -> Path:
    """Write a 4000 x 3000 JPEG in which one person is small: `collins_peace` in a wide, soft scene. Returns the path.

    For tests of large photos; too large to commit. It shows one face of about 240 px and one hand (`peace_two`).
    """
    with Pillow.open(FIXTURES / "photos" / "collins_peace.jpg") as photo:
        person = np.asarray(photo)
    scene = cv2.resize(cv2.blur(skimage_data.coffee(), (9, 9)), (4000, 3000), interpolation=cv2.INTER_LINEAR)
    scene[1500:2300, 2100:3124] = person
    Pillow.fromarray(scene).save(path, quality=90)
    return path


def _save(image: Image, path: Path, quality: int = 88) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Pillow.fromarray(np.ascontiguousarray(image)).save(path, quality=quality, subsampling="4:2:0", optimize=True)


_BROKEN = {
    "broken/bomb.png": "photo.too_large",
    "broken/empty.jpg": "photo.empty",
    "broken/text_as.jpg": "photo.unsupported",
    "broken/truncated.jpg": "photo.truncated",
}
"""Files that must end in an error, and its code."""

_HAND_SEEDS = {"finger_heart": 5}
_QUIET = ("relaxed_hang", "half_curl", "holding", "pinch")


def _write_hands(folder: Path) -> dict[str, dict[str, object]]:
    """Write a clean picture of each pose, and some of quiet hands; return what each shows."""
    expected: dict[str, dict[str, object]] = {}
    shapes = [*POSES[:-1], *_QUIET]
    for number, pose in enumerate(shapes):
        tone = ("tan", "brown", "light")[number % 3]
        view = _HEART_VIEW if pose == "finger_heart" else View()
        hand = render_hand(pose, seed=_HAND_SEEDS.get(pose, 2), view=view, tone=tone, background=_WALL, clean=True)
        name = f"none_{pose}" if pose in _QUIET else pose
        _save(hand.image, folder / f"{name}.jpg", quality=90)
        sign = _sign(pose, hand.landmarks_xy)
        expected[f"hands/{name}.jpg"] = {
            "pose": sign.pose,
            "box": sign.box_ltwh,
            "handedness": hand.handedness,
            "fingers": hand.fingers,
        }
    return expected


_WALL = np.broadcast_to(np.linspace(205, 165, 480)[:, None, None] + np.array([4, 0, -8]), (480, 480, 3)).astype(
    np.uint8
)


def _expected_photo(photo: Photo) -> dict[str, object]:
    signed = any(sign.pose in _FLAGGED for sign in photo.signs)
    registered = HOPPER in photo.people
    return {
        "size_wh": [photo.image.shape[1], photo.image.shape[0]],
        "faces": len(photo.people),
        "people": sorted(set(photo.people)),
        "hands": [{"pose": sign.pose, "box": list(sign.box_ltwh)} for sign in photo.signs],
        "verdict": {
            "without_gallery": "flag" if signed else "clear",
            "with_gallery": "flag" if signed or registered else "clear",
        },
        "candidates": [HOPPER] if registered else [],
    }


def make_fixtures(folder: Path = FIXTURES, report: Callable[[str], None] = print) -> None:
    """Write all fixtures under `folder`."""
    photos = make_photos()
    for name, photo in photos.items():
        _save(photo.image, folder / "photos" / f"{name}.jpg")
    report(f"photos: {len(photos)}")
    hands = _write_hands(folder / "hands")
    report(f"hands: {len(hands)}")
    _save(collins()[:, 180:800], folder / "portraits" / "eileen_collins.jpg")
    _save(hopper()[:760], folder / "portraits" / "grace_hopper.jpg")
    _save((hopper()[:760, ::-1] * 0.85).astype(np.uint8), folder / "portraits" / "grace_hopper_2.jpg")
    write_orientations(folder / "exif")
    write_formats(folder / "formats")
    write_broken(folder / "broken", (folder / "hands" / "fist.jpg").read_bytes())
    tables = {"candidates.csv": _CANDIDATES, "candidates-family.csv": _FAMILY, "elections.csv": _ELECTIONS}
    for name, table in tables.items():
        (folder / name).write_text(table, encoding="utf-8")
    expected = {
        "photos": {f"photos/{name}.jpg": _expected_photo(photo) for name, photo in photos.items()},
        "hands": hands,
        "broken": _BROKEN,
    }
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Parse the command line and write the fixtures."""
    parser = argparse.ArgumentParser(description="Make the committed sample pictures and tables.")
    parser.add_argument("folder", nargs="?", type=Path, default=FIXTURES, help="where to write (default: fixtures/)")
    make_fixtures(parser.parse_args().folder)


if __name__ == "__main__":
    main()
