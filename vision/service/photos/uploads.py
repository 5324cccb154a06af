"""Taking in photos: bounded while they come, in memory alone, never on the disk.

Starlette's own form parser would write parts above a megabyte to temporary files. This one keeps bytes in memory,
counts them as they come, and stops at the first byte, part or second too many.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import python_multipart as multipart
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import Request

from vision.messages import Message, say
from vision.service.http.limits import MemoryShare
from vision.service.http.problems import FieldError, HttpProblemError

PHOTO = "photo"
"""The name of the form's fields that hold photos."""

_MOST_FIELDS = 24
_MOST_FIELD_BYTES = 1000
_MOST_NAME = 200
_RAW = "application/octet-stream"
_FORM = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What one request may bring: bytes of a photo and of all, photos, and seconds until the last byte."""

    photo_bytes: int
    request_bytes: int
    photos: int
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class SentPhoto:
    """A photo as it came: its bytes, and the file's name without folders, None where none was sent."""

    data: bytes
    name: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Upload:
    """What a request brought: photos in their order, and the form's other fields."""

    photos: tuple[SentPhoto, ...]
    fields: dict[str, str] = field(default_factory=dict)


async def read_upload(request: Request, limits: UploadLimits, account: MemoryShare) -> Upload:
    """Read the photos and fields of a request.

    Raises HttpProblemError: 400, 408, 413 or 415 for what the request is, 503 when all requests together hold too much.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    media_type = kind.decode("latin-1")
    if media_type == _FORM:
        reader: _Reader = _FormReader(limits, options.get(b"boundary", b""))
    elif media_type == _RAW or media_type.startswith("image/"):
        reader = _RawReader(limits)
    else:
        raise HttpProblemError("request.media_type")
    _refuse_by_length(request, reader.most_bytes)
    try:
        async with asyncio.timeout(limits.seconds):
            async for piece in _pieces(request):
                account.take(len(piece))
                reader.take(piece)
    except TimeoutError:
        raise HttpProblemError("request.timeout", headers={"Connection": "close"}) from None
    return reader.upload()


async def read_json(request: Request, most_bytes: int, seconds: float) -> bytes:
    """Read a small body that should be JSON."""
    kind, _ = parse_options_header(request.headers.get("content-type"))
    if kind != b"application/json":
        raise HttpProblemError("request.media_type", words=say("service.uploads.send_as_json"))
    body = bytearray()
    _refuse_by_length(request, most_bytes)
    try:
        async with asyncio.timeout(seconds):
            async for piece in _pieces(request):
                body += piece
                if len(body) > most_bytes:
                    raise _too_large(most_bytes)
    except TimeoutError:
        raise HttpProblemError("request.timeout", headers={"Connection": "close"}) from None
    return bytes(body)


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    async for piece in request.stream():
        if piece:
            yield piece


class _Reader:
    """Takes in a body piece by piece."""

    most_bytes: int

    def take(self, piece: bytes) -> None:
        raise NotImplementedError

    def upload(self) -> Upload:
        raise NotImplementedError


class _RawReader(_Reader):
    """The body is the photo."""

    def __init__(self, limits: UploadLimits) -> None:
        self.most_bytes = limits.photo_bytes
        self._data = bytearray()

    def take(self, piece: bytes) -> None:
        if len(self._data) + len(piece) > self.most_bytes:
            raise _too_large(self.most_bytes)
        self._data += piece

    def upload(self) -> Upload:
        return Upload((SentPhoto(bytes(self._data)),))


class _FormReader(_Reader):
    """The body is a form; its parts named `photo` are the photos."""

    def __init__(self, limits: UploadLimits, boundary: bytes) -> None:
        self.most_bytes = limits.request_bytes
        self._limits = limits
        self._came = 0
        self._photos: list[SentPhoto] = []
        self._fields: dict[str, str] = {}
        self._parts = 0
        self._is_ended = False
        self._header = b"", b""
        self._disposition = b""
        self._name, self._file_name = "", ""
        self._data = bytearray()
        callbacks: Any = {
            "on_part_begin": self._on_part_begin,
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": self._on_part_data,
            "on_part_end": self._on_part_end,
            "on_end": self._on_end,
        }
        if not boundary:
            raise HttpProblemError("request.malformed")
        try:
            self._parser = multipart.MultipartParser(boundary, callbacks)
        except FormParserError:
            raise HttpProblemError("request.malformed") from None

    def take(self, piece: bytes) -> None:
        self._came += len(piece)
        if self._came > self.most_bytes:
            raise _too_large(self.most_bytes)
        try:
            self._parser.write(piece)
        except FormParserError:
            raise HttpProblemError("request.malformed") from None

    def upload(self) -> Upload:
        if not self._is_ended:
            raise HttpProblemError("request.malformed")
        return Upload(tuple(self._photos), self._fields)

    def _on_part_begin(self) -> None:
        self._parts += 1
        if self._parts > self._limits.photos + _MOST_FIELDS:
            raise HttpProblemError("request.too_many_photos", most=self._limits.photos)
        self._disposition, self._data = b"", bytearray()

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header = self._header[0] + data[start:end], self._header[1]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = self._header[0], self._header[1] + data[start:end]

    def _on_header_end(self) -> None:
        if self._header[0].lower() == b"content-disposition":
            self._disposition = self._header[1]
        self._header = b"", b""

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition.decode("latin-1"))
        name = options.get(b"name")
        if name is None:
            raise HttpProblemError("request.malformed")
        self._name = name.decode("utf-8", "replace")
        file_name = options.get(b"filename")
        self._file_name = "" if file_name is None else base_name(file_name.decode("utf-8", "replace"))
        if self._name == PHOTO:
            if len(self._photos) >= self._limits.photos:
                raise HttpProblemError("request.too_many_photos", most=self._limits.photos)
        elif file_name is not None:
            raise _no_such_field(self._name)

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        size = len(self._data) + end - start
        if self._name == PHOTO and size > self._limits.photo_bytes:
            raise _too_large(self._limits.photo_bytes)
        if self._name != PHOTO and size > _MOST_FIELD_BYTES:
            raise _invalid(self._name, say("service.uploads.more_than_bytes", most_field_bytes=_MOST_FIELD_BYTES))
        self._data += data[start:end]

    def _on_part_end(self) -> None:
        if self._name == PHOTO:
            self._photos.append(SentPhoto(bytes(self._data), self._file_name or None))
        elif self._name in self._fields:
            raise _invalid(self._name, say("service.uploads.given_twice"))
        else:
            self._fields[self._name[:_MOST_NAME]] = self._data.decode("utf-8", "replace")
        self._data = bytearray()

    def _on_end(self) -> None:
        self._is_ended = True


def base_name(name: str) -> str:
    """Return a file's name without folders, control characters and what only turns the reading order."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in last)[:_MOST_NAME]


def _refuse_by_length(request: Request, most_bytes: int) -> None:
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most_bytes:
        raise _too_large(most_bytes)


def _too_large(most_bytes: int) -> HttpProblemError:
    return HttpProblemError("request.too_large", most=f"{most_bytes / 2**20:.3g}")


def _no_such_field(name: str) -> HttpProblemError:
    return _invalid(name, say("service.uploads.unknown"))


def _invalid(name: str, reason: Message) -> HttpProblemError:
    return HttpProblemError("request.invalid", errors=[FieldError(base_name(name)[:40], reason)])
