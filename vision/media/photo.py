"""Opening a file once, and decoding its picture to upright RGB: the only place that decodes.

Limits are checked on the header, before any pixel is decoded. Every failure is a `PhotoError`; only a wrong *type* of
argument raises `TypeError`.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vision.errors import (
    PhotoEmptyError,
    PhotoError,
    PhotoNotFoundError,
    PhotoTooLargeError,
    PhotoTruncatedError,
    PhotoUnreadableError,
    PhotoUnsupportedError,
)
from vision.media import ONE_PICTURE, THE_PICTURE, Media, Place
from vision.media.decode import CutError, DamagedError, ImageHeader, NotAPhotoError, decode, read_header, working_bytes
from vision.media.kinds import HEAD_BYTES, FileKind, kind_of, kind_of_content
from vision.media.shrinking import reduced, resized
from vision.media.sniff import describe, is_cut, sniff
from vision.media.unseen import NotLookedAtError
from vision.messages import LiteralText, Message, say

ANALYSIS_SIDE = 2000
"""Pixels of the long side that a larger photo keeps at least for the analysis; always under twice this."""

DETAIL_SIDE = 3000
"""The same where it pays to look closer: a 12-megapixel photo of a group is then analysed as it is."""

_SNIFFED_BYTES = 2**16
"""A TIFF's directory lies within so many first bytes, as cameras write it."""

