"""Private SQLite files: made for their owner alone, opened, written to, and what SQLite's errors mean.

A gallery, a scan's journal and the service's keys are such files. Each says in words of its own what was refused: it
gives a `Refuse`, which makes its error of a `Cause`.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeAlias

from candidates.causes import Cause, CauseKind, cause_of
from candidates.closing import Closing
from candidates.messages import Message, say

OWNER_ONLY: Final = 0o600

WRONG_FILE: Final = frozenset({CauseKind.DAMAGED, CauseKind.NOT_A_DATABASE})
"""The causes for which another file, or a backup, is the way out."""

Refuse: TypeAlias = Callable[[Cause], Exception]
SqlRow: TypeAlias = Mapping[str, str | bytes | int | float | None]
"""Values of a statement by the names in it."""

_BUSY_PAUSE_SECONDS = 0.02
_AGAIN: Final = say("causes.advice.again")


class SqliteFile(Closing):
    """An open file. Whatever SQLite or the system refuses leaves it as the error that `refuse` makes."""

    def __init__(self, path: Path, connection: sqlite3.Connection, refuse: Refuse) -> None:
        self.path = path
        self._connection = connection
        self._refuse = refuse

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def execute(self, sql: str, values: Sequence[Any] | SqlRow = ()) -> sqlite3.Cursor:
        """Run one statement."""
        with explained(self.path, self._refuse):
            return self._connection.execute(sql, values)

    def rows(self, sql: str, values: Sequence[Any] | SqlRow = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with explained(self.path, self._refuse):
            return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, also when the process is killed: SQLite drops what was not committed."""
        self.begin()
        try:
            yield
            self.commit()
        except BaseException:
            if self._connection.in_transaction:
                self._connection.rollback()
            raise

    def begin(self) -> None:
        """Begin a transaction; waits for whoever writes."""
        self.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Keep what was written, whatever happens next; nothing where no transaction is open."""
        if self._connection.in_transaction:
            self.execute("COMMIT")


@contextmanager
def explained(path: Path, refuse: Refuse) -> Iterator[None]:
    """Turn what SQLite or the system refuses of the file into the error that `refuse` makes of the cause."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise refuse(cause_of(error, path)) from error


def advice_for(cause: Cause) -> Message | None:
    """Return what to do; None where the file is no such file, or damaged."""
    return None if cause.kind in WRONG_FILE else cause.advice or _AGAIN


def make_private(path: Path) -> bool:
    """Make an empty file that its owner alone may read, unless there is one; return whether it was made.

    SQLite gives its -wal and -shm files the mode of the main file. Raises OSError.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, OWNER_ONLY))
    except FileExistsError:
        return False
    return True


def keep_private(path: Path) -> None:
    """Take away what others may do with a file, unless it is somebody else's: they decide. Raises OSError."""
    if stat.S_IMODE(path.stat().st_mode) & ~OWNER_ONLY & 0o077:
        with suppress(OSError):
            path.chmod(OWNER_ONLY)


def remove(path: Path) -> None:
    """Remove a file and what SQLite keeps beside it."""
    with suppress(OSError):
        for end in ("-wal", "-shm", ""):
            path.with_name(path.name + end).unlink(missing_ok=True)


def connect(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Open a file that is there; a statement waits so long for whoever holds it. Raises `sqlite3.Error`."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=busy_seconds, isolation_level=None)


def connect_for_reading(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Open a file that is there, also on a disk that may only be read. Raises `sqlite3.Error`."""
    address = path.resolve().as_uri()
    connection = sqlite3.connect(f"{address}?mode=ro", uri=True, timeout=busy_seconds, isolation_level=None)
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


def write_ahead(connection: sqlite3.Connection, path: Path, busy_seconds: float) -> None:
    """Switch a new file to SQLite's write-ahead log. Raises `sqlite3.Error`."""
    # SQLite's own waiting leaves this switch out, and others may be making the same file at this moment.
    last = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if cause_of(error, path).kind is not CauseKind.BUSY or time.monotonic() > last:
                raise
            time.sleep(_BUSY_PAUSE_SECONDS)
        else:
            return


def marks(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return the application id, which tells what a file is, and the version of its schema; 0 where none was set."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return application, version
