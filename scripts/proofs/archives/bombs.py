"""Zips and tars that lie, swell or are damaged, made byte by byte where the standard library would not write them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

MEGABYTE = 2**20


@dataclass(frozen=True)
class RawMember:
    """One member of a zip as its directory shall tell it; what is None is told as it is."""

    name: bytes
    packed: bytes
    method: int = 0
    crc: int = 0
    size: int | None = None
    flags: int = 0
    attributes: int = 0
    local: int | None = None
    """Where the directory says that the member lies; None: where it does."""


def zip_of(members: Sequence[RawMember], count: int | None = None) -> bytes:
    """Write a zip of just these members; `count` is how many it says there are."""
    out, directory = bytearray(), bytearray()
    for member in members:
        at = len(out) if member.local is None else member.local
        size = len(member.packed) if member.size is None else member.size
        fields = (member.flags, member.method, 0, 0x21, member.crc, len(member.packed), size, len(member.name))
        if member.local is None:
            out += struct.pack("<4s5H3L2H", b"PK\3\4", 20, *fields, 0) + member.name + member.packed
        packed = len(member.packed)
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 3 << 8 | 20, 20, *fields[:5], packed, size, len(member.name), 0, 0, 0, 0,
            member.attributes, at,
        ) + member.name  # fmt: skip
    told = len(members) if count is None else count
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, told % 2**16, told % 2**16, len(directory), len(out), 0)
    return bytes(out + directory + end)


def zip_of_files(files: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Write an honest zip; the same name may come again."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        for name, data in files:
            info = zipfile.ZipInfo(name, (2024, 2, 14, 9, 30, 0))
            info.compress_type = method
            with packed.open(info, "w") as member:
                member.write(data)
    return out.getvalue()


def deflated(start: bytes, zeros: int) -> bytes:
    """Return raw deflate data of `start` and so many zeros, a thousandth of their size."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    pieces = [engine.compress(start)]
    pieces.extend(engine.compress(bytes(min(MEGABYTE, zeros - at))) for at in range(0, zeros, MEGABYTE))
    return b"".join([*pieces, engine.flush()])


def overlapping_zip(start: bytes, zeros: int, members: int) -> bytes:
    """Write a zip whose members all are the same few bytes: each swells, and a small file names any number."""
    packed = deflated(start, zeros)
    crc = zlib.crc32(start)
    for at in range(0, zeros, MEGABYTE):
        crc = zlib.crc32(bytes(min(MEGABYTE, zeros - at)), crc)
    size = len(start) + zeros
    first = RawMember(b"0000.jpg", packed, 8, crc, size)
    return zip_of([first, *(RawMember(b"%04d.jpg" % n, packed, 8, crc, size, local=0) for n in range(1, members))])


def nested_zip(photo: bytes, levels: int) -> bytes:
    """Write a zip in a zip in a zip."""
    data = zip_of_files([("photo.jpg", photo)])
    for level in range(levels):
        data = zip_of_files([(f"level{level}.zip", data)])
    return data


def tar_header(name: bytes, size: int | bytes, kind: bytes = b"0") -> bytes:
    """Write one header with a right checksum, whatever else it says."""
    told = size if isinstance(size, bytes) else b"%011o\0" % size
    block = bytearray(name[:100].ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + told + b"00000000000\0")
    block += b" " * 8 + kind + bytes(100) + b"ustar\x0000"
    block += bytes(512 - len(block))
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def binary_size(value: int) -> bytes:
    """Write a size that octal digits have no room for; negative ones are such."""
    return (b"\x80" if value >= 0 else b"\xff") + (value % 256**11).to_bytes(11, "big")


def tar_of(files: Iterable[tuple[str, bytes]], packing: str = "") -> bytes:
    """Write an honest tar: packing is "", "gz", "bz2" or "xz"."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=f"w:{packing}", format=tarfile.PAX_FORMAT) as packed:  # type: ignore[call-overload]
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_700_000_000
            packed.addfile(info, io.BytesIO(data))
    return out.getvalue()


def tar_of_things(photo: bytes) -> bytes:
    """Write a tar with a folder, a photo, links of both kinds, links in a circle, devices and a pipe."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        info = tarfile.TarInfo("d")
        info.type = tarfile.DIRTYPE
        packed.addfile(info)
        info = tarfile.TarInfo("d/photo.jpg")
        info.size = len(photo)
        packed.addfile(info, io.BytesIO(photo))
        things = {
            "d/symbolic.jpg": (tarfile.SYMTYPE, "../../../etc/passwd"),
            "d/hard.jpg": (tarfile.LNKTYPE, "d/photo.jpg"),
            "d/circle.jpg": (tarfile.SYMTYPE, "circle.jpg"),
            "dev/zero.jpg": (tarfile.CHRTYPE, ""),
            "dev/disk": (tarfile.BLKTYPE, ""),
            "pipe.jpg": (tarfile.FIFOTYPE, ""),
        }
        for name, (kind, target) in things.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.devmajor, info.devminor = kind, target, 1, 5
            packed.addfile(info)
    return out.getvalue()


PACKINGS: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


def packed_bomb(packing: str, name: bytes, zeros: int) -> bytes:
    """Write a packed tar with one member of so many zeros, as one stream after the other of 16 MB each."""
    pack = PACKINGS[packing]
    piece = 16 * MEGABYTE
    return pack(tar_header(name, zeros)) + pack(bytes(piece)) * -(-zeros // piece) + pack(bytes(1024))


def xz_with_dictionary(data: bytes, code: int) -> bytes:
    """Write an xz that asks for a dictionary of size code 0 (4 KB) to 40 (4 GB) to be unpacked."""
    stream = bytearray(lzma.compress(data, lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, preset=0))
    length = (stream[12] + 1) * 4
    at = stream.index(b"\x21\x01", 12) + 2  # LZMA2, one byte of properties
    stream[at] = code
    stream[12 + length - 4 : 12 + length] = struct.pack("<L", zlib.crc32(stream[12 : 12 + length - 4]))
    return bytes(stream)
