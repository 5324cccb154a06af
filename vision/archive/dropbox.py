"""A folder that photos are dropped into: what has arrived whole, and where it goes once it is judged."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from vision.contract.answers.check import FailedPhoto, KeptPhoto
from vision.media.folders import NOTHING_EXCLUDED, Exclusions
from vision.media.inputs import EmptyFolder, ExcludedFile, Found, UnseenFile, files_of
from vision.media.kinds import FileKind
from vision.runtime.whole_files import write_whole

NOTE_SUFFIX = ".fotonetral.json"
"""What a note beside a photo is named after it: `rapat.jpg.fotonetral.json`."""

VERDICTS = ("clear", "review", "flag", "error")
"""Names of the subfolders that judged photos are moved into."""


PATIENCE = 15
"""So many times `settle` a photo has to lie still before an error about it stands: a copy over a slow line that stalls
looks just like a damaged file."""


@dataclass(slots=True)
class DropFolder:
    """Photos under a folder that were not judged yet, and files in it that are not looked at and were not told yet.

    A photo counts as arrived when its size and time have not changed for `settle` seconds: whoever copies it may not be
    done. What could not be judged is tried once more after `PATIENCE` times that. Judged photos carry a note beside
    them, or lie in a subfolder named after the verdict.
    """

    folder: Path
    move: bool
    settle: float
    clock: Callable[[], float] = time.monotonic
    excluded: Exclusions = NOTHING_EXCLUDED
    _seen: dict[str, tuple[tuple[int, int], float]] = field(default_factory=dict)
    _failed: set[str] = field(default_factory=set)

    def arrived(self) -> Iterator[Path]:
        """Yield the photos that lie still and are not judged; to be called again and again."""
        now, present = self.clock(), set()
        for path in self._waiting():
            try:
                status = path.stat()
            except OSError:
                continue  # taken away meanwhile
            stamp, name = _stamp(status), str(path)
            present.add(name)
            known = self._seen.get(name)
            if known is None or known[0] != stamp:
                self._seen[name] = (stamp, now)
                self._failed.discard(name)
            elif now - known[1] >= self.settle * (PATIENCE if name in self._failed else 1):
                yield path
        self._failed &= present
        self._seen = {name: known for name, known in self._seen.items() if name in present}

    def may_stand(self, photo: Path, *, failed: bool) -> bool:
        """Tell whether the answer about a photo that has arrived is final; if not, it will arrive again.

        It is not when the file has changed since, and an error is not before the file has lain still for long.
        """
        stamp, since = self._seen[str(photo)]
        try:
            is_same = _stamp(photo.stat()) == stamp
        except OSError:
            is_same = False
        if is_same and failed and self.clock() - since < self.settle * PATIENCE:
            self._failed.add(str(photo))
            return False
        return is_same

    def hidden(self) -> Iterator[UnseenFile]:
        """Yield what is hidden and holds pictures; it is told, and stays where it is."""
        for found in files_of([str(self.folder)], excluded=self.excluded):
            if isinstance(found, UnseenFile) and found.error.kind == FileKind.HIDDEN:
                yield found

    def left_out(self) -> int:
        """Return how many files and folders are excluded."""
        return sum(isinstance(found, ExcludedFile) for found in self._files())

    def is_empty(self) -> bool:
        """Tell whether no photo waits, arrived whole or not."""
        return next(self._waiting(), None) is None

    def done(self, photo: Path, told: KeptPhoto | FailedPhoto, verdict: str) -> Path:
        """Note the answer beside the photo, and move both where that is wanted; returns where the photo lies.

        Raises OSError where neither can be written.
        """
        self._seen.pop(str(photo), None)
        self._failed.discard(str(photo))
        note = json.dumps(told.to_dict(), ensure_ascii=False, indent=1).encode("utf-8", "replace")
        target = photo
        if self.move:
            folder = self.folder / verdict
            folder.mkdir(exist_ok=True)
            target = _free(folder / photo.name)
        # The note first: a photo without one would be judged again, a note without its photo harms nobody.
        write_whole(target.with_name(target.name + NOTE_SUFFIX), note)
        if target != photo:
            photo.replace(target)
        return target

    def _files(self) -> Iterator[Found]:
        return files_of([str(self.folder)], excluded=self.excluded, tell_hidden=False)

    def _waiting(self) -> Iterator[Path]:
        for found in self._files():
            if isinstance(found, EmptyFolder | ExcludedFile):
                continue
            path = Path(found if isinstance(found, str) else found.path)
            if self.move and path.relative_to(self.folder).parts[0] in VERDICTS and path.parent != self.folder:
                continue
            if not self._is_noted(path):
                yield path

    def _is_noted(self, path: Path) -> bool:
        """Tell whether a photo was judged since it was last changed."""
        try:
            return os.stat(f"{path}{NOTE_SUFFIX}").st_mtime_ns >= path.stat().st_mtime_ns  # noqa: PTH116
        except OSError:
            return False


def _stamp(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns


def _free(target: Path) -> Path:
    number, free = 1, target
    while free.exists():
        number += 1
        free = target.with_name(f"{target.stem}-{number}{target.suffix}")
    return free
