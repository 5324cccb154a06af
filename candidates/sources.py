"""Importing from any path: tells by its contents whether it is a table, spreadsheet, folder or export."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from enum import Enum, auto
from pathlib import Path
from typing import Final

from candidates.causes import cause_of
from candidates.errors import PeopleFolderUnreadableError, TableError, TableUnreadableError
from candidates.gallery import Gallery
from candidates.importing.delimited import CsvTable
from candidates.importing.folders import import_folder
from candidates.importing.photos import Describe
from candidates.importing.rows import ImportReport, RowReport, import_table
from candidates.importing.sheets import Workbook, import_workbook
from candidates.importing.tables import PEOPLE_COLUMNS
from candidates.messages import say
from candidates.transfer.archives import import_archive
from candidates.transfer.encryption import is_encrypted

_ZIP: Final = b"PK"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
_BOOK_SUFFIXES: Final = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".numbers"})
_ARCHIVE_SUFFIXES: Final = frozenset({".zip", ".age"})


class SourceKind(Enum):
    """The kind of data at a path."""

    TABLE = auto()
    WORKBOOK = auto()
    FOLDER = auto()
    ARCHIVE = auto()


def kind_of(source: Path) -> SourceKind:
    """Tell what a path holds. Raises `TableUnreadableError` for one that cannot be read."""
    suffix = source.suffix.casefold()
    try:
        if source.is_dir():
            return SourceKind.FOLDER
        if is_encrypted(source):
            return SourceKind.ARCHIVE
        with source.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        cause = cause_of(error)
        raise TableUnreadableError(
            say("importing.sources.cannot_be_opened", source=source, reason=cause.reason),
            advice=cause.advice,
        ) from error
    if head.startswith(_ZIP):
        return SourceKind.WORKBOOK if suffix in _BOOK_SUFFIXES or _has_sheets(source) else SourceKind.ARCHIVE
    if head == _OLD_OFFICE or suffix in _BOOK_SUFFIXES:
        return SourceKind.WORKBOOK
    return SourceKind.ARCHIVE if suffix in _ARCHIVE_SUFFIXES else SourceKind.TABLE


def import_source(
    gallery: Gallery,
    source: Path,
    describe: Describe,
    *,
    shared: Mapping[str, str] | None = None,
    model_id: str | None = None,
    on_row: Callable[[RowReport], None] | None = None,
    on_total: Callable[[int | None], None] | None = None,
    passphrase: Callable[[], str] | None = None,
) -> ImportReport:
    """Register the people of a CSV table, a spreadsheet, a folder with a sub-folder per person, or an archive.

    `shared` are cells that all people of a folder have; `on_total` is told, before the first row, about how many
    rows there are (None: not known); `passphrase` is asked for one if an archive is encrypted. See `import_table`,
    `import_workbook`, `import_folder` and `import_archive` for the rest and for what they raise.
    """
    kind = kind_of(source)
    if kind is SourceKind.FOLDER:
        _refuse_folder_of_a_table(source)
        return import_folder(
            gallery, source, describe, shared=shared, model_id=model_id, on_row=on_row, on_total=on_total
        )
    if kind is SourceKind.ARCHIVE:
        return import_archive(
            gallery, source, describe, model_id=model_id, on_row=on_row, on_total=on_total, passphrase=passphrase
        )
    reads = import_workbook if kind is SourceKind.WORKBOOK else import_table
    return reads(gallery, source, describe, model_id=model_id, on_row=on_row, on_total=on_total)


def _has_sheets(package: Path) -> bool:
    try:
        with zipfile.ZipFile(package) as members:
            names = members.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    # The second is how OpenDocument files begin; what reads spreadsheets says that they are of another format.
    return any(name.startswith("xl/") for name in names) or names[:1] == ["mimetype"]


def _refuse_folder_of_a_table(folder: Path) -> None:
    """Raise `PeopleFolderUnreadableError` where a table of people lies in the folder: its subfolders name nobody.

    Somebody who gives the folder of `candidates.csv` would have people called "portraits".
    """
    for path in sorted(folder.iterdir()):
        try:
            if path.suffix.casefold() == ".csv":
                CsvTable(path, PEOPLE_COLUMNS, ("name", "photos"))
            elif path.suffix.casefold() == ".xlsx" and not path.name.startswith("~$"):
                with Workbook(path) as book:
                    book.people()
            else:
                continue
        except TableError:
            continue
        raise PeopleFolderUnreadableError(
            say("importing.sources.holds_table_import_that_or", folder=folder, path=path.name)
        )
