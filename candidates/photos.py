"""From the `photos` cell of a row to templates: finding the files, skipping the known, describing the rest."""

from __future__ import annotations

import glob
import hashlib
import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from candidates.errors import GalleryError, Language, PhotoFailedError, PhotoMissingError, PhotoOfAnotherError
from candidates.gallery import Gallery
from candidates.people import Reference, name_key


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

    def __call__(self, photo: Path | bytes, /, *, name: str | None = None) -> FaceTemplate:
        """Describe a file, or bytes that go by `name`."""
        ...


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was not used: a stable code, and the words in both languages."""

    code: str
    text_id: str
    text_en: str

    @classmethod
    def of(cls, error: Exception) -> Reason:
        """Take code and words from an error of ours or of the engine; any other is a `photos.failed`."""
        if not (isinstance(getattr(error, "code", None), str) and callable(getattr(error, "text", None))):
            kind = type(error).__name__
            error = PhotoFailedError(f"Foto gagal diproses ({kind}).", f"The photo failed to be processed ({kind}).")
        told: Any = error
        return cls(str(told.code), str(told.text("id")), str(told.text("en")))

    def text(self, language: Language = "id") -> str:
        """Return the words in a language."""
        return self.text_id if language == "id" else self.text_en


@dataclass(frozen=True, slots=True)
class RejectedPhoto:
    """A photo (or a pattern) that could not be used, and why."""

    photo: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Gathered:
    """The outcome of one row's photos: new templates, how many were registered already, and the unusable ones."""

    references: tuple[Reference, ...]
    known: int
    rejected: tuple[RejectedPhoto, ...]


def gather(
    gallery: Gallery,
    name: str,
    photos: Iterable[Path | RejectedPhoto],
    describe: Describe,
    *,
    known: Mapping[str, str],
    model_id: str | None,
) -> Gathered:
    """Describe the photos of the person `name`.

    `known` (photo sha256 → model id) are the photos the person has: they are not described again unless they were
    with another model than `model_id`. No photo's failure stops the others; what is rejected already stays so.
    """
    templates: dict[str, Reference] = {}
    already: set[str] = set()
    rejected: list[RejectedPhoto] = []
    for photo in photos:
        if isinstance(photo, RejectedPhoto):
            rejected.append(photo)
            continue
        try:
            with photo.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            if sha256 in known and model_id in (None, known[sha256]):
                already.add(sha256)
            elif sha256 not in templates:
                refuse_photo_of_another(gallery, name, sha256)
                templates[sha256] = as_reference(describe(photo), readable(photo.name), sha256)
        except GalleryError:
            raise
        except Exception as error:
            # Whatever one photo does, the night's import goes on; the reason is reported.
            rejected.append(RejectedPhoto(readable(photo.name), Reason.of(error)))
    return Gathered(tuple(templates.values()), len(already), tuple(rejected))


def readable(file_name: str) -> str:
    """Return a file's name as text that can be stored; bytes in it that are no UTF-8 become U+FFFD."""
    return file_name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def named(patterns: Iterable[str], folder: Path) -> Iterator[Path | RejectedPhoto]:
    """Yield the files that names or patterns (from `folder`) mean, and those that mean none."""
    for pattern in patterns:
        files = matching_files(pattern, folder)
        if not files:
            missing = PhotoMissingError(
                f"Tidak ada berkas yang cocok dengan «{pattern}».", f"No file matches “{pattern}”."
            )
            yield RejectedPhoto(pattern, Reason.of(missing))
        yield from files


def as_reference(template: FaceTemplate, photo_name: str, photo_sha256: str) -> Reference:
    """Turn a template into a reference not stored yet. Raises `ValueError` for an embedding that is none."""
    import numpy as np  # a fifth of a second, which a list of names does not need

    embedding = np.asarray(template.embedding, dtype=np.float32)
    if not np.all(np.isfinite(embedding)):
        raise ValueError(f"an embedding is finite numbers, got others among {embedding.shape}")
    size_px, sharpness = float(template.size_px), float(template.sharpness)
    return Reference(0, "", photo_name, photo_sha256, template.model_id, embedding, size_px, sharpness)


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
        raise PhotoOfAnotherError(
            f"Foto yang sama sudah terdaftar untuk {others[0].name}.",
            f"The same photo is already registered for {others[0].name}.",
        )
