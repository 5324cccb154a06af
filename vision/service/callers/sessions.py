"""Sessions of the page: begun with a login code, kept in memory alone, over when the server ends."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from vision.service.callers.keys import Grant, KeyRole

COOKIE = "fotonetral_session"
"""Not `__Host-`: browsers keep such a cookie over https only, and in an office's own network there may be none."""

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Session:
    """A login: the code it began with, what it may, its token against forged requests, and when it is over."""

    id: str
    grant: str
    role: KeyRole
    csrf: str
    expires_at: datetime

    def fits(self, csrf: str | None) -> bool:
        """Tell whether a request carries this session's token."""
        return hmac.compare_digest(self.csrf.encode(), (csrf or "").encode("utf-8", "replace"))


class Sessions:
    """The sessions that are on, by the hash of their cookie. For one thread; too many, and the oldest goes."""

    def __init__(self, hours: float) -> None:
        self._length = timedelta(hours=hours)
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()

    @property
    def seconds(self) -> int:
        """How long a session lasts."""
        return int(self._length.total_seconds())

    def begin(self, grant: Grant) -> tuple[Session, str]:
        """Begin a session; return it and the cookie's value."""
        cookie = secrets.token_urlsafe(32)
        session = Session(
            secrets.token_hex(4), grant.id, grant.role, secrets.token_urlsafe(32), datetime.now(UTC) + self._length
        )
        self._sessions[_digest(cookie)] = session
        if len(self._sessions) > _MOST:
            self._sessions.popitem(last=False)
        return session, cookie

    def get(self, cookie: str) -> Session | None:
        """Return the session of a cookie, if it is still on."""
        # A dictionary compares hashes of the cookie, not the cookie: how long that takes tells nothing of use.
        session = self._sessions.get(_digest(cookie))
        if session is not None and session.expires_at <= datetime.now(UTC):
            self.end(cookie)
            return None
        return session

    def end(self, cookie: str) -> None:
        """End the session of a cookie."""
        self._sessions.pop(_digest(cookie), None)


def _digest(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode("utf-8", "replace")).digest()
