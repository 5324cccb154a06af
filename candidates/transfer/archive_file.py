"""Opening what `candidates.transfer.export` writes, as something that somebody sent: nothing in it is trusted."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, takewhile
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np

from candidates.causes import cause_of
from candidates.choosing import place_of
from candidates.closing import Closing
from candidates.errors import (
    ArchiveUnreadableError,
    ArchiveUnsafeError,
    CalibrationError,
    PassphraseNeededError,
    TableUnreadableError,
)
from candidates.importing.delimited import CsvTable
from candidates.importing.rows import ELECTIONS_FILE
from candidates.importing.tables import ELECTION_COLUMNS, PEOPLE_COLUMNS, TableRow
from candidates.matching.calibration import Calibration
from candidates.messages import Message, say
from candidates.people import Reference, clean_text
from candidates.storage.distinct import Pair
from candidates.transfer.encryption import decrypted, is_encrypted
from candidates.transfer.export import (
    DISTINCT_COLUMNS,
    DISTINCT_FILE,
    FACE_ARRAYS,
    PEOPLE_FILE,
    PHOTOS_FOLDER,
    TEXT_ARRAYS,
    calibration_file,
    templates_file,
)

_LARGEST_TABLE: Final = 1 << 28  # bytes unpacked; 300,000 people are 40 MB
_LARGEST_BATCH: Final = 1 << 30  # templates of one file
_LARGEST_PHOTO: Final = 1 << 28
_TIGHTEST_RATIO: Final = 250  # templates and tables pack to a twentieth at most
_SMALL_MEMBER: Final = 1 << 24

_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What reading a zip, an npz or an array that is not as it should be raises."""


class GalleryCopy(Closing):
    """An opened archive; use it in a `with` block. Everything but the photos is looked through at birth.

    Raises `ArchiveUnreadableError`, `ArchiveUnsafeError`, `PassphraseNeededError`, `WrongPassphraseError` and
    `ArchiveTooLargeError`.
    """

    def __init__(self, path: Path, passphrase: Callable[[], str] | None = None) -> None:
        self._path = path
        self._zip = self._opened(passphrase)
        try:
            members = self._zip.infolist()
            _refuse_unsafe(path, members)
            names = {member.filename for member in members}
            self._photos = {
                PurePosixPath(name).stem: name
                for name in names
                if re.fullmatch(re.escape(PHOTOS_FOLDER) + r"[0-9a-f]{64}(\.\w+)?", name)
            }
            self.people = self._table(PEOPLE_FILE, PEOPLE_COLUMNS, ("id", "name"))
            self.elections = self._table(ELECTIONS_FILE, ELECTION_COLUMNS, ("id",))
            self.distinct = self._distinct() if DISTINCT_FILE in names else ()
            self.calibrations = self._calibrations(names)
            self._batches_of: dict[str, list[int]] = {}
            self._loaded: tuple[int, dict[str, list[Reference]]] = (0, {})
            self._models: dict[str, int] = {}
            self._models_with_photos: set[str] = set()
            self._look_through(1)
            for number in takewhile(lambda number: templates_file(number) in names, count(2)):
                self._look_through(number)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def models(self) -> dict[str, bool]:
        """Face model → whether any photo of its templates is in the archive."""
        return {model: model in self._models_with_photos for model in sorted(self._models)}

    def templates(self, person_id: str) -> list[Reference]:
        """Return the templates of the person who had this id in the exported gallery."""
        found: list[Reference] = []
        for number in self._batches_of.get(person_id, ()):
            # People come in the order of the templates: one file of them at a time is enough.
            if self._loaded[0] != number:
                self._loaded = (number, self._batch(number))
            found += self._loaded[1].get(person_id, [])
        return found

    def has_photo(self, sha256: str) -> bool:
        """Tell whether a photo is in the archive."""
        return sha256 in self._photos

    def photo(self, sha256: str) -> bytes:
        """Return a photo. Raises `ArchiveUnreadableError` when it is not what its name says."""
        data = self._read(self._photos[sha256])
        if hashlib.sha256(data).hexdigest() != sha256:
            raise _unreadable(self._path)
        return data

    def _opened(self, passphrase: Callable[[], str] | None) -> zipfile.ZipFile:
        try:
            source: Path | io.BytesIO = self._path
            if is_encrypted(self._path):
                if passphrase is None:
                    raise PassphraseNeededError(say("transfer.archive_file.is_encrypted", name=self.name))
                source = io.BytesIO(decrypted(self._path, passphrase()))
            with self._explained():
                return zipfile.ZipFile(source)
        except OSError as error:
            cause = cause_of(error)
            raise ArchiveUnreadableError(
                say("transfer.archive_file.cannot_be_opened", path=self._path, reason=cause.reason),
                advice=cause.advice,
            ) from error

    def _table(self, name: str, columns: tuple[str, ...], required: tuple[str, ...]) -> CsvTable:
        try:
            return CsvTable(Path(name), columns, required, contents=self._read(name))
        except TableUnreadableError as error:
            raise _unreadable(self._path) from error

    def _distinct(self) -> tuple[Pair, ...]:
        """Return every two ids who were told to be two people."""
        rows = self._table(DISTINCT_FILE, DISTINCT_COLUMNS, DISTINCT_COLUMNS).rows()
        return tuple((row.cells["one"], row.cells["other"]) for row in rows if isinstance(row, TableRow))

    def _calibrations(self, names: set[str]) -> dict[str, bytes]:
        """Return face model → its calibration."""
        found: dict[str, bytes] = {}
        for name in takewhile(names.__contains__, map(calibration_file, count(1))):
            data = self._read(name)
            try:
                with self._explained():
                    _refuse_large_arrays(data)
                    found[Calibration.load(data).model_id] = data
            except CalibrationError as error:
                raise _unreadable(self._path) from error
        return found

    def _look_through(self, number: int) -> None:
        for person, references in self._batch(number).items():
            self._batches_of.setdefault(person, []).append(number)
            for reference in references:
                self._models[reference.model_id] = self._models.get(reference.model_id, 0) + 1
                if self.has_photo(reference.photo_sha256):
                    self._models_with_photos.add(reference.model_id)

    def _batch(self, number: int) -> dict[str, list[Reference]]:
        data = self._read(templates_file(number))
        with self._explained():
            return _parsed_templates(data)

    def _read(self, name: str) -> bytes:
        with self._explained():
            return self._zip.read(name)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except _DAMAGE as error:
            raise _unreadable(self._path) from error


