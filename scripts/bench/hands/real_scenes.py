"""Real group photos, most of them Indonesian, in which somebody has marked every sign by eye (`groups/real_scenes`).

`scenes.json` holds the marks, `hand_px.json` the heights of the marked hands.

Judged by the whole product without a gallery, since what counts is the answer on the photo. The photos are split by
repository, so that what is tuned on one half can be reported on the other.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.bench.hands.bench import ENGINE, HandsBenchmark
from scripts.bench.hands.metric import QUIET, SIZE_NAMES, is_near, reliability, size_class
from scripts.bench.hands.table import table
from vision import PhotoChecker

FOLDER = "groups/real_scenes"
TUNING, REPORT = "tuning half", "report half"
UNDECIDED = "*"
"""The mark of a raised hand that may or may not be taken for a sign."""

_HEAD = (
    "signs / found / flagged / named",
    "with a sign: not clear",
    "quiet: clear",
    "quiet: flagged",
    "false signs",
)

Marks = Mapping[str, Any]
"""One photo of scenes.json: `signs` of [x, y, poses that are fair, joined by |], `radius`, and `size_wh` in which they
were marked where that is not the photo's own size."""


def halves(names: Iterable[str]) -> dict[str, str]:
    """Return the half of each repository, the first part of the names `<repository>/<file>`.

    The largest repository first, each goes to the half with fewer photos so far, to the tuning half where both have as
    many: nobody chose, and no scene, campus or office is in both.
    """
    photos = Counter(name.split("/")[0] for name in names)
    half: dict[str, str] = {}
    size = {TUNING: 0, REPORT: 0}
    for repository, count in sorted(photos.items(), key=lambda one: (-one[1], one[0])):
        half[repository] = TUNING if size[TUNING] <= size[REPORT] else REPORT
        size[half[repository]] += count
    return half


@dataclass(frozen=True, slots=True)
class SignResult:
    """What an answer says of one marked sign: is a hand found there, is it called a sign, and is that a fair name."""

    found: bool
    flagged: bool
    named: bool


def sign_results(marks: Marks, answer: Mapping[str, Any]) -> list[SignResult | None]:
    """Return what a `fotonetral.check/1` object says of each of a photo's marks; None for an undecided one."""
    hands = list(zip((hand["pose"] for hand in answer["hands"]), _marked_places(marks, answer), strict=True))
    results: list[SignResult | None] = []
    for x, y, fair in marks["signs"]:
        poses = [pose for pose, place in hands if is_near(place, (x, y), marks["radius"])]
        flagged = any(pose not in QUIET for pose in poses)
        named = any(pose in fair.split("|") for pose in poses)
        results.append(None if fair == UNDECIDED else SignResult(bool(poses), flagged, named))
    return results


def _marked_places(marks: Marks, answer: Mapping[str, Any]) -> list[list[float]]:
    """Return the boxes (left, top, width, height) of the answer's hands in the pixels in which the photo was marked."""
    scale = marks["size_wh"][0] / answer["photo"]["width"] if "size_wh" in marks else 1.0
    return [[side * scale for side in hand["box"]] for hand in answer["hands"]]


def scored_signs(marks: Marks, answer: Mapping[str, Any]) -> list[tuple[float, bool]]:
    """Return (pose score, is it a fair name) of the hands called a sign, those at undecided marks left out."""
    scored = []
    for hand, place in zip(answer["hands"], _marked_places(marks, answer), strict=True):
        fair = [poses for x, y, poses in marks["signs"] if is_near(place, (x, y), marks["radius"])]
        is_judged = UNDECIDED not in fair and (fair or not marks.get("unmarked_signs"))
        if hand["pose"] not in QUIET and is_judged:
            scored.append((float(hand["pose_score"]), any(hand["pose"] in poses.split("|") for poses in fair)))
    return scored


