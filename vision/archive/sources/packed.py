"""Shared by zips and tars: their members, and unpacking in bounded memory and time.

The standard library's readers trust headers: a few bytes make them reserve gigabytes, or loop. Here nothing is taken
from a container but in small pieces, and what comes out is counted against what went in.
"""

from __future__ import annotations

import bz2
import io
import lzma
import stat
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from vision.archive.errors import ArchiveError, ContainerTooLargeError, NotAFileError
from vision.messages import Message, say

GROWTH = 100
"""How many times larger than packed a container may become in the long run. Photos hardly shrink at all."""

SLACK_BYTES = 2**30
"""What may come out of a container beyond `GROWTH` times what went in: so much of a bomb is unpacked, no more."""

DICTIONARY_BYTES = 128 * 2**20
"""The most memory that unpacking one LZMA stream may take; `xz -9` needs 65 MB."""

BUFFER_BYTES = 128 * 2**10
PIECE_BYTES = 2**20
"""So much is unpacked at once: a reader that asks for a whole photo would be handed on from copy to copy otherwise."""

FIRST_BYTES = 512
"""So many first bytes tell what a file is."""

Packing = Literal["deflate", "gzip", "bzip2", "xz", "lzma"]


class BrokenError(Exception):
    """A container is damaged; says how, in Indonesian and English. Never leaves `vision.archive`."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """One member of a container, as the container tells it.

    `name` is what it is called there: never a path to write to. `size` is what the container says, in bytes. `stamp`
    and `modified` are as in `Place`. With a `fault` it cannot be opened. What `open` returns is good until the next
    entry is asked for, gives at most `size` bytes, and raises BrokenError or ContainerTooLargeError.
    """

    name: str
    size: int
    stamp: str | None
    modified: float | None
    fault: ArchiveError | None
    open: Callable[[], io.BufferedReader]


class Allowance:
    """Counts what goes into unpacking and what comes out of it; one for every reading of a container."""

    def __init__(self) -> None:
        self._left = SLACK_BYTES

    def put_in(self, count: int) -> None:
        """Count packed bytes."""
        self._left = min(self._left + GROWTH * count, SLACK_BYTES)

    def take_out(self, count: int) -> None:
        """Count unpacked bytes; raises ContainerTooLargeError when they are too many."""
        self._left -= count
        if self._left < 0:
            raise ContainerTooLargeError(say("archive.packed.this_archive_grows_more_than", growth=GROWTH))


class _Engine(Protocol):
    """The interface that the standard library's decompressors share."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Inflate:
    """zlib's decompressor in the form of the others."""

    def __init__(self, wbits: int) -> None:
        self._zlib = zlib.decompressobj(wbits)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        out = self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)
        self.needs_input = not self._zlib.unconsumed_tail and len(out) < max_length
        return out


_ENGINES: dict[Packing, Callable[[], _Engine]] = {
    "deflate": lambda: _Inflate(-zlib.MAX_WBITS),
    "gzip": lambda: _Inflate(16 + zlib.MAX_WBITS),
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=DICTIONARY_BYTES),
    "lzma": lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=DICTIONARY_BYTES),
}
_STARTS: dict[Packing, bytes] = {"gzip": b"\x1f\x8b", "bzip2": b"BZh", "xz": b"\xfd7zXZ\0"}


class UnpackingStream(io.RawIOBase):
    """The unpacked bytes of a stream, forward only, a piece at a time.

    `whole` says that the packed stream has to end properly, and that others of its kind may follow it in the same
    file (as gzip, bzip2 and xz allow); without it, reading just ends where the bytes do. `ahead` goes before what
    `read` gives. Raises BrokenError, and ContainerTooLargeError as `Allowance` does; once it did, it does so for ever.
    """

    def __init__(
        self,
        read: Callable[[int], bytes],
        packing: Packing,
        allowance: Allowance,
        *,
        whole: bool,
        ahead: bytes = b"",
    ) -> None:
        self._read = read
        self._packing = packing
        self._allowance = allowance
        self._whole = whole
        self._engine = _ENGINES[packing]()
        self._ahead = ahead
        self._ended = False
        self._failure: BrokenError | ArchiveError | None = None

    def readable(self) -> bool:
        """Return True: the stream can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Unpack into the buffer, at least `FIRST_BYTES` where it has room for them; 0 at the end."""
        room = min(len(buffer), PIECE_BYTES)
        filled = 0
        try:
            while not self._ended and self._failure is None and filled < min(room, FIRST_BYTES):
                out = self._step(room - filled)
                buffer[filled : filled + len(out)] = out
                filled += len(out)
        except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
            self._failure = BrokenError(say("archive.packed.it_cannot_be_unpacked", error=error))
        except (BrokenError, ArchiveError) as error:
            self._failure = error
        if self._failure is not None and not filled:
            raise self._failure
        return filled

    def _step(self, most: int) -> bytes:
        data = b""
        if self._engine.needs_input:
            data, self._ahead = self._ahead or self._more(), b""
            if not data:
                if self._whole:
                    raise cut_off()
                self._ended = True
                return b""
        out = self._engine.decompress(data, most)
        self._allowance.take_out(len(out))
        if self._engine.eof:
            self._next_stream()
        return out

    def _next_stream(self) -> None:
        """Go on with the stream that follows; zeros between streams are padding, anything else is not ours."""
        start = _STARTS.get(self._packing)
        rest = self._engine.unused_data
        self._ended = True
        if not self._whole or start is None:
            return
        while len(rest := rest.lstrip(b"\0")) < len(start):
            more = self._more()
            if not more:
                return
            rest += more
        if rest.startswith(start):
            self._engine, self._ahead, self._ended = _ENGINES[self._packing](), rest, False

    def _more(self) -> bytes:
        data = self._read(BUFFER_BYTES)
        self._allowance.put_in(len(data))
        return data


def buffered(raw: io.RawIOBase) -> io.BufferedReader:
    """Return a stream whose `read(n)` gives n bytes unless the end comes first."""
    return io.BufferedReader(raw, BUFFER_BYTES)


def cut_off() -> BrokenError:
    """Return the error for bytes that are missing at the end."""
    return BrokenError(say("archive.packed.file_is_cut_off"))


def not_a_file(mode: int) -> NotAFileError:
    """Return what kind of non-regular file an `st_mode` means."""
    names = {
        stat.S_IFLNK: say("archive.packed.link"),
        stat.S_IFIFO: say("archive.packed.pipe"),
        stat.S_IFSOCK: say("archive.packed.socket"),
        stat.S_IFCHR: say("archive.packed.device"),
        stat.S_IFBLK: say("archive.packed.device"),
        stat.S_IFDIR: say("archive.packed.folder"),
    }
    what = names.get(stat.S_IFMT(mode), say("archive.packed.no_regular_file"))
    return NotAFileError(say("archive.packed.this_is_no_photo_not", what=what))
