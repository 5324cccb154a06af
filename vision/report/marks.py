"""What is drawn on a photo, as plain values: built from a result, knowing nothing of detection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Literal

from vision.contract.answers.check import Alternative, Face, Finding, Hand, KeptPhoto
from vision.errors import Language
from vision.geometry import Box
from vision.messages import words_of
from vision.poses import Pose
from vision.report.latin import latin_name
from vision.rules import Policy, Verdict, headline, pose_label

Strength = Literal["flag", "review", "quiet"]
Subject = Literal["hands", "faces", "texts"]
_SUBJECTS: tuple[Subject, ...] = ("hands", "faces", "texts")
_ORDER: dict[str, int] = {"flag": 0, "review": 1, "quiet": 2}

_SINGULAR = {"hands": "hand", "faces": "face", "texts": "text"}


@dataclass(frozen=True, slots=True)
class Mark:
    """One place on the photo. `box` and `landmarks_xy` are in pixels of the picture that is drawn on.

    `number` refers to the legend; quiet marks have none (0) and no label. `latin_label` says the same where no font has
    the script of a name. `subject` is the hand, face or line of text of the result.
    """

    box: Box
    severity: Strength
    number: int = 0
    label: str = ""
    landmarks_xy: tuple[tuple[float, float], ...] | None = None
    subject: tuple[Subject, int] | None = None
    latin_label: str = ""

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
    result: KeptPhoto, language: Language, scale_xy: tuple[float, float] = (1.0, 1.0)
) -> tuple[Banner, tuple[Mark, ...]]:
    """Build banner and marks from the answer about a photo; `scale_xy` turns its pixels into the picture's.

    Faces are marked only when a finding names them. Numbers follow the order of the findings, flags first; those of one
    finding go from left to right.
    """
    findings = result.findings
    hands, faces, texts = (_worst(findings, subjects) for subjects in _SUBJECTS)
    marks = [
        _hand_mark(at, hand, findings[hands[at]] if at in hands else None, language, scale_xy)
        for at, hand in enumerate(result.hands)
    ]
    for at, face in enumerate(result.faces):
        if at in faces:
            severity = findings[faces[at]].severity
            label, latin = _face_label(face, language, _name), _face_label(face, language, _latin_name)
            box = Box(*face.box).scaled(scale_xy)
            marks.append(Mark(box, severity, 1, label, subject=("faces", at), latin_label=latin))
    for at, line in enumerate(result.texts):
        if at in texts:
            box = Box(*line.box).scaled(scale_xy)
            marks.append(Mark(box, findings[texts[at]].severity, 1, line.text, subject=("texts", at)))
    order = {("hands", at): finding for at, finding in hands.items()}
    order |= {("faces", at): finding for at, finding in faces.items()}
    order |= {("texts", at): finding for at, finding in texts.items()}
    verdict = Verdict(result.verdict)
    unseen = _unseen(findings, language)
    counted = (
        headline(verdict, language)
        if verdict is Verdict.CLEAR
        else _counted(len(hands), len(faces), len(texts), language)
    )
    text = " ".join(filter(None, (counted, unseen)))
    return Banner(verdict, text), _numbered(marks, order)


def numbers_by_finding(result: KeptPhoto, language: Language) -> tuple[tuple[int, ...], ...]:
    """Return, for every finding of a result, the numbers of the marks it is about, ascending.

    A hand that two findings name has one mark, and its number stands with both.
    """
    _, marks = marks_of(result, language)
    numbers = {mark.subject: mark.number for mark in marks if mark.number}
    return tuple(
        tuple(sorted(numbers[_marked_by(finding), at] for at in _marked(finding))) for finding in result.findings
    )


def ranges(numbers: Sequence[int]) -> str:
    """Write ascending numbers shortly: 1-3, 7."""
    starts = [numbers[0]] + [b for a, b in pairwise(numbers) if b != a + 1]
    ends = [a for a, b in pairwise(numbers) if b != a + 1] + [numbers[-1]]
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True))


def _marked_by(finding: Finding) -> Subject:
    """Tell what a finding is marked by: a sign by its hands, a person by the face, whatever hands made it graver."""
    if finding.kind == "text":
        return "texts"
    return "hands" if finding.kind == "pose" else "faces"


def _marked(finding: Finding) -> Sequence[int]:
    return {"hands": finding.hands, "texts": finding.texts}.get(_marked_by(finding), finding.faces)


def _worst(findings: Sequence[Finding], subjects: Subject) -> dict[int, int]:
    """Return the first of the worst findings that name each hand, face or text: index → index of the finding."""
    worst: dict[int, int] = {}
    for at in sorted(range(len(findings)), key=lambda at: _ORDER[findings[at].severity]):
        if _marked_by(findings[at]) == subjects:
            for subject in _marked(findings[at]):
                worst.setdefault(subject, at)
    return worst


def _hand_mark(
    at: int,
    hand: Hand,
    finding: Finding | None,
    language: Language,
    scale_xy: tuple[float, float],
) -> Mark:
    box = Box(*hand.box).scaled(scale_xy)
    landmarks = tuple((x * scale_xy[0], y * scale_xy[1]) for x, y in hand.landmarks) or None
    if finding is None:
        return Mark(box, "quiet", landmarks_xy=landmarks)
    # The finding names the sign: a hand that counts together with another one has a pose of its own besides.
    pose = Pose(finding.code.removeprefix("pose."))
    label = pose_label(_policy(), pose, language, finding.numbers)
    return Mark(box, finding.severity, 1, label, landmarks, ("hands", at))


def _name(person: Alternative) -> str:
    return person.name


def _latin_name(person: Alternative) -> str:
    """Return a person's name in Latin letters, or else the id that they are registered by."""
    return latin_name(person.name) or person.candidate


