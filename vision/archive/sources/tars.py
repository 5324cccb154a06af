"""The members of a tar, forward only and one at a time, so that a packed one is unpacked once and never held."""

from __future__ import annotations

import io
import math
import stat
from collections.abc import Iterator
from functools import partial

from vision.archive.errors import ArchiveError, ContainerUnsupportedError
from vision.archive.sources.packed import (
    BUFFER_BYTES,
    PIECE_BYTES,
    ArchiveEntry,
    BrokenError,
    buffered,
    cut_off,
    not_a_file,
)
from vision.messages import say

BLOCK = 512
MOST_HEADER_BYTES = 2**20
"""The most that a long name or an extended header may take."""

MOST_NAME_BYTES = 2**16
_TAIL_BLOCKS = 2**20 // BLOCK
"""How many empty blocks may follow the end mark before another tar (`cat a.tar b.tar`); writers pad to 20."""

_EMPTY = bytes(BLOCK)
_FARTHEST = 2**62
_LATEST = 2**40  # seconds; far beyond any calendar, yet safe to reckon with

_NO_DATA = b"123456"  # links, devices, folders, pipes: the size they tell is that of something else
_FOLDERS = b"5D"
_NOT_FILES = {
    b"1": stat.S_IFLNK,
    b"2": stat.S_IFLNK,
    b"3": stat.S_IFCHR,
    b"4": stat.S_IFBLK,
    b"6": stat.S_IFIFO,
}
_LONG_NAME, _EXTENDED, _SPARSE, _CONTINUED, _LABEL = b"L", b"x", b"S", b"M", b"V"
_HEADERS = b"LKxgX"


def is_tar(head: bytes) -> bool:
    """Tell whether the first 512 bytes are a tar's."""
    return len(head) >= BLOCK and any(head[:BLOCK]) and _checksum_is_right(head[:BLOCK])


class _Tape:
    """A stream with a position that only grows; skips by seeking where the stream can."""

    def __init__(self, file: io.BufferedReader, size: int | None) -> None:
        self._file = file
        self._size = size
        self.at = 0

    def read(self, count: int) -> bytes:
        data = self._file.read(count)
        self.at += len(data)
        return data

    def go_to(self, at: int) -> None:
        """Skip what lies before `at`; raises BrokenError when it lies beyond the end."""
        if self._size is not None:
            if at > self._size:
                raise cut_off()
            self._file.seek(at)
            self.at = at
        while self.at < at:
            if not self.read(min(at - self.at, BUFFER_BYTES)):
                raise cut_off()


class _Slice(io.RawIOBase):
    """The bytes of the member that the tape is at."""

    def __init__(self, tape: _Tape, size: int) -> None:
        self._tape = tape
        self._end = tape.at + size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = min(len(buffer), self._end - self._tape.at, PIECE_BYTES)
        data = self._tape.read(wanted)
        if wanted and not data:
            raise cut_off()
        buffer[: len(data)] = data
        return len(data)


