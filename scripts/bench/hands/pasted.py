"""Pictures of one person with a sign, shrunk and stuck into group photos: real hands at sizes that people rarely label.

Where the hand is, is measured on the full-size picture with the plain landmarker, so that it does not depend on the
engine; a picture counts when that sees exactly one hand in it, and the face finder a face. (A picture in which neither
recipe could ever find the hand is left out by this, for both alike.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.bench.hands.bench import Engine, Pixels
from scripts.bench.hands.hosts import Host, Scene
from scripts.bench.hands.metric import ACCEPTED, QUIET, Answer, PlacedSign
from scripts.bench.hands.plain_recipe import PlainHands
from vision.geometry import Box
from vision.media.photo import open_photo

SIZE_GOALS = ((24, 32), (32, 48), (48, 96))
"""Size classes that every person is shrunk to, pixels of the hand's longer side."""

SIGN_LABELS = frozenset(label for label, allowed in ACCEPTED.items() if not allowed & QUIET)
"""Labels under which every picture shows a sign."""

_A_PHOTO = 3
_TRIES = 8
_FACE_ROOM = 1.3
_LIKE_THE_HOST = (0.4, 3.0)
"""A host's middle face is so many times as high as the pasted one: else nobody would stand there."""


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """A picture of somebody showing a sign; `hand` and `face` are boxes in its pixels."""

    path: Path
    hand: Box
    face: Box

    def at_size(self, hand_px: float) -> tuple[Pixels, float]:
        """Return the picture shrunk until the hand's longer side is `hand_px`, and the scale."""
        scale = hand_px / max(self.hand.width, self.hand.height)
        pixels = open_photo(self.path).pixels
        size = max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1)
        return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8), scale


def find_people(paths: Iterable[Path], engine: Engine, plain: PlainHands) -> list[Person]:
    """Return the pictures with one hand and a face, with both places."""
    people = []
    for path in paths:
        pixels = open_photo(path).pixels
        hands: Answer = plain.look(pixels)
        if len(hands) == 1 and (faces := engine.faces(pixels)):
            largest = max(faces, key=lambda face: face.area)
            people.append(Person(path, Box(*hands[0]["box"]), largest))
    return people


def paste_people(people: Sequence[Person], hosts: Sequence[Host], seed: int) -> Iterator[Scene]:
    """Put every person into group photos at each of SIZE_GOALS, up to three a photo; the same seed, the same photos.

    Whoever fits no photo in a few tries is left out.
    """
    rng = np.random.default_rng(seed)
    low, high = np.array(SIZE_GOALS).T
    wanted = [
        (person, float(np.exp(rng.uniform(np.log(low[goal]), np.log(high[goal])))))
        for person in people
        for goal in range(len(SIZE_GOALS))
    ]
    waiting = [(*wanted[index], 0) for index in rng.permutation(len(wanted))]
    count = 0
    while waiting and hosts:
        host = hosts[int(rng.integers(len(hosts)))]
        batch, waiting = waiting[:_A_PHOTO], waiting[_A_PHOTO:]
        pixels, signs, taken = host.pixels.copy(), [], [face.expanded(_FACE_ROOM) for face in host.faces]
        for person, hand_px, tries in batch:
            placed = _paste(pixels, person, hand_px, host, taken, rng)
            if placed is not None:
                signs.append(placed)
            elif tries < _TRIES:
                waiting.append((person, hand_px, tries + 1))
        if signs:
            count += 1
            yield Scene(f"pasted-{count}-{host.name}", pixels, tuple(signs)).sent()


def _paste(
    pixels: Pixels, person: Person, hand_px: float, host: Host, taken: list[Box], rng: np.random.Generator
) -> PlacedSign | None:
    """Paste into `pixels` in place and add the place to `taken`; None when there is no room."""
    picture, scale = person.at_size(hand_px)
    ratio = host.face_px / (person.face.height * scale)
    if not _LIKE_THE_HOST[0] <= ratio <= _LIKE_THE_HOST[1]:
        return None
    place = free_place((host.pixels.shape[1], host.pixels.shape[0]), (picture.shape[1], picture.shape[0]), taken, rng)
    if place is None:
        return None
    left, top = int(place.left), int(place.top)
    window = pixels[top : top + picture.shape[0], left : left + picture.shape[1]]
    mask = _soft_edge(picture.shape[:2])[..., None]
    window[...] = (window + mask * (picture.astype(np.float32) - window) + 0.5).astype(np.uint8)
    taken.append(place)
    label, source = person.path.parts[-2], person.path.parts[-3]
    return PlacedSign(person.hand.scaled((scale, scale)).moved(left, top), frozenset(ACCEPTED[label]), label, source)


def free_place(
    photo_wh: tuple[int, int], size_wh: tuple[int, int], taken: Sequence[Box], rng: np.random.Generator
) -> Box | None:
    """Return a place for `size_wh` pixels that touches nothing taken, drawn from a grid of places; None without one."""
    room = photo_wh[0] - size_wh[0], photo_wh[1] - size_wh[1]
    if min(room) < 0:
        return None
    places = [
        Box(float(left), float(top), *map(float, size_wh))
        for top in np.unique(np.linspace(0, room[1], 15).astype(int))
        for left in np.unique(np.linspace(0, room[0], 25).astype(int))
    ]
    free = [place for place in places if not any(place.intersection(box) > 0 for box in taken)]
    return free[rng.integers(len(free))] if free else None


def _soft_edge(size_hw: tuple[int, int], width: float = 2.0) -> NDArray[np.float32]:
    """Return (h, w) float32 0..1: 1 inside, falling over the outer `width` pixels."""
    down, across = (np.minimum(np.arange(n) + 0.5, n - np.arange(n) - 0.5) for n in size_hw)
    mask: NDArray[np.float32] = np.clip(np.minimum(down[:, None], across[None]) / width, 0, 1).astype(np.float32)
    return mask
