"""What Pillow and libtiff keep for the whole process, as decoding wants it, for as long as any thread decodes.

Each is a context manager that threads may enter side by side: the first changes the setting, the last puts it back.
"""

from __future__ import annotations

import contextlib
import ctypes
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import PIL
import PIL.ImageFile

_Undo = Callable[[], None]


class _WhileAnyDecodes:
    """Calls `change` for the first who enters, and what it returns for the last who leaves."""

    def __init__(self, change: Callable[[], _Undo]) -> None:
        self._change = change
        self._lock = threading.Lock()
        self._inside = 0
        self._undo: _Undo | None = None

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._undo = self._change()
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside and self._undo is not None:
                self._undo()
                self._undo = None


def _refuse_cut_pictures() -> _Undo:
    before = PIL.ImageFile.LOAD_TRUNCATED_IMAGES

    def undo() -> None:
        PIL.ImageFile.LOAD_TRUNCATED_IMAGES = before

    PIL.ImageFile.LOAD_TRUNCATED_IMAGES = False
    return undo


def _take_printers_off() -> _Undo:
    before = [(setter, setter(None)) for setter in _libtiff_setters()]

    def undo() -> None:
        for setter, handler in before:
            setter(handler)

    return undo


@cache
def _libtiff_setters() -> tuple[Any, ...]:
    """Return the functions of Pillow's own libtiff that take a handler and return the one before."""
    setters = []
    for library in (Path(PIL.__file__).parents[1] / "pillow.libs").glob("libtiff*.so*"):
        with contextlib.suppress(OSError, AttributeError):
            tiff = ctypes.CDLL(str(library))
            for setter in (tiff.TIFFSetErrorHandler, tiff.TIFFSetWarningHandler):
                setter.argtypes, setter.restype = [ctypes.c_void_p], ctypes.c_void_p
                setters.append(setter)
    return tuple(setters)


strict_pillow = _WhileAnyDecodes(_refuse_cut_pictures)
"""Pillow raises for cut-off pictures, whatever another library of the process (face_recognition does) told it: a
half-grey photo must never be judged."""

silent_libtiff = _WhileAnyDecodes(_take_printers_off)
"""libtiff does not write to standard error what Pillow raises anyway."""
