"""What is drawn on a photo, as plain values: built from a result, knowing nothing of detection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from vision.errors import Language
from vision.geometry import Box
from vision.poses import Pose
from vision.rules import Policy, Verdict, headline, pose_label

Strength = Literal["flag", "review", "quiet"]
_ORDER: dict[str, int] = {"flag": 0, "review": 1, "quiet": 2}

_WORDS = {
    "id": {"hands": "tangan", "faces": "wajah", "marked": "Ditandai", "like": "mirip", "family": "keluarga calon"},
    "en": {"hands": "hands", "faces": "faces", "marked": "Marked", "like": "like", "family": "candidate's family"},
}
_SINGULAR = {"hands": "hand", "faces": "face", "tangan": "tangan", "wajah": "wajah"}


@dataclass(frozen=True, slots=True)
class Mark:
    """One place on the photo. `box` and `landmarks_xy` are in pixels of the picture that is drawn on.

    `number` refers to the legend; quiet marks have none (0) and no label.
    """

    box: Box
    severity: Strength
    number: int = 0
    label: str = ""
    landmarks_xy: tuple[tuple[float, float], ...] | None = None

    def __post_init__(self) -> None:
        if self.landmarks_xy is not None and len(self.landmarks_xy) != 21:
            raise ValueError(f"a hand has 21 landmarks, got {len(self.landmarks_xy)}")
        if (self.severity == "quiet") != (self.number == 0):
            raise ValueError("marks that flag or ask for a look have a number from 1, quiet ones have none")


@dataclass(frozen=True, slots=True)
class Banner:
    """The answer above the photo: the verdict and one short line under it."""

    verdict: Verdict
    text: str


def marks_of(
    result: Mapping[str, Any], language: Language, scale_xy: tuple[float, float] = (1.0, 1.0)
) -> tuple[Banner, tuple[Mark, ...]]:
    """Build banner and marks from a result of the JSON contract; `scale_xy` turns its pixels into the picture's.

    A hand may carry "landmarks", 21 [x, y] in full-photo pixels. Faces are marked only when a finding names them.
    Marks are numbered so that equal ones follow each other, from left to right.
    Raises ValueError for a result that holds an error instead of a verdict.
    """
    if "verdict" not in result:
        raise ValueError("only a judged photo can be drawn; this result has no verdict")
    signs = [finding for finding in result["findings"] if finding["kind"] == "pose"]
    people = [finding for finding in result["findings"] if finding["kind"] != "pose"]
    hands, faces = _worst(signs, "hands"), _worst(people, "faces")
    marks = [_hand_mark(hand, hands.get(at), language, scale_xy) for at, hand in enumerate(result["hands"])]
    marks += [
        Mark(_box(face["box"], scale_xy), _severity(faces[at]), 1, _face_label(face, language))
        for at, face in enumerate(result["faces"])
        if at in faces
    ]
    verdict = Verdict(result["verdict"])
    text = headline(verdict, language) if verdict is Verdict.CLEAR else _counted(len(hands), len(faces), language)
    return Banner(verdict, text), _numbered(marks)


def _worst(findings: Sequence[Mapping[str, Any]], subjects: str) -> dict[int, Mapping[str, Any]]:
    """Return the first of the worst findings that name each hand or face, by index."""
    worst: dict[int, Mapping[str, Any]] = {}
    for finding in sorted(findings, key=lambda finding: _ORDER[_severity(finding)]):
        for at in finding[subjects]:
            worst.setdefault(at, finding)
    return worst


def _severity(finding: Mapping[str, Any]) -> Strength:
    return "flag" if finding["severity"] == "flag" else "review"


def _hand_mark(
    hand: Mapping[str, Any], finding: Mapping[str, Any] | None, language: Language, scale_xy: tuple[float, float]
) -> Mark:
    box, points = _box(hand["box"], scale_xy), hand.get("landmarks")
    landmarks = tuple((float(x) * scale_xy[0], float(y) * scale_xy[1]) for x, y in points) if points else None
    if finding is None:
        return Mark(box, "quiet", landmarks_xy=landmarks)
    # The finding names the sign: a hand that counts together with another one has a pose of its own besides.
    pose = Pose(finding["code"].removeprefix("pose."))
    return Mark(box, _severity(finding), 1, pose_label(_policy(), pose, language, finding["numbers"]), landmarks)


def _face_label(face: Mapping[str, Any], language: Language) -> str:
    words, match = _WORDS[language], face["match"] or {}
    name = str(match.get("name", "?"))
    if match.get("strength") == "possible":
        name = f"{words['like']} {name}"
    if match.get("role") == "family":
        return f"{name} ({words['family']})"
    number = match.get("ballot_number")
    return name if number is None else f"{name} ({number})"


def _numbered(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    ordered = sorted(marks, key=lambda mark: (_ORDER[mark.severity], mark.label, mark.box.center_xy))
    return tuple(
        mark if mark.severity == "quiet" else replace(mark, number=at) for at, mark in enumerate(ordered, start=1)
    )


def _counted(hands: int, faces: int, language: Language) -> str:
    words = _WORDS[language]
    parts = [
        f"{count} {_SINGULAR[words[what]] if count == 1 else words[what]}"
        for what, count in (("hands", hands), ("faces", faces))
        if count
    ]
    return f"{words['marked']}: {', '.join(parts)}." if parts else ""


def _box(ltwh: Sequence[float], scale_xy: tuple[float, float]) -> Box:
    return Box(*(float(value) for value in ltwh)).scaled(scale_xy)


@cache
def _policy() -> Policy:
    """Names of poses come from the national pack, which names them all."""
    return Policy.load()
