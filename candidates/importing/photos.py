"""From the `photos` cell of a row to templates: finding the files, skipping the known, describing the rest."""

from __future__ import annotations

import glob
import hashlib
import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from candidates.choosing import FaceChoice
from candidates.errors import GalleryError, Language, PhotoFailedError, PhotoMissingError, PhotoOfAnotherError
from candidates.gallery import Gallery
from candidates.messages import LiteralText, Message, say
from candidates.messages.errors import CodedError
from candidates.people import Reference, name_key

_SAME_FACE = 0.1
"""Vectors of one face of one photo are equal but for rounding; those of two people are several times farther apart."""


class FaceTemplate(Protocol):
    """What describing a reference photo gives; `embedding` is (d,) float32, `size_px` the face's height."""

    @property
    def embedding(self) -> Any:  # noqa: D102
        ...

    @property
    def model_id(self) -> str:  # noqa: D102
        ...

    @property
    def photo_sha256(self) -> str:  # noqa: D102
        ...

    @property
    def photo_name(self) -> str:  # noqa: D102
        ...

    @property
    def size_px(self) -> float:  # noqa: D102
        ...

    @property
    def sharpness(self) -> float:  # noqa: D102
        ...


class Describe(Protocol):
    """Turns a photo into a template; what it raises carries `code` and `text(language)`."""

    def __call__(
        self, photo: Path | bytes, /, *, name: str | None = None, face: FaceChoice | None = None
    ) -> FaceTemplate:
        """Describe a file, or bytes that go by `name`; `face` is the one that is meant, if that was said."""
        ...


@dataclass(frozen=True, slots=True)
class RejectionReason:
    """Why something was not used: a stable code, and what to tell people."""

    code: str
    says: Message

    @classmethod
    def of(cls, error: Exception) -> RejectionReason:
        """Take code and words from an error of ours or of the engine; any other is a `photos.failed`."""
        if isinstance(error, CodedError):
            return cls(error.code, error.whole())
        if not (isinstance(getattr(error, "code", None), str) and callable(getattr(error, "text", None))):
            kind = type(error).__name__
            error = PhotoFailedError(say("importing.photos.photo_failed_to_be_processed", kind=kind))
        told: Any = error
        return cls(str(told.code), LiteralText(str(told.text("id")), str(told.text("en"))))

    def text(self, language: Language = "id") -> str:
        """Return the words in a language."""
        return self.says.text(language)


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photo on the disk, and which of its faces is meant ("": it shows one person; see `candidates.choosing`).

    With `data` it is these bytes, and `path` only what it is called.
    """

    path: Path
    face: str = ""
    data: bytes | None = None

    @property
    def sha256(self) -> str:
        """Digest of the contents. Raises `OSError`."""
        if self.data is not None:
            return hashlib.sha256(self.data).hexdigest()
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def described(self, describe: Describe) -> FaceTemplate:
        """Return the template of the face that is meant; raises whatever `describe` does."""
        choice = FaceChoice(self.face)
        if self.data is not None:
            return described(describe, self.data, name=self.path.name, face=choice)
        return described(describe, self.path, face=choice)


@dataclass(frozen=True, slots=True)
class RejectedPhoto:
    """A photo (or a pattern) that could not be used, and why."""

    photo: str
    reason: RejectionReason


@dataclass(frozen=True, slots=True)
class RowTemplates:
    """The outcome of one row's photos: new templates, how many were registered already, and the unusable ones."""

    references: tuple[Reference, ...]
    known: int
    rejected: tuple[RejectedPhoto, ...]


def gather(
    gallery: Gallery,
    name: str,
    photos: Iterable[PhotoFile | RejectedPhoto],
    describe: Describe,
    *,
    known: Mapping[str, str],
    chosen: Mapping[str, str],
    model_id: str | None,
) -> RowTemplates:
    """Describe the photos of the person `name`.

    `known` (photo sha256 → model id) are the photos the person has, and `chosen` (→ which face) those of them that show
    several people: they are not described again unless they were with another model than `model_id`, or another face is
    meant now. No photo's failure stops the others; what is rejected already stays so.
    """
    templates: dict[str, Reference] = {}
    already: set[str] = set()
    rejected: list[RejectedPhoto] = []
    for photo in photos:
        if isinstance(photo, RejectedPhoto):
            rejected.append(photo)
            continue
        try:
            sha256 = photo.sha256
            is_other_face = photo.face and photo.face != chosen.get(sha256)
            if sha256 in known and model_id in (None, known[sha256]) and not is_other_face:
                already.add(sha256)
            elif sha256 not in templates:
                if not photo.face:
                    refuse_photo_of_another(gallery, name, sha256)
                reference = as_reference(photo.described(describe), readable(photo.path.name), sha256, photo.face)
                refuse_face_of_another(gallery, name, reference)
                templates[sha256] = reference
        except GalleryError:
            raise
        except Exception as error:
            # Whatever one photo does, the night's import goes on; the reason is reported.
            rejected.append(RejectedPhoto(readable(photo.path.name), RejectionReason.of(error)))
    return RowTemplates(tuple(templates.values()), len(already), tuple(rejected))