FileSource = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO
Source = FileSource | NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """What is accepted. `max_pixels` lets today's 200-megapixel phones in.

    `max_working_bytes` bounds the file plus the estimated decoding memory: with about 400 MB of models and libraries
    the process stays under 1.5 GB.
    """

    max_bytes: int = 200 * 2**20
    max_pixels: int = 200_000_000
    max_working_bytes: int = 980_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A decoded photo.

    `pixels` is uint8 (height, width, 3), RGB, upright, contiguous, read-only, at the analysis size; `size_wh` is the
    full size, upright. `sha256` is of the file's bytes, for arrays of shape and bytes. `taken_at` is EXIF's
    DateTimeOriginal, without a zone. `media` says what else the file holds: only its first picture is decoded.
    """

    name: str
    pixels: NDArray[np.uint8]
    size_wh: tuple[int, int]
    sha256: str
    format: str
    taken_at: datetime | None
    media: Media = ONE_PICTURE

    @property
    def scale_xy(self) -> tuple[float, float]:
        """Full-size pixels per analysis pixel, (x, y)."""
        return self.size_wh[0] / self.pixels.shape[1], self.size_wh[1] / self.pixels.shape[0]


@dataclass(frozen=True, slots=True, eq=False)
class Original:
    """A photo at its full size, with what a copy needs to look the same.

    `pixels` is uint8 (height, width, 3), RGB, upright. `icc_profile` is the embedded colour profile as it came,
    unchecked; None where there is none or the pixels were converted from another kind of colour. For a JPEG,
    `jpeg_tables` are its quantisation tables and `jpeg_sampling` its chroma subsampling in Pillow's numbers, None
    where they say nothing about a copy.
    """

    pixels: NDArray[np.uint8]
    icc_profile: bytes | None
    jpeg_tables: dict[int, list[int]] | None
    jpeg_sampling: int | None


class Picture:
    """One picture of an opened file, at any size. Threads must not share it.

    place : where in its file it stands. size_wh : its full size as a viewer shows it, pixels.
    """

    def __init__(self, file: MediaFile, place: Place = THE_PICTURE) -> None:
        self.place = place
        self.size_wh = file.size_wh
        self._file = file
        self._seen: tuple[int, Photo] | None = None

    def decode(self, analysis_side: int = ANALYSIS_SIDE) -> Photo:
        """Decode at the analysis size: of a larger picture, a long side of `analysis_side` pixels to under twice that.

        What was decoded last is kept, and given again for the same side. Raises `PhotoError`.
        """
        if self._seen is None or self._seen[0] != analysis_side:
            file = self._file
            pixels = file.pixels(analysis_side)
            pixels.setflags(write=False)
            photo = Photo(file.name, pixels, self.size_wh, file.sha256, file.format, file.taken_at, file.media)
            self._seen = analysis_side, photo
        return self._seen[1]

    def shown(self, longest_side: int) -> NDArray[np.uint8]:
        """Return the pixels that were decoded last, for drawing: (height, width, 3) uint8 RGB, read-only.

        A long side over `longest_side` pixels is reduced to that. Decodes at the analysis size what was not yet.
        """
        photo = self.decode() if self._seen is None else self._seen[1]
        return reduced(photo.pixels, longest_side)

    def original(self) -> Original:
        """Decode at full size, with what a copy needs to look the same. Raises `PhotoError`."""
        header = self._file.header
        if header is None:
            return Original(self._file.pixels(None), None, None, None)
        return Original(self._file.pixels(None), header.icc_profile, header.jpeg_tables, header.jpeg_sampling)


class MediaFile:
    """A file that was opened: its bytes, read once, what they hold, and its pictures.

    name : the path as it was given, or what the caller calls it. format : "JPEG", "PNG" ..., "ARRAY" for an array.
    media : what the file holds; `pictures` are those of it that are looked at, the first one alone today.
    header : None for an array.
    """

    def __init__(self, name: str, content: ImageHeader | NDArray[np.uint8], limits: PhotoLimits) -> None:
        self.name = name
        self._limits = limits
        self._content = content
        self.header = content if isinstance(content, ImageHeader) else None
        self.format = self.header.format if self.header else "ARRAY"
        self.taken_at = self.header.taken_at if self.header else None
        self.media = self.header.media if self.header else ONE_PICTURE
        self.size_wh = content.upright_wh if isinstance(content, ImageHeader) else (content.shape[1], content.shape[0])
        self.pictures = (Picture(self),)

    @classmethod
    def open(cls, source: Source, *, name: str | None = None, limits: PhotoLimits = PhotoLimits()) -> Self:
        """Read a path, bytes, a binary file object or an RGB array, and its header; no pixel is decoded yet.

        A `str` is always a path, never an address. `name` stands instead of the path. Raises one of the `PhotoError`
        classes, or TypeError for arguments of another type.
        """
        if isinstance(source, np.ndarray):
            return cls(name or "<array>", _checked_array(source, limits), limits)
        data, given = _read(source, limits)
        return cls(name or given, _header(data, limits, name or given), limits)

    @property
    def first(self) -> Picture:
        """The picture that is judged."""
        return self.pictures[0]

    @cached_property
    def sha256(self) -> str:
        """The sum of the file's bytes, for an array of its shape and bytes."""
        if isinstance(self._content, ImageHeader):
            return hashlib.sha256(self._content.data).hexdigest()
        digest = hashlib.sha256(repr(self._content.shape).encode())
        digest.update(np.ascontiguousarray(self._content).data)
        return digest.hexdigest()

    def pixels(self, analysis_side: int | None) -> NDArray[np.uint8]:
        """Decode to upright pixels at the analysis size, or at full size (None); the caller may change them."""
        content = self._content
        if not isinstance(content, ImageHeader):
            full_wh = self.size_wh
            wanted = full_wh if analysis_side is None else _analysis_wh(full_wh, analysis_side)
            return content.copy() if wanted == full_wh else resized(content, wanted)
        if analysis_side is None:
            return _pixels(content, 1, content.stored_wh, self._limits)
        reduce_by = _jpeg_reduction(content, analysis_side)
        width, height = content.stored_wh
        decoded_wh = -(-width // reduce_by), -(-height // reduce_by)
        return _pixels(content, reduce_by, _analysis_wh(decoded_wh, analysis_side), self._limits)


def open_photo(
    source: Source,
    *,
    name: str | None = None,
    limits: PhotoLimits = PhotoLimits(),
    analysis_side: int = ANALYSIS_SIDE,
) -> Photo:
    """Open a file as `MediaFile.open` does, and decode its first picture at the analysis size, for a single look."""
    return MediaFile.open(source, name=name, limits=limits).first.decode(analysis_side)


def decode_full(source: Source, *, limits: PhotoLimits = PhotoLimits()) -> NDArray[np.uint8]:
    """Decode at full size, for drawing and crops: uint8 (height, width, 3), RGB, upright.

    The same checks as `open_photo`; a photo whose full size would not fit the memory bound is too large here.
    """
    return MediaFile.open(source, limits=limits).pixels(None)


def read_photo(source: FileSource, *, limits: PhotoLimits = PhotoLimits()) -> bytes:
    """Read a photo's file once, for those who hand its bytes on. Raises `PhotoError` as `open_photo` does."""
    return _read(source, limits)[0]


def _analysis_wh(size_wh: tuple[int, int], side: int) -> tuple[int, int]:
    """Return the size at which a decoded picture of `size_wh` is analysed: long side `side` up to under twice that."""
    long_side = max(size_wh)
    if long_side < 2 * side:
        return size_wh
    factor = long_side // side
    return max(round(size_wh[0] / factor), 1), max(round(size_wh[1] / factor), 1)


def _jpeg_reduction(header: ImageHeader, side: int) -> int:
    """Return the part (1, 2, 4, 8) at which libjpeg may decode and still leave `side` pixels."""
    if header.format != "JPEG":
        return 1
    short, long = sorted(header.stored_wh)
    return next((f for f in (8, 4, 2) if long // f >= side and short >= f), 1)


def _checked_array(array: NDArray[np.uint8], limits: PhotoLimits) -> NDArray[np.uint8]:
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3:
        raise PhotoUnsupportedError(
            say("media.photo.photo_array_must_be_uint8", dtype=array.dtype, shape=str(array.shape))
        )
    if array.size == 0:
        raise PhotoEmptyError(say("media.photo.photo_array_is_empty_its", shape=str(array.shape)))
    _check_pixels((array.shape[1], array.shape[0]), limits)
    return array


def _read(source: FileSource, limits: PhotoLimits) -> tuple[bytes, str]:
    """Return all bytes of the source and its name."""
    if isinstance(source, bytes | bytearray | memoryview):
        data, name = bytes(source), "<bytes>"
    elif isinstance(source, str | os.PathLike):
        name = os.fsdecode(source)
        data = _read_file(name, limits)
    elif hasattr(source, "read"):
        data, name = _read_stream(source, limits), "<bytes>"
    else:
        raise TypeError(f"a photo is a path, bytes, a binary file object or an array, not {type(source).__name__}")
    _check_bytes(len(data), limits)
    if not data:
        raise PhotoEmptyError(say("media.photo.photo_file_is_empty_bytes"))
    return data, name


def _read_stream(stream: BinaryIO, limits: PhotoLimits) -> bytes:
    try:
        data = stream.read(limits.max_bytes + 1)
    except (OSError, ValueError) as error:
        raise PhotoUnreadableError(say("media.photo.photo_stream_could_not_be", error=error)) from error
    if not isinstance(data, bytes):
        raise TypeError(f"the file object must be binary; its read() gave {type(data).__name__}")
    return data


def _read_file(name: str, limits: PhotoLimits) -> bytes:
    """Read a regular file; anything else (folder, pipe, device) is refused without opening it for long."""
    try:
        _check_regular(name, os.stat(name))  # noqa: PTH116  a Path cannot hold every name that the system can
        descriptor = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            _check_regular(name, status)  # the name may have been given to a pipe meanwhile
            head = file.read(HEAD_BYTES)
            kind = kind_of(head, name)
            if kind is not None and kind is not FileKind.PHOTO:
                raise NotLookedAtError(kind)
            _check_bytes(status.st_size, limits)
            return head + file.read(limits.max_bytes + 1 - len(head))
    except ValueError as error:  # a NUL in the name
        raise _not_found(name, say("media.photo.invalid_name")) from error
    except PermissionError as error:
        raise _not_found(name, say("media.photo.no_permission_to_read_it")) from error
    except OSError as error:
        if error.errno == errno.EIO:
            raise PhotoUnreadableError(say("media.photo.storage_failed_to_read", name=name)) from error
        told = error.strerror or type(error).__name__
        missing = error.errno == errno.ENOENT
        raise _not_found(name, say("media.photo.missing") if missing else LiteralText(told, told)) from error


def _check_regular(name: str, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise _not_found(name, say("media.photo.this_is_folder_not_photo"))
    if not stat.S_ISREG(status.st_mode):
        raise _not_found(name, say("media.photo.this_is_not_regular_file"))


def _not_found(name: str, reason: Message) -> PhotoNotFoundError:
    return PhotoNotFoundError(say("media.photo.photo_could_not_be_opened", name=name, reason=reason))


def _header(data: bytes, limits: PhotoLimits, name: str = "") -> ImageHeader:
    kind = sniff(data)
    other = kind_of_content(data[:_SNIFFED_BYTES], name)
    if other is not None:
        raise NotLookedAtError(other)
    if kind is None:
        came = describe(data)
        raise PhotoUnsupportedError(say("media.photo.contents_are_not_known_photo", count=len(data), came=came))
    try:
        header = read_header(kind, data)
    except NotAPhotoError as error:
        raise PhotoUnsupportedError(say("media.photo.this_kind_of_is_not", kind=kind, error=error)) from error
    except CutError as error:
        raise _damaged(kind, data, error, cut=True) from error
    except DamagedError as error:
        raise _damaged(kind, data, error, cut=is_cut(kind, data)) from error
    except (MemoryError, Image.DecompressionBombError) as error:
        raise _too_large(say("media.photo.its_picture_size_is_over")) from error
    _check_pixels(header.stored_wh, limits)
    return header


def _pixels(header: ImageHeader, reduce_by: int, target_wh: tuple[int, int], limits: PhotoLimits) -> NDArray[np.uint8]:
    needed = len(header.data) + working_bytes(header, reduce_by, target_wh)
    if needed > limits.max_working_bytes:
        size = "{} x {} {}".format(*header.upright_wh, header.format)
        most = limits.max_working_bytes // 10**6
        raise _too_large(say("media.photo.needs_about_mb_of_memory", size=size, needed=needed // 10**6, most=most))
    # A JPEG without its end marker, a RIFF shorter than it says: decoders may fill the rest with grey and say nothing.
    if header.format in ("JPEG", "WebP") and is_cut(header.format, header.data):
        raise _damaged(header.format, header.data, None, cut=True)
    try:
        return decode(header, reduce_by, target_wh)
    except CutError as error:
        raise _damaged(header.format, header.data, error, cut=True) from error
    except DamagedError as error:
        raise _damaged(header.format, header.data, error, cut=is_cut(header.format, header.data)) from error
    except MemoryError as error:
        raise _too_large(say("media.photo.machine_has_too_little_memory")) from error


def _damaged(kind: str, data: bytes, error: Exception | None, *, cut: bool) -> PhotoError:
    if cut:
        return PhotoTruncatedError(say("media.photo.file_ends_at_byte_before", kind=kind, count=len(data)))
    return PhotoUnreadableError(say("media.photo.contents_are_damaged_bytes", kind=kind, count=len(data), error=error))


def _check_bytes(length: int, limits: PhotoLimits) -> None:
    if length > limits.max_bytes:
        most = limits.max_bytes
        raise _too_large(say("media.photo.file_has_more_than_bytes", most=most))


def _check_pixels(size_wh: tuple[int, int], limits: PhotoLimits) -> None:
    width, height = size_wh
    if width * height > limits.max_pixels:
        raise _too_large(
            say(
                "media.photo.pixels_at_most",
                width=width,
                height=height,
                pixels=width * height,
                max_pixels=limits.max_pixels,
            )
        )


def _too_large(reason: Message) -> PhotoTooLargeError:
    return PhotoTooLargeError(say("media.photo.photo_is_too_large", reason=reason))
