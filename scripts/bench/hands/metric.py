"""The agreed metric for hand poses, shared by the benchmark and the accuracy floors.

Labelled pictures: `<set>/<label>/<file>` is right when one of its hands has a pose that the label allows, and wrong
when one has a sign that the label does not allow. A picture labelled `other_negative` must show no sign at all.

Signs at known places (`PlacedSign`): only hands whose middle is within REACH hand sizes of the sign's are judged, by
the same rule. A hand's size is the longer side of the box around its landmarks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import hypot
from pathlib import Path
from typing import Any

import numpy as np

from scripts.training.hearts import HEARTS, is_trained_on
from vision.geometry import Box
from vision.poses import QUIET_POSES

_THREES = {"three_imr", "three_tim", "three_mrp", "ok", "ily"}
ACCEPTED: dict[str, set[str]] = {
    **{label: {label} for label in ("thumb_up", "thumb_down", "one_index", "peace_two", "l_two", "three_imr")},
    **{label: {label} for label in ("three_tim", "four", "palm_five", "call", "rock", "ily", "pinky", "finger_heart")},
    "fist": {"fist", "none"},
    "four_closed": {"four"},
    "three_mrp": {"three_mrp", "ok"},
    "ok": {"ok", "three_mrp"},
    "palm_side": {"palm_five", "none"},
    "count_1": {"one_index", "thumb_up", "pinky"},
    "count_2": {"peace_two", "l_two", "call", "rock"},
    "count_3": _THREES,
    "count_4": {"four"},
    "count_5": {"palm_five"},
}
"""Poses that a label allows."""

NEGATIVE = "other_negative"
SETS_WITHOUT_NEGATIVES = {"laptop_selfies"}
"""Sets whose `other_negative` pictures show hands that may well be read as a sign."""

QUIET = {pose.value for pose in QUIET_POSES}

REPORT_SETS = ("laptop_selfies", "massey_asl_segmented", "drgfreeman_rps", "mmpose_tests", "openpose_coco")
"""Sets that no part of the training saw: other people, other cameras. Their figures are the honest ones."""

SELFIES = ("hagrid_sample", "web_finger_hearts")
"""More of these: people who hold a sign up to the camera, and close-ups of finger hearts, without the trained half."""

SIZES = ((0, 24), (24, 32), (32, 48), (48, 96), (96, 10_000))
"""Size classes, pixels: a hand belongs to one when low <= size < high."""

REACH = 0.6
"""How far a hand's middle may be from a sign's and still be that sign's hand, in hand sizes."""

Answer = list[dict[str, Any]]
"""Hands of a photo as in the JSON contract: `box` (left, top, width, height), `pose`, `pose_score`, `score`."""


@dataclass
class Tally:
    """Counts over the pictures of one set or label."""

    pictures: int = 0
    found: int = 0
    right: int = 0
    wrong: int = 0

    def row(self) -> str:
        """Return the shares as one line."""
        n = max(self.pictures, 1)
        shares = f"found {self.found / n:.3f}  right {self.right / n:.3f}  wrong sign {self.wrong / n:.3f}"
        return f"{self.pictures:5d}  {shares}"


@dataclass
class Score:
    """The whole benchmark: by set, by label, and the quiet pictures."""

    sets: dict[str, Tally] = field(default_factory=dict)
    labels: dict[str, Tally] = field(default_factory=dict)
    negatives: int = 0
    quiet: int = 0

    def add(self, name: str, poses: Iterable[str]) -> None:
        """Count one picture: `name` is `<set>/<label>/<file>`, `poses` the ids of its hands."""
        set_name, label, _ = name.split("/")[-3:]
        seen = list(poses)
        if label == NEGATIVE:
            if set_name not in SETS_WITHOUT_NEGATIVES:
                self.negatives += 1
                self.quiet += all(pose in QUIET for pose in seen)
            return
        if label not in ACCEPTED:
            return
        good = ACCEPTED[label]
        for tally in (self.sets.setdefault(set_name, Tally()), self.labels.setdefault(label, Tally())):
            tally.pictures += 1
            tally.found += bool(seen)
            tally.right += any(pose in good for pose in seen)
            tally.wrong += any(pose not in QUIET and pose not in good for pose in seen)

    @property
    def macro_recall(self) -> float:
        """Mean over labels of the share of pictures named rightly."""
        return sum(tally.right / tally.pictures for tally in self.labels.values()) / max(len(self.labels), 1)

    @property
    def wrong_signs(self) -> float:
        """Share of labelled pictures in which a sign is named that nobody makes."""
        return sum(t.wrong for t in self.labels.values()) / max(sum(t.pictures for t in self.labels.values()), 1)

    def lines(self) -> list[str]:
        """Return the report, a line a set and a label, and the summary."""
        return [
            *(f"{name:24s} {tally.row()}" for name, tally in sorted(self.sets.items())),
            *(f"  {name:22s} {tally.row()}" for name, tally in sorted(self.labels.items())),
            f"macro recall {self.macro_recall:.3f}  wrong signs {self.wrong_signs:.3f}",
            f"quiet negatives {self.quiet}/{self.negatives}",
        ]


