"""Arrays in one private file: written under another name and moved into place, mapped into memory to be read."""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from candidates.storage.store import NEW

_MAGIC = b"FotoNetral arrays 1\n"
_HEADER_BYTES = _ALIGNMENT = 65_536  # the largest page that a processor maps
_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True, eq=False)
class ArraysFile:
    """A file's facts (what its writer said of it) and its arrays by name, read-only and mapped."""

    facts: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]

    @classmethod
    def read(cls, path: Path) -> ArraysFile | None:
        """Map a file; None where there is none, or it is not whole."""
        try:
            with path.open("rb") as file:
                if os.fstat(file.fileno()).st_size < _HEADER_BYTES:
                    return None
                whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            magic, _, text = whole[:_HEADER_BYTES].partition(b"\n")
            header = json.loads(text.rstrip(b"\0"))
            if magic + b"\n" != _MAGIC or header["size"] != len(whole):
                return None
            arrays = {name: _mapped(whole, *place) for name, place in header["arrays"].items()}
            return cls(dict(header["facts"]), arrays)
        except (OSError, ValueError, KeyError, TypeError):
            return None


class ArraysWriter:
    """Writes such a file; a context manager. What is not finished leaves nothing behind."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._new = path.with_name(path.name + NEW)
        self._places: dict[str, tuple[str, tuple[int, ...], int]] = {}
        self._size = _HEADER_BYTES

    def __enter__(self) -> Self:
        self._new.unlink(missing_ok=True)
        self._file = os.open(self._new, os.O_CREAT | os.O_EXCL | os.O_RDWR, _OWNER_ONLY)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)
        self._new.unlink(missing_ok=True)

    def array(self, name: str, shape: tuple[int, ...], dtype: str) -> NDArray[Any]:
        """Return a new array of the file, to be filled. Raises `OSError` when the disk is full."""
        self._places[name] = dtype, shape, self._size
        length = int(np.prod(shape)) * np.dtype(dtype).itemsize
        if not length:
            return np.empty(shape, dtype)
        # Before it is mapped: a page that the disk has no room for would end the process.
        os.posix_fallocate(self._file, self._size, length)
        part = mmap.mmap(self._file, length, offset=self._size)
        self._size += -(-length // _ALIGNMENT) * _ALIGNMENT
        return np.frombuffer(part, dtype).reshape(shape)

    def put(self, name: str, array: NDArray[Any]) -> None:
        """Write an array that is there already."""
        self.array(name, array.shape, array.dtype.str)[...] = array

    def finish(self, facts: Mapping[str, Any]) -> None:
        """Move the file into its place: all of it is on the disk then."""
        header = json.dumps({"facts": facts, "arrays": self._places, "size": self._size}).encode()
        if len(_MAGIC) + len(header) > _HEADER_BYTES:
            raise ValueError(f"the header takes {len(header)} bytes")
        os.ftruncate(self._file, self._size)
        os.pwrite(self._file, _MAGIC + header, 0)
        os.fsync(self._file)
        self._new.replace(self._path)


def _mapped(whole: mmap.mmap, dtype: str, shape: list[int], offset: int) -> NDArray[Any]:
    count = int(np.prod(shape))
    if not count:
        return np.empty(shape, dtype)
    return np.frombuffer(whole, dtype, count, offset).reshape(shape)
