"""The journal's SQLite file: its tables and versions, the lock that keeps other scans out, and its errors."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from candidates.causes import Cause, CauseKind, cause_of
from candidates.storage.sqlite_file import SqliteFile, SqlRow, advice_for, connect, explained, make_private, marks
from vision.archive.errors import (
    JournalBusyError,
    JournalError,
    JournalFullError,
    JournalNotFoundError,
    JournalReadOnlyError,
    JournalStorageError,
)
from vision.media.kinds import RAW_SUFFIXES
from vision.messages import say
from vision.runtime.whole_files import make_folder

NAME = "journal.db"
"""The journal's file in the output folder."""

VERSION = 2
"""Since 2, places that are not looked at are told from those that hold no picture."""

_READABLE = (1, VERSION)

_LOCK = ".lock"
_BUSY_SECONDS = 60.0
_APPLICATION = 0x464E4A31  # "FNJ1": tells the file from any other database

_TABLES = """
CREATE TABLE fingerprint (id INTEGER PRIMARY KEY, facts TEXT NOT NULL UNIQUE);
-- One call of the command. `state` is listing, judging or done; `asked` are sources and options as JSON.
CREATE TABLE run (id INTEGER PRIMARY KEY, fingerprint INTEGER NOT NULL, asked TEXT NOT NULL, state TEXT NOT NULL,
    facts TEXT NOT NULL DEFAULT '{}');
-- Names are UTF-8 with surrogate escapes, so blobs. `run` is the last that listed the place; `top` and `member` give
-- the order of listing. `state` is new, photo, none (holds no picture), error (then `problem` is the JSON error),
-- unseen (may hold pictures and is not looked at; `problem` is kind and count), or excluded (by the user).
CREATE TABLE place (id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE, stamp TEXT, modified REAL, container BLOB,
    run INTEGER NOT NULL, top INTEGER NOT NULL, member INTEGER NOT NULL, state TEXT NOT NULL, sha256 BLOB,
    problem TEXT);
CREATE INDEX place_order ON place (run, top, member);
CREATE INDEX place_photo ON place (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX place_container ON place (container) WHERE container IS NOT NULL;
CREATE TABLE container (name BLOB PRIMARY KEY, stamp TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE unreadable (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, name BLOB NOT NULL, problem TEXT NOT NULL);
-- `result` is the JSON contract, packed by zlib; `findings` are keys of its findings, one a line.
CREATE TABLE answer (id INTEGER PRIMARY KEY, fingerprint INTEGER NOT NULL, sha256 BLOB NOT NULL, verdict TEXT NOT NULL,
    code TEXT NOT NULL, findings TEXT NOT NULL, result BLOB NOT NULL, thumbnail BLOB, likeness BLOB,
    UNIQUE (fingerprint, sha256));
CREATE TABLE baseline (sha256 BLOB NOT NULL, finding TEXT NOT NULL, PRIMARY KEY (sha256, finding)) WITHOUT ROWID;
CREATE TABLE decision (key TEXT PRIMARY KEY, ruling TEXT NOT NULL, note TEXT NOT NULL, by TEXT NOT NULL, at TEXT)
    WITHOUT ROWID;
"""

_KINDS: Mapping[CauseKind, type[JournalError]] = {
    CauseKind.DISK_FULL: JournalFullError,
    CauseKind.READ_ONLY: JournalReadOnlyError,
    CauseKind.NO_PERMISSION: JournalReadOnlyError,
    CauseKind.STORAGE: JournalStorageError,
}


