"""Arrays in one private file: written under another name and moved into place, mapped into memory to be read."""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from candidates.storage.store import NEW
from candidates.whole_files import writing_whole

Facts: TypeAlias = Mapping[str, str | int]
"""What the writer of a file says of it."""

_MAGIC = b"FotoNetral arrays 1\n"
_HEADER_BYTES = _ALIGNMENT = 65_536  # the largest page that a processor maps


@dataclass(frozen=True, slots=True, eq=False)
class ArraysFile:
    """A file that is open: its facts and its arrays by name, read-only and mapped into memory."""

    facts: Facts
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


@contextmanager
def writing_arrays(path: Path, facts: Facts) -> Iterator[ArraysWriter]:
    """Write such a file with its facts; it is there when the block ends well. Raises OSError.

    The unfinished file has a fixed name, so that one left behind by a killed process is found: it may hold templates.
    """
    with writing_whole(path, half=path.with_name(path.name + NEW), durable=True) as file:
        writer = ArraysWriter(file.fileno())
        yield writer
        writer.finish(facts)


class ArraysWriter:
    """Appends arrays to an open file."""

    def __init__(self, descriptor: int) -> None:
        self._file = descriptor
        self._places: dict[str, tuple[str, tuple[int, ...], int]] = {}
        self._size = _HEADER_BYTES

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
        """Append an array."""
        self.array(name, array.shape, array.dtype.str)[...] = array

    def finish(self, facts: Facts) -> None:
        """Write the header, which completes the file."""
        header = json.dumps({"facts": facts, "arrays": self._places, "size": self._size}).encode()
        if len(_MAGIC) + len(header) > _HEADER_BYTES:
            raise ValueError(f"the header takes {len(header)} bytes")
        os.ftruncate(self._file, self._size)
        os.pwrite(self._file, _MAGIC + header, 0)


def _mapped(whole: mmap.mmap, dtype: str, shape: list[int], offset: int) -> NDArray[Any]:
    count = int(np.prod(shape))
    if not count:
        return np.empty(shape, dtype)
    return np.frombuffer(whole, dtype, count, offset).reshape(shape)
