"""Reading the photos of an archive, ahead of whoever judges them and in the order in which they were listed."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue

from vision.archive.errors import bare
from vision.archive.sources.files import unreadable
from vision.archive.sources.opening import OpenedContainer, OpenSource, member_unreadable, open_alone
from vision.archive.sources.packed import BrokenError
from vision.archive.sources.places import Contents, PhotoPlace
from vision.errors import EngineError, FotoNetralError
from vision.media.photo import PhotoLimits
from vision.messages import say

DEFAULT_LIMITS = PhotoLimits()

AHEAD_BYTES = 64 * 2**20
"""What is read ahead, at most; one photo of any size that the limits allow comes on top of it."""

_AHEAD_PLACES = 64
_GOODBYE_SECONDS = 2.0


def read_places(
    places: Iterable[PhotoPlace],
    *,
    limits: PhotoLimits = DEFAULT_LIMITS,
    threads: int = 4,
    ahead_bytes: int = AHEAD_BYTES,
) -> Iterator[Contents]:
    """Yield what is at the places, in their order.

    A file counts as a photo by its first bytes or by its suffix; of others only the first bytes are read. Members of a
    container have to come one after the other and in the order of listing, some may be left out: they are read in one
    pass over it. `threads` places (or containers) are read at a time, and at most `ahead_bytes` and one photo are held
    that were not asked for yet; what was yielded last counts until the next is asked for. Whatever goes wrong with a
    place is the error of its contents. Closing the generator ends the threads.
    """
    readers = _Readers(limits, max(threads, 1), ahead_bytes)
    waiting: deque[_Run] = deque()
    try:
        for place in places:
            waiting.append(readers.begin(place))
            while waiting and (len(waiting) >= _AHEAD_PLACES or not waiting[0].results.empty()):
                yield waiting.popleft().results.get()
                readers.next_turn()
        readers.no_more()
        while waiting:
            yield waiting.popleft().results.get()
            readers.next_turn()
    finally:
        readers.close()


class _ClosedError(Exception):
    """The reader was closed while threads were still reading."""


@dataclass(slots=True)
class _Run:
    """Places that one thread reads one after the other: a file, or members of a container. None ends them."""

    container: str | None
    places: SimpleQueue[tuple[int, PhotoPlace] | None] = field(default_factory=SimpleQueue)
    results: SimpleQueue[Contents] = field(default_factory=SimpleQueue)


class _Ahead:
    """Counts the bytes that are held. Whoever's turn it is always gets on, so that nobody waits for ever."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: dict[int, int] = {}
        self._total = 0
        self._turn = 0
        self._changed = threading.Condition()
        self.closed = False

    def take(self, number: int, count: int) -> None:
        """Wait until the place `number` may hold so many bytes; raises _ClosedError when nobody waits for them."""
        with self._changed:
            self._changed.wait_for(lambda: self.closed or number == self._turn or self._total + count <= self._most)
            if self.closed:
                raise _ClosedError
            self._held[number] = self._held.get(number, 0) + count
            self._total += count

    def next_turn(self) -> None:
        """Let go of what the place whose turn it was holds."""
        with self._changed:
            self._total -= self._held.pop(self._turn, 0)
            self._turn += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Send away everybody who waits."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()


class _Readers:
    """The threads that read."""

    def __init__(self, limits: PhotoLimits, threads: int, ahead_bytes: int) -> None:
        self._limits = limits
        self._ahead = _Ahead(ahead_bytes)
        self._runs: SimpleQueue[_Run | None] = SimpleQueue()
        self._last: _Run | None = None
        self._count = 0
        # Daemons: a thread may hang in a file server that is gone, and the program has to end all the same.
        self._threads = [
            threading.Thread(target=self._work, name="fotonetral-reader", daemon=True) for _ in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def begin(self, place: PhotoPlace) -> _Run:
        """Have a place read; its contents are the next of the results of the run that is returned."""
        run = self._last
        if run is None or run.container is None or run.container != place.container:
            self.no_more()
            run = self._last = _Run(place.container)
            self._runs.put(run)
        run.places.put((self._count, place))
        self._count += 1
        return run

    def no_more(self) -> None:
        """Say that nothing more belongs to the last run."""
        if self._last is not None:
            self._last.places.put(None)
            self._last = None

    def next_turn(self) -> None:
        """Say that the contents yielded last are not held any more."""
        self._ahead.next_turn()

    def close(self) -> None:
        """End the threads."""
        self._ahead.close()
        self.no_more()
        for _ in self._threads:
            self._runs.put(None)
        for thread in self._threads:
            thread.join(_GOODBYE_SECONDS / len(self._threads))

    def _work(self) -> None:
        try:
            while (run := self._runs.get()) is not None and not self._ahead.closed:
                if run.container is None:
                    for number, place in iter(run.places.get, None):
                        run.results.put(self._contents(number, place, open_alone))
                else:
                    with OpenedContainer(run.container) as container:
                        for number, place in iter(run.places.get, None):
                            run.results.put(self._contents(number, place, container.open_member))
        except _ClosedError:
            pass

    def _contents(self, number: int, place: PhotoPlace, open_it: Callable[[PhotoPlace], OpenSource]) -> Contents:
        try:
            with open_it(place) as opened:
                return Contents(place, opened.photo(self._limits, partial(self._ahead.take, number)))
        except _ClosedError:
            raise
        except FotoNetralError as error:
            return Contents(place, error=bare(error))
        except BrokenError as error:
            return Contents(place, error=member_unreadable(error.reason))
        except OSError as error:
            return Contents(place, error=unreadable(place.name, error))
        except Exception as error:  # one place does not end a night's run, whatever it is
            what = " ".join(f"{type(error).__name__}: {error}".split())
            return Contents(place, error=EngineError(say("archive.reading.reading_it_failed", what=what)))
