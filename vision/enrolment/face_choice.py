"""Which face of a reference photo is meant: the only large one, or the one that was chosen among several."""

from __future__ import annotations

from collections.abc import Sequence

from candidates.choosing import LARGEST, LEFT, RIGHT, FaceChoice, Place
from vision.errors import FaceChoiceError, NoFaceError, SeveralFacesError
from vision.faces import Face
from vision.geometry import Box
from vision.media.photo import Photo
from vision.messages import Message, say

LEAST_SIZE_PX = 40.0
"""The least side of the face box, in pixels of the photo.

`python -m scripts.bench faces`, "quality": of faces of 48 px 3% come to lie further than 0.5 from the same person's
references, of 32 px 6%, of 24 px 19%, of 16 px 64% (of 66 px: 2%).
"""

SECOND_FACE_PART = 0.5
"""A second face counts as somebody else in the portrait when its side is at least this part of the largest one's.

Posters and press portraits show small faces in the background; who is meant is clear as long as one face is at least
twice as large as every other.
"""

_SAME_PLACE = 0.2
"""The least part of both boxes together that a remembered place and a face share: two people's faces share nothing, and
two detectors' boxes of one face half and more."""


def chosen_face(faces: Sequence[Face], photo: Photo, choice: FaceChoice) -> Face:
    """Return the face that is meant; `faces` are the photo's, in reading order.

    Raises NoFaceError, SeveralFacesError when none was chosen among several, and FaceChoiceError.
    """
    width, height = photo.size_wh
    if not faces:
        raise NoFaceError(
            say("enrolment.face_choice.no_face_was_found_in", photo=photo.name, width=width, height=height)
        )
    if choice.place is not None and (there := _at(faces, photo, choice.place)):
        return there
    if choice.word in ("", LARGEST):
        large = comparable(faces)
        if choice.word or len(large) == 1:
            return max(large, key=lambda face: face.quality.size_px)
        several = SeveralFacesError(
            say(
                "enrolment.face_choice.shows_comparable_faces_exactly_one",
                count=len(large),
                photo=photo.name,
                told=_told(faces, photo),
            )
        )
        several.places = _places(faces, photo)
        raise several
    if choice.place is not None:
        raise FaceChoiceError(say("enrolment.face_choice.face_of_that_was_chosen", photo=photo.name))
    return _by_word(faces, photo, choice.word)


def comparable(faces: Sequence[Face]) -> list[Face]:
    """Return the faces that are at least half as large as the largest, in order."""
    least = SECOND_FACE_PART * max(face.quality.size_px for face in faces)
    return [face for face in faces if face.quality.size_px >= least]


def choosable(faces: Sequence[Face], photo: Photo) -> list[Face]:
    """Return the faces that have a number, from 1: those large enough for a reference, or else the largest ones."""
    large = [face for face in faces if face.quality.size_px * photo.scale_xy[0] >= LEAST_SIZE_PX]
    return large or (comparable(faces) if faces else [])


def place_in(box: Box, size_wh: tuple[int, int]) -> Place:
    """Return a box, in pixels of a photo of `size_wh`, as parts of it."""
    width, height = size_wh
    return box.left / width, box.top / height, box.width / width, box.height / height


def _by_word(faces: Sequence[Face], photo: Photo, word: str) -> Face:
    numbered = choosable(faces, photo)
    if word in (LEFT, RIGHT):
        # Where one face of a pair was not found, the other one is neither left nor right of anybody.
        pair = next((some for some in (comparable(faces), numbered) if len(some) > 1), [])
        if pair:
            return (min if word == LEFT else max)(pair, key=lambda face: face.box.center_xy[0])
    elif int(word) <= len(numbered):
        return numbered[int(word) - 1]
    key = {LEFT: "left", RIGHT: "right"}.get(word, "number")
    missing = FaceChoiceError(
        say(
            "enrolment.face_choice.has_no_face_found_were",
            word=say(f"enrolment.face_word.{key}", number=word),
            photo=photo.name,
            told=_told(faces, photo),
        )
    )
    missing.places = _places(faces, photo)
    raise missing


def _at(faces: Sequence[Face], photo: Photo, place: Place) -> Face | None:
    height, width = photo.pixels.shape[:2]
    left, top, wide, high = place
    remembered = Box(left * width, top * height, wide * width, high * height)
    best = max(faces, key=lambda face: face.box.iou(remembered))
    return best if best.box.iou(remembered) >= _SAME_PLACE else None


def _places(faces: Sequence[Face], photo: Photo) -> tuple[Place, ...]:
    height, width = photo.pixels.shape[:2]
    return tuple(place_in(face.box, (width, height)) for face in choosable(faces, photo))


def _told(faces: Sequence[Face], photo: Photo) -> list[Message]:
    """Say number, place and width of each face that has a number: "1 (kiri, lebar 210 piksel)", "2 (kanan, ...)"."""
    numbered = choosable(faces, photo)
    columns = sorted(numbered, key=lambda face: face.box.center_xy[0])
    told = []
    for number, face in enumerate(numbered, start=1):
        place, at = _column(columns.index(face), len(columns))
        size = round(face.quality.size_px * photo.scale_xy[0])
        told.append(say(f"enrolment.face_place.{place}", number=number, size=size, at=at))
    return told


def _column(at: int, count: int) -> tuple[str, int]:
    """Name the place of the face that is number `at` of `count` from the left, and count it from 1."""
    ends = {0: "left", count - 1: "right"}
    if count == 1 or at not in ends:
        return ("alone" if count == 1 else "between"), at + 1
    return f"far_{ends[at]}" if count > 2 else ends[at], at + 1
