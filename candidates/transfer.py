"""Carrying a gallery to another machine: one zip with two tables and the templates.

The archive is biometric data like the gallery itself (UU 27/2022): it is written readable by its owner alone, and
whoever gets it can recognise the people in it. Photos are not in it: a gallery keeps none.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from candidates.delimited import CsvTable
from candidates.errors import BadRowError, GalleryModelMismatchError, TableUnreadableError
from candidates.gallery import Gallery
from candidates.importing import ELECTIONS_FILE, Importer, ImportReport, RowReport, elections_of
from candidates.people import Election, Reference
from candidates.photos import Gathered
from candidates.store import OWNER_ONLY
from candidates.tables import ELECTION_COLUMNS, PEOPLE_COLUMNS, PeopleTable, PersonRow

PEOPLE_FILE: Final = "candidates.csv"
TEMPLATES_FILE: Final = "templates.npz"

_TEXT_ARRAYS: Final = ("person", "photo_name", "photo_sha256", "model_id")
_FIXED_DAY: Final = (1980, 1, 1, 0, 0, 0)
_LARGEST_MEMBER: Final = 1 << 30  # bytes unpacked: some 1.7 million templates


def export(gallery: Gallery, target: Path) -> None:
    """Write the gallery to the zip `target` (mode 0600; an older file is replaced only by a whole new one).

    It holds `candidates.csv`, `elections.csv` and `templates.npz` (no pickles). The same contents give the same
    bytes. Raises `OSError` when the file cannot be written.
    """
    people = [
        {field.name: getattr(person, field.name) for field in fields(person)}
        | {"photos": "|".join(reference.photo_name for reference in gallery.references(person.id))}
        for person in gallery.people()
    ]
    elections = [{field.name: getattr(e, field.name) for field in fields(Election)} for e in gallery.elections()]
    half = target.with_name(target.name + ".part")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_member(PEOPLE_FILE), _table(PEOPLE_COLUMNS, people))
            archive.writestr(_member(ELECTIONS_FILE), _table(ELECTION_COLUMNS, elections))
            archive.writestr(_member(TEMPLATES_FILE), _templates(gallery.references()))
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)


def import_archive(
    gallery: Gallery,
    archive: Path,
    *,
    model_id: str | None = None,
    on_row: Callable[[RowReport], None] | None = None,
) -> ImportReport:
    """Register the people of an exported zip; people of the same name and election are taken for the same.

    `model_id`, if given, must be the model of all templates. Raises `TableUnreadableError` for a file that is no
    such zip and `GalleryModelMismatchError` for templates of another model.
    """
    with tempfile.TemporaryDirectory() as folder:
        # The tables hold names only; the templates stay in memory.
        with _opened(archive) as members:
            for name in (PEOPLE_FILE, ELECTIONS_FILE):
                Path(folder, name).write_bytes(_read(members, archive, name))
            templates = _parsed_templates(archive, _read(members, archive, TEMPLATES_FILE))
        foreign = sorted({r.model_id for rows in templates.values() for r in rows} - {model_id})
        if model_id is not None and foreign:
            raise GalleryModelMismatchError(
                f"{archive.name} dibuat dengan model wajah «{', '.join(foreign)}», yang dipakai «{model_id}».",
                f"{archive.name} was made with the face model “{', '.join(foreign)}”, in use is “{model_id}”.",
            )
        people = CsvTable(Path(folder, PEOPLE_FILE), PEOPLE_COLUMNS, ("id", "name"))
        with Importer(gallery, ArchivePhotos(gallery, templates), on_row, ids_are_foreign=True) as importer:
            importer.read_elections(elections_of(Path(folder)))
            importer.read_people(PeopleTable(people))
            return importer.report()


@dataclass(frozen=True, slots=True)
class ArchivePhotos:
    """Templates that came with the archive, by the id the person had there."""

    gallery: Gallery
    templates: dict[str, list[Reference]]

    def gather(self, row: PersonRow, person_id: str) -> Gathered:
        """Return the row's templates that are not registered yet. Raises `BadRowError` when it has none."""
        own = self.templates.get(row.id, [])
        if not own:
            raise BadRowError(
                f"Arsip tidak memuat wajah acuan {row.name}.", f"The archive holds no reference face of {row.name}."
            )
        known = self.gallery.photos(person_id)
        fresh = tuple(replace(r, id=0) for r in own if known.get(r.photo_sha256) != r.model_id)
        return Gathered(fresh, len(own) - len(fresh), ())


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _FIXED_DAY)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = OWNER_ONLY << 16
    return info


def _table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: "" if value is None else str(value) for name, value in row.items()})
    # Excel needs the BOM to read names right.
    return "\ufeff" + text.getvalue()


def _templates(references: Iterable[Reference]) -> bytes:
    rows = tuple(references)
    arrays: dict[str, NDArray[Any]] = {name: np.array([getattr(r, name) for r in rows], "U") for name in _TEXT_ARRAYS}
    lengths = {r.embedding.size for r in rows} or {0}
    if len(lengths) > 1:
        models = ", ".join(sorted({r.model_id for r in rows}))
        raise GalleryModelMismatchError(
            f"Galeri memuat templat beberapa model wajah sekaligus: {models}.",
            f"The gallery holds templates of several face models at once: {models}.",
        )
    arrays["embedding"] = np.array([r.embedding for r in rows], "<f4").reshape(len(rows), *lengths)
    arrays["size_px"] = np.array([r.size_px for r in rows], "<f8")
    # np.savez stamps its members with the time of day.
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as npz:
        for name, array in arrays.items():
            data = io.BytesIO()
            np.save(data, array, allow_pickle=False)
            npz.writestr(zipfile.ZipInfo(f"{name}.npy", _FIXED_DAY), data.getvalue())
    return packed.getvalue()


def _parsed_templates(archive: Path, data: bytes) -> dict[str, list[Reference]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as npz:
            if any(info.file_size > _LARGEST_MEMBER for info in npz.infolist()):
                raise ValueError("too large")
        with np.load(io.BytesIO(data), allow_pickle=False) as npz_arrays:
            texts = [[str(text) for text in npz_arrays[name]] for name in _TEXT_ARRAYS]
            embeddings = np.asarray(npz_arrays["embedding"], np.float32)
            sizes = [float(size) for size in npz_arrays["size_px"]]
        if embeddings.ndim != 2 or len(embeddings) != len(sizes) or not np.all(np.isfinite(embeddings)):
            raise ValueError("embeddings of another shape")
        templates: dict[str, list[Reference]] = {}
        for person, photo_name, sha256, model_id, embedding, size in zip(*texts, embeddings, sizes, strict=True):
            templates.setdefault(person, []).append(Reference(0, person, photo_name, sha256, model_id, embedding, size))
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise _not_an_export(archive) from error
    return templates


def _opened(archive: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(archive)
    except OSError as error:
        raise TableUnreadableError(
            f"{archive} tidak dapat dibuka: {error.strerror}.", f"{archive} cannot be opened: {error.strerror}."
        ) from error
    except zipfile.BadZipFile as error:
        raise _not_an_export(archive) from error


def _read(members: zipfile.ZipFile, archive: Path, name: str) -> bytes:
    try:
        if members.getinfo(name).file_size > _LARGEST_MEMBER:
            raise _not_an_export(archive)
        return members.read(name)
    except (KeyError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise _not_an_export(archive) from error


def _not_an_export(archive: Path) -> TableUnreadableError:
    return TableUnreadableError(
        f"{archive.name} bukan hasil «candidates export», atau rusak.",
        f"{archive.name} was not made by “candidates export”, or is damaged.",
    )
