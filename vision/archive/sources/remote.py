"""Archives in object stores and on web servers, through fsspec (the extra `cloud`).

Access rights come from where each store's own programs keep them (environment, profiles) and from fsspec's
configuration; none are taken out of addresses, since addresses stand in every report.
"""

from __future__ import annotations

import html
import io
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from vision.archive.errors import AddressError, NoExtraError, bare
from vision.archive.sources.names import is_left_out
from vision.archive.sources.places import UnreadablePlace
from vision.errors import FotoNetralError, PhotoNotFoundError
from vision.messages import say

BLOCK_BYTES = 4 * 2**20
"""How much of a container is fetched at once."""

MOST_SECONDS = 900.0
"""How long one photo may take to arrive: a server that sends a byte a minute does not hold a night's run."""

_MOST_DEPTH = 64
"""Folders in folders; a web server can go on for ever."""

_QUIET_SECONDS = 60
_ASKERS = 8
_WEB = ("http", "https")
_EXTRA = frozenset({"s3", "s3a", "gs", "gcs", *_WEB})
_TAGS = ("ETag", "etag", "md5Hash", "Content-MD5")
_TIMES = ("LastModified", "last_modified", "Last-Modified", "updated", "mtime", "modified", "created")


Entry: TypeAlias = Mapping[str, object]
"""What a store says of a name; beside `name` and `type`, stores differ in what they say."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One object: its address, and stamp, time of change and size as `Place` has them."""

    address: str
    stamp: str | None
    modified: float | None
    size: int | None


def files_at(address: str, *, hidden: bool) -> Iterator[RemoteFile | UnreadablePlace]:
    """Yield the object at an address, or all under it, a folder's own ones first, each group sorted.

    An address on a web server is a folder when it ends in `/`; its page then names what is in it. Nothing at all is
    yielded for an empty folder.
    """
    try:
        store = _store(address)
        if _is_web(address) and address.endswith("/"):
            top = {"name": address, "type": "directory"}
        else:
            top = store.info(address)
    except Exception as error:
        yield UnreadablePlace(address, address_error(address, error))
        return
    if top["type"] != "directory":
        yield _file(address, top)
        return
    yield from _files_under(store, address.rstrip("/"), str(top["name"]), hidden=hidden)


def _files_under(store: Any, address: str, name: str, *, hidden: bool) -> Iterator[RemoteFile | UnreadablePlace]:
    waiting = [(address, name, 0)]
    while waiting:
        folder, name, depth = waiting.pop()
        try:
            if depth > _MOST_DEPTH:
                raise OSError(f"more than {_MOST_DEPTH} folders in folders")
            # A web server's folder is its page, which may be another one without the slash.
            listed = store.ls(f"{folder}/" if _is_web(folder) else name, detail=True)
        except Exception as error:
            yield UnreadablePlace(folder, address_error(folder, error))
            continue
        below = _inside(folder, name, listed)
        shown = [one for one in below if not _is_left_out(one[0].rpartition("/")[2], hidden=hidden)]
        files = [(child, entry) for child, entry in shown if entry["type"] != "directory"]
        yield from _with_facts(store, files)
        folders = [(child, str(entry["name"]), depth + 1) for child, entry in shown if entry["type"] == "directory"]
        waiting.extend(reversed(folders))
        if any(entry["type"] == "directory" and str(entry["name"]) == f"{name}/" for entry in listed):
            nameless = OSError("it holds a folder without a name")  # a key like `a//b.jpg`: libraries cannot go there
            yield UnreadablePlace(f"{folder}/", address_error(folder, nameless))


def _is_left_out(part: str, *, hidden: bool) -> bool:
    return part not in (".", "..") and is_left_out(part, hidden=hidden)  # to a store, names like others


def _inside(folder: str, name: str, listed: list[Entry]) -> list[tuple[str, Entry]]:
    """Return (address, entry) of what lies in a folder, sorted; on the web, what its page names outside is no part."""
    found: dict[str, Entry] = {}
    base = name.rstrip("/")
    for entry in listed:
        rest = html.unescape(str(entry["name"])) if _is_web(folder) else str(entry["name"])
        if not rest.startswith(f"{base}/"):
            continue  # the folder itself, or a link that leads out of it
        rest = rest[len(base) + 1 :]
        part = rest.rstrip("/")
        if not part:
            continue  # the object that stands for the folder itself
        if _is_web(folder) and ("?" in part or "#" in part or any(one in ("", ".", "..") for one in part.split("/"))):
            continue
        found[f"{folder}/{part}"] = entry
    return sorted(found.items())


def _with_facts(store: Any, files: list[tuple[str, Entry]]) -> Iterator[RemoteFile]:
    """Yield files with their stamps. Web servers tell these file by file, so several are asked at a time."""
    if not files or not _is_web(files[0][0]):
        yield from (_file(address, entry) for address, entry in files)
        return

    def ask(address: str) -> RemoteFile:
        with suppress(Exception):  # reading it tells what is wrong
            return _file(address, store.info(address))
        return RemoteFile(address, None, None, None)

    with ThreadPoolExecutor(_ASKERS) as pool:
        for start in range(0, len(files), 8 * _ASKERS):
            yield from pool.map(ask, [address for address, _ in files[start : start + 8 * _ASKERS]])


def _file(address: str, entry: Entry) -> RemoteFile:
    size = entry.get("size")
    tag = next((str(entry[key]) for key in _TAGS if entry.get(key)), "")
    told = next((entry[key] for key in _TIMES if entry.get(key)), None)
    modified = _seconds(told)
    when = modified if modified is not None else told
    stamp = None if not tag and when is None else f"{size}-{tag}-{'' if when is None else when}"
    return RemoteFile(address, stamp, modified, size if isinstance(size, int) else None)


