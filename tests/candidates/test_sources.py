import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from candidates import Gallery, export, import_source
from candidates.errors import (
    ArchiveUnreadableError,
    CandidatesError,
    PassphraseNeededError,
    PeopleFolderUnreadableError,
    SpreadsheetUnreadableError,
    TableUnreadableError,
)
from candidates.sources import SourceKind, kind_of

AGE = b"age-encryption.org/v1\n-> scrypt x 18\n"
ARMOUR = b"-----BEGIN AGE ENCRYPTED FILE-----\nxx\n"


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    with Gallery.open(tmp_path / "g.db", create=True) as opened:
        yield opened


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["name", "photos"])
    book.active.append(["Budi", "a.jpg"])
    book.save(path)
    return path


def zipped(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as members:
        for name in names:
            members.writestr(name, "x")
    return path


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("people.csv", b"name;photos\n", SourceKind.TABLE),
        ("people.txt", b"name;photos\n", SourceKind.TABLE),
        ("people.csv", b"", SourceKind.TABLE),
        ("people", AGE, SourceKind.ARCHIVE),
        ("people.csv", ARMOUR, SourceKind.ARCHIVE),
        ("people.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", SourceKind.WORKBOOK),
        ("people", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", SourceKind.WORKBOOK),
        ("people.xlsx", b"PK\x03\x04 cut off", SourceKind.WORKBOOK),
        ("people.xlsx", b"text", SourceKind.WORKBOOK),
        ("people.zip", b"text", SourceKind.ARCHIVE),
        ("people", b"PK\x03\x04 cut off", SourceKind.ARCHIVE),
    ],
)
def test_kinds_by_what_is_in_them(tmp_path: Path, name: str, data: bytes, kind: SourceKind) -> None:
    (tmp_path / name).write_bytes(data)
    assert kind_of(tmp_path / name) is kind


def test_kinds_of_packages_and_folders(tmp_path: Path) -> None:
    assert kind_of(tmp_path) is SourceKind.FOLDER
    assert kind_of(workbook(tmp_path / "renamed.zip")) is SourceKind.WORKBOOK
    assert kind_of(zipped(tmp_path / "sheet.ods", "mimetype")) is SourceKind.WORKBOOK
    assert kind_of(zipped(tmp_path / "sheet", "mimetype")) is SourceKind.WORKBOOK
    assert kind_of(zipped(tmp_path / "other.bin", "candidates.csv")) is SourceKind.ARCHIVE
    with pytest.raises(TableUnreadableError):
        kind_of(tmp_path / "gone")


def test_every_kind_goes_in(gallery: Gallery, make_table: Callable[..., Path], engine: Any, tmp_path: Path) -> None:
    table = make_table("name;photos\nBudi;a.jpg\n")
    totals: list[int | None] = []
    assert import_source(gallery, table, engine, on_total=totals.append).added == 1
    assert import_source(gallery, workbook(table.with_name("w.xlsx")), engine, on_total=totals.append).unchanged == 1
    (tmp_path / "album" / "Budi").mkdir(parents=True)
    (tmp_path / "album" / "Budi" / "x.jpg").write_bytes(b"a")
    assert import_source(gallery, tmp_path / "album", engine, on_total=totals.append).unchanged == 1
    export(gallery, tmp_path / "copy.zip")
    assert import_source(gallery, tmp_path / "copy.zip", engine, on_total=totals.append).unchanged == 1
    assert totals == [1, 1, 1, 1]
    assert engine.described == ["a.jpg"]


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.xlsx", b"PK\x03\x04", SpreadsheetUnreadableError),
        ("a.zip", b"PK\x03\x04", ArchiveUnreadableError),
        ("a.zip", b"text", ArchiveUnreadableError),
        ("a.age", b"text", ArchiveUnreadableError),
        ("a.csv", b"\xff\xd8\xff\xe0", TableUnreadableError),
        ("a.zip.age", AGE, PassphraseNeededError),
    ],
)
def test_each_kind_has_its_own_error(
    gallery: Gallery, tmp_path: Path, engine: Any, name: str, data: bytes, error: type[CandidatesError]
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(error):
        import_source(gallery, tmp_path / name, engine)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_folder_of_a_table_is_no_folder_of_people(
    gallery: Gallery, make_table: Callable[..., Path], engine: Any, kind: str
) -> None:
    table = make_table("name;photos\nBudi;a.jpg\n")
    if kind == "xlsx":
        workbook(table.with_suffix(".xlsx"))
        table.unlink()
    (table.parent / "portraits").mkdir()
    with pytest.raises(PeopleFolderUnreadableError, match=f"candidates.{kind}"):
        import_source(gallery, table.parent, engine)


def test_other_tables_in_a_folder_of_people_do_no_harm(gallery: Gallery, tmp_path: Path, engine: Any) -> None:
    album = tmp_path / "album"
    (album / "Budi").mkdir(parents=True)
    (album / "Budi" / "a.jpg").write_bytes(b"a")
    (album / "elections.csv").write_text("id\ne\n")
    (album / "catatan.csv").write_text("apa saja\n")
    (album / "~$buka.xlsx").write_bytes(b"a lock of Excel")
    (album / "rusak.xlsx").write_bytes(b"PK")
    assert import_source(gallery, album, engine).added == 1
