"""API keys and login codes: made and revoked by command, kept hashed in a small file that only its owner may read.

A key's secret is 32 random bytes. SHA-256 is enough for those: there is nothing to guess, whatever a hash costs, and a
slow hash would only make every request slow. A login code is short enough to be typed, so that somebody with the file
could try them all: its hash is scrypt, which is needed once a login. Both are compared in constant time.

Every call opens the file anew, so what the command changes holds in a running server at once.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final

from candidates.causes import Cause, CauseKind
from candidates.storage.sqlite_file import advice_for, connect, explained, keep_private, make_private, remove
from vision.errors import FotoNetralError
from vision.messages import say

_BUSY_SECONDS: Final = 5.0
_SEEN_EVERY: Final = timedelta(minutes=1)
_KEY: Final = re.compile(r"fn_([a-z2-7]{8})_([A-Za-z0-9_-]{43})")
_CODE_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is mistaken for another
_CODE_LENGTH: Final = 8
_NOBODY: Final = hashlib.sha256(b"nobody").digest()
_SCRYPT: Final = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS grants (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, digest BLOB NOT NULL,
    made_at TEXT NOT NULL, expires_at TEXT, uses_left INTEGER, per_minute INTEGER, last_used_at TEXT, revoked_at TEXT
);
CREATE INDEX IF NOT EXISTS grants_by_digest ON grants (digest);
"""
_COLUMNS: Final = "id, kind, name, role, made_at, expires_at, uses_left, per_minute, last_used_at, revoked_at"


class KeyRole(StrEnum):
    """What a key or code allows: to check photos, or to manage the gallery as well."""

    CHECK = "check"
    MANAGE = "manage"

    def allows(self, wanted: KeyRole) -> bool:
        """Tell whether this role may do what takes the other."""
        return self is KeyRole.MANAGE or wanted is KeyRole.CHECK


class KeysError(FotoNetralError):
    """The file of keys cannot be used."""

    code = "keys.unreadable"


class KeysBusyError(KeysError):
    """Another program holds the file of keys for longer than we wait."""

    code = "keys.busy"


class KeysFullError(KeysError):
    """The disk is full."""

    code = "keys.full"


class KeysReadOnlyError(KeysError):
    """The file of keys, or its folder, may not be written to."""

    code = "keys.read_only"


class KeysDamagedError(KeysError):
    """The file is no file of keys, or is damaged."""

    code = "keys.damaged"


_KINDS: Final[Mapping[CauseKind, type[KeysError]]] = {
    CauseKind.BUSY: KeysBusyError,
    CauseKind.DISK_FULL: KeysFullError,
    CauseKind.READ_ONLY: KeysReadOnlyError,
    CauseKind.NO_PERMISSION: KeysReadOnlyError,
    CauseKind.DAMAGED: KeysDamagedError,
    CauseKind.NOT_A_DATABASE: KeysDamagedError,
}


class UnknownKeyError(KeysError):
    """There is no key or code of this id."""

    code = "keys.unknown"


@dataclass(frozen=True, slots=True)
class Grant:
    """A key or a code, without its secret. Times are UTC; None where there is no such time or limit."""

    id: str
    kind: str
    name: str
    role: KeyRole
    made_at: datetime
    expires_at: datetime | None
    uses_left: int | None
    per_minute: int | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def is_revoked(self) -> bool:
        """Whether it was revoked."""
        return self.revoked_at is not None

    def is_valid(self, at: datetime) -> bool:
        """Tell whether it opens anything at a time."""
        in_time = self.expires_at is None or at < self.expires_at
        return not self.is_revoked and in_time and self.uses_left != 0


