"""The gallery's SQLite file: its schema, audit lines, removal that leaves nothing, and its errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from candidates.causes import Cause, CauseKind, cause_of
from candidates.errors import (
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
from candidates.storage.sqlite_file import (
    SqliteFile,
    advice_for,
    connect,
    connect_for_reading,
    explained,
    make_private,
    marks,
    remove,
    write_ahead,
)

VECTORS = "vectors"
"""Key of the note that says which file of arrays is this gallery's as it is now."""

NEW = ".new"
"""Ends the name of a file that is being written. One that a killed process left is written over."""

_BUSY_SECONDS = 5.0

_PURGE_PENDING = "purge_pending"


class GalleryFile(SqliteFile):
    """One open gallery file. Every SQLite error leaves it as a `GalleryError`."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, read_only: bool) -> None:
        super().__init__(path, connection, partial(_refused, path))
        self._read_only = read_only

    @classmethod
    def open(cls, path: Path, *, create: bool, read_only: bool) -> GalleryFile:
        """Open the file, making it (readable by its owner alone) if asked; see `Gallery.open` for the errors."""
        with explained(path, partial(_not_made, path)):
            made = create and make_private(path)
        if not path.exists():
            raise GalleryNotFoundError(say("gallery.store.there_is_no_gallery_at", path=path))
        try:
            with explained(path, partial(_refused, path)):
                connection = (connect_for_reading if read_only else connect)(path, _BUSY_SECONDS)
                store = cls(path, connection, read_only=read_only)
                try:
                    store._prepare(create=create)
                except BaseException:
                    connection.close()
                    raise
        except BaseException:
            if made:
                remove(path)
            raise
        return store

    def discard_unused(self) -> None:
        """Remove the file again, if nobody ever changed anything in it; then close it."""
        unused = not self.rows("SELECT 1 FROM audit LIMIT 1")
        self.close()
        if unused:
            remove(self.path)

    def close(self) -> None:
        """Close the file; wipe what an interrupted removal left, if nobody else holds it."""
        try:
            with suppress(GalleryError):
                self.purge()
        finally:
            super().close()

    @property
    def version(self) -> int:
        """The version of the file's schema: `schema.VERSION`, or an older one where it may only be read."""
        return int(self.rows("PRAGMA user_version")[0][0])

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query one by one, for more than fit into memory."""
        with explained(self.path, self._refuse):
            yield from self._connection.execute(sql, values)

    def write(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run one statement of a transaction; return how many rows it touched."""
        return self.execute(sql, values).rowcount

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

    def begin(self) -> None:
        """Begin a transaction. Raises `GalleryReadOnlyError` where the file was opened to be read."""
        if self._read_only:
            # An old file that is only read lacks tables: SQLite would complain of those first.
            raise _read_only(self.path)
        super().begin()

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
        with explained(self.path, self._refuse):
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
            write_ahead(self._connection, self.path, _BUSY_SECONDS)
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

    def _run(self, statements: Sequence[str]) -> None:
        for statement in statements:
            self._connection.execute(statement)

    def _is_gallery(self) -> bool:
        return marks(self._connection)[0] == schema.APPLICATION_ID


def now() -> str:
    """Return the time as the file keeps it: UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


_KINDS: Mapping[CauseKind, type[GalleryError]] = {
    CauseKind.DISK_FULL: GalleryFullError,
    CauseKind.READ_ONLY: GalleryReadOnlyError,
    CauseKind.NO_PERMISSION: GalleryReadOnlyError,
    CauseKind.MISSING: GalleryNotFoundError,
    CauseKind.STORAGE: GalleryStorageError,
    CauseKind.BUSY: GalleryBusyError,
    CauseKind.DAMAGED: GalleryUnreadableError,
    CauseKind.NOT_A_DATABASE: GalleryUnreadableError,
    CauseKind.IS_FOLDER: GalleryUnreadableError,
}


def _refused(path: Path, cause: Cause) -> GalleryError:
    """Return the gallery's error for what the system or SQLite refused."""
    if cause.kind is CauseKind.BUSY:
        return _busy(path)
    kind = _KINDS.get(cause.kind, GalleryError)
    # A gallery's own advice says what to do with a full disk or a missing gallery, and with one that is damaged.
    own = kind in (GalleryFullError, GalleryNotFoundError)
    return kind(
        say("gallery.store.gallery_cannot_be_used", path=path, reason=cause.reason),
        advice=None if own else advice_for(cause),
    )


def _not_made(path: Path, cause: Cause) -> GalleryError:
    return _KINDS.get(cause.kind, GalleryNotFoundError)(
        say("gallery.store.no_gallery_can_be_made", path=path, reason=cause.reason),
        advice=cause.advice,
    )


def _busy(path: Path) -> GalleryBusyError:
    return GalleryBusyError(say("gallery.store.gallery_is_in_use_by", path=path))


def _read_only(path: Path) -> GalleryReadOnlyError:
    return GalleryReadOnlyError(say("gallery.store.gallery_may_only_be_read", path=path))