def _face_label(face: Face, language: Language, name_of: Callable[[Alternative], str]) -> str:
    words, match = words_of("report.marks", language), face.match
    if match is None:
        return "?"
    name = name_of(match)
    if match.alternatives:
        # Whose ballot number it would be is in doubt as well: the legend's message tells both.
        return f"{words['like']} " + f" {words['or']} ".join([name, *(name_of(other) for other in match.alternatives)])
    if match.strength == "possible":
        name = f"{words['like']} {name}"
    if match.role == "family":
        return f"{name} ({words['family']})"
    return name if match.ballot_number is None else f"{name} ({match.ballot_number})"


def _numbered(marks: Sequence[Mark], order: Mapping[tuple[str, int], int]) -> tuple[Mark, ...]:
    def rank(mark: Mark) -> tuple[int, int, str, tuple[float, float]]:
        finding = 0 if mark.subject is None else order[mark.subject]
        return _ORDER[mark.severity], finding, mark.label, mark.box.center_xy

    return tuple(
        mark if mark.severity == "quiet" else replace(mark, number=at)
        for at, mark in enumerate(sorted(marks, key=rank), start=1)
    )


def _counted(hands: int, faces: int, texts: int, language: Language) -> str:
    words = words_of("report.marks", language)
    parts = [
        f"{count} {_SINGULAR.get(words[what], words[what]) if count == 1 else words[what]}"
        for what, count in (("hands", hands), ("faces", faces), ("texts", texts))
        if count
    ]
    return f"{words['marked']}: {', '.join(parts)}." if parts else ""


def _unseen(findings: Sequence[Finding], language: Language) -> str:
    """Say that something of the file was not looked at; nothing where all of it was."""
    is_unseen = any(finding.kind == "unseen" for finding in findings)
    return words_of("report.marks", language)["unseen"] if is_unseen else ""


@cache
def _policy() -> Policy:
    """Names of poses come from the national pack, which names them all."""
    return Policy.load()
