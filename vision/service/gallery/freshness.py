"""Notices when the gallery has changed since it was read; other programs may change it at any moment."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from candidates import Gallery

_AGE_SECONDS = 5.0
"""After this the file is asked even though nothing seems to have happened: clocks of file systems are coarse."""


class GalleryState:
    """The state of a gallery file as a text that changes whenever people, photos or elections do; for any thread."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._seen: tuple[object, ...] = ()
        self._asked_at = float("-inf")
        self._state = ""

    def now(self) -> str:
        """Return the state, empty without a gallery. Raises `candidates.errors.GalleryError`."""
        if self.path is None:
            return ""
        with self._lock:
            seen = tuple(_facts_of(self.path.with_name(self.path.name + end)) for end in ("", "-wal"))
            if seen != self._seen or time.monotonic() - self._asked_at > _AGE_SECONDS:
                with Gallery.open(self.path, read_only=True) as gallery:
                    # A file that was put in another's place may have seen as many changes.
                    self._state = f"{self.path.stat().st_ino}-{gallery.changes}"
                self._seen, self._asked_at = seen, time.monotonic()
            return self._state


def _facts_of(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