def _parsed_templates(data: bytes) -> dict[str, list[Reference]]:
    """Return person → templates. Raises one of `_DAMAGE` for what `candidates.transfer.export` would not write."""
    _refuse_large_arrays(data)
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        texts = [[clean_text(str(text)) for text in arrays[name]] for name in TEXT_ARRAYS]
        embeddings = np.asarray(arrays["embedding"], np.float32)
        sizes = [float(size) for size in arrays["size_px"]]
        # Older archives have none.
        measured = arrays["sharpness"] if "sharpness" in arrays else np.full(len(sizes), np.nan)
        sharpness = [None if np.isnan(one) else float(one) for one in measured]
        chosen, placed = (
            [str(text) for text in arrays[name]] if name in arrays else [""] * len(sizes) for name in FACE_ARRAYS
        )
    if embeddings.ndim != 2 or len(embeddings) != len(sizes) or not np.all(np.isfinite(embeddings)):
        raise ValueError("embeddings of another shape")
    if not all(re.fullmatch("[0-9a-f]{64}", sha256) for sha256 in texts[2]):
        raise ValueError("no sha256")
    templates: dict[str, list[Reference]] = {}
    if not all(re.fullmatch(r"(left|right|largest|[1-9]\d?|)", word) for word in chosen):
        raise ValueError("no face")
    faces = chosen, map(place_of, placed)
    for person, name, sha256, model, *rest in zip(*texts, embeddings, sizes, sharpness, *faces, strict=True):
        templates.setdefault(person, []).append(Reference(0, person, name, sha256, model, *rest))
    return templates


def _refuse_large_arrays(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as npz:
        if sum(info.file_size for info in npz.infolist()) > _LARGEST_BATCH:
            raise ValueError("too large")


def _refuse_unsafe(path: Path, members: list[zipfile.ZipInfo]) -> None:
    names: set[str] = set()
    for member in members:
        name = member.filename
        if name.startswith("/") or "\\" in name or ":" in name or ".." in PurePosixPath(name).parts:
            raise _unsafe(path, say("transfer.archive_file.name_leads_elsewhere", name=name))
        if name in names:
            raise _unsafe(path, say("transfer.archive_file.is_in_it_twice", name=name))
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _unsafe(path, say("transfer.archive_file.is_link", name=name))
        if member.file_size > _limit(name) or (
            member.file_size > _SMALL_MEMBER and member.file_size > _TIGHTEST_RATIO * max(member.compress_size, 1)
        ):
            raise _unsafe(path, say("transfer.archive_file.is_too_large_when_unpacked", name=name))
        names.add(name)


def _limit(name: str) -> int:
    if name.startswith(PHOTOS_FOLDER):
        return _LARGEST_PHOTO
    return _LARGEST_TABLE if name.endswith(".csv") else _LARGEST_BATCH


def _unsafe(path: Path, what: Message) -> ArchiveUnsafeError:
    return ArchiveUnsafeError(say("transfer.archive_file.is_not_safe", path=path.name, what=what))


def _unreadable(path: Path) -> ArchiveUnreadableError:
    return ArchiveUnreadableError(say("transfer.archive_file.was_not_made_by_candidates", path=path.name))
