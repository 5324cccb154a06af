"""Rendered arms raised beside the faces of real group photos: any sign, at the size that this photo gives hands.

A hand is about as long as a face is high (hairline to chin); the skin is the cheek's, a sleeve the colour of the
shoulder, and the forearm runs down to the person's own elbow, where it fades into the body. No other face is covered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import atan2, ceil, degrees, hypot

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.bench.hands.bench import Pixels
from scripts.bench.hands.hosts import Host, Scene
from scripts.bench.hands.metric import ACCEPTED, PlacedSign
from scripts.fixtures.rendering.mesh import Sleeve
from scripts.fixtures.rendering.shading import Light
from scripts.fixtures.rendering.staff import RaisedHand, raise_hand
from scripts.fixtures.rendering.view import LEAN, UPRIGHT_THUMB, View
from vision.geometry import Box

Colour = tuple[float, float, float]
"""sRGB, 0..255."""

POSES = (
    *("thumb_up", "one_index", "peace_two", "l_two", "call", "three_imr", "three_tim", "ok"),
    *("ily", "rock", "four", "palm_five", "finger_heart", "pinky", "three_mrp"),
)
SHRINK = (1.0, 0.8, 0.6, 0.45, 0.35)
"""Each host is used at these parts of its size: more sizes of hands than the photos have of themselves."""

_MOST_A_PHOTO = 5
_LEAST_FACE_PX = 16
_MOST_HAND_PX = 260
_TRIES = 12
_ELBOW = 1.75
"""From the palm's middle to the elbow, in hand lengths."""

_THUMB_LEAN = 22
"""Degrees that a raised thumb leans to its owner's head, so that the forearm falls off to the elbow."""

_FACE_TO_HEAD = 1.25
"""A face box of the finder ends above the brows; hairline to chin is so many times as high (looked at, 12 photos)."""


@dataclass(frozen=True, slots=True)
class _Arm:
    """Where an arm goes: the palm's middle and the elbow, pixels; the hand's length; its side of the face."""

    hand_xy: tuple[float, float]
    elbow_xy: tuple[float, float]
    hand_px: float
    on_left: bool

    @classmethod
    def upright(cls, face: Box, rng: np.random.Generator) -> _Arm:
        """Draw a hand beside a face or a shoulder; the elbow hangs beside the ribs."""
        head, out, on_left = _head_and_side(face, rng)
        hand_px = head * rng.uniform(0.85, 1.0)
        x, y = face.center_xy
        hand = x + out * head * rng.uniform(0.75, 1.3), y + head * rng.uniform(0.0, 1.5)
        toward = x + out * head * 0.55 - hand[0], y + head * 2.7 - hand[1]
        reach = _ELBOW * hand_px / hypot(*toward)
        return cls(hand, (hand[0] + reach * toward[0], hand[1] + reach * toward[1]), hand_px, on_left)

    @classmethod
    def sideways(cls, face: Box, rng: np.random.Generator) -> _Arm:
        """Draw a hand beside the chest whose forearm comes from the body, as for a thumb."""
        head, out, on_left = _head_and_side(face, rng)
        hand_px = head * rng.uniform(0.85, 1.0)
        x, y = face.center_xy
        hand = x + out * head * rng.uniform(0.9, 1.4), y + head * rng.uniform(0.9, 1.7)
        reach = _ELBOW * hand_px
        return cls(hand, (hand[0] - out * 0.85 * reach, hand[1] + 0.5 * reach), hand_px, on_left)

    def view(self, pose: str, rng: np.random.Generator) -> View:
        """Return the view whose forearm runs from the elbow: one upright hand in five from its back, but for hearts."""
        roll, yaw, pitch = rng.normal(0, 6), rng.normal(0, 12), rng.normal(0, 10)
        if pose in UPRIGHT_THUMB:
            return View(roll + (-_THUMB_LEAN if self.on_left else _THUMB_LEAN), yaw, pitch)
        across, up = self.hand_xy[0] - self.elbow_xy[0], self.elbow_xy[1] - self.hand_xy[1]
        roll += degrees(atan2(-across, up))
        from_behind = rng.random() < 0.2
        if pose == "finger_heart":
            return View(roll, yaw, pitch + LEAN[pose])
        return View(roll, yaw + 180 * from_behind, pitch)

    def boxes(self) -> list[Box]:
        """Return boxes that the hand and the forearm lie in."""
        hand = Box(self.hand_xy[0], self.hand_xy[1], 0, 0)
        between = [
            hand.moved(part * (self.elbow_xy[0] - self.hand_xy[0]), part * (self.elbow_xy[1] - self.hand_xy[1]))
            for part in (0.35, 0.6, 0.85)
        ]
        half = self.hand_px / 2
        reach = Box.from_corners(hand.left - half, hand.top - 1.1 * half, hand.left + half, hand.top + half)
        arm = [Box(b.left - half / 2, b.top - half / 2, half, half) for b in between]
        return [reach, *arm]


