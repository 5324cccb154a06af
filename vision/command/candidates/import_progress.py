"""How far an import is: rows of how many, photos described and how fast; only at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from candidates.choosing import FaceChoice
from candidates.importing.photos import Describe, FaceTemplate, described
from vision.command.candidates.shared import Printer, ProgressPrinter

if TYPE_CHECKING:
    from rich.progress import Progress


class ImportProgress:
    """Progress of an import; this one shows nothing. `say` prints messages meanwhile."""

    def __init__(self, say: Printer) -> None:
        self.say = say

    def total(self, rows: int | None) -> None:
        """Take note of how many rows there will be, if known."""

    def row(self, name: str) -> None:
        """Count a row."""

    def photo(self) -> None:
        """Count a photo."""

    def counting(self, describe: Describe) -> Describe:
        """Return `describe`, its photos counted."""

        def counted(photo: Path | bytes, /, *, name: str | None = None, face: FaceChoice | None = None) -> FaceTemplate:
            try:
                return described(describe, photo, name=name, face=face)
            finally:
                self.photo()

        return counted


class _VisibleProgress(ImportProgress):
    """Shows the progress in a line that disappears at the end."""

    def __init__(self, say: Printer, progress: Progress) -> None:
        super().__init__(ProgressPrinter(say, progress.console))
        self._progress = progress
        self._task = progress.add_task("", total=None, photos="")
        self._unit = say.pick("command.import_progress.photos")
        self._photos = 0

    def total(self, rows: int | None) -> None:
        # Not earlier: a passphrase may have been asked for.
        self._progress.update(self._task, total=rows)
        self._progress.start()

    def row(self, name: str) -> None:
        from rich.markup import escape

        self._progress.update(self._task, advance=1, description=escape(name))

    def photo(self) -> None:
        self._photos += 1
        elapsed_s = self._progress.tasks[0].elapsed or 0.0
        rate = f" ({self._photos / elapsed_s:.1f}/s)" if elapsed_s else ""
        self._progress.update(self._task, photos=f"{self._photos} {self._unit}{rate}")


@contextmanager
def import_progress(say: Printer) -> Iterator[ImportProgress]:
    """Give what to tell about the import's progress."""
    if not sys.stderr.isatty():
        yield ImportProgress(say)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        SpinnerColumn(),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn(say.pick("command.import_progress.rows")),
        TextColumn("{task.fields[photos]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    try:
        yield _VisibleProgress(say, progress)
    finally:
        progress.stop()
