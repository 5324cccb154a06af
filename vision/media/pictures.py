"""Counts the pictures of a file.

Ordinary phone photos hold more than their picture: previews, depth maps, maps of brightness (Ultra HDR, Apple's gain
maps). None of these is shown, and none counts.
"""

from __future__ import annotations

import contextlib
import io
import struct
from collections.abc import Callable, Iterator
from typing import Any

from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

from vision.media import ONE_PICTURE, Media, MediaKind
from vision.media.sniff import JPEG_END, jpeg_scan_start, png_chunks

MOST = 10_000
"""Pictures that are counted; no document or animation that people post has so many."""

_GIF_PICTURE, _GIF_EXTENSION = 0x2C, 0x21
_TAG_SUBFILE = 254
_NOT_A_PAGE = 1 | 4  # bits of TIFF's NewSubfileType: a smaller copy of another picture, a mask for one
_HELPERS = (b"hdrgm", b"HDRGainMap", b"urn:iso:std:iso:ts:21496", b"AuxiliaryImageType", b"depthmap", b"DepthMap")
_HELPER_HEAD = 65_536  # bytes of a picture within a JPEG in which it says what it is for
_VIDEO_BRANDS = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"qt  ", b"MSNV"})
_SAMPLE_TABLE = (b"trak", b"mdia", b"minf", b"stbl")


def media_of(kind: str, image: Any, data: bytes) -> Media:
    """Count the pictures of a file of format `kind`, whose header `image` holds; what cannot be counted is one."""
    try:
        return _MEDIA.get(kind, _plain)(image, data)
    except Exception:
        # Damage behind the first picture: that one is whole, and decoders show no other.
        return ONE_PICTURE


def _plain(_image: Any, _data: bytes) -> Media:
    return ONE_PICTURE


def _moving(pictures: int) -> Media:
    return Media(MediaKind.ANIMATION, min(pictures, MOST)) if pictures > 1 else ONE_PICTURE


def _gif(_image: Any, data: bytes) -> Media:
    pictures, at = 0, 13 + _colours(data[10])
    with contextlib.suppress(IndexError):  # the file is cut off: what began counts
        while pictures < MOST and data[at] in (_GIF_PICTURE, _GIF_EXTENSION):
            is_picture = data[at] == _GIF_PICTURE
            pictures += is_picture
            at += 11 + _colours(data[at + 9]) if is_picture else 2
            while data[at]:
                at += 1 + data[at]
            at += 1
    return _moving(pictures)


def _colours(flags: int) -> int:
    """Return the bytes of the table of colours that follows in a GIF."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _png(_image: Any, data: bytes) -> Media:
    kinds = [kind for kind, _, _ in png_chunks(data)]
    if b"acTL" not in kinds or b"fcTL" not in kinds:
        return ONE_PICTURE
    # A picture before the first frame is shown by viewers that know no animations.
    apart = kinds.index(b"IDAT") < kinds.index(b"fcTL")
    return _moving(kinds.count(b"fcTL") + apart)


def _counted_by_pillow(image: Any, _data: bytes) -> Media:
    return _moving(int(getattr(image, "n_frames", 1)))


def _tiff(_image: Any, data: bytes) -> Media:
    pages = TiffImageFile(io.BytesIO(data))
    count = 0
    for at in range(MOST):
        try:
            pages.seek(at)
        except EOFError:
            break
        except Exception:
            count += 1  # there is a page, and nobody can look at it
            break
        subfile = pages.tag_v2.get(_TAG_SUBFILE, 0)
        count += not (isinstance(subfile, int) and subfile & _NOT_A_PAGE)
    return Media(MediaKind.DOCUMENT, count) if count > 1 else ONE_PICTURE


def _jpeg(image: Any, data: bytes) -> Media:
    return Media(pictures=1 + _further_in_mpo(image, data), has_video=_has_video(data))


def _further_in_mpo(image: Any, data: bytes) -> int:
    """Count the photos behind the first one of a multi-picture file (CIPA DC-007)."""
    index = image._getmp() if "mp" in image.info else None  # noqa: SLF001  Pillow has no other reader of the index
    if index is None:
        return 0
    return sum(_is_a_photo(entry, data, int(image.info["mpoffset"])) for entry in index[0xB002][1:])


def _is_a_photo(entry: Any, data: bytes, base: int) -> bool:
    """Tell a further photo of a multi-picture file from the previews and maps that cameras add."""
    kind = str(entry["Attribute"]["MPType"])
    if kind.startswith("Multi-Frame"):  # a panorama's parts, two eyes' views, several angles
        return True
    start = base + int(entry["DataOffset"])
    head = data[start : start + min(int(entry["Size"]), _HELPER_HEAD)]
    if kind != "Undefined" or any(text in head for text in _HELPERS):
        return False
    return bool(JpegImageFile(io.BytesIO(head)).mode != "L")  # a map has no colours


def _has_video(data: bytes) -> bool:
    """Tell whether a video lies behind the picture of a JPEG, as Android's motion photos have it."""
    start = jpeg_scan_start(data)
    at = -1 if start is None else data.find(JPEG_END, start)
    while at >= 0 and (at := data.find(b"ftyp", at + 4)) >= 0:
        if data[at + 4 : at + 8] in _VIDEO_BRANDS and 16 <= struct.unpack_from(">I", data, at - 4)[0] <= 256:
            return True
    return False


def _heic(image: Any, data: bytes) -> Media:
    boxes = dict(_boxes(data, 0, len(data)))
    frames = _most_samples(data, *boxes[b"moov"]) if b"moov" in boxes else 0
    if frames > 1:
        return _moving(frames)
    # Previews, depth and gain maps are no images of their own for libheif.
    return Media(pictures=max(len(image), 1), has_video=b"mpvd" in boxes)


def _most_samples(data: bytes, start: int, end: int) -> int:
    """Return how many pictures the longest track of a `moov` box has."""
    most = 0
    for kind, (inner, stop) in _boxes(data, start, end):
        if kind in _SAMPLE_TABLE:
            most = max(most, _most_samples(data, inner, stop))
        elif kind == b"stsz":
            most = max(most, int(struct.unpack_from(">I", data, inner + 8)[0]))
    return most


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """Yield (type, (start, end of the body)) of the boxes of an ISO media file."""
    at = start
    while at + 8 <= end:
        length, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if length == 1:
            length, head = int(struct.unpack_from(">Q", data, at + 8)[0]), 16
        stop = end if length == 0 else at + length
        if stop < at + head or stop > end:
            return
        yield kind, (at + head, stop)
        at = stop


_MEDIA: dict[str, Callable[[Any, bytes], Media]] = {
    "GIF": _gif,
    "PNG": _png,
    "WebP": _counted_by_pillow,
    "AVIF": _counted_by_pillow,
    "TIFF": _tiff,
    "JPEG": _jpeg,
    "HEIC": _heic,
}
