"""The agreed metric for hand poses on labelled pictures, shared by the benchmark and the accuracy floors.

A picture `<set>/<label>/<file>` is right when one of its hands has a pose that the label allows, and wrong when one
has a sign that the label does not allow. A picture labelled `other_negative` must show no sign at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

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
_SETS_WITHOUT_NEGATIVES = {"laptop_selfies"}
QUIET = {pose.value for pose in QUIET_POSES}

REPORT_SETS = ("laptop_selfies", "massey_asl_segmented", "drgfreeman_rps", "mmpose_tests", "openpose_coco")
"""Sets that no part of the training saw: other people, other cameras. Their figures are the honest ones."""


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
            if set_name not in _SETS_WITHOUT_NEGATIVES:
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
