"""Silences native libraries on standard error."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_native() -> Iterator[None]:
    """Drop what native code writes to file descriptor 2; Python's own `sys.stderr` stays as it was.

    For programs (commands, scripts), not for libraries: the descriptor belongs to the whole process.
    """
    if not _writes_to_descriptor_2():
        yield
        return
    shown = sys.stderr
    shown.flush()
    saved = os.dup(2)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 2)
    os.close(silence)
    with open(saved, "w", encoding=shown.encoding, errors="backslashreplace", buffering=1) as sys.stderr:  # noqa: PTH123
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(saved, 2)
            sys.stderr = shown


def _writes_to_descriptor_2() -> bool:
    """Tell whether standard error is the real one, not closed and not replaced (by a test, an embedding program)."""
    try:
        return sys.stderr.fileno() == 2
    except (AttributeError, ValueError, io.UnsupportedOperation):
        return False
