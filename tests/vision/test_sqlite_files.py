"""What SQLite refuses of the three files: told apart, and only a wrong or damaged file is told to be one."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from candidates.causes import Cause, cause_of
from candidates.gallery import Gallery
from candidates.storage import sqlite_file, store
from candidates.storage.sqlite_file import connect, connect_for_reading, explained, keep_private, make_private
from vision.archive import store as journal_store
from vision.archive.journal import Journal
from vision.service.callers import keys
from vision.service.callers.keys import KeyRole, KeyStore

REFUSALS: dict[str, Callable[[Path, Any], Any]] = {
    "gallery": store._refused,
    "journal": journal_store._refused,
    "keys": keys._refused,
}
WRONG_FILE = {
    "gallery": "Choose the right gallery file",
    "journal": "bring back journal.db from a backup",
    "keys": "bring it back from a backup",
}


def sqlite_error(name: str, said: str = "said") -> sqlite3.Error:
    error = sqlite3.OperationalError(said)
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize("room", REFUSALS)
@pytest.mark.parametrize(
    ("name", "reason", "advice"),
    [
        ("SQLITE_FULL", "the disk is full", "Free some"),
        ("SQLITE_READONLY_DIRECTORY", "no permission", "ermission"),
        ("SQLITE_IOERR_READ", "the storage failed", "Check the disk or its connection"),
        ("SQLITE_NOMEM", "not enough memory", "Close other programs"),
        ("SQLITE_TOOBIG", "said", "Run this again"),
        ("SQLITE_ERROR", "said", "Run this again"),
    ],
)
def test_what_another_file_would_not_mend_is_not_told_to_be_a_wrong_file(
    room: str, name: str, reason: str, advice: str
) -> None:
    error = REFUSALS[room](Path("x.db"), cause_of(sqlite_error(name)))
    assert reason in error.message_en
    assert advice in error.advice_en
    assert WRONG_FILE[room] not in error.advice_en


@pytest.mark.parametrize("room", REFUSALS)
@pytest.mark.parametrize(
    ("name", "said"),
    [("SQLITE_NOTADB", "said"), ("SQLITE_CORRUPT_VTAB", "said"), ("SQLITE_ERROR", "no such table: people")],
)
def test_a_wrong_or_damaged_file_is_told_to_be_one(room: str, name: str, said: str) -> None:
    error = REFUSALS[room](Path("x.db"), cause_of(sqlite_error(name, said)))
    assert WRONG_FILE[room] in error.advice_en


@pytest.mark.parametrize("room", REFUSALS)
def test_a_held_file_is_busy(room: str) -> None:
    error = REFUSALS[room](Path("x.db"), cause_of(sqlite_error("SQLITE_BUSY")))
    assert error.code == f"{room}.busy"


@pytest.mark.parametrize(
    ("made", "opened"),
    [
        (lambda path: Gallery.open(path, create=True).close(), lambda path: Gallery.open(path).close()),
        (lambda path: Journal.open(path.parent, write=True).close(), lambda path: Journal.open(path.parent).close()),
        (lambda path: KeyStore(path).create_key("a", KeyRole.CHECK), lambda path: KeyStore(path).grants()),
    ],
    ids=REFUSALS,
)
def test_files_are_their_owners_alone_and_text_is_no_database(
    made: Callable[[Path], object], opened: Callable[[Path], object], tmp_path: Path
) -> None:
    path = tmp_path / "journal.db"
    made(path)
    opened(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("a letter to somebody " * 100)
    with pytest.raises(Exception, match="this is no database") as caught:
        opened(path)
    assert any(words in caught.value.advice_en for words in WRONG_FILE.values())  # type: ignore[attr-defined]


def test_a_file_is_made_once_and_made_private_again(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    assert make_private(path)
    assert not make_private(path)
    path.chmod(0o644)
    keep_private(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(OSError, match="No such file"):
        make_private(tmp_path / "none" / "a.db")


def test_nothing_is_made_by_opening(tmp_path: Path) -> None:
    for open_file in (connect, connect_for_reading):
        with pytest.raises(sqlite3.OperationalError, match="unable to open"):
            open_file(tmp_path / "a.db", 0.1).execute("SELECT 1 FROM sqlite_master")
    assert not list(tmp_path.iterdir())


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    make_private(path)
    connection = connect(path, 0.1)
    with sqlite_file.SqliteFile(path, connection, lambda cause: RuntimeError(cause.reason.text("en"))) as file:
        file.execute("CREATE TABLE t (n INTEGER)")
        with file.transaction():
            file.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(KeyboardInterrupt), file.transaction():
            file.execute("INSERT INTO t VALUES (2)")
            raise KeyboardInterrupt
        assert file.rows("SELECT n FROM t") == [(1,)]
        with closing(connect(path, 0.1)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(RuntimeError, match="another program"), file.transaction():
                raise AssertionError("somebody else writes")
    with pytest.raises(sqlite3.ProgrammingError):
        connection.execute("SELECT 1")


def test_what_the_system_refuses_is_explained_as_well() -> None:
    def refuse(cause: Cause) -> Exception:
        return RuntimeError(cause.reason.text("en"))

    with pytest.raises(RuntimeError, match="no permission"), explained(Path("x"), refuse):
        raise PermissionError(13, "Permission denied")
