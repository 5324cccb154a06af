"""A folder with one sub-folder per person: the sub-folder's name is the person's, the photos lie inside."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from candidates.causes import cause_of
from candidates.choosing import face_word
from candidates.errors import BadRowError, LoosePhotoError, PeopleFolderUnreadableError
from candidates.gallery import Gallery
from candidates.importing.photos import Describe, PhotoFile, RowTemplates, gather, readable
from candidates.importing.rows import ImportReport, RowReport, elections_of, import_people
from candidates.importing.tables import PEOPLE_COLUMNS, BadRow, PersonRow, TableRow, person_row
from candidates.messages import say
from candidates.people import Role, clean_text

SHARED_COLUMNS: Final = ("role", "election", "region", "party")
"""The cells that all people of a folder can share."""

_PHOTO_SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp", ".gif"}
)


def import_folder(
    gallery: Gallery,
    folder: Path,
    describe: Describe,
    *,
    shared: Mapping[str, str] | None = None,
    model_id: str | None = None,
    on_row: Callable[[RowReport], None] | None = None,
    on_total: Callable[[int | None], None] | None = None,
) -> ImportReport:
    """Register a person for each sub-folder of `folder`, and the elections of an `elections.csv` in it.

    `shared` gives cells (`SHARED_COLUMNS`) that all of them have. Photos are taken from a sub-folder and everything
    below it; those that lie in `folder` itself are reported and not used. Of a photo with several people, the end of
    its name says which face is meant: "poster@kiri.jpg", "poster@2.jpg". All else is as in `import_table`.
    Raises `PeopleFolderUnreadableError` when there is no sub-folder, `BadRowError` for a shared cell that is not valid.
    """
    people = PeopleFolder(folder, shared or {})
    photos = FolderPhotos(gallery, folder, describe, model_id)
    return import_people(gallery, people, elections_of(folder), photos, on_row=on_row, on_total=on_total)


class PeopleFolder:
    """The people that a folder's sub-folders are named after. Raises as `import_folder` does."""

    def __init__(self, folder: Path, shared: Mapping[str, str]) -> None:
        if unknown := set(shared) - set(SHARED_COLUMNS):
            raise ValueError(f"no shared cells: {sorted(unknown)}")
        self._folder = folder
        self._like = _person_like(shared)
        try:
            entries = sorted(entry for entry in folder.iterdir() if not _is_hidden(entry.name))
        except OSError as error:
            cause = cause_of(error)
            raise PeopleFolderUnreadableError(
                say("importing.folders.folder_cannot_be_opened", folder=folder, reason=cause.reason),
                advice=cause.advice,
            ) from error
        self._people = [entry.name for entry in entries if entry.is_dir()]
        self._loose = [entry.name for entry in entries if not entry.is_dir() and _is_photo(entry)]
        if not self._people:
            raise PeopleFolderUnreadableError(say("importing.folders.there_is_no_folder_of", folder=folder))

    @property
    def name(self) -> str:
        """The folder's name."""
        return self._folder.resolve().name

    @property
    def header(self) -> None:
        """A folder has none."""
        return

    def count(self) -> int:
        """Return how many people and loose photos there are."""
        return len(self._people) + len(self._loose)

    def rows(self) -> Iterator[PersonRow | BadRow]:
        """Yield the loose photos, then the people; `photos` names the sub-folder."""
        for name in map(readable, self._loose):
            loose = LoosePhotoError(say("importing.folders.is_in_no_person_folder", name=name))
            yield BadRow(0, loose, name)
        for name in self._people:
            folder = readable(name)
            if person := name_of_folder(folder):
                yield replace(self._like, name=person, photos=(name,))
            else:
                nameless = BadRowError(say("importing.folders.is_no_person_name", folder=folder))
                yield BadRow(0, nameless, folder)


@dataclass(frozen=True, slots=True)
class FolderPhotos:
    """Photos in the person's sub-folder."""

    gallery: Gallery
    folder: Path
    describe: Describe
    model_id: str | None

    def gather(self, row: PersonRow, person_id: str) -> RowTemplates:
        """Describe the photos that are not registered yet. Raises `BadRowError` when there is none at all."""
        photos = [_photo_file(path) for path in _photos_below(self.folder / row.photos[0])]
        if not photos:
            folder = readable(row.photos[0])
            raise BadRowError(say("importing.folders.folder_holds_no_photo", folder=folder))
        known, chosen = self.gallery.photos(person_id), self.gallery.chosen_faces(person_id)
        return gather(self.gallery, row.name, photos, self.describe, known=known, chosen=chosen, model_id=self.model_id)


def _person_like(shared: Mapping[str, str]) -> PersonRow:
    # A role that is given needs a candidate to be a relative of, which no folder can name.
    tie = {"relative_of": "-"} if shared.get("role") else {}
    person = person_row(TableRow(0, dict.fromkeys(PEOPLE_COLUMNS, "") | {"name": "-"} | dict(shared) | tie))
    if person.role is Role.FAMILY:
        raise BadRowError(say("importing.folders.relatives_cannot_come_from_folder"))
    return replace(person, relative_of="")


def name_of_folder(folder: str) -> str:
    """Return the name that a folder's name stands for: underscores are spaces, and dashes where they must be.

    "Siti_Nur-Aini" keeps its dash, "siti-nur-aini" has nothing but dashes to part its words.
    """
    spaced = folder.replace("_", " ")
    if " " not in spaced.strip():
        spaced = spaced.replace("-", " ")
    return clean_text(re.sub(r"\s-+\s", " ", spaced).strip(" -"))


def _photos_below(folder: Path) -> Iterator[Path]:
    """Yield the photos of a folder, then those of its sub-folders; linked sub-folders may lead to other people."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        paths = (Path(parent, name) for name in sorted(files))
        yield from (path for path in paths if _is_photo(path) and path.is_file())


def _photo_file(path: Path) -> PhotoFile:
    """Return a photo with the face that its name asks for: "poster@kiri.jpg", "poster@2.jpg"."""
    _, at, word = path.stem.rpartition("@")
    try:
        return PhotoFile(path, face_word(word) if at else "")
    except BadRowError:
        return PhotoFile(path)


def _is_photo(path: Path) -> bool:
    # Hidden: what Macs leave beside each photo is called "._a.jpg".
    return path.suffix.casefold() in _PHOTO_SUFFIXES and not _is_hidden(path.name)


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "@", "$")) or name == "__MACOSX"