def labelled_pictures(root: Path, sets: Iterable[str] | None = None, every: int = 1) -> list[Path]:
    """Return the pictures below `root` (`<set>/<label>/<file>`) that the metric counts, each set's every n-th."""
    chosen: list[Path] = []
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        if sets is None or folder.name in sets:
            files = sorted(p for p in folder.glob("*/*") if p.parent.name in ACCEPTED or p.parent.name == NEGATIVE)
            chosen += files[::every]
    return chosen


def part_of(picture: Path) -> str | None:
    """Return which part of the report a labelled picture belongs to: unseen ones, selfies, trained ones, or no part."""
    name = picture.parts[-3]
    if name == HEARTS and is_trained_on(picture):
        return None
    return "report" if name in REPORT_SETS else "selfies" if name in SELFIES else "trained"


@dataclass(frozen=True, slots=True)
class PlacedSign:
    """A sign at a known place of a photo: the hand's box in pixels, the poses it may be called, where it is from."""

    box: Box
    allowed: frozenset[str]
    label: str
    source: str

    @property
    def size_px(self) -> float:
        """The longer side of the hand's box, pixels."""
        return max(self.box.width, self.box.height)


@dataclass(frozen=True, slots=True)
class SignOutcome:
    """What an answer made of one sign; `named` are the (pose score, was it allowed) of its hands that show a sign."""

    sign: PlacedSign
    found: bool
    right: bool
    wrong: bool
    named: tuple[tuple[float, bool], ...] = ()


def judge(sign: PlacedSign, hands: Answer) -> SignOutcome:
    """Compare a sign with the hands of its photo."""
    near = [hand for hand in hands if is_near(hand["box"], sign.box.center_xy, REACH * sign.size_px)]
    named = tuple((hand["pose_score"], hand["pose"] in sign.allowed) for hand in near if hand["pose"] not in QUIET)
    right = any(hand["pose"] in sign.allowed for hand in near)
    return SignOutcome(sign, bool(near), right, any(not allowed for _, allowed in named), named)


def is_near(box_ltwh: Sequence[float], point_xy: tuple[float, float], within_px: float) -> bool:
    """Tell whether the middle of a box is less than `within_px` pixels from a point."""
    left, top, width, height = box_ltwh
    return hypot(left + width / 2 - point_xy[0], top + height / 2 - point_xy[1]) < within_px


def size_class(size_px: float) -> str:
    """Name the size class of a hand."""
    low, high = next(pair for pair in SIZES if pair[0] <= size_px < pair[1])
    return f"under {high}" if low == 0 else f"over {low}" if high == SIZES[-1][1] else f"{low}-{high}"


SIZE_NAMES = tuple(size_class(low) for low, _ in SIZES)


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far scores can be read as the share that is right, over equally wide bins.

    count : (bins,) int; mean_score, share_right : (bins,) float 0..1, nan where nothing falls into the bin;
    error : expected calibration error, the gap's mean over all; brier : mean squared difference; nan of nothing
    """

    count: np.ndarray[Any, np.dtype[np.int64]]
    mean_score: np.ndarray[Any, np.dtype[np.float64]]
    share_right: np.ndarray[Any, np.dtype[np.float64]]
    error: float
    brier: float


def reliability(scored: Iterable[tuple[float, bool]], bins: int = 10) -> Reliability:
    """Measure (score 0..1, was it right) pairs."""
    pairs = np.array([(score, float(right)) for score, right in scored]).reshape(-1, 2)
    score, right = pairs.T
    where = np.minimum((score * bins).astype(int), bins - 1)
    count = np.bincount(where, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean_score = np.bincount(where, score, bins) / count
        share_right = np.bincount(where, right, bins) / count
    if not len(pairs):
        return Reliability(count, mean_score, share_right, float("nan"), float("nan"))
    gap = np.nansum(count * np.abs(mean_score - share_right)) / len(pairs)
    return Reliability(count, mean_score, share_right, float(gap), float(np.mean((score - right) ** 2)))
