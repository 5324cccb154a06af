"""Rendered hands, turned: which way up, from the palm or the back, tilted, and in which skin tone a sign is missed.

Each hand is alone before a photo thrown out of focus, about 200 pixels long. A thumb says something else when it lies,
so thumb up and down are asked for within 30 degrees of upright only. The renderer is that of the training, by other
seeds: read the differences between cells, not the level.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from scripts.bench.hands.bench import HandsBenchmark, Pixels
from scripts.bench.hands.hosts import as_jpeg
from scripts.bench.hands.metric import ACCEPTED, QUIET
from scripts.bench.hands.table import share, table
from scripts.fixtures.rendering import BACK, PALM, View, render_hand
from scripts.fixtures.rendering.shading import SKIN
from scripts.fixtures.rendering.view import UPRIGHT_THUMB
from vision.media.photo import open_photo

POSES = (
    *("one_index", "peace_two", "l_two", "call", "three_imr", "three_tim", "ok", "ily", "rock", "four", "palm_five"),
    *("thumb_up", "thumb_down"),
)
ROLLS = tuple(range(-150, 181, 30))
"""Degrees, anticlockwise; 180 is -180."""

TILTS = {"upright": (0, 0), "yaw -40": (-40, 0), "yaw +40": (40, 0), "pitch -40": (0, -40), "pitch +40": (0, 40)}
SIDES = {"palm": PALM, "back": BACK}
_MOST_THUMB_ROLL = 30
_SIDE_PX = 480
_BLUR = 0.02
_QUALITY = 85
_HANDS = 2
_SEED = 77_000
"""Far from the seeds of the training and of the fixtures."""


@dataclass(frozen=True, slots=True)
class TurnedCase:
    """One case: a pose, how it is turned, and what it was rendered with."""

    pose: str
    side: str
    roll: int
    tilt: str
    tone: str
    seed: int

    @property
    def view(self) -> View:
        """The view to render; seen from the back the same yaw opens the same edge."""
        yaw, pitch = TILTS[self.tilt]
        return View(float(self.roll), SIDES[self.side].yaw + yaw, float(pitch))


@dataclass(frozen=True, slots=True)
class NamedTurn:
    """A case and what one recipe called it."""

    turn: TurnedCase
    right: bool
    wrong: bool


def cases(every: int = 1) -> list[TurnedCase]:
    """Return every pose at every roll, and at every tilt, from both sides, twice; tones take turns within a pose."""
    places = [(roll, "upright") for roll in ROLLS] + [(0, tilt) for tilt in TILTS if tilt != "upright"]
    chosen = [
        (pose, side, roll, tilt)
        for roll, tilt in places
        for side in SIDES
        for pose in POSES * _HANDS
        if pose not in UPRIGHT_THUMB or abs(roll) <= _MOST_THUMB_ROLL
    ]
    tones = tuple(SKIN)
    made: list[TurnedCase] = []
    met = Counter({pose: offset for offset, pose in enumerate(POSES)})
    for index, (pose, side, roll, tilt) in enumerate(chosen):
        made.append(TurnedCase(pose, side, roll, tilt, tones[met[pose] % len(tones)], _SEED + index))
        met[pose] += 1
    return made[::every]


def report(bench: HandsBenchmark) -> None:
    """Print the share named rightly in each cell, the worst cell and the worst tone."""
    named: dict[str, list[NamedTurn]] = {title: [] for title in bench.recipes}
    for turn, pixels in _pictures(bench):
        for title, recipe in bench.recipes.items():
            poses = [hand["pose"] for hand in recipe.look(pixels)]
            allowed = ACCEPTED[turn.pose]
            wrong = any(pose not in QUIET and pose not in allowed for pose in poses)
            named[title].append(NamedTurn(turn, any(pose in allowed for pose in poses), wrong))
    for title, results in named.items():
        print(f"== {title}: {len(results)} hands, share named rightly")
        print("\n".join(_lines(results)))


def _pictures(bench: HandsBenchmark) -> Iterator[tuple[TurnedCase, Pixels]]:
    backgrounds = [out_of_focus(open_photo(path).pixels) for path in bench.group_photos("wider_linzaer", "vhuman")]
    for index, turn in enumerate(cases(bench.every)):
        background = backgrounds[index % len(backgrounds)] if backgrounds else None
        size = (_SIDE_PX, _SIDE_PX)
        made = render_hand(
            turn.pose, seed=turn.seed, view=turn.view, tone=turn.tone, size_wh=size, background=background
        )
        yield turn, as_jpeg(made.image, _QUALITY)


def out_of_focus(pixels: Pixels) -> Pixels:
    """Return the photo at the hand's picture size, blurred by a fiftieth of it: colours and shapes, no hands."""
    scale = _SIDE_PX / min(pixels.shape[:2])
    small = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    return np.asarray(cv2.GaussianBlur(small, (0, 0), _BLUR * _SIDE_PX), np.uint8)


def right_share(results: Sequence[NamedTurn], **wanted: object) -> float:
    """Return the share named rightly among the cases whose fields are as wanted; nan of none."""
    mine = [one for one in results if all(getattr(one.turn, name) == value for name, value in wanted.items())]
    return share(sum(one.right for one in mine), len(mine))


def _lines(results: Sequence[NamedTurn]) -> Iterator[str]:
    rolls = {
        (side, roll): right_share(results, side=side, roll=roll, tilt="upright") for side in SIDES for roll in ROLLS
    }
    tilts = {(side, tilt): right_share(results, side=side, roll=0, tilt=tilt) for side in SIDES for tilt in TILTS}
    tones = {tone: right_share(results, tone=tone) for tone in SKIN}
    poses = {pose: right_share(results, pose=pose) for pose in POSES}
    yield table(["roll", *map(str, ROLLS)], [[side, *(rolls[side, roll] for roll in ROLLS)] for side in SIDES])
    yield ""
    yield table(["tilt", *TILTS], [[side, *(tilts[side, tilt] for tilt in TILTS)] for side in SIDES])
    yield ""
    yield table(["pose", "right"], poses.items())
    yield ""
    yield table(["skin", "right"], tones.items())
    mean = right_share(results)
    cells = {f"{side}, {place}": value for (side, place), value in [*rolls.items(), *tilts.items()] if value == value}
    seen = {tone: value for tone, value in tones.items() if value == value}
    if cells:
        worst = min(cells, key=cells.__getitem__)
        low, high = min(seen, key=seen.__getitem__), max(seen, key=seen.__getitem__)
        wrong = share(sum(one.wrong for one in results), len(results))
        yield f"\nmean {mean:.3f}, another sign {wrong:.3f}"
        yield f"worst cell: {worst}: {cells[worst]:.3f}, {mean - cells[worst]:.3f} under the mean"
        yield f"worst skin: {low} {seen[low]:.3f}, {seen[high] - seen[low]:.3f} under {high}"
