"""The members of a zip, out of its directory, one at a time: ten or a million of them take the same memory."""

from __future__ import annotations

import io
import stat
import struct
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from vision.archive.errors import ArchiveError, ContainerUnsupportedError, EncryptedError
from vision.archive.sources.packed import (
    PIECE_BYTES,
    Allowance,
    ArchiveEntry,
    BrokenError,
    Packing,
    UnpackingStream,
    buffered,
    cut_off,
    not_a_file,
)
from vision.messages import say

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_HEADER = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_MOST_COMMENT_BYTES = 2**16
_FARTHEST = 2**62
"""Systems refuse to seek to what headers may name."""

_STORED, _DEFLATE, _BZIP2, _LZMA = 0, 8, 12, 14
_PACKINGS: dict[int, Packing] = {_DEFLATE: "deflate", _BZIP2: "bzip2", _LZMA: "lzma"}
_OTHER_PACKINGS = {9: "Deflate64", 93: "Zstandard", 95: "XZ", 97: "WavPack", 98: "PPMd"}
_ENCRYPTED, _UTF8 = 0x1, 0x800
_EXTRA_64, _EXTRA_TIMES = 0x1, 0x5455
_UNIX, _MACOS = 3, 19
_DOS_FOLDER = 0x10


@dataclass(frozen=True, slots=True)
class _Directory:
    """Where the directory lies, and by how much everything is shifted (a zip may follow other bytes)."""

    start: int
    size: int
    shift: int
    count: int
    count_is_exact: bool


class _Window(io.RawIOBase):
    """A stretch of a file with a position of its own; short where the file is."""

    def __init__(self, file: io.BufferedReader, start: int, size: int) -> None:
        self._file = file
        self._at = start
        self._end = start + size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._file.seek(self._at)
        data = self._file.read(min(len(buffer), self._end - self._at, PIECE_BYTES))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class _CheckedMember(io.RawIOBase):
    """The bytes of a member, of just the size and checksum that the directory tells, or BrokenError."""

    def __init__(self, source: io.BufferedReader, size: int, crc: int) -> None:
        self._source = source
        self._left = size
        self._crc_expected = crc
        self._crc = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._source.read(min(len(buffer), self._left, PIECE_BYTES))
        if self._left and not data:
            raise cut_off()
        self._left -= len(data)
        self._crc = zlib.crc32(data, self._crc)
        if not self._left:
            if self._source.read(1):
                raise BrokenError(say("archive.zips.it_holds_more_than_its"))
            if self._crc != self._crc_expected:
                raise BrokenError(say("archive.zips.its_checksum_is_wrong"))
        buffer[: len(data)] = data
        return len(data)


def zip_entries(file: io.BufferedReader, allowance: Allowance) -> Iterator[ArchiveEntry]:
    """Yield the files of a zip in the order of its directory.

    `file` can be sought in; nobody else may hold it meanwhile. Raises BrokenError where the directory is damaged, after
    the entries before, and ContainerUnsupportedError for one part of a split zip.
    """
    directory = _directory(file)
    window = buffered(_Window(file, directory.start, directory.size))
    count = 0
    while fixed := window.read(_HEADER.size):
        if len(fixed) < _HEADER.size or not fixed.startswith(b"PK\1\2"):
            raise BrokenError(say("archive.zips.its_directory_is_damaged_after", count=count))
        count += 1
        entry = _entry(file, directory.shift, fixed, window, allowance)
        if entry is not None:
            yield entry
    told = count if directory.count_is_exact else count % 2**16
    if told != directory.count:
        raise BrokenError(say("archive.zips.its_directory_holds_members_not", members=count, told=directory.count))


def _entry(
    file: io.BufferedReader, shift: int, fixed: bytes, window: io.BufferedReader, allowance: Allowance
) -> ArchiveEntry | None:
    """Return the entry whose fixed part was read and the rest of which comes next; None for a folder."""
    _, made_by, _, flags, method, clock, day, crc, packed, size, *rest = _HEADER.unpack(fixed)
    name_bytes, extra_bytes, comment_bytes, _, _, attributes, offset = rest
    name = _text(window.read(name_bytes), is_utf8=bool(flags & _UTF8))
    extra = _extra_fields(window.read(extra_bytes))
    window.read(comment_bytes)
    size, packed, offset = _wide(extra.get(_EXTRA_64, b""), (size, packed, offset))
    mode = attributes >> 16 if made_by >> 8 in (_UNIX, _MACOS) else 0
    if name.endswith("/") or stat.S_ISDIR(mode) or (attributes & _DOS_FOLDER and not size):
        return None
    fault: ArchiveError | None = None
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        fault = not_a_file(mode)
    elif flags & _ENCRYPTED:
        fault = EncryptedError(say("archive.zips.this_member_is_locked_with"))
    elif method != _STORED and method not in _PACKINGS:
        how = _OTHER_PACKINGS.get(method, str(method))
        fault = ContainerUnsupportedError(say("archive.zips.compression_of_this_member_is", how=how))

    def open_member() -> io.BufferedReader:
        return buffered(_CheckedMember(_contents(file, shift + offset, method, packed, allowance), size, crc))

    modified = _modified(extra.get(_EXTRA_TIMES, b""), day, clock)
    return ArchiveEntry(name, size, f"{size}-{crc:08x}", modified, fault, open_member)


