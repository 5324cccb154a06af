"""The gallery's SQLite file: opening, transactions, and what SQLite's errors mean to people."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from candidates.causes import Cause, Kind, cause_of
from candidates.errors import (
    CandidatesError,
    GalleryBusyError,
    GalleryError,
    GalleryFullError,
    GalleryNotFoundError,
    GalleryReadOnlyError,
    GalleryStorageError,
    GalleryUnreadableError,
)
from candidates.messages import say
from candidates.storage import schema

OWNER_ONLY = 0o600

VECTORS = "vectors"
"""Key of the note that says which file of arrays is this gallery's as it is now."""

NEW = ".new"
"""Ends the name of a file that is being written. One that a killed process left is written over."""

_BUSY_SECONDS = 5.0
_BUSY_PAUSE_SECONDS = 0.02

_PURGE_PENDING = "purge_pending"


class Store:
    """One open gallery file. Every SQLite error leaves it as a `GalleryError`."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, read_only: bool) -> None:
        self.path = path
        self._connection = connection
        self._read_only = read_only

    @classmethod
    def open(cls, path: Path, *, create: bool, read_only: bool) -> Store:
        """Open the file, making it (readable by its owner alone) if asked; see `Gallery.open` for the errors."""
        made = create and _make_private(path)
        if not path.exists():
            raise GalleryNotFoundError(say("gallery.store.there_is_no_gallery_at", path=path))
        try:
            with _explained(path):
                connection = _connect(path, read_only=read_only)
                store = cls(path, connection, read_only=read_only)
                try:
                    store._prepare(create=create)
                except BaseException:
                    connection.close()
                    raise
        except BaseException:
            if made:
                _remove(path)
            raise
        return store

    def discard_unused(self) -> None:
        """Remove the file again, if nobody ever changed anything in it; then close it."""
        unused = not self.rows("SELECT 1 FROM audit LIMIT 1")
        self.close()
        if unused:
            _remove(self.path)

    def close(self) -> None:
        """Close the file; wipe what an interrupted removal left, if nobody else holds it."""
        try:
            with suppress(GalleryError):
                self.purge()
        finally:
            self._connection.close()

    @property
    def version(self) -> int:
        """The version of the file's schema: `schema.VERSION`, or an older one where it may only be read."""
        with _explained(self.path):
            return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with _explained(self.path):
            return self._connection.execute(sql, values).fetchall()

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query one by one, for more than fit into memory."""
        with _explained(self.path):
            yield from self._connection.execute(sql, values)

    def write(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run one statement of a transaction; return how many rows it touched."""
        with _explained(self.path):
            return self._connection.execute(sql, values).rowcount

    def upsert(self, table: str, columns: str, values: Sequence[Any]) -> None:
        """Add a row, or replace the one of the same `id`; `columns` are joined by ", ", the id first."""
        # Not INSERT OR REPLACE: that deletes first, and would take along what refers to the row.
        names = columns.split(", ")
        updates = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
        marks = ", ".join("?" * len(names))
        self.write(
            f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {updates}",  # noqa: S608
            values,
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, also when the process is killed: SQLite drops what was not committed."""
        if self._read_only:
            # An old file that is only read lacks tables: SQLite would complain of those first.
            raise _read_only(self.path)
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
        values = (now(), action, subject, detail)
        self.write("INSERT INTO audit (at, action, subject, detail) VALUES (?, ?, ?, ?)", values)

    @property
    def vectors_path(self) -> Path:
        """Where a large gallery's arrays lie (`candidates.search.vectors`)."""
        # Beside the file itself, like SQLite's own: it may be opened by several names.
        real = self.path.resolve()
        return real.with_name(real.name + ".vectors")

    def noted(self, key: str) -> str | None:
        """Return what was noted under a key."""
        rows = self.rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def note(self, key: str, value: str) -> None:
        """Note something about the file in the running transaction."""
        self.write("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))

    def forget_vectors(self) -> None:
        """Remove the file of arrays, in the running transaction: due whenever templates come, change or go.

        Before the transaction is committed, so that no kill leaves the file with what was removed.
        """
        self.write("DELETE FROM meta WHERE key = ?", (VECTORS,))
        try:
            for file in (self.vectors_path, self.vectors_path.with_name(self.vectors_path.name + NEW)):
                file.unlink(missing_ok=True)
        except OSError as error:
            raise _refused(self.path, cause_of(error)) from error

    def mark_for_purge(self) -> None:
        """Note in the running transaction that deleted templates must leave the file; survives a crash."""
        self.forget_vectors()
        self.note(_PURGE_PENDING, "1")

    def purge(self) -> None:
        """Rewrite the file without anything deleted, if something was, and empty the write-ahead log.

        `secure_delete` zeroes deleted cells; the rewrite also takes the copies that page splits left behind.
        Raises `GalleryBusyError` while another program reads: the mark stays and the next writer tries again.
        """
        if not self.noted(_PURGE_PENDING):
            return
        with _explained(self.path):
            # The rewrite's scratch copy holds templates: keep it off the disk.
            self._connection.execute("PRAGMA temp_store = MEMORY")
            self._connection.execute("VACUUM")
            if self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                raise _busy(self.path)
        self.write("DELETE FROM meta WHERE key = ?", (_PURGE_PENDING,))

    def _prepare(self, *, create: bool) -> None:
        execute = self._connection.execute
        execute("PRAGMA foreign_keys = ON")
        execute("PRAGMA secure_delete = ON")
        if not self._is_gallery() and create and not execute("SELECT 1 FROM sqlite_master").fetchone():
            self._log_ahead()
            with self.transaction():
                # Somebody else may have made it while we waited for the lock.
                if not self._is_gallery():
                    self._run(schema.CREATE)
        if not self._is_gallery():
            raise GalleryUnreadableError(say("gallery.store.is_not_gallery", path=self.path))
        if self.version not in schema.READABLE:
            raise GalleryUnreadableError(
                say(
                    "gallery.store.was_made_by_newer_fotonetral",
                    path=self.path,
                    version=self.version,
                    newest=schema.VERSION,
                )
            )
        if not self._read_only and self.version in schema.MIGRATE:
            with self.transaction():
                # Or somebody else has migrated it.
                if statements := schema.MIGRATE.get(self.version):
                    self._run(statements)
                    self.mark_for_purge()
        if not self._read_only:
            # A kill between commits loses nothing; only a power cut may lose the last rows, never the file.
            execute("PRAGMA synchronous = NORMAL")

    def _log_ahead(self) -> None:
        # SQLite's own waiting leaves this switch out, and others may be making the same file at this moment.
        last = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if cause_of(error, self.path).kind is not Kind.BUSY or time.monotonic() > last:
                    raise
                time.sleep(_BUSY_PAUSE_SECONDS)
            else:
                return

    def _run(self, statements: Sequence[str]) -> None:
        for statement in statements:
            self._connection.execute(statement)

    def _is_gallery(self) -> bool:
        return bool(self._connection.execute("PRAGMA application_id").fetchone()[0] == schema.APPLICATION_ID)


def now() -> str:
    """Return the time as the file keeps it: UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _make_private(path: Path) -> bool:
    """Make the file, unless it is there; return whether it was made."""
    # SQLite gives its -wal and -shm files the mode of the main file.
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
    except FileExistsError:
        return False
    except OSError as error:
        cause = cause_of(error)
        raise _KINDS.get(cause.kind, GalleryNotFoundError)(
            say("gallery.store.no_gallery_can_be_made", path=path, reason=cause.reason),
            advice=cause.advice,
        ) from error
    return True


def _remove(path: Path) -> None:
    with suppress(OSError):
        for end in ("-wal", "-shm", ""):
            path.with_name(path.name + end).unlink(missing_ok=True)


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    address = path.resolve().as_uri()
    if not read_only:
        return sqlite3.connect(f"{address}?mode=rw", uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
    connection = sqlite3.connect(f"{address}?mode=ro", uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except BaseException as error:
        connection.close()
        # On a read-only disk SQLite cannot make its shared-memory file; nobody can write there either.
        log = path.with_name(path.name + "-wal")
        cannot_open = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CANTOPEN
        if not cannot_open or (log.exists() and log.stat().st_size):
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
        raise _refused(path, cause_of(error, path)) from error


_KINDS: Mapping[Kind, type[GalleryError]] = {
    Kind.DISK_FULL: GalleryFullError,
    Kind.READ_ONLY: GalleryReadOnlyError,
    Kind.NO_PERMISSION: GalleryReadOnlyError,
    Kind.MISSING: GalleryNotFoundError,
    Kind.STORAGE: GalleryStorageError,
    Kind.BUSY: GalleryBusyError,
}


def _refused(path: Path, cause: Cause) -> GalleryError:
    """Return the gallery's error for what the system or SQLite refused."""
    if cause.kind is Kind.BUSY:
        return _busy(path)
    kind = _KINDS.get(cause.kind, GalleryUnreadableError)
    # A gallery's own advice says what to do with a full disk or a missing gallery, and with one that is damaged.
    own = kind in (GalleryFullError, GalleryNotFoundError)
    return kind(
        say("gallery.store.gallery_cannot_be_used", path=path, reason=cause.reason),
        advice=None if own else cause.advice,
    )


def _busy(path: Path) -> GalleryBusyError:
    return GalleryBusyError(say("gallery.store.gallery_is_in_use_by", path=path))


def _read_only(path: Path) -> GalleryReadOnlyError:
    return GalleryReadOnlyError(say("gallery.store.gallery_may_only_be_read", path=path))