def raise_hands(hosts: Sequence[Host], seed: int, every: int = 1) -> Iterator[Scene]:
    """Raise hands in every host at each part of SHRINK, up to half of the people and five hands a photo."""
    order = 0
    pairs = [(part, host) for part in SHRINK for host in hosts]
    for index in map(int, np.random.default_rng(seed).permutation(len(pairs))[::every]):
        part, host = pairs[index]
        small = host.shrunk(part)
        rng = np.random.default_rng([seed, index])
        pixels, signs, taken = small.pixels, list[PlacedSign](), list[Box]()
        able = [face for face in small.faces if face.height >= _LEAST_FACE_PX]
        for who in rng.permutation(len(able))[: min(_MOST_A_PHOTO, ceil(len(able) / 2))]:
            pose = POSES[order % len(POSES)]
            arm = _plan(able[who], pose, small, taken, rng)
            if arm is None:
                continue
            pixels, box = _raise(pixels, small, able[who], arm, pose, rng)
            signs.append(PlacedSign(box, frozenset(ACCEPTED[pose]), pose, host.name.split("/")[0]))
            taken += arm.boxes()
            order += 1
        if signs:
            yield Scene(f"raised-{index}-{host.name}", pixels, tuple(signs)).sent()


def _plan(face: Box, pose: str, host: Host, taken: Sequence[Box], rng: np.random.Generator) -> _Arm | None:
    """Find a place for a hand beside or below a face that hides no face and no other hand."""
    height, width = host.pixels.shape[:2]
    blocked = [other.expanded(1.25) for other in host.faces] + list(taken)
    draw = _Arm.sideways if pose in UPRIGHT_THUMB else _Arm.upright
    for _ in range(_TRIES):
        arm = draw(face, rng)
        boxes = arm.boxes()
        inside = all(box.left > 0 and box.top > 0 and box.right < width and box.bottom < height for box in boxes)
        free = not any(box.intersection(other) > 0 for box in boxes for other in blocked)
        if inside and free and arm.hand_px <= _MOST_HAND_PX:
            return arm
    return None


def _head_and_side(face: Box, rng: np.random.Generator) -> tuple[float, int, bool]:
    """Return the height of the head, the side's sign and whether it is the picture's left."""
    on_left = bool(rng.integers(2))
    return _FACE_TO_HEAD * face.height, -1 if on_left else 1, on_left


