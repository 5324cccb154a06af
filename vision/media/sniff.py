"""What a file is and whether all of it is there, told from its bytes alone, before any decoder sees them."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

JPEG_END = b"\xff\xd9"
_JPEG_SCAN = 0xDA
_JPEG_MARKER = re.compile(rb"\xff([\x02-\xcf\xd9-\xfe])")  # those that stand in a scan's data are left out
_BMFF_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_BMFF_AVIF = frozenset({b"avif", b"avis"})
_OTHER_KINDS = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP/DOCX"),
    (b"Rar!", "RAR"),
    (b"\x1aE\xdf\xa3", "Matroska/WebM video"),
    (b"8BPS", "Photoshop PSD"),
    (b"%!PS", "PostScript"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"FUJIFILM", "camera raw"),
    (b"<svg", "SVG"),
    (b"<?xml", "XML/SVG"),
    (b"<!DOCTYPE", "HTML"),
    (b"<html", "HTML"),
)


def sniff(data: bytes) -> str | None:
    """Return the format that the first bytes announce: "JPEG", "PNG" ... or None for what is not read."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WebP"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return None if data[8:10] == b"CR" else "TIFF"  # Canon's CR2 is a raw format in a TIFF's clothes
    if (
        data.startswith(b"BM")
        and len(data) >= 18
        and struct.unpack_from("<I", data, 14)[0] in (12, 40, 52, 56, 64, 108, 124)
    ):
        return "BMP"
    if data[4:8] == b"ftyp":
        return _bmff_format(data)
    return None


def describe(data: bytes) -> str:
    """Name what the bytes look like, for the message that says they are no photo."""
    head = data[:64].lstrip()
    for start, kind in _OTHER_KINDS:
        if head.startswith(start):
            return kind
    if data[4:8] == b"ftyp":
        return "MP4/MOV video"
    if data[8:10] == b"CR":
        return "camera raw (CR2)"
    return "0x" + data[:8].hex() if data.strip(b"\0") else "zeros"


def _bmff_format(data: bytes) -> str | None:
    """Tell HEIC and AVIF from videos by the brands in the `ftyp` box."""
    length = min(struct.unpack_from(">I", data, 0)[0], 512)
    brands = {data[8:12]} | {data[at : at + 4] for at in range(16, length - 3, 4)}
    if brands & _BMFF_AVIF:
        return "AVIF"
    return "HEIC" if brands & _BMFF_HEIC else None


def jpeg_scan_start(data: bytes) -> int | None:
    """Return where the first scan of a JPEG begins; None when the headers are damaged or do not reach it."""
    return next((start for marker, start, _ in _jpeg_segments(data) if marker == _JPEG_SCAN), None)


def jpeg_scans(data: bytes, most: int) -> int:
    """Count the scans of a JPEG up to its end, or to one more than `most`; what lies behind it is no scan."""
    at, scans = jpeg_scan_start(data), 0
    while at is not None and scans <= most and (found := _JPEG_MARKER.search(data, at)):
        marker = found[1][0]
        if marker == JPEG_END[1] or found.end() + 2 > len(data):
            break
        scans += marker == _JPEG_SCAN
        at = found.end() + max(int(struct.unpack_from(">H", data, found.end())[0]), 2)
    return scans


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield (marker, start, end) of the segments up to the first scan; the end may lie beyond the data."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:  # markers without a body
            at += 2
            continue
        end = at + 2 + int(struct.unpack_from(">H", data, at + 2)[0])
        yield marker, at, end
        if marker == _JPEG_SCAN:
            return
        at = end


def is_cut(kind: str, data: bytes) -> bool:
    """Tell whether the container itself says that bytes are missing at the end. False when it cannot be told."""
    if kind == "JPEG":
        return _jpeg_is_cut(data)
    if kind == "WebP":
        return len(data) < 12 or struct.unpack_from("<I", data, 4)[0] + 8 > len(data)
    if kind in ("HEIC", "AVIF"):
        return _bmff_is_cut(data)
    if kind == "PNG":
        return _png_is_cut(data)
    if kind == "GIF":
        return b"\x3b" not in data[-16:]
    if kind == "TIFF":
        return len(data) < 8 or (data[2:4] in (b"*\0", b"\0*") and _tiff_directory(data) + 2 > len(data))
    if kind == "BMP":
        return len(data) < 26 or struct.unpack_from("<I", data, 2)[0] > len(data)
    return False


def _jpeg_is_cut(data: bytes) -> bool:
    start = jpeg_scan_start(data)
    if start is not None:
        return data.rfind(JPEG_END, start) < 0
    segments = list(_jpeg_segments(data))
    return len(data) < 4 or (bool(segments) and segments[-1][2] + 4 > len(data))


def png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield (type, start of the body, length) up to IEND; the last body may reach beyond the data."""
    at = 8
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, at + 8, length
        if kind == b"IEND":
            return
        at += 12 + length


def _png_is_cut(data: bytes) -> bool:
    kinds = [kind for kind, _, _ in png_chunks(data)]
    return len(data) < 33 or (kinds[0] == b"IHDR" and kinds[-1] != b"IEND")


def png_bad_chunk(data: bytes) -> str | None:
    """Name the first critical chunk whose checksum is wrong: inflate often swallows the damage, and shows colours."""
    view = memoryview(data)
    for kind, start, length in png_chunks(data):
        end = start + length
        if kind[:1].isupper() and end + 4 <= len(data) and zlib.crc32(view[start - 4 : end]) != _u32(data, end):
            return kind.decode("latin-1")
    return None


def png_exif(data: bytes) -> bytes:
    """Return the body of a PNG's eXIf chunk, empty when there is none; Pillow would decode the picture first."""
    return next((data[at : at + length] for kind, at, length in png_chunks(data) if kind == b"eXIf"), b"")


def _u32(data: bytes, at: int) -> int:
    return int(struct.unpack_from(">I", data, at)[0])


def _tiff_directory(data: bytes) -> int:
    return int(struct.unpack_from("<I" if data.startswith(b"II") else ">I", data, 4)[0])


def _bmff_is_cut(data: bytes) -> bool:
    at = 0
    while at + 8 <= len(data):
        length = struct.unpack_from(">I", data, at)[0]
        if length == 1 and at + 16 <= len(data):
            length = struct.unpack_from(">Q", data, at + 8)[0]
        if length == 0:  # the last box reaches to the end of the file
            return False
        if length < 8:
            return False
        at += length
    return at != len(data)