class JournalFile(SqliteFile):
    """One open journal file. Every SQLite error leaves it as a `JournalError`."""

    def __init__(self, folder: Path, connection: sqlite3.Connection, lock: int | None) -> None:
        super().__init__(folder / NAME, connection, partial(_refused, folder))
        self.folder = folder
        self._lock = lock

    @classmethod
    def open(cls, folder: Path, *, write: bool) -> JournalFile:
        """Open the journal in a folder; `write` makes it where there is none, and keeps other scans out.

        Raises JournalNotFoundError, JournalBusyError, or JournalError for a file that is no journal or cannot be used.
        """
        file = folder / NAME
        if not write and not file.is_file():
            raise JournalNotFoundError(say("archive.store.there_is_no_scan_in", folder=folder))
        lock = _locked(folder) if write else None
        try:
            with explained(file, partial(_refused, folder)):
                if write:
                    make_private(file)  # it names people
                # Decisions are written beside a running scan: SQLite's own locks keep those apart.
                connection = connect(file, _BUSY_SECONDS)
                try:
                    _prepare(connection, folder, make=write)
                except BaseException:
                    connection.close()
                    raise
        except BaseException:
            if lock is not None:
                os.close(lock)
            raise
        return cls(folder, connection, lock)

    def close(self) -> None:
        """Close the file and let other scans in."""
        super().close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def one(self, sql: str, values: Sequence[Any] | SqlRow = ()) -> Any:
        """Return the first value of a query's first row; None where there is no row."""
        rows = self.rows(sql, values)
        return rows[0][0] if rows else None

    def write(self, sql: str, values: Sequence[Any] | SqlRow = ()) -> int:
        """Run one statement; return the id of the row it put in."""
        return self.execute(sql, values).lastrowid or 0

    def write_many(self, sql: str, rows: Sequence[Sequence[Any]] | Sequence[SqlRow]) -> None:
        """Run one statement for each of many rows."""
        with explained(self.path, self._refuse):
            self._connection.executemany(sql, rows)

    def begin(self) -> None:
        """Begin a transaction, unless one is open."""
        if not self._connection.in_transaction:
            super().begin()


def _prepare(connection: sqlite3.Connection, folder: Path, *, make: bool) -> None:
    # One file and no helpers beside it, also on network drives, where SQLite's write-ahead log does not work. FULL:
    # what was committed outlives a power cut.
    for setting in ("journal_mode = DELETE", "synchronous = FULL", "cache_size = -32000", "mmap_size = 0"):
        connection.execute(f"PRAGMA {setting}")
    if make and not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        connection.executescript(
            f"BEGIN; PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {VERSION}; {_TABLES} COMMIT;"
        )
    application, version = marks(connection)
    if application != _APPLICATION:
        raise JournalError(say("archive.store.is_no_journal_of_fotonetral", folder=folder / NAME))
    if version == 1 and make:
        _bring_up(connection)
    elif version not in _READABLE:
        raise JournalError(
            say("archive.store.journal_in_is_of_version", folder=folder, version=version, newest=VERSION)
        )


def _bring_up(connection: sqlite3.Connection) -> None:
    """Have a scan of version 1 look again at what it passed over, and at raw files: no photo is read anew."""
    raw = " OR ".join(f"lower(CAST(name AS TEXT)) LIKE '%{suffix}'" for suffix in RAW_SUFFIXES)
    connection.executescript(
        f"BEGIN IMMEDIATE; UPDATE place SET state = 'new', sha256 = NULL WHERE state = 'none' OR {raw}; "  # noqa: S608
        f"DELETE FROM container; PRAGMA user_version = {VERSION}; COMMIT;"
    )


def _locked(folder: Path) -> int:
    """Make the folder and hold its lock; the system lets go of it when the process ends, however it ends."""
    try:
        make_folder(folder)
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        cause = cause_of(error)
        raise _KINDS.get(cause.kind, JournalError)(
            say("archive.store.output_folder_cannot_be_used", folder=folder, reason=cause.reason),
            advice=None if cause.kind in _KINDS else cause.advice,
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise JournalBusyError(say("archive.store.another_scan_is_writing_into", folder=folder)) from error
    return lock


def _refused(folder: Path, cause: Cause) -> JournalError:
    if cause.kind is CauseKind.BUSY:
        return JournalBusyError(say("archive.store.journal_in_is_in_use", folder=folder))
    return _KINDS.get(cause.kind, JournalError)(
        say("archive.store.journal_in_cannot_be_used", folder=folder, reason=cause.reason),
        advice=None if cause.kind in _KINDS else advice_for(cause),
    )
