"""What a remedy is: where to cut and what to cover, in pixels of the full-size upright photo."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from vision.geometry import Box
from vision.stages.turning import Turn

Point = tuple[float, float]


class How(StrEnum):
    """Which remedies the user allows: both, cutting only, or covering only."""

    AUTO = "auto"
    CROP = "crop"
    BLUR = "blur"


class Kind(StrEnum):
    """The kind of a remedy."""

    NONE = "none"
    CROP = "crop"
    BLUR = "blur"
    CROP_AND_BLUR = "crop_and_blur"


@dataclass(frozen=True, slots=True)
class Cover:
    """A round, soft-edged patch over one hand, all in photo pixels.

    Everything within `reach` of the convex `outline_xy` is covered in full, and over `feather` more the photo comes
    back. `cell` is the side of the squares whose mean colour is all that is left.
    """

    outline_xy: tuple[Point, ...]
    reach: float
    feather: float
    cell: float

    @property
    def box(self) -> Box:
        """The whole-pixel box that holds every pixel that may change; it may stick out of the photo."""
        around, away = Box.around(self.outline_xy), math.ceil(self.reach + self.feather) + 1
        return whole(Box.from_corners(around.left - away, around.top - away, around.right + away, around.bottom + away))


@dataclass(frozen=True, slots=True)
class Remedy:
    """What is done to a photo of `size_wh` pixels: first `covers`, then the cut to `crop` (whole pixels; None: uncut).

    A remedy that does nothing (`Kind.NONE`) is for a photo in which nothing was found.
    """

    size_wh: tuple[int, int]
    crop: Box | None = None
    covers: tuple[Cover, ...] = ()

    def __post_init__(self) -> None:
        if self.crop is not None and self.crop != whole(self.crop).clipped(self.size_wh):
            raise ValueError(f"a crop lies in the photo of {self.size_wh} and has whole pixels, got {self.crop}")

    @property
    def kind(self) -> Kind:
        """The kind of this remedy."""
        if self.crop is None:
            return Kind.BLUR if self.covers else Kind.NONE
        return Kind.CROP_AND_BLUR if self.covers else Kind.CROP

    @property
    def boxes_ltwh(self) -> tuple[Box, ...]:
        """The boxes that hold every covered pixel, cut to the photo."""
        return tuple(cover.box.clipped(self.size_wh) for cover in self.covers)

    @property
    def kept(self) -> float:
        """The part of the picture that is left after the cut, 0..1."""
        return 1.0 if self.crop is None else self.crop.area / (self.size_wh[0] * self.size_wh[1])

    @property
    def origin_xy(self) -> Point:
        """Where the top left corner of the outcome lies in the photo."""
        return (0.0, 0.0) if self.crop is None else (self.crop.left, self.crop.top)

    def back(self, turn: Turn) -> Remedy:
        """Return the remedy for a photo as it is stored, made for the same photo turned upright."""
        covers = (replace(one, outline_xy=tuple(map(turn.point, one.outline_xy))) for one in self.covers)
        return Remedy(turn.size_wh, None if self.crop is None else turn.box(self.crop), tuple(covers))


class Reason(StrEnum):
    """Why there is no remedy."""

    PERSON_STAYS = "person_stays"
    """No cut leaves the candidate or relative out and something worth posting in."""
    BLUR_FOR_PERSON = "blur_for_person"
    """Covering alone was asked for, but a covered face does not undo a photo together with a candidate."""
    SIGN_STAYS = "sign_stays"
    """Cutting alone was asked for, and no cut leaves the hand out and something worth posting in."""


@dataclass(frozen=True, slots=True)
class NoRemedy:
    """There is no crop or cover that would be honest and leave a photo."""

    reason: Reason


def whole(box: Box) -> Box:
    """Grow a box to whole pixels."""
    return Box.from_corners(math.floor(box.left), math.floor(box.top), math.ceil(box.right), math.ceil(box.bottom))