def readable(file_name: str) -> str:
    """Return a file's name as text that can be stored; bytes in it that are no UTF-8 become U+FFFD."""
    return file_name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def described(
    describe: Describe, photo: Path | bytes, *, name: str | None = None, face: FaceChoice | None = None
) -> FaceTemplate:
    """Describe a photo; the face is only named where one was chosen, which not every engine need understand."""
    if face is None or face == FaceChoice():
        return describe(photo, name=name)
    return describe(photo, name=name, face=face)


def named(patterns: Sequence[str], folder: Path, faces: Sequence[str] = ()) -> Iterator[PhotoFile | RejectedPhoto]:
    """Yield the files that names or patterns (from `folder`) mean, and those that mean none.

    `faces` runs parallel to the patterns: which face is meant in their photos.
    """
    for at, pattern in enumerate(patterns):
        files = matching_files(pattern, folder)
        if not files:
            missing = PhotoMissingError(say("importing.photos.no_file_matches", pattern=pattern))
            yield RejectedPhoto(pattern, RejectionReason.of(missing))
        yield from (PhotoFile(file, faces[at] if faces else "") for file in files)


def as_reference(template: FaceTemplate, photo_name: str, photo_sha256: str, face: str = "") -> Reference:
    """Turn a template into a reference not stored yet; `face` is which of several faces was asked for.

    Raises `ValueError` for an embedding that is none.
    """
    import numpy as np  # a fifth of a second, which a list of names does not need

    embedding = np.asarray(template.embedding, dtype=np.float32)
    if not np.all(np.isfinite(embedding)):
        raise ValueError(f"an embedding is finite numbers, got others among {embedding.shape}")
    size_px, sharpness = float(template.size_px), float(template.sharpness)
    place = getattr(template, "place", None)  # an engine that cannot choose among faces need not say where they are
    return Reference(0, "", photo_name, photo_sha256, template.model_id, embedding, size_px, sharpness, face, place)


def matching_files(pattern: str, folder: Path) -> list[Path]:
    """Return the files that a name or glob pattern means, in the order of their names.

    A file of exactly this name wins over the pattern's meaning; names written with backslashes, or with accents
    composed in the other Unicode form, are found as well.
    """
    spellings = (pattern, *(unicodedata.normalize(form, pattern) for form in ("NFC", "NFD")))
    for spelling in (*spellings, *(text.replace("\\", "/") for text in spellings)):
        # os.path answers False where Path.is_file raises: a name too long for the disk is no file either.
        if os.path.isfile(folder / spelling):  # noqa: PTH113
            return [folder / spelling]
        # Not Path.glob: a table may name absolute patterns.
        found = sorted(glob.glob(spelling, root_dir=folder, recursive=True))  # noqa: PTH207
        if files := [folder / name for name in found if (folder / name).is_file()]:
            return files
    return []


def refuse_photo_of_another(gallery: Gallery, name: str, sha256: str) -> None:
    """Raise `PhotoOfAnotherError` when somebody of another name is registered with this very photo."""
    others = [owner for owner in gallery.owners_of_photo(sha256) if name_key(owner.name) != name_key(name)]
    if others:
        raise PhotoOfAnotherError(say("importing.photos.same_photo_is_already_registered", name=others[0].name))


def refuse_face_of_another(gallery: Gallery, name: str, reference: Reference) -> None:
    """Raise `PhotoOfAnotherError` when somebody of another name is registered with this very face of the photo.

    Two people of one photo are each registered with their own face.
    """
    for other in gallery.references_of_photo(reference.photo_sha256):
        owner = gallery.get(other.person)
        if owner and name_key(owner.name) != name_key(name) and is_same_face(reference, other):
            raise PhotoOfAnotherError(say("importing.photos.same_face_of_that_photo", owner=owner.name))


def is_same_face(one: Reference, other: Reference) -> bool:
    """Tell whether two templates of one photo are of the same face in it."""
    import numpy as np

    if one.model_id == other.model_id and one.embedding.shape == other.embedding.shape:
        return float(np.linalg.norm(one.embedding - other.embedding)) < _SAME_FACE
    return one.face == other.face
