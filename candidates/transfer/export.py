"""Carrying a gallery to another machine: one zip with two tables, the templates and, where asked, the photos.

The archive is biometric data like the gallery itself (UU 27/2022): it is written readable by its owner alone, and
whoever gets it can recognise the people in it, unless it is encrypted with a passphrase.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from candidates.choosing import place_text
from candidates.errors import PassphraseNeededError
from candidates.gallery import Gallery
from candidates.importing.rows import ELECTIONS_FILE
from candidates.importing.tables import ELECTION_COLUMNS, PEOPLE_COLUMNS
from candidates.messages import say
from candidates.people import Candidate, Election, Reference
from candidates.storage.sqlite_file import OWNER_ONLY
from candidates.transfer.encryption import BoundedBuffer, encrypted
from candidates.transfer.originals import originals
from candidates.whole_files import writing_whole

PEOPLE_FILE: Final = "candidates.csv"
DISTINCT_FILE: Final = "distinct.csv"
"""Every two who look alike and were told to be two people, if there are any."""

DISTINCT_COLUMNS: Final = ("one", "other")
PHOTOS_FOLDER: Final = "photos/"
TEXT_ARRAYS: Final = ("person", "photo_name", "photo_sha256", "model_id")
FACE_ARRAYS: Final = ("face", "place")
"""Texts that older archives have not."""

_BATCH: Final = 20_000  # templates held in memory at once, some 30 MB
_FIXED_DAY: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class MissingPhoto:
    """A registered photo that was found nowhere: whose it is and what it was called."""

    person: str
    photo_name: str


@dataclass(frozen=True, slots=True)
class Exported:
    """What an archive holds; `missing` are the photos that were looked for and not found."""

    people: int
    templates: int
    photos: int
    missing: tuple[MissingPhoto, ...]


def templates_file(number: int) -> str:
    """Return the name of the archive's `number`th file of templates, from 1."""
    return "templates.npz" if number == 1 else f"templates-{number}.npz"


def calibration_file(number: int) -> str:
    """Return the name of the archive's `number`th calibration, from 1."""
    return "calibration.npz" if number == 1 else f"calibration-{number}.npz"


def export(gallery: Gallery, target: Path, *, folders: Iterable[Path] = (), passphrase: str | None = None) -> Exported:
    """Write the gallery to the zip `target` (mode 0600; an older file is replaced only by a whole new one).

    It holds `candidates.csv`, `elections.csv`, who was told to be two people (`distinct.csv`), `templates.npz` (no
    pickles; large galleries have several), the gallery's own calibration if it has one, and the registered photos as
    far as files of the same content are found under `folders`, as `photos/SHA256.jpg`.
    The same contents give the same bytes. With `passphrase` all of it is encrypted in the age format, and nothing
    else reaches the disk. Raises `OSError` when the file cannot be written, `ArchiveTooLargeError` when it is too
    large to be encrypted, and `PassphraseNeededError` for an empty passphrase.
    """
    if passphrase is not None and not passphrase:
        raise PassphraseNeededError(say("transfer.export.passphrase_must_not_be_empty"))
    with writing_whole(target, half=target.with_name(target.name + ".part")) as file:
        if passphrase is None:
            return _write(gallery, file, folders)
        plain = BoundedBuffer()
        exported = _write(gallery, plain, folders)
        file.write(encrypted(plain.getvalue(), passphrase))
        return exported


