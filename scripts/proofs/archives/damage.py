"""Zips and tars damaged by the thousand, where it hurts: in headers whose checksums are right all the same."""

from __future__ import annotations

import gzip
import io
import random
import struct
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterator

from scripts.proofs.archives import bombs
from scripts.proofs.fuzz_photos import MUTATIONS
from vision.archive.errors import ArchiveError
from vision.archive.sources.containers import members_of
from vision.archive.sources.packed import BrokenError

_TELLING = (b"\0", b"\1", b"\x7f", b"\x80", b"\xff", b"0", b"7", b"9", b" ", b"x", b"L", b"g", b"S", b"=", b"\n")


def samples(seed: int = 5) -> list[tuple[str, bytes]]:
    """Return (name, bytes) of small containers of every form."""
    rng = random.Random(seed)
    files = [(f"d{number % 3}/f{number}.jpg", rng.randbytes(number * 700)) for number in range(6)]
    files.append(("zeros.bin", bytes(5000)))
    methods = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    found = [("a.zip", bombs.zip_of_files(files, method)) for method in methods]
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w", format=form) as written:
            for name, contents in files:
                info = tarfile.TarInfo(("n" * 60 + "/") * (1 if form == tarfile.USTAR_FORMAT else 3) + name)
                info.size, info.mtime = len(contents), 1e9 + 0.5
                written.addfile(info, io.BytesIO(contents))
        found.append(("a.tar", data.getvalue()))
    found.append(("a.tar", bombs.tar_of_things(files[3][1])))
    found.extend((f"a.tar.{packing}", bombs.tar_of(files, packing)) for packing in ("gz", "bz2", "xz"))
    return found


def damaged(cases: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield (name, bytes) of damaged containers, the same for the same seed."""
    rng = random.Random(seed)
    known = samples()
    others = [data for _, data in known]
    for number in range(cases):
        name, data = known[number % len(known)]
        if name == "a.tar" and rng.random() < 0.8:
            data = _edit_tar(rng, data)
            yield ("a.tar", data) if rng.random() < 0.7 else ("a.tar.gz", gzip.compress(data, 1))
        elif name == "a.zip" and rng.random() < 0.6:
            yield name, _edit_zip(rng, data)
        else:
            yield name, rng.choice(MUTATIONS)(rng, data, others)


def _edit_tar(rng: random.Random, data: bytes) -> bytes:
    """Change bytes of headers and of what extends them, and put the checksums right again."""
    edited = bytearray(data)
    starts = [at for at in range(0, len(data) - 511, 512) if data[at + 257 : at + 262] == b"ustar"]
    for _ in range(rng.randint(1, 3)):
        start = rng.choice(starts)
        field = rng.choice((0, 100, 124, 136, 156, 157, 257, 345, 386, 482, 504, 512, 514, 520))
        at = start + field + rng.randrange(4 if field >= 482 else 1 if field == 156 else 12)
        new = rng.choice(_TELLING) * rng.choice((1, 1, 3, 11))
        edited[at : at + len(new)] = new
        edited[start + 148 : start + 156] = b" " * 8
        edited[start + 148 : start + 156] = b"%06o\0 " % sum(edited[start : start + 512])
    return bytes(edited[: len(data)])


def _edit_zip(rng: random.Random, data: bytes) -> bytes:
    """Put telling numbers into the directory, the end record and the local headers."""
    edited = bytearray(data)
    starts = [at for mark in (b"PK\1\2", b"PK\5\6", b"PK\3\4") for at in _found(data, mark)]
    for _ in range(rng.randint(1, 3)):
        at = rng.choice(starts) + rng.randrange(4, 46)
        form = rng.choice(("<B", "<H", "<L"))
        value = rng.choice((0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)) % 256 ** struct.calcsize(form)
        if at + struct.calcsize(form) <= len(edited):
            struct.pack_into(form, edited, at, value)
    return bytes(edited)


def _found(data: bytes, mark: bytes) -> Iterator[int]:
    at = data.find(mark)
    while at >= 0:
        yield at
        at = data.find(mark, at + 1)


def read_through(name: str, data: bytes) -> Counter[str]:
    """Read all members and count what came: the kinds of errors, and "read". Other errors are raised."""
    came: Counter[str] = Counter()
    try:
        for member in members_of(name, io.BufferedReader(io.BytesIO(data))):
            try:
                if member.entry.fault is not None:
                    raise member.entry.fault
                member.entry.open().read()
                came["read"] += 1
            except (BrokenError, ArchiveError) as error:
                came[type(error).__name__] += 1
    except ArchiveError as error:
        came[type(error).__name__] += 1
    return came