def _seconds(told: object) -> float | None:
    if isinstance(told, datetime):
        return told.timestamp()
    if isinstance(told, int | float):
        return float(told)
    if isinstance(told, str):
        for read in (parsedate_to_datetime, datetime.fromisoformat):
            with suppress(ValueError):
                return read(told).timestamp()
    return None


def open_container(address: str) -> io.BufferedReader:
    """Open a container for reading at any place, or on and on where the server gives no parts of files."""
    try:
        store = _store(address)
        file: Any = store.open(address, "rb", block_size=BLOCK_BYTES, cache_type="readahead")
        try:
            file.seek(max(file.seek(0, io.SEEK_END) - 1, 0))
            file.read(1)
            file.seek(0)
        except (OSError, ValueError):
            file.close()
            return io.BufferedReader(_Forward(address), BLOCK_BYTES)
        return io.BufferedReader(_Anywhere(address, file), BLOCK_BYTES)
    except Exception as error:
        raise address_error(address, error) from error


class RemoteStream:
    """The bytes of one object, in order. `read` gives as many as are asked for unless the end comes first."""

    def __init__(self, address: str, size: int | None) -> None:
        """`size` is what listing told, to save a question; None asks."""
        self._address = address
        self._at = 0
        self._file: Any = None
        try:
            self._store = _store(address)
            if _is_web(address):  # asking for parts of files would not bound what such a server sends
                self._file = self._store.open(address, "rb", block_size=0, size=1)
            elif size is None:
                size = self._store.info(address)["size"]
        except Exception as error:
            raise address_error(address, error) from error
        self.size = size

    def read(self, count: int, *, seconds: float = MOST_SECONDS) -> bytes:
        """Return the next bytes; raises the errors of `address_error`."""
        try:
            data = self._part(count) if self._file is None else self._stream(count, time.monotonic() + seconds)
        except Exception as error:
            raise address_error(self._address, error) from error
        self._at += len(data)
        return data

    def close(self) -> None:
        """End the connection."""
        if self._file is not None:
            self._file.close()

    def _part(self, count: int) -> bytes:
        if not count or self._at == self.size:
            return b""  # stores answer a question for nothing with an error
        data: bytes = self._store.cat_file(self._address, start=self._at, end=self._at + count)
        return data

    def _stream(self, count: int, until: float) -> bytes:
        pieces = []
        while count:
            piece = self._file.read(count)
            if not piece:
                break
            if time.monotonic() > until:
                raise TimeoutError(f"not complete after {MOST_SECONDS:.0f} seconds")
            pieces.append(piece)
            count -= len(piece)
        return b"".join(pieces)


class _Forward(io.RawIOBase):
    """A web server's file, forward only."""

    def __init__(self, address: str) -> None:
        self._reading = RemoteStream(address, None)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._reading.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._reading.close()
        super().close()


class _Anywhere(io.RawIOBase):
    """A library's file, with typed errors."""

    def __init__(self, address: str, file: Any) -> None:
        self._address = address
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        at: int = self._file.seek(offset, whence)
        return at

    def tell(self) -> int:
        at: int = self._file.tell()
        return at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._file.read(len(buffer))
        except Exception as error:
            raise address_error(self._address, error) from error
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def address_error(address: str, error: Exception) -> FotoNetralError:
    """Return the typed error for what a library said about an address."""
    if isinstance(error, FotoNetralError):
        return bare(error)
    if isinstance(error, ImportError) and (_scheme(address) in _EXTRA or error.name == "fsspec"):
        return NoExtraError(say("archive.remote.reading_needs_extra_that_is", address=address))
    cause = error.__cause__
    # To the library, whatever a web server refuses is not there.
    is_refused = _is_web(address) and cause is not None and getattr(cause, "status", None) != 404
    if isinstance(error, FileNotFoundError) and not is_refused:
        return PhotoNotFoundError(say("archive.remote.there_is_nothing_at", address=address))
    said = " ".join(f"{type(cause or error).__name__}: {cause or error}".split())[:300]
    return AddressError(say("archive.remote.could_not_be_read", address=address, said=said))


def without_password(address: str) -> str | None:
    """Return an address without the password (or token) in it; None when there is none in it."""
    try:
        parts = urlsplit(address)
    except ValueError:  # no address at all; whoever opens it says so
        return None
    if "@" not in parts.netloc or not _is_web(address):
        return None
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _store(address: str) -> Any:
    """Return the file system of an address; the same one for the same store."""
    scheme, _, rest = address.partition("://")
    with _STORES_LOCK:
        return _opened_store(f"{scheme.lower()}://{rest.partition('/')[0]}")


_STORES_LOCK = threading.Lock()


@cache
def _opened_store(base: str) -> Any:
    from fsspec.core import url_to_fs

    options: dict[str, Any] = {"use_listings_cache": False}
    if _is_web(base):
        import aiohttp

        patience = aiohttp.ClientTimeout(total=None, sock_connect=_QUIET_SECONDS, sock_read=_QUIET_SECONDS)
        # Packed answers would be unpacked without a bound, and are not what lies there.
        options["client_kwargs"] = {"timeout": patience, "headers": {"Accept-Encoding": "identity"}}
    store, _ = url_to_fs(base, **options)
    return store


def _scheme(address: str) -> str:
    return address.partition("://")[0].lower()


def _is_web(address: str) -> bool:
    return _scheme(address) in _WEB