def _write(gallery: Gallery, file: IO[bytes], folders: Iterable[Path]) -> Exported:
    people = gallery.people()
    folders = tuple(folders)
    wanted = {sha for person in people for sha in gallery.photos(person.id)} if folders else set()
    found = originals(folders, wanted)
    packed = {sha256: f"{PHOTOS_FOLDER}{sha256}{_suffix(path)}" for sha256, path in found.items()}
    missing: list[MissingPhoto] = []
    written = 0
    with zipfile.ZipFile(file, "w") as archive:
        with archive.open(_member(PEOPLE_FILE), "w") as member:
            _write_table(member, PEOPLE_COLUMNS, _people_rows(gallery, people, packed))
        with archive.open(_member(ELECTIONS_FILE), "w") as member:
            _write_table(member, ELECTION_COLUMNS, _rows(gallery.elections()))
        if distinct := gallery.distinct():
            with archive.open(_member(DISTINCT_FILE), "w") as member:
                pairs = (dict(zip(DISTINCT_COLUMNS, pair, strict=True)) for pair in sorted(distinct))
                _write_table(member, DISTINCT_COLUMNS, pairs)
        for number, batch in enumerate(_batches(gallery, people), start=1):
            written += len(batch)
            archive.writestr(_member(templates_file(number)), _templates(batch))
            if folders:
                names = {person.id: person.name for person in people}
                missing += [MissingPhoto(names[r.person], r.photo_name) for r in batch if r.photo_sha256 not in found]
        calibrations = [data for model in gallery.model_ids() if (data := gallery.calibration(model))]
        for number, data in enumerate(calibrations, start=1):
            archive.writestr(_member(calibration_file(number)), data)
        for sha256, path in sorted(found.items()):
            info = _member(packed[sha256], zipfile.ZIP_STORED)
            info.file_size = path.stat().st_size
            with path.open("rb") as photo, archive.open(info, "w") as member:
                shutil.copyfileobj(photo, member)
    return Exported(len(people), written, len(found), tuple(missing))


def _people_rows(gallery: Gallery, people: Iterable[Candidate], packed: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for person, row in zip(people, _rows(people), strict=True):
        references = gallery.references(person.id)
        photos = (packed.get(r.photo_sha256, r.photo_name) for r in references)
        faces = "|".join(r.face for r in references) if any(r.face for r in references) else ""
        yield row | {"photos": "|".join(photos), "face": faces}


def _rows(things: Iterable[Candidate | Election]) -> Iterator[dict[str, str]]:
    for thing in things:
        values = {field.name: getattr(thing, field.name) for field in fields(thing)}
        yield {name: "" if value is None else str(value) for name, value in values.items()}


def _batches(gallery: Gallery, people: Iterable[Candidate]) -> Iterator[list[Reference]]:
    """Yield the templates in the order of the people, each person's together; one batch at least, if an empty one.

    Templates of one batch are of one length: several models can be in a gallery while it is re-embedded.
    """
    batch: list[Reference] = []
    for person in people:
        for reference in gallery.references(person.id):
            if batch and (len(batch) >= _BATCH or batch[0].embedding.size != reference.embedding.size):
                yield batch
                batch = []
            batch.append(reference)
    yield batch


def _templates(rows: list[Reference]) -> bytes:
    arrays: dict[str, NDArray[Any]] = {name: np.array([getattr(r, name) for r in rows], "U") for name in TEXT_ARRAYS}
    arrays["face"] = np.array([r.face for r in rows], "U")
    arrays["place"] = np.array([place_text(r.place) for r in rows], "U")
    length = rows[0].embedding.size if rows else 0
    arrays["embedding"] = np.array([r.embedding for r in rows], "<f4").reshape(len(rows), length)
    arrays["size_px"] = np.array([r.size_px for r in rows], "<f8")
    arrays["sharpness"] = np.array([np.nan if r.sharpness is None else r.sharpness for r in rows], "<f8")
    # np.savez stamps its members with the time of day.
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as npz:
        for name, array in arrays.items():
            data = io.BytesIO()
            np.save(data, array, allow_pickle=False)
            npz.writestr(zipfile.ZipInfo(f"{name}.npy", _FIXED_DAY), data.getvalue())
    return packed.getvalue()


def _write_table(file: IO[bytes], columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> None:
    # Excel needs the BOM to read names right.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    text.flush()
    text.detach()


def _member(name: str, compression: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _FIXED_DAY)
    info.compress_type = compression
    info.external_attr = OWNER_ONLY << 16
    return info


def _suffix(path: Path) -> str:
    suffix = path.suffix.casefold()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,5}", suffix) else ""
