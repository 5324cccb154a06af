"""A client of the service for other programs: typed answers, typed errors, patient when the service is full.

with Client("http://127.0.0.1:8000", key="fn_…") as client:
    answer = client.check("photo.jpg", Options(region="34.01"))     # also bytes or a binary file object
    answer.verdict, answer.headline, answer.next_step, [one.message for one in answer.findings]

`AsyncClient` has the same methods to be awaited. Errors:

    ServiceError
    ├── UnreachableError        nobody answered, or not in time
    └── ProblemError            the service answered with a problem: `status`, `code`, `detail`, `retry_after`
        ├── NotAllowedError     401, 403
        ├── PhotoRefusedError   413, 415, 422: this photo, or what was asked of it
        └── BusyError           429, 503: later
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Generic, Literal, Self, TypedDict, TypeVar

import httpx
import msgspec

from candidates.closing import Closing
from vision.contract.answers.check import Finding, Media, NotJudged, PhotoFacts, read
from vision.contract.answers.part import VerdictName
from vision.contract.answers.post import PostFinding
from vision.contract.answers.service import FixAnswer, Mark, PhotoAnswer, Picture, PolicyPack, PostAnswer

__all__ = [
    "AsyncClient",
    "BusyError",
    "Client",
    "Finding",
    "FixAnswer",
    "Mark",
    "Media",
    "NotAllowedError",
    "NotJudged",
    "Options",
    "Photo",
    "PhotoAnswer",
    "PhotoFacts",
    "PhotoRefusedError",
    "Picture",
    "PolicyPack",
    "PostAnswer",
    "PostFinding",
    "ProblemError",
    "ServiceError",
    "UnreachableError",
    "Verdict",
]

Photo = str | os.PathLike[str] | bytes | BinaryIO
Verdict = VerdictName
T = TypeVar("T")

_LONGEST_WAIT = 30.0


class ServiceError(Exception):
    """The service gave no answer to what was asked."""


class UnreachableError(ServiceError):
    """Nobody answered, or not in time."""


class ProblemError(ServiceError):
    """The service answered with a problem. `problem` holds all its members."""

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after: float | None) -> None:
        self.status = status
        self.code = str(problem.get("code", "server.failed"))
        self.detail = str(problem.get("detail", f"HTTP {status}"))
        self.retry_after = retry_after
        self.problem = dict(problem)
        super().__init__(f"{self.detail} [{self.code}]")


class NotAllowedError(ProblemError):
    """The key is missing, not valid, or does not allow this."""


class PhotoRefusedError(ProblemError):
    """The photo cannot be judged, or what was asked cannot be done with it."""


class BusyError(ProblemError):
    """The service is full, starting or stopping, or was asked too often."""


class _Policies(msgspec.Struct, frozen=True):
    policies: tuple[PolicyPack, ...]


@dataclass(frozen=True, slots=True)
class Options:
    """By what photos are judged; None is the service's own setting, today, everywhere."""

    region: str | None = None
    date: date | None = None
    policy: str | None = None
    language: Literal["id", "en"] = "id"

    def query(self, **more: object) -> dict[str, str]:
        """Return the options as query parameters."""
        values = {"region": self.region, "date": self.date, "policy": self.policy, "language": self.language, **more}
        return {name: _text(value) for name, value in values.items() if value is not None}


class _Body(TypedDict, total=False):
    content: bytes
    headers: Mapping[str, str]
    files: list[tuple[str, tuple[str, bytes]]]


@dataclass(frozen=True, slots=True)
class _Call(Generic[T]):
    method: str
    path: str
    decode: Callable[[bytes], T]
    query: Mapping[str, str] = field(default_factory=dict)
    body: _Body = field(default_factory=_Body)


def _check(photo: Photo, options: Options, *, annotated: bool) -> _Call[PhotoAnswer]:
    query = options.query(annotated=annotated)
    return _Call("POST", "/v1/check", _into(PhotoAnswer), query, _one(photo))


def _check_post(photos: Sequence[Photo], options: Options, *, annotated: bool) -> _Call[PostAnswer]:
    if len(photos) < 2:
        raise ValueError("a post is two photos or more; use check for one")
    # The files' own names stay here: they say nothing to the service.
    files = [("photo", (f"photo-{at}", _bytes(photo))) for at, photo in enumerate(photos, start=1)]
    return _Call("POST", "/v1/check", _into(PostAnswer), options.query(annotated=annotated), {"files": files})


def _fix(photo: Photo, options: Options, how: str, form: str | None, *, keep: bool) -> _Call[FixAnswer]:
    return _Call("POST", "/v1/fix", _into(FixAnswer), options.query(how=how, format=form, keep=keep), _one(photo))


def _policies(options: Options) -> _Call[tuple[PolicyPack, ...]]:
    query = {name: value for name, value in options.query().items() if name in ("region", "language")}
    return _Call("GET", "/v1/policies", lambda data: _into(_Policies)(data).policies, query)


class _Base:
    def __init__(self, key: str | None, patience: float) -> None:
        self._headers = {"Accept": "application/json"}
        if key is not None:
            self._headers["Authorization"] = f"Bearer {key}"
        self._patience = patience

    def _outcome(self, call: _Call[T], response: httpx.Response) -> T:
        if response.is_success:
            try:
                return call.decode(response.content)
            except msgspec.MsgspecError as error:
                raise UnreachableError(f"what answered is no FotoNetral service: {error}") from error
        raise _problem(response)

    def _wait(self, error: ProblemError, until: float) -> float | None:
        """Return how many seconds to wait before trying again; None when that is not worth it."""
        if not isinstance(error, BusyError) or error.retry_after is None:
            return None
        seconds = min(error.retry_after, _LONGEST_WAIT)
        return seconds if time.monotonic() + seconds <= until else None