def _contents(file: io.BufferedReader, at: int, method: int, packed: int, allowance: Allowance) -> io.BufferedReader:
    """Return the unpacked bytes of the member whose local header is at `at`."""
    fixed = b""
    if at < _FARTHEST:
        file.seek(at)
        fixed = file.read(_LOCAL.size)
    if len(fixed) < _LOCAL.size or not fixed.startswith(b"PK\3\4"):
        raise BrokenError(say("archive.zips.its_contents_are_not_where"))
    *_, name_bytes, extra_bytes = _LOCAL.unpack(fixed)
    source = buffered(_Window(file, at + _LOCAL.size + name_bytes + extra_bytes, packed))
    if method == _STORED:
        return source
    ahead = b""
    if method == _LZMA:  # a header of its own kind, made into that of a .lzma file of unknown size
        ahead = source.read(struct.unpack("<HH", source.read(4).ljust(4, b"\0"))[1])[:5] + b"\xff" * 8
    return buffered(UnpackingStream(source.read, _PACKINGS[method], allowance, whole=False, ahead=ahead))


def _directory(file: io.BufferedReader) -> _Directory:
    """Find the directory; raises BrokenError where there is none."""
    length = file.seek(0, io.SEEK_END)
    tail_at = max(length - _END.size - _MOST_COMMENT_BYTES, 0)
    file.seek(tail_at)
    tail = file.read(_END.size + _MOST_COMMENT_BYTES)
    found = tail.rfind(b"PK\5\6")
    if found < 0 or found + _END.size > len(tail):
        raise BrokenError(say("archive.zips.its_directory_is_missing_it"))
    end_at = tail_at + found
    _, disk, first_disk, _, count, size, offset, _ = _END.unpack_from(tail, found)
    wide = _directory_end_64(file, end_at)
    if wide is not None:
        end_at, disk, first_disk, count, size, offset = wide
    if disk or first_disk:
        raise ContainerUnsupportedError(say("archive.zips.this_is_one_part_of"))
    if offset + size > length:
        raise BrokenError(say("archive.zips.its_directory_is_not_where"))
    shift = end_at - size - offset
    file.seek(offset)
    if file.read(4) == b"PK\1\2":  # other bytes may lie between the directory and its end
        shift = 0
    if shift < 0 or offset + shift + size > length:
        raise BrokenError(say("archive.zips.its_directory_is_not_where"))
    return _Directory(offset + shift, size, shift, count, wide is not None)


def _directory_end_64(file: io.BufferedReader, end_at: int) -> tuple[int, int, int, int, int, int] | None:
    """Return where the wide end record lies and what it tells: disks, count, size, offset. None without one."""
    if end_at < _LOCATOR_64.size:
        return None
    file.seek(end_at - _LOCATOR_64.size)
    mark, _, told_at, _ = _LOCATOR_64.unpack(file.read(_LOCATOR_64.size))
    if mark != b"PK\6\7":
        return None
    for at in (end_at - _LOCATOR_64.size - _END_64.size, told_at):
        if at < 0 or at > end_at:
            continue
        file.seek(at)
        fixed = file.read(_END_64.size)
        if len(fixed) == _END_64.size and fixed.startswith(b"PK\6\6"):
            *_, disk, first_disk, _, count, size, offset = _END_64.unpack(fixed)
            return at, disk, first_disk, count, size, offset
    raise BrokenError(say("archive.zips.end_of_its_directory_is"))


def _text(name: bytes, *, is_utf8: bool) -> str:
    """Decode a name. Many programs write UTF-8 without saying so; what is none is of the days of DOS."""
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        text = name.decode("utf-8", "surrogateescape") if is_utf8 else name.decode("cp437")
    return text


def _extra_fields(extra: bytes) -> dict[int, bytes]:
    """Return kind → body of the extra fields; damaged ones end them."""
    fields = {}
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        fields[kind] = extra[at + 4 : at + 4 + length]
        at += 4 + length
    return fields


def _wide(field: bytes, sizes: tuple[int, int, int]) -> tuple[int, int, int]:
    """Put the 64-bit values of the extra field where the header has no room for them: size, packed size, offset."""
    wide = [*struct.unpack(f"<{len(field) // 8}Q", field[: len(field) // 8 * 8])]
    values = []
    for value in sizes:
        if value == 0xFFFFFFFF and wide:
            values.append(wide.pop(0))
        else:
            values.append(value)
    return values[0], values[1], values[2]


def _modified(times: bytes, day: int, clock: int) -> float | None:
    """Return the time of change: in seconds where a field tells, else DOS's, which is that of the clock on the wall."""
    if len(times) >= 5 and times[0] & 1:
        return float(struct.unpack_from("<i", times, 1)[0])
    month, date = (day >> 5) & 15, day & 31
    if not 1 <= month <= 12 or not date:
        return None
    at = ((day >> 9) + 1980, month, date, clock >> 11, (clock >> 5) & 63, (clock & 31) * 2, 0, 0, -1)
    try:
        return time.mktime(at)
    except (OverflowError, ValueError):
        return None
