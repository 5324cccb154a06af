"""How often, and how much at once: token buckets for callers, and a count of what is held in memory."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from vision.service.http.problems import HttpProblemError

_MOST_BUCKETS = 20_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Buckets:
    """A token bucket for each caller: `burst` requests at once, `per_minute` in the long run.

    For one thread. A bucket that has been full for longest is forgotten first when there are too many.
    """

    def __init__(self, per_minute: float, burst: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, caller: str, tokens: float = 1, *, per_minute: float | None = None) -> float:
        """Take tokens, if the bucket is not empty; return the seconds to wait, 0 when it was not.

        More tokens may be taken than there are: the debt is waited for by the next one.
        """
        rate = (per_minute or self._per_minute) / 60
        burst = self._burst if per_minute is None else max(per_minute * self._burst / self._per_minute, 1)
        bucket, now = self._filled(caller, rate, burst)
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / rate
        bucket.tokens -= tokens
        bucket.at = now
        return 0.0

    def charge(self, caller: str, tokens: float) -> None:
        """Take tokens after the fact; the bucket may go below zero."""
        if bucket := self._buckets.get(caller):
            bucket.tokens -= tokens

    def _filled(self, caller: str, rate: float, burst: float) -> tuple[_Bucket, float]:
        now = self._clock()
        bucket = self._buckets.get(caller)
        if bucket is None:
            bucket = self._buckets[caller] = _Bucket(burst, now)
            if len(self._buckets) > _MOST_BUCKETS:
                self._buckets.popitem(last=False)
        bucket.tokens = min(burst, bucket.tokens + (now - bucket.at) * rate)
        bucket.at = now
        self._buckets.move_to_end(caller)
        return bucket, now


class MemoryBudget:
    """The memory that all requests together may hold while they arrive, wait and are processed. For one thread.

    Bytes are bounded over all requests, and so are the uploads in progress, over all and for each caller.
    """

    def __init__(self, most_bytes: int, most_uploads: int) -> None:
        self._most_bytes = most_bytes
        self._most_uploads = most_uploads
        self._uploads: Counter[str] = Counter()
        self.held_bytes = 0

    @property
    def uploads(self) -> int:
        """How many uploads are in progress."""
        return self._uploads.total()

    @contextmanager
    def share(self) -> Iterator[MemoryShare]:
        """Give a request its share; all of it is freed at the end."""
        share = MemoryShare(self)
        try:
            yield share
        finally:
            self.held_bytes -= share.held_bytes

    @contextmanager
    def upload(self, caller: str) -> Iterator[None]:
        """Count an upload in progress. Raises `server.busy` when there are too many, or too many of one caller."""
        # No caller may take all places: half of them are for the others.
        if self.uploads >= self._most_uploads or self._uploads[caller] >= max(self._most_uploads // 2, 1):
            raise HttpProblemError("server.busy")
        self._uploads[caller] += 1
        try:
            yield
        finally:
            self._uploads[caller] -= 1
            if not self._uploads[caller]:
                del self._uploads[caller]

    def take(self, count: int) -> None:
        """Count bytes. Raises `server.busy` when there would be too many."""
        if self.held_bytes + count > self._most_bytes:
            raise HttpProblemError("server.busy")
        self.held_bytes += count


class MemoryShare:
    """The part of a `MemoryBudget` that one request holds."""

    def __init__(self, budget: MemoryBudget) -> None:
        self._budget = budget
        self.held_bytes = 0

    def take(self, count: int) -> None:
        """Count bytes of this request. Raises `server.busy` when all requests together hold too many."""
        self._budget.take(count)
        self.held_bytes += count
