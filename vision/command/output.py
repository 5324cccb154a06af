"""Standard streams that a command outlives: closed, on a full disk, or a pipe whose reader has left.

What is to be printed is one thing, what is to be written into files another: losing the first must not cost the
second. Commands that write files say `carry_on`; for the others, and those that only print, a lost output ends them.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

_STANDARD = (0, 1, 2)


class _Output(io.FileIO):
    """Writes to standard output; keeps the first refusal, and what it does then depends on `carries_on`."""

    def __init__(self, lost: OSError | None) -> None:
        """Take over descriptor 1; `lost` says that it was closed before the program began."""
        super().__init__(1, "w", closefd=False)
        self.lost = lost
        self.carries_on = False

    def write(self, data: Any, /) -> int:
        """Write what can be written. Raises OSError, unless the command carries on without."""
        try:
            if self.lost is not None:
                raise self.lost
            return super().write(data) or 0
        except OSError as error:
            self.lost = self.lost or error
            if not self.carries_on:
                raise self.lost from None
            return memoryview(data).nbytes


class Streams:
    """The standard streams of one run."""

    def __init__(self, output: _Output | None) -> None:
        self._output = output

    @property
    def lost(self) -> OSError | None:
        """Why something that was printed did not arrive; None where everything did."""
        return None if self._output is None else self._output.lost

    def settle(self) -> None:
        """Write out what is still waiting; what cannot be is dropped, or Python would complain at its end."""
        if self._output is None:
            return
        for carries_on in (self._output.carries_on, True):
            self._output.carries_on = carries_on
            with suppress(OSError):
                sys.stdout.flush()


@contextmanager
def standard_streams() -> Iterator[Streams]:
    """Make the three streams usable, whatever they are, and give standard output its refusals' keeper.

    A stream that is closed gets the null device: otherwise the next file that is opened would take its number, and
    what a library prints would land in a gallery. Streams that a test or an embedding program put in stay.
    """
    closed = _open_closed_ones()
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = io.TextIOWrapper(io.BufferedWriter(io.FileIO(2, "w", closefd=False)), encoding="utf-8")
    before: TextIO | None = sys.stdout
    if before is not None and not _is_descriptor_1(before):
        _let_every_name_print()
        yield Streams(None)
        return
    lost = OSError(errno.EBADF, os.strerror(errno.EBADF)) if before is None or 1 in closed else None
    output = _Output(lost)
    if before is not None:
        before.flush()
    encoding = "utf-8" if before is None else before.encoding
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(output), encoding=encoding, errors="replace", line_buffering=output.isatty()
    )
    _let_every_name_print()
    streams = Streams(output)
    try:
        yield streams
    finally:
        streams.settle()
        if before is not None:
            sys.stdout = before


def carry_on() -> None:
    """Go on when what is printed cannot be: files are still to be written. The run says at its end that it was lost."""
    if (raw := _raw()) is not None:
        raw.carries_on = True


def is_output(error: BaseException) -> bool:
    """Tell whether an error is that of standard output, rather than of a file."""
    return isinstance(error, BrokenPipeError) or ((raw := _raw()) is not None and error is raw.lost)


def _raw() -> _Output | None:
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return raw if isinstance(raw, _Output) else None


def _open_closed_ones() -> set[int]:
    closed = set()
    for number in _STANDARD:
        try:
            os.fstat(number)
        except OSError:
            closed.add(number)
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
    return closed


def _is_descriptor_1(stream: TextIO) -> bool:
    try:
        return stream.fileno() == 1
    except (AttributeError, ValueError, OSError):
        return False


def _let_every_name_print() -> None:
    """Make file names print that the terminal's encoding does not hold."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace" if stream is sys.stdout else "backslashreplace")