class Client(_Base, Closing):
    """A client; close it, or use it in a `with` block. Threads may share it."""

    def __init__(self, url: str, key: str | None = None, *, seconds: float = 60.0, patience: float = 30.0) -> None:
        """`seconds` bounds one request; `patience` is how long a full service is tried again, 0: not at all."""
        super().__init__(key, patience)
        self._http = httpx.Client(base_url=url, headers=self._headers, timeout=seconds)

    def check(self, photo: Photo, options: Options = Options(), *, annotated: bool = False) -> PhotoAnswer:
        """Judge one photo. Raises ServiceError."""
        return self._send(_check(photo, options, annotated=annotated))

    def check_post(
        self, photos: Sequence[Photo], options: Options = Options(), *, annotated: bool = False
    ) -> PostAnswer:
        """Judge the photos of one post, two or more. Raises ServiceError."""
        return self._send(_check_post(photos, options, annotated=annotated))

    def fix(
        self,
        photo: Photo,
        options: Options = Options(),
        *,
        how: Literal["auto", "crop", "blur"] = "auto",
        form: Literal["jpeg", "png"] | None = None,
        keep: bool = False,
    ) -> FixAnswer:
        """Have a copy made that is cut or covered until clear. Raises ServiceError."""
        return self._send(_fix(photo, options, how, form, keep=keep))

    def policies(self, options: Options = Options()) -> tuple[PolicyPack, ...]:
        """Return the policy packs that may be asked for. Raises ServiceError."""
        return self._send(_policies(options))

    def is_ready(self) -> bool:
        """Tell whether the service can check photos now."""
        try:
            return self._http.get("/readyz").is_success
        except httpx.HTTPError:
            return False

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _send(self, call: _Call[T]) -> T:
        until = time.monotonic() + self._patience
        while True:
            try:
                response = self._http.request(call.method, call.path, params=dict(call.query), **call.body)
                return self._outcome(call, response)
            except httpx.HTTPError as error:
                raise UnreachableError(f"{type(error).__name__}: {error}") from error
            except ProblemError as error:
                if (seconds := self._wait(error, until)) is None:
                    raise
                time.sleep(seconds)


class AsyncClient(_Base):
    """The same, to be awaited; close it, or use it in an `async with` block."""

    def __init__(self, url: str, key: str | None = None, *, seconds: float = 60.0, patience: float = 30.0) -> None:
        """`seconds` bounds one request; `patience` is how long a full service is tried again, 0: not at all."""
        super().__init__(key, patience)
        self._http = httpx.AsyncClient(base_url=url, headers=self._headers, timeout=seconds)

    async def check(self, photo: Photo, options: Options = Options(), *, annotated: bool = False) -> PhotoAnswer:
        """Judge one photo. Raises ServiceError."""
        return await self._send(await asyncio.to_thread(_check, photo, options, annotated=annotated))

    async def check_post(
        self, photos: Sequence[Photo], options: Options = Options(), *, annotated: bool = False
    ) -> PostAnswer:
        """Judge the photos of one post, two or more. Raises ServiceError."""
        return await self._send(await asyncio.to_thread(_check_post, photos, options, annotated=annotated))

    async def fix(
        self,
        photo: Photo,
        options: Options = Options(),
        *,
        how: Literal["auto", "crop", "blur"] = "auto",
        form: Literal["jpeg", "png"] | None = None,
        keep: bool = False,
    ) -> FixAnswer:
        """Have a copy made that is cut or covered until clear. Raises ServiceError."""
        return await self._send(await asyncio.to_thread(_fix, photo, options, how, form, keep=keep))

    async def policies(self, options: Options = Options()) -> tuple[PolicyPack, ...]:
        """Return the policy packs that may be asked for. Raises ServiceError."""
        return await self._send(_policies(options))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.close()

    async def _send(self, call: _Call[T]) -> T:
        until = time.monotonic() + self._patience
        while True:
            try:
                response = await self._http.request(call.method, call.path, params=dict(call.query), **call.body)
                return self._outcome(call, response)
            except httpx.HTTPError as error:
                raise UnreachableError(f"{type(error).__name__}: {error}") from error
            except ProblemError as error:
                if (seconds := self._wait(error, until)) is None:
                    raise
                await asyncio.sleep(seconds)


def _problem(response: httpx.Response) -> ProblemError:
    kinds: dict[int, type[ProblemError]] = {401: NotAllowedError, 403: NotAllowedError, 429: BusyError, 503: BusyError}
    kinds |= dict.fromkeys((413, 415, 422), PhotoRefusedError)
    try:
        problem = msgspec.json.decode(response.content, type=dict[str, Any])
    except msgspec.MsgspecError:
        problem = {}
    after = response.headers.get("retry-after", "")
    kind = kinds.get(response.status_code, ProblemError)
    return kind(response.status_code, problem, float(after) if after.isdigit() else None)


def _into(kind: type[T]) -> Callable[[bytes], T]:
    return lambda data: read(data, kind)


def _one(photo: Photo) -> _Body:
    return {"content": _bytes(photo), "headers": {"Content-Type": "application/octet-stream"}}


def _bytes(photo: Photo) -> bytes:
    if isinstance(photo, bytes):
        return photo
    return Path(photo).read_bytes() if isinstance(photo, str | os.PathLike) else photo.read()


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