def _raise(pixels: Pixels, host: Host, face: Box, arm: _Arm, pose: str, rng: np.random.Generator) -> tuple[Pixels, Box]:
    """Return the photo with the arm in it, and the box around the hand's landmarks."""
    skin = _median(host.pixels, face, ((0.35, 0.66), (0.65, 0.66)), 0.14)
    shoulder = 0.05 if arm.on_left else 0.95
    cloth = _median(host.pixels, face, ((shoulder, 2.0), (shoulder, 2.3)), 0.3)
    # The crop keeps the rendering quick.
    reach = 3 * arm.hand_px
    left, top = max(int(arm.hand_xy[0] - reach), 0), max(int(arm.hand_xy[1] - reach), 0)
    window = np.s_[top : int(arm.hand_xy[1] + reach), left : int(arm.hand_xy[0] + reach)]
    raised = RaisedHand(
        pose,
        right=arm.on_left,
        center_xy=(arm.hand_xy[0] - left, arm.hand_xy[1] - top),
        hand_px=arm.hand_px,
        skin=skin,
        sleeve=None
        if _alike(skin, cloth)
        else Sleeve(cloth, float(rng.uniform(0.03, 0.08)), float(rng.uniform(1.2, 1.4))),
        view=arm.view(pose, rng),
        wrist=(float(rng.normal(0, 8)), float(rng.normal(0, 5))),
        light=Light((float(rng.uniform(-0.5, 0.5)), 0.6, 0.8), 0.55),
        softness=0.5,
        grain=_grain(host.pixels, face),
        seed=int(rng.integers(1 << 30)),
    )
    image, landmarks = raise_hand(pixels[window], raised)
    whole = pixels.copy()
    keep = _until_elbow(pixels[window].shape[:2], landmarks, arm.hand_px)[..., None]
    whole[window] = (keep * image + (1 - keep) * pixels[window] + 0.5).astype(np.uint8)
    box = Box.around((float(x) + left, float(y) + top) for x, y in landmarks)
    return whole, box


def _until_elbow(size_hw: tuple[int, int], landmarks: NDArray[np.float64], hand_px: float) -> NDArray[np.float32]:
    """Return (h, w) 0..1: 1 over hand and forearm, fading out about the elbow."""
    wrist = landmarks[0]
    along = wrist - landmarks[[5, 9, 13, 17]].mean(0)
    along = along / max(float(np.linalg.norm(along)), 1e-6)
    rows, columns = np.mgrid[: size_hw[0], : size_hw[1]]
    past = ((columns - wrist[0]) * along[0] + (rows - wrist[1]) * along[1]) / hand_px
    keep: NDArray[np.float32] = np.clip((1.5 - past) / 0.35, 0, 1).astype(np.float32)
    return keep


def _median(pixels: Pixels, face: Box, spots: Sequence[tuple[float, float]], size: float) -> Colour:
    """Return the median colour of square patches; spots in face widths and heights, size in face heights."""
    half = max(size * face.height / 2, 1)
    parts = []
    for across, down in spots:
        x, y = face.left + across * face.width, face.top + down * face.height
        x, y = min(max(x, half), pixels.shape[1] - half), min(max(y, half), pixels.shape[0] - half)
        parts.append(pixels[int(y - half) : ceil(y + half), int(x - half) : ceil(x + half)].reshape(-1, 3))
    red, green, blue = np.median(np.concatenate(parts), axis=0)
    return float(red), float(green), float(blue)


def _alike(skin: Colour, cloth: Colour) -> bool:
    """Tell whether the shoulder is bare: close to the cheek in hue, not too far in lightness (CIELAB, of 255)."""
    lab = cv2.cvtColor(np.array([[skin, cloth]], np.uint8), cv2.COLOR_RGB2LAB).astype(float)[0]
    return float(np.linalg.norm((lab[0] - lab[1])[1:])) < 16 and float(abs(lab[0, 0] - lab[1, 0])) < 70


def _grain(pixels: Pixels, face: Box) -> float:
    """Return the noise of the photo about a face (standard deviation of 255), by Immerkaer's mask."""
    around = face.clipped((pixels.shape[1], pixels.shape[0]))
    part = pixels[int(around.top) : int(around.bottom) + 3, int(around.left) : int(around.right) + 3]
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    grey = cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_RGB2GRAY).astype(np.float32)
    return float(np.clip(np.median(np.abs(cv2.filter2D(grey, -1, mask))) / 0.6745 / 6, 0.5, 6))