class KeyStore:
    """The file of keys and codes; any thread and any process may use it. Every method raises KeysError."""

    def __init__(self, path: Path) -> None:
        self.path = path

    # By the command

    def create_key(
        self, name: str, role: KeyRole, *, per_minute: int | None = None, expires_at: datetime | None = None
    ) -> tuple[Grant, str]:
        """Make a key; return it and the text that opens, which is kept nowhere."""
        id_, secret = _new_id(), secrets.token_urlsafe(32)
        grant = Grant(id_, "key", name, role, _now(), expires_at, None, per_minute, None, None)
        self._add(grant, hashlib.sha256(secret.encode()).digest())
        return grant, f"fn_{id_}_{secret}"

    def create_code(self, name: str, role: KeyRole, *, minutes: float, uses: int) -> tuple[Grant, str]:
        """Make a login code for so many logins; return it and the text to be typed, which is kept nowhere."""
        code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))
        grant = Grant(
            _new_id(), "code", name, role, _now(), _now() + timedelta(minutes=minutes), uses, None, None, None
        )
        self._add(grant, self._code_digest(code))
        return grant, f"{code[:4]}-{code[4:]}"

    def grants(self) -> tuple[Grant, ...]:
        """Return all keys and codes, oldest first."""
        with self._opened() as file:
            rows = [] if file is None else file.execute(f"SELECT {_COLUMNS} FROM grants ORDER BY rowid")  # noqa: S608
            return tuple(_grant(row) for row in rows)

    def revoke(self, id_: str) -> Grant:
        """Revoke a key, or a code with all sessions that began with it. Raises UnknownKeyError."""
        with self._opened() as file:
            if file is not None:
                sql = "UPDATE grants SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"
                file.execute(sql, (_text(_now()), id_))
                if rows := file.execute(f"SELECT {_COLUMNS} FROM grants WHERE id = ?", (id_,)).fetchall():  # noqa: S608
                    return _grant(rows[0])
        raise UnknownKeyError(say("service.keys.there_is_no_key_or", id=id_))

    def is_any_valid(self) -> bool:
        """Tell whether anybody could get in."""
        return any(grant.is_valid(_now()) for grant in self.grants())

    # By the server

    def key(self, text: str) -> Grant | None:
        """Return the key that a text opens, if it does now; note that it was used."""
        fits = _KEY.fullmatch(text)
        id_, secret = (fits[1], fits[2]) if fits else ("", "")
        with self._opened() as file:
            sql = f"SELECT {_COLUMNS}, digest FROM grants WHERE id = ? AND kind = 'key'"  # noqa: S608
            row = None if file is None else file.execute(sql, (id_,)).fetchone()
            # Compared also where there is no such key, so that the time taken tells nothing.
            is_right = hmac.compare_digest(hashlib.sha256(secret.encode()).digest(), row[-1] if row else _NOBODY)
            if row is None or file is None or not is_right:
                return None
            grant, now = _grant(row[:-1]), _now()
            if not grant.is_valid(now):
                return None
            if grant.last_used_at is None or now - grant.last_used_at >= _SEEN_EVERY:
                file.execute("UPDATE grants SET last_used_at = ? WHERE id = ?", (_text(now), id_))
            return grant

    def spend_code(self, text: str) -> Grant | None:
        """Return the code that was typed, if it opens now, and count the use. Slow on purpose."""
        typed = "".join(char for char in text.upper() if char.isalnum())
        if not self.path.exists() or len(typed) != _CODE_LENGTH:
            return None
        digest, now = self._code_digest(typed), _now()
        with self._opened() as file:
            if file is None:
                return None
            sql = f"SELECT {_COLUMNS}, digest FROM grants WHERE kind = 'code'"  # noqa: S608
            found = [row for row in file.execute(sql).fetchall() if hmac.compare_digest(row[-1], digest)]
            for row in found:
                grant = _grant(row[:-1])
                # In one statement: two who type the last use at the same time do not both get in.
                sql = "UPDATE grants SET uses_left = uses_left - 1, last_used_at = ? WHERE id = ? AND uses_left > 0"
                if grant.is_valid(now) and file.execute(sql, (_text(now), grant.id)).rowcount:
                    return grant
            return None

    def is_revoked(self, id_: str) -> bool:
        """Tell whether a code was revoked, or is known no more: its sessions are over then."""
        with self._opened() as file:
            sql = "SELECT revoked_at FROM grants WHERE id = ?"
            row = None if file is None else file.execute(sql, (id_,)).fetchone()
            return row is None or row[0] is not None

    # The file

    def _add(self, grant: Grant, digest: bytes) -> None:
        values = (
            grant.id,
            grant.kind,
            grant.name,
            grant.role.value,
            _text(grant.made_at),
            grant.expires_at and _text(grant.expires_at),
            grant.uses_left,
            grant.per_minute,
            None,
            None,
            digest,
        )
        marks = ", ".join("?" * len(values))
        with self._opened(create=True) as file:
            if file is not None:
                file.execute(f"INSERT INTO grants ({_COLUMNS}, digest) VALUES ({marks})", values)  # noqa: S608

    def _code_digest(self, code: str) -> bytes:
        with self._opened(create=True) as file:
            salt = b"" if file is None else file.execute("SELECT value FROM meta WHERE key = 'salt'").fetchone()[0]
        return hashlib.scrypt(code.encode(), salt=salt, **_SCRYPT)

    @contextmanager
    def _opened(self, *, create: bool = False) -> Iterator[sqlite3.Connection | None]:
        """Give the open file, None where there is none; with `create` make it first."""
        with explained(self.path, partial(_refused, self.path)):
            if create and not self.path.exists():
                self._make()
            elif not self.path.exists():
                yield None
                return
            keep_private(self.path)
            with closing(connect(self.path, _BUSY_SECONDS)) as connection:
                yield connection

    def _make(self) -> None:
        with explained(self.path, partial(_not_made, self.path)):
            if not make_private(self.path):
                return
        try:
            with closing(connect(self.path, _BUSY_SECONDS)) as connection:
                connection.executescript(_TABLES)
                connection.execute("INSERT OR IGNORE INTO meta VALUES ('salt', ?)", (secrets.token_bytes(16),))
        except sqlite3.Error:
            remove(self.path)  # a file without tables would be taken for a damaged one
            raise


def _refused(path: Path, cause: Cause) -> KeysError:
    return _KINDS.get(cause.kind, KeysError)(
        say("service.keys.file_of_keys_cannot_be", path=path, reason=cause.reason),
        advice=advice_for(cause),
    )


def _not_made(path: Path, cause: Cause) -> KeysError:
    return _KINDS.get(cause.kind, KeysError)(
        say("service.keys.file_of_keys_cannot_be_made", path=path, reason=cause.reason),
        advice=cause.advice,
    )


def _grant(row: tuple[str, str, str, str, str, str | None, int | None, int | None, str | None, str | None]) -> Grant:
    id_, kind, name, role, made_at, expires_at, uses_left, per_minute, last_used_at, revoked_at = row
    return Grant(
        id_,
        kind,
        name,
        KeyRole(role),
        datetime.fromisoformat(made_at),
        _time(expires_at),
        uses_left,
        per_minute,
        _time(last_used_at),
        _time(revoked_at),
    )


def _new_id() -> str:
    return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(8))


def _now() -> datetime:
    return datetime.now(UTC)


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