def tar_entries(file: io.BufferedReader, size: int | None = None) -> Iterator[ArchiveEntry]:
    """Yield everything but folders, in the order of the tar.

    `file` is at its start; `size` is its length where it can be sought in, None where it can only be read on. Raises
    BrokenError where the tar is damaged or ends without its end mark, after the entries before.
    """
    tape = _Tape(file, size)
    long_name: str | None = None
    records: dict[str, str] = {}
    count = 0
    while (block := _next_header(tape)) is not None:
        if not _checksum_is_right(block):
            raise BrokenError(say("archive.tars.it_is_damaged_after_members", count=count))
        kind = block[156:157]
        length = _number(block[124:136])
        if kind in _HEADERS:
            body = _header_body(tape, length)
            if kind == _LONG_NAME:
                long_name = _text(body)
            elif kind == _EXTENDED:
                records = _records(body)
            continue
        if kind == _SPARSE:
            _skip_sparse_map(tape, block)
        if "size" in records:
            length = _decimal(records["size"])
        name = records.get("GNU.sparse.name") or records.get("path") or long_name or _name(block)
        if len(name) > MOST_NAME_BYTES:
            raise BrokenError(say("archive.tars.name_is_too_long"))
        start = tape.at
        end = start + (0 if kind in _NO_DATA else -(-length // BLOCK) * BLOCK)
        if not 0 <= length <= _FARTHEST or end > _FARTHEST:
            raise BrokenError(say("archive.tars.size_makes_no_sense"))
        if kind not in _FOLDERS and kind != _LABEL and not (kind in b"0\0" and name.endswith("/")):
            fault = _fault(kind, records)
            told = 0 if kind in _NO_DATA else length
            yield ArchiveEntry(name, told, None, _modified(block, records), fault, partial(_open, tape, told))
            count += 1
        tape.go_to(end)
        long_name, records = None, {}


def _open(tape: _Tape, size: int) -> io.BufferedReader:
    return buffered(_Slice(tape, size))


def _next_header(tape: _Tape) -> bytes | None:
    """Read the next header; None after the end mark, unless another tar follows it."""
    for number in range(_TAIL_BLOCKS):
        block = tape.read(BLOCK)
        if len(block) < BLOCK:
            if number:
                return None
            raise cut_off()
        if block != _EMPTY:
            return block if not number or _checksum_is_right(block) else None
    return None


def _header_body(tape: _Tape, length: int) -> bytes:
    if not 0 <= length <= MOST_HEADER_BYTES:
        raise BrokenError(say("archive.tars.header_is_too_long"))
    body = tape.read(-(-length // BLOCK) * BLOCK)
    if len(body) < length:
        raise cut_off()
    return body[:length]


def _skip_sparse_map(tape: _Tape, block: bytes) -> None:
    """Skip the blocks that go on with the map of holes that an old GNU header begins."""
    goes_on = block[482]
    while goes_on:
        block = tape.read(BLOCK)
        if len(block) < BLOCK:
            raise cut_off()
        goes_on = block[504]


def _fault(kind: bytes, records: dict[str, str]) -> ArchiveError | None:
    if kind in _NOT_FILES:
        return not_a_file(_NOT_FILES[kind])
    if kind == _SPARSE or any(key.startswith("GNU.sparse.") for key in records):
        return ContainerUnsupportedError(say("archive.tars.this_member_is_stored_with"))
    if kind == _CONTINUED:
        return ContainerUnsupportedError(say("archive.tars.this_member_goes_on_from"))
    return None


def _checksum_is_right(block: bytes) -> bool:
    try:
        told = _number(block[148:156])
    except BrokenError:
        return False
    rest = block[:148] + b" " * 8 + block[156:]
    total = sum(rest)
    if total == told:
        return True
    return total - 256 * sum(byte > 127 for byte in rest) == told  # some old programs took bytes as signed


def _number(field: bytes) -> int:
    """Read a number: octal digits, or GNU's binary form for what is too large for them."""
    if field[0] & 0x80:
        value = int.from_bytes(field[1:], "big")
        return value if field[0] == 0x80 else value - (1 << 8 * (len(field) - 1))
    digits = field.partition(b"\0")[0].strip(b" ")
    if digits.strip(b"01234567"):
        raise BrokenError(say("archive.tars.number_is_damaged"))
    return int(digits, 8) if digits else 0


def _decimal(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise BrokenError(say("archive.tars.number_is_damaged"))
    return int(text)


def _records(body: bytes) -> dict[str, str]:
    """Read the records of an extended header that matter here: `length key=value`, a newline after each."""
    records = {}
    at = 0
    while at < len(body) and body[at]:
        space = body.find(b" ", at, at + 20)
        end = at + _decimal(body[at:space].decode("latin-1")) if space > at else 0
        if not at < space < end <= len(body):
            raise BrokenError(say("archive.tars.header_is_damaged"))
        key, _, value = body[space + 1 : end - 1].partition(b"=")
        if key in (b"path", b"size", b"mtime") or key.startswith(b"GNU.sparse."):
            records[_text(key)] = _text(value)
        at = end
    return records


def _name(block: bytes) -> str:
    name = _text(block[:100])
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else ""
    return f"{prefix}/{name}" if prefix else name


def _text(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _modified(block: bytes, records: dict[str, str]) -> float | None:
    try:
        seconds = float(records["mtime"]) if "mtime" in records else float(_number(block[136:148]))
    except (BrokenError, ValueError):
        return None
    return seconds if math.isfinite(seconds) and abs(seconds) < _LATEST else None
