"""Faces of people outside the gallery, for measuring how often strangers are taken for somebody.

Vectors stay in memory, under numbers instead of names, and go with the process. Only faces that would do as references
count: poor ones resemble one another (in crowds of 12 px faces half of the pairs come within a cut), but not the clear
ones that a gallery holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision.enrolment.reference import is_reference_quality
from vision.errors import FotoNetralError, NoFaceError, PhotoUnreadableError, PoorFaceError
from vision.faces import Face, FaceModel
from vision.media.inputs import EmptyFolder, photos_of
from vision.media.photo import open_photo
from vision.messages import say
from vision.stages.engines import FindsFaces

SUBJECT_PART = 0.5
"""A photo is a portrait when every other face's side is less than this part of the largest one's."""

_MOSTLY = 0.8

Vectors = NDArray[np.float32]


class Layout(StrEnum):
    """How a folder of photos says who is who."""

    PEOPLE = "people"
    """One sub-folder a person; the largest face of each photo is meant."""
    PORTRAITS = "portraits"
    """One photo a person; the largest face is meant."""
    PHOTOS = "photos"
    """Photos of several people: the faces of one photo are different people, those of two photos perhaps not."""


@dataclass(frozen=True, slots=True, eq=False)
class Strangers:
    """What was found: `groups` of surely different people (number → (n, d) float32), and what could not be used."""

    layout: Layout
    groups: tuple[Mapping[str, Vectors], ...]
    photos: int
    left_out: tuple[tuple[str, FotoNetralError], ...]

    @property
    def faces(self) -> Vectors:
        """Everybody's first face, (n, d)."""
        return np.stack([own[0] for group in self.groups for own in group.values()])


@dataclass(slots=True)
class _PhotoFaces:
    """The faces of one photo: vectors by falling size, and whether the first one is what the photo is about."""

    folder: str
    vectors: Vectors
    is_portrait: bool


@dataclass(slots=True)
class StrangersReader:
    """Reads a folder of photos; `finder` and `model` are the ones that a check uses."""

    finder: FindsFaces
    model: FaceModel
    on_photo: Callable[[str], None] = field(default=lambda _name: None)

    def read(self, folder: Path, layout: Layout | None = None) -> Strangers:
        """Describe the faces of all photos under the folder; `layout` None is told from the photos.

        A photo that cannot be used is left out, with its reason.
        """
        seen: list[_PhotoFaces] = []
        left_out: list[tuple[str, FotoNetralError]] = []
        for photo in photos_of([str(folder)]):
            if isinstance(photo, EmptyFolder):
                left_out.append((photo.path, _empty(photo)))
                continue
            try:
                seen.append(self._photo(photo, folder))
            except FotoNetralError as error:
                left_out.append((photo, error))
            self.on_photo(Path(photo).name)
        chosen = layout or layout_of(seen)
        return Strangers(chosen, _grouped(seen, chosen), len(seen), tuple(left_out))

    def _photo(self, path: str, root: Path) -> _PhotoFaces:
        photo = open_photo(path)
        found = self.finder.find(photo.pixels)
        if not found:
            raise NoFaceError(say("enrolment.strangers.there_is_no_face_in", photo=photo.name))
        faces = [face for face in found if is_reference_quality(face, photo.scale_xy[0])]
        if not faces:
            raise PoorFaceError(say("enrolment.strangers.faces_in_are_too_small", photo=photo.name))
        faces.sort(key=lambda face: -face.box.width)
        vectors = self.model.embed_carefully(photo.pixels, faces)
        inside = Path(path).parent.relative_to(root).parts
        return _PhotoFaces(inside[0] if inside else "", vectors, _is_portrait(faces))


def layout_of(photos: Iterable[_PhotoFaces]) -> Layout:
    """Tell how the photos say who is who: portraits in sub-folders, portraits, or photos of several people."""
    seen = list(photos)
    portraits = sum(photo.is_portrait for photo in seen)
    if portraits < _MOSTLY * len(seen):
        return Layout.PHOTOS
    return Layout.PEOPLE if all(photo.folder for photo in seen) else Layout.PORTRAITS


def _grouped(seen: Iterable[_PhotoFaces], layout: Layout) -> tuple[Mapping[str, Vectors], ...]:
    if layout is Layout.PHOTOS:
        return tuple({str(n): vector[None] for n, vector in enumerate(photo.vectors)} for photo in seen)
    if layout is Layout.PORTRAITS:
        return ({f"{n:06}": photo.vectors[:1] for n, photo in enumerate(seen)},)
    people: dict[str, list[Vectors]] = {}
    for photo in seen:
        people.setdefault(photo.folder, []).append(photo.vectors[:1])
    return ({f"{n:06}": np.concatenate(own) for n, own in enumerate(people.values())},)


def _is_portrait(faces: list[Face]) -> bool:
    return len(faces) == 1 or faces[1].box.width < SUBJECT_PART * faces[0].box.width


def _empty(folder: EmptyFolder) -> FotoNetralError:
    reason = folder.reason or say("enrolment.strangers.holds_no_photo")
    return PhotoUnreadableError(say("enrolment.strangers.folder_unreadable", folder=folder.path, reason=reason))
