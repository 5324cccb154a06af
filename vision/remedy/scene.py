"""What of a checked photo has to leave it: hands with a sign, people of the gallery; and who may stay. No pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from vision.contract.result import CheckResult, HandResult
from vision.geometry import Box
from vision.poses import Landmark
from vision.remedy.cropping import Head
from vision.remedy.remedy import Cover, Point, whole
from vision.rules import Finding, FindingKind, Note
from vision.stages.turning import Turn

MARGIN = 0.1
"""Room that is left around hands and people, in hand lengths and face widths, on top of what they measure."""

_FINGER = 0.15
"""Half a finger and what landmarks are off, in hand lengths."""

_FEATHER = 0.12
_CELL = 0.45
"""Side of a mosaic cell, in hand lengths: two or three fingers wide, so that no cell tells a finger from a gap."""

_LETTERS = 2.0
"""Words are hidden like hands of so many line heights: a cell of the mosaic is as tall as a letter."""

_LEAST_HAND_PX = 16.0
"""Landmarks of smaller hands are off by more than a finger."""

_SAME = 0.3
"""Boxes that share this part of the smaller one are one hand, or one face, seen twice."""

_GROWTH = 1.4
"""How much more room a hand gets that was hidden and was seen all the same."""

_CROWD = 80
"""So many people are looked after when a photo is cut: with 40 hands besides, planning takes about a second."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A hand or words that have to be covered or cut off: corners of the convex outline, length, and room around it."""

    outline_xy: tuple[Point, ...]
    length: float
    reach: float

    @classmethod
    def of(cls, hand: HandResult, margin: float) -> Sign:
        """Make it from a hand's landmarks; `margin` in hand lengths."""
        points = np.array(hand.landmarks_xy)
        # A palm is half a hand long; one seen from the front is still as long as it is broad.
        long = np.linalg.norm(points[Landmark.MIDDLE_FINGER_MCP] - points[Landmark.WRIST])
        palm = max(long, 1.2 * np.linalg.norm(points[Landmark.PINKY_MCP] - points[Landmark.INDEX_FINGER_MCP]))
        length = max(2.0 * float(palm), hand.box.width, hand.box.height, _LEAST_HAND_PX)
        return cls(_outline(hand.landmarks_xy), length, (_FINGER + margin) * length)

    @classmethod
    def of_text(cls, box: Box, margin: float) -> Sign:
        """Make it from the box around words; `margin` in lengths of what is hidden together."""
        length = _LETTERS * max(min(box.width, box.height), _LEAST_HAND_PX)
        corners = ((box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom))
        return cls(corners, length, (_FINGER + margin) * length)

    @property
    def box(self) -> Box:
        """The whole-pixel box that no cut may touch."""
        around = Box.around(self.outline_xy)
        grown = (around.left - self.reach, around.top - self.reach, around.right + self.reach)
        return whole(Box.from_corners(*grown, around.bottom + self.reach))

    @property
    def cover(self) -> Cover:
        """What hides it."""
        return Cover(self.outline_xy, self.reach, _FEATHER * self.length, _CELL * self.length)

    def moved(self, dx: float, dy: float) -> Sign:
        """Shift it by (dx, dy) pixels."""
        return replace(self, outline_xy=tuple((x + dx, y + dy) for x, y in self.outline_xy))

    def with_more(self, other: Sign) -> Sign:
        """Return one that hides both and some more: what was hidden was seen all the same."""
        outline = _outline((*self.outline_xy, *other.outline_xy))
        return Sign(outline, max(self.length, other.length), _GROWTH * max(self.reach, other.reach))


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody who has to leave the picture, entirely: face, the boxes of head, body and hands, and who it is.

    `name` joins all whom a face may be. `sure` when the face matched beyond doubt, `excused` when the user may be
    photographed with the person.
    """

    face: Box
    parts: tuple[Box, ...]
    name: str
    sure: bool = True
    excused: bool = False

    @classmethod
    def of(cls, face: Box, hands: Sequence[Box], finding: Finding, margin: float = MARGIN) -> Leaver:
        """Make it from a face's box, the boxes of the person's hands and the finding; `margin` in face widths.

        Head: as in `Head.of`. Body: three face widths (Eileen Collins' in a space suit on the sample photo, and
        nobody's is wider), and from the chin seven face heights down, as tall as people are.
        """
        w, h, (x, _) = face.width, face.height, face.center_xy
        room = margin * w
        top, left, right = face.top - 0.6 * h - room, face.left - 0.25 * w - room, face.right + 0.25 * w + room
        head = Box.from_corners(left, top, right, face.bottom)
        body = Box.from_corners(x - 1.5 * w - room, face.bottom, x + 1.5 * w + room, face.bottom + 7 * h)
        parts = head, body, *(hand.expanded(1.4 + 2 * margin) for hand in hands)
        sure, excused = Note.POSSIBLE not in finding.notes, Note.SPOUSE in finding.notes
        return cls(face, parts, " / ".join(one.name for one in finding.subjects), sure, excused)

    def moved(self, dx: float, dy: float) -> Leaver:
        """Shift it by (dx, dy) pixels."""
        parts = tuple(part.moved(dx, dy) for part in self.parts)
        return replace(self, face=self.face.moved(dx, dy), parts=parts)

    def back(self, turn: Turn) -> Leaver:
        """Return the person in the photo as it is stored, seen in the same photo turned upright."""
        return replace(self, face=turn.box(self.face), parts=tuple(map(turn.box, self.parts)))


@dataclass(frozen=True, slots=True)
class Scene:
    """A photo of `size_wh` pixels as planning sees it: signs, people who have to leave, faces of everybody else."""

    size_wh: tuple[int, int]
    signs: tuple[Sign, ...] = ()
    leavers: tuple[Leaver, ...] = ()
    faces: tuple[Box, ...] = ()

    @classmethod
    def of(cls, result: CheckResult, margin: float = MARGIN) -> Scene:
        """Read it off a checked photo that stands upright: bodies are sought under the heads."""
        shown = sorted({at for one in result.findings if one.kind is FindingKind.POSE for at in one.hands})
        gone = {
            at: finding for finding in result.findings if finding.kind is not FindingKind.POSE for at in finding.faces
        }
        return cls(
            size_wh=result.photo.size_wh,
            signs=(
                *(Sign.of(result.hands[at], margin) for at in shown),
                *(Sign.of_text(words.box, margin) for words in result.texts),
            ),
            leavers=tuple(
                Leaver.of(face.box, [hand.box for hand in result.hands if hand.person == face.person], gone[at], margin)
                for at, face in enumerate(result.faces)
                if at in gone
            ),
            faces=tuple(face.box for at, face in enumerate(result.faces) if at not in gone),
        )

    @property
    def heads(self) -> tuple[Head, ...]:
        """Everybody who may stay, the nearest first; of a crowd the `_CROWD` nearest."""
        near = sorted(self.faces, key=lambda face: face.width, reverse=True)[:_CROWD]
        return tuple(Head.of(face, near[0].width, self.size_wh) for face in near)

    def and_also(self, later: Scene, origin_xy: Point) -> Scene:
        """Return this scene with what was found when its outcome was checked again.

        `later` is in pixels of that outcome, whose corner lies at `origin_xy` here. What had been covered and was seen
        again gets a larger cover; who had been let stay and turned out to be of the gallery has to leave.
        """
        dx, dy = origin_xy
        signs = list(self.signs)
        for sign in (one.moved(dx, dy) for one in later.signs):
            again = next((at for at, old in enumerate(signs) if old.box.overlap(sign.box) > _SAME), None)
            if again is None:
                signs.append(sign)
            else:
                signs[again] = signs[again].with_more(sign)
        found = (one.moved(dx, dy) for one in later.leavers)
        leavers = (*self.leavers, *(one for one in found if not _among(one.face, [old.face for old in self.leavers])))
        seen = (face.moved(dx, dy) for face in later.faces)
        faces = (*self.faces, *(face for face in seen if not _among(face, self.faces)))
        stay = tuple(face for face in faces if not _among(face, [one.face for one in leavers]))
        return Scene(self.size_wh, tuple(signs), leavers, stay)

    def without_excused(self) -> Scene:
        """Return the scene in which those with whom the user may be photographed stay."""
        stay = tuple(one.face for one in self.leavers if one.excused)
        leavers = tuple(one for one in self.leavers if not one.excused)
        return replace(self, leavers=leavers, faces=(*self.faces, *stay))


def _outline(points: Sequence[Point]) -> tuple[Point, ...]:
    """Return the corners of the convex outline."""
    hull = cv2.convexHull(np.array(points, np.float32)).reshape(-1, 2)
    return tuple((float(x), float(y)) for x, y in hull)


def _among(box: Box, others: Sequence[Box]) -> bool:
    return any(box.overlap(other) > _SAME for other in others)