@dataclass
class Tally:
    """Counts over photos; `falsely` counts by pose the signs named where nothing is marked."""

    signs: int = 0
    found: int = 0
    flagged: int = 0
    named: int = 0
    photos_with: int = 0
    with_not_clear: int = 0
    quiet: int = 0
    quiet_clear: int = 0
    quiet_flagged: int = 0
    falsely: Counter[str] = field(default_factory=Counter)

    def add(self, marks: Marks, answer: Mapping[str, Any]) -> None:
        """Count one photo; `answer` is its `fotonetral.check/1` object."""
        hands, verdict = answer["hands"], answer["verdict"]
        sure = [sign for sign in sign_results(marks, answer) if sign]
        for sign in sure:
            self.signs += 1
            self.found += sign.found
            self.flagged += sign.flagged
            self.named += sign.named
        if not marks.get("unmarked_signs"):
            self.falsely.update(
                hand["pose"]
                for hand, place in zip(hands, _marked_places(marks, answer), strict=True)
                if hand["pose"] not in QUIET
                and not any(is_near(place, sign[:2], marks["radius"]) for sign in marks["signs"])
            )
        if sure:
            self.photos_with += 1
            self.with_not_clear += verdict != "clear"
        else:
            self.quiet += 1
            self.quiet_clear += verdict == "clear"
            self.quiet_flagged += verdict == "flag"

    def cells(self) -> list[object]:
        """Return the row of the table."""
        return [
            f"{self.signs} / {self.found} / {self.flagged} / {self.named}",
            f"{self.with_not_clear} of {self.photos_with}",
            f"{self.quiet_clear} of {self.quiet}",
            self.quiet_flagged,
            self.falsely.total(),
        ]


def report(bench: HandsBenchmark) -> None:
    """Print what is found and what is said of the photos, by half, and by the hand's height; keep the answers."""
    marked = marked_scenes(bench.data)
    told = answers(bench.data, list(marked)[:: bench.every])
    half = halves(marked)
    tallies = {TUNING: Tally(), REPORT: Tally(), "all": Tally()}
    for name, answer in told.items():
        for title in (half[name.split("/")[0]], "all"):
            tallies[title].add(marked[name], answer)
    print(f"== {FOLDER}, {len(told)} photos")
    print(table(["", *_HEAD], [[title, *tally.cells()] for title, tally in tallies.items()]))
    falsely = tallies["all"].falsely.most_common()
    print("false signs: " + (", ".join(f"{pose} {count}" for pose, count in falsely) or "none"))
    scores = reliability([pair for name, answer in told.items() for pair in scored_signs(marked[name], answer)])
    print(
        f"pose scores of {int(scores.count.sum())} hands called a sign: "
        f"expected calibration error {scores.error:.3f}, Brier {scores.brier:.3f}"
    )
    print()
    print(by_height(marked, hand_heights(bench.data), told))
    bench.keep_lines("real_scenes", ENGINE, [json.dumps(answer) for answer in told.values()])


def by_height(
    marked: Mapping[str, Marks], heights_px: Mapping[str, Sequence[float]], answered: Mapping[str, Mapping[str, Any]]
) -> str:
    """Return a table of the signs found, flagged and named, a row a size class of the hand's height.

    All three go by the photo's name: the marks, the heights of the marked hands in the same order, and the answers.
    """
    signs: dict[str, list[SignResult]] = {size: [] for size in SIZE_NAMES}
    for name, answer in answered.items():
        for sign, height_px in zip(sign_results(marked[name], answer), heights_px[name], strict=True):
            if sign:
                signs[size_class(height_px)].append(sign)
    rows = [
        [size, len(some), *(sum(getattr(sign, what) for sign in some) for what in ("found", "flagged", "named"))]
        for size, some in signs.items()
    ]
    return table(["hand's height, px", "signs", "found", "flagged", "named"], rows)


def hand_heights(data: Path) -> dict[str, list[float]]:
    """Return the heights of the marked hands, pixels, by photo."""
    heights: dict[str, list[float]] = json.loads((data / FOLDER / "hand_px.json").read_text("utf-8"))
    return heights


def marked_scenes(data: Path) -> dict[str, Marks]:
    """Return what was marked by eye, by photo."""
    marked: dict[str, Marks] = json.loads((data / FOLDER / "scenes.json").read_text("utf-8"))
    return marked


def answers(data: Path, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return what the product answers without a gallery, by name; a photo that cannot be judged raises."""
    with PhotoChecker.open() as checker:
        return {name: checker.check(data / FOLDER / name, name=name).to_dict() for name in names}
