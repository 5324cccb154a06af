"""The cache of replies by content hash, and a count of crashes by photo. No photo is kept."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from vision.service.http.reply import Reply

_OVERHEAD_BYTES = 600
_MOST_PHOTOS = 1000
_CRASHES = 2


class ReplyCache:
    """Replies by key, for `seconds` and up to `most_bytes`; the least recently used goes first. For one thread."""

    def __init__(self, seconds: float, most_bytes: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._clock = clock
        self._replies: OrderedDict[str, tuple[float, Reply]] = OrderedDict()
        self.held_bytes = 0

    def get(self, key: str) -> Reply | None:
        """Return the reply of a key, if it is not too old."""
        self._forget_old()
        if key not in self._replies:
            return None
        self._replies.move_to_end(key)
        return self._replies[key][1]

    def put(self, key: str, reply: Reply) -> None:
        """Keep a reply, unless it is larger than a quarter of the cache."""
        size = _size(reply)
        if self._seconds <= 0 or size > self._most_bytes // 4:
            return
        self._drop(key)
        self._replies[key] = self._clock(), reply
        self.held_bytes += size
        while self.held_bytes > self._most_bytes:
            self._drop(next(iter(self._replies)))

    def _forget_old(self) -> None:
        until = self._clock() - self._seconds
        for key in [key for key, (at, _) in self._replies.items() if at <= until]:
            self._drop(key)

    def _drop(self, key: str) -> None:
        if old := self._replies.pop(key, None):
            self.held_bytes -= _size(old[1])


class CrashCounts:
    """Counts crashes by photo: after two a photo is refused, or it could keep crashing every process."""

    def __init__(self, seconds: float = 3600.0, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._crashes: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def add(self, sha256: str) -> None:
        """Count a process that crashed on the photo."""
        crashes = self.crashes(sha256) + 1
        self._crashes[sha256] = self._clock(), crashes
        self._crashes.move_to_end(sha256)
        if len(self._crashes) > _MOST_PHOTOS:
            self._crashes.popitem(last=False)

    def is_refused(self, sha256: str) -> bool:
        """Tell whether the photo is refused for now."""
        return self.crashes(sha256) >= _CRASHES

    def crashes(self, sha256: str) -> int:
        """Return how many processes crashed on the photo lately."""
        at, crashes = self._crashes.get(sha256, (0.0, 0))
        return crashes if self._clock() - at < self._seconds else 0


def _size(reply: Reply) -> int:
    return len(reply.body) + _OVERHEAD_BYTES
