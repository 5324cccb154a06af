"""The gallery's SQLite file: schema, opening, transactions, and what SQLite's errors mean to people."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from candidates.errors import (
    CandidatesError,
    GalleryBusyError,
    GalleryError,
    GalleryNotFoundError,
    GalleryReadOnlyError,
    GalleryUnreadableError,
)

APPLICATION_ID = 0x464E4731
"""Marks a SQLite file as a gallery ("FNG1")."""

SCHEMA_VERSION = 1

OWNER_ONLY = 0o600

_BUSY_SECONDS = 5.0

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE elections (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, level TEXT NOT NULL, region TEXT NOT NULL,
    active_from TEXT, active_to TEXT, polling_day TEXT
);
CREATE TABLE people (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, election TEXT REFERENCES elections (id),
    ballot_number INTEGER, region TEXT NOT NULL, party TEXT NOT NULL,
    relative_of TEXT REFERENCES people (id), relation TEXT, name_key TEXT NOT NULL
);
CREATE INDEX people_by_name ON people (name_key);
CREATE INDEX people_by_relative ON people (relative_of);
CREATE INDEX people_by_election ON people (election);
CREATE TABLE templates (
    id INTEGER PRIMARY KEY, person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    photo_name TEXT NOT NULL, photo_sha256 TEXT NOT NULL, model_id TEXT NOT NULL,
    embedding BLOB NOT NULL CHECK (length(embedding) = 512), size_px REAL NOT NULL,
    UNIQUE (person, photo_sha256)
);
CREATE INDEX templates_by_photo ON templates (photo_sha256);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
    detail TEXT NOT NULL
);
"""

_PURGE_PENDING = "purge_pending"


class Store:
    """One open gallery file. Every SQLite error leaves it as a `GalleryError`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def open(cls, path: Path, *, create: bool, read_only: bool) -> Store:
        """Open the file, making it (readable by its owner alone) if asked; see `Gallery.open` for the errors."""
        if create:
            _make_private(path)
        if not path.exists():
            raise GalleryNotFoundError(f"Tidak ada galeri di {path}.", f"There is no gallery at {path}.")
        with _explained(path):
            connection = _connect(path, read_only=read_only)
            store = cls(path, connection)
            try:
                store._prepare(create=create, read_only=read_only)
            except BaseException:
                connection.close()
                raise
        return store

    def close(self) -> None:
        """Close the file; wipe what an interrupted removal left, if nobody else holds it."""
        try:
            with suppress(GalleryError):
                self.purge()
        finally:
            self._connection.close()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with _explained(self.path):
            return self._connection.execute(sql, values).fetchall()

    def write(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run one statement of a transaction; return how many rows it touched."""
        with _explained(self.path):
            return self._connection.execute(sql, values).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, also when the process is killed: SQLite drops what was not committed."""
        with _explained(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def log(self, action: str, subject: str, detail: str = "") -> None:
        """Add an audit line to the running transaction."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self.write(
            "INSERT INTO audit (at, action, subject, detail) VALUES (?, ?, ?, ?)", (now, action, subject, detail)
        )

    def mark_for_purge(self) -> None:
        """Note in the running transaction that deleted templates must leave the file; survives a crash."""
        self.write("INSERT OR REPLACE INTO meta (key, value) VALUES (?, '1')", (_PURGE_PENDING,))

    def purge(self) -> None:
        """Rewrite the file without anything deleted, if something was, and empty the write-ahead log.

        `secure_delete` zeroes deleted cells; the rewrite also takes the copies that page splits left behind.
        Raises `GalleryBusyError` while another program reads: the mark stays and the next writer tries again.
        """
        if not self.rows("SELECT 1 FROM meta WHERE key = ?", (_PURGE_PENDING,)):
            return
        with _explained(self.path):
            # The rewrite's scratch copy holds templates: keep it off the disk.
            self._connection.execute("PRAGMA temp_store = MEMORY")
            self._connection.execute("VACUUM")
            if self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                raise _busy(self.path)
        self.write("DELETE FROM meta WHERE key = ?", (_PURGE_PENDING,))

    def _prepare(self, *, create: bool, read_only: bool) -> None:
        execute = self._connection.execute
        execute("PRAGMA foreign_keys = ON")
        execute("PRAGMA secure_delete = ON")
        if not self._is_gallery() and create and not execute("SELECT 1 FROM sqlite_master").fetchone():
            execute("PRAGMA journal_mode = WAL")
            with self.transaction():
                # Somebody else may have made it while we waited for the lock.
                if not self._is_gallery():
                    for statement in _SCHEMA.split(";\n"):
                        execute(statement)
                    execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        if not self._is_gallery():
            raise GalleryUnreadableError(f"{self.path} bukan galeri FotoNetral.", f"{self.path} is not a gallery.")
        version = execute("PRAGMA user_version").fetchone()[0]
        if version != SCHEMA_VERSION:
            raise GalleryUnreadableError(
                f"{self.path} dibuat oleh FotoNetral yang lebih baru (skema {version}, bukan {SCHEMA_VERSION}).",
                f"{self.path} was made by a newer FotoNetral (schema {version}, not {SCHEMA_VERSION}).",
            )
        if not read_only:
            # A kill between commits loses nothing; only a power cut may lose the last rows, never the file.
            execute("PRAGMA synchronous = NORMAL")

    def _is_gallery(self) -> bool:
        return bool(self._connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)


def _make_private(path: Path) -> None:
    # SQLite gives its -wal and -shm files the mode of the main file.
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
    except FileExistsError:
        return
    except OSError as error:
        raise GalleryNotFoundError(
            f"Galeri tidak dapat dibuat di {path}: {error.strerror}.",
            f"No gallery can be made at {path}: {error.strerror}.",
        ) from error


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    address = path.resolve().as_uri()
    if not read_only:
        return sqlite3.connect(f"{address}?mode=rw", uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
    connection = sqlite3.connect(f"{address}?mode=ro", uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        # On a read-only disk SQLite cannot make its shared-memory file; nobody can write there either.
        log = path.with_name(path.name + "-wal")
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CANTOPEN or (log.exists() and log.stat().st_size):
            raise
        return sqlite3.connect(f"{address}?immutable=1", uri=True, isolation_level=None)
    return connection


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except CandidatesError:
        raise
    except sqlite3.Error as error:
        # The low byte is the kind, the rest says which variety.
        kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise _busy(path) from error
        if kind in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
            raise GalleryReadOnlyError(
                f"Galeri {path} hanya dapat dibaca.", f"The gallery {path} may only be read."
            ) from error
        raise GalleryUnreadableError(
            f"Galeri {path} tidak dapat dipakai: {error}.", f"The gallery {path} cannot be used: {error}."
        ) from error


def _busy(path: Path) -> GalleryBusyError:
    return GalleryBusyError(
        f"Galeri {path} sedang dipakai program lain.", f"The gallery {path} is in use by another program."
    )
