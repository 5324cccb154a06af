"""From photos in memory to one reply: look in the cache, run jobs in the worker processes, build the reply."""

from __future__ import annotations

import asyncio
import hashlib
import json
from base64 import b64encode
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import anyio.to_thread
from msgspec import structs
from starlette.requests import ClientDisconnect, Request

from vision.contract.answers.check import FailedPhoto
from vision.contract.answers.service import FixAnswer, PhotoAnswer, PostAnswer
from vision.contract.answers.service import Picture as EncodedPicture
from vision.contract.post import PostResult
from vision.contract.result import CheckError
from vision.errors import CrashedError, EngineError, FotoNetralError, Language, PhotoUnreadableError, TimeLimitError
from vision.messages import say
from vision.service.http.answers import note
from vision.service.http.problems import HttpProblemError
from vision.service.http.reply import Reply
from vision.service.photos import extras
from vision.service.photos.uploads import SentPhoto
from vision.service.pool.jobs import CheckJob, CheckOutcome, FixJob, FixOutcome, Job, JobFailure, JobOutcome, JobPicture
from vision.service.state import Service
from vision.settings import CheckerSettings

T = TypeVar("T")

FIX_TIMES = 4
"""Mending is a check, and at most three attempts that are checked again: so many times the time of a photo."""

_UNSAFE = PhotoUnreadableError(say("service.checking.checking_process_has_ended_twice"))


@dataclass(frozen=True, slots=True, eq=False)
class JudgingRequest:
    """Photos to be judged: their bytes, names and digests, the settings, and the state of the gallery."""

    by: CheckerSettings
    gallery_state: str
    photos: tuple[SentPhoto, ...]
    names: tuple[str, ...]
    digests: tuple[str, ...]

    @classmethod
    async def of(
        cls, service: Service, by: CheckerSettings, photos: Sequence[SentPhoto], *, with_names: bool
    ) -> JudgingRequest:
        """Look at the gallery and hash the photos, off the event loop. Raises GalleryError."""
        state = await anyio.to_thread.run_sync(service.gallery.now)
        digests = await anyio.to_thread.run_sync(lambda: tuple(hashlib.sha256(one.data).hexdigest() for one in photos))
        return cls(by, state, tuple(photos), _names(photos, with_names=with_names), digests)

    def key(self, caller: str, *wishes: object) -> str:
        """Return the cache key: a digest that equal requests of one caller share."""
        facts = [caller, repr(self.by), self.gallery_state, self.names, self.digests, wishes]
        return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()


async def check(
    service: Service, wanted: JudgingRequest, *, annotated: bool, preview: bool = False
) -> list[CheckOutcome]:
    """Have all photos checked, as many side by side as there are processes; the answers in the photos' order.

    Raises HttpProblemError when the server cannot, or the gallery, or a process died of it.
    """
    turns = asyncio.Semaphore(service.pool.limits.workers)

    async def one(at: int) -> CheckOutcome:
        async with turns:
            return await _check_one(service, wanted, at, annotated=annotated, preview=preview)

    with service.pool.admission():
        results = await _all([one(at) for at in range(len(wanted.photos))])
    for result in results:
        told = result.told
        service.metrics.photo(told.error.code if isinstance(told, FailedPhoto) else told.verdict)
    return results


async def _check_one(
    service: Service, wanted: JudgingRequest, at: int, *, annotated: bool, preview: bool
) -> CheckOutcome:
    photo, name, digest = wanted.photos[at], wanted.names[at], wanted.digests[at]
    if service.crashes.is_refused(digest):
        return _not_judged(name, _UNSAFE, wanted.by.language)
    job = CheckJob(wanted.by, wanted.gallery_state, photo.data, name, annotated, preview)
    try:
        answer = await _done(service, job, digest, service.settings.photo_seconds)
    except TimeLimitError as error:
        return _not_judged(name, error, wanted.by.language)
    if not isinstance(answer, CheckOutcome):
        raise TypeError(f"a check gave {type(answer).__name__}")
    if isinstance(answer.answer, CheckError) and isinstance(answer.answer.error, EngineError):
        return _not_judged(name, answer.answer.error, wanted.by.language)
    return answer


async def fix(
    service: Service, wanted: JudgingRequest, *, how: str, margin: float, form: str | None, keep: bool
) -> FixOutcome:
    """Have one photo mended."""
    photo, name, digest = wanted.photos[0], wanted.names[0], wanted.digests[0]
    if service.crashes.is_refused(digest):
        raise HttpProblemError.of(_UNSAFE)
    job = FixJob(wanted.by, wanted.gallery_state, photo.data, name, how, margin, form, keep)
    with service.pool.admission():
        answer = await _done(service, job, digest, FIX_TIMES * service.settings.photo_seconds)
    if not isinstance(answer, FixOutcome):
        raise TypeError(f"a fix gave {type(answer).__name__}")
    return answer


async def run(service: Service, job: Job, seconds: float) -> JobOutcome:
    """Run a job of an administrator. Raises HttpProblemError for a `JobFailure`."""
    with service.pool.admission():
        return await _done(service, job, "", seconds)


async def _done(service: Service, job: Job, digest: str, seconds: float) -> JobOutcome:
    try:
        answer = await service.pool.run(job, seconds)
    except CrashedError as error:
        if digest:
            service.crashes.add(digest)
        raise HttpProblemError.of(error) from None
    if isinstance(answer, JobFailure):
        raise HttpProblemError.told(answer.code, answer.says)
    return answer


async def while_connected(request: Request, work: Awaitable[T]) -> T:
    """Await `work` and return its result; when the client disconnects, cancel it and raise ClientDisconnect."""
    task, gone = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        for one in (task, gone):
            if not one.done():
                one.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await one


def reply_of_check(results: Sequence[CheckOutcome], *, as_picture: bool) -> Reply:
    """Return the reply about a photo or a post. Raises HttpProblemError for a single photo that was not judged."""
    if len(results) > 1:
        post = PostResult.of([one.answer for one in results])
        photos = tuple(_with_pictures(one) for one in results)
        told = PostAnswer(
            **structs.asdict(post.to_answer()) | {"photos": photos},
            bases=extras.bases((one.finding for one in post.findings), post.language),
            unread=extras.together(photos),
        )
        return Reply(told.to_json(), verdict=told.verdict or "unjudged")
    (one,) = results
    if isinstance(one.answer, CheckError):
        raise HttpProblemError.of(one.answer.error)
    verdict = one.answer.verdict.value
    if as_picture and one.annotated is not None:
        headers = {"Fotonetral-Verdict": verdict}
        return Reply(one.annotated.data, one.annotated.media_type, headers=headers, verdict=verdict)
    return Reply(_with_pictures(one).to_json(), verdict=verdict)


def reply_of_fix(fixed: FixOutcome, *, as_picture: bool) -> Reply:
    """Put what came of mending as it is sent. Raises `fix.none` where a picture is wanted and there is none."""
    told = fixed.told
    verdict = (told.after or told.before).verdict
    if not as_picture:
        answer = FixAnswer(**structs.asdict(told), copy=_encoded(fixed.copy))
        return Reply(answer.to_json(), verdict=verdict)
    if fixed.copy is None:
        raise HttpProblemError("fix.none")
    headers = {
        "Content-Disposition": f'attachment; filename="{told.out}"',
        "Fotonetral-Verdict": verdict,
        "Fotonetral-Raised-Unnamed": str(told.raised_unnamed),
    }
    return Reply(fixed.copy.data, fixed.copy.media_type, headers=headers, verdict=verdict)


def note_photos(request: Request, photos: Sequence[SentPhoto]) -> None:
    """Note in the log how many photos came, and how large they are."""
    note(request, photos=len(photos), photo_bytes=sum(len(one.data) for one in photos))


async def _all(works: Sequence[Awaitable[T]]) -> list[T]:
    """Return the results in order; the first failure ends them all."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _names(photos: Sequence[SentPhoto], *, with_names: bool) -> tuple[str, ...]:
    """Return what the photos are called in the answer: nothing that was sent, unless that is wanted."""
    usual = ["photo"] if len(photos) == 1 else [f"photo-{at}" for at in range(1, len(photos) + 1)]
    if not with_names:
        return tuple(usual)
    return tuple(one.name or name for one, name in zip(photos, usual, strict=True))


def _not_judged(name: str, error: FotoNetralError, language: Language) -> CheckOutcome:
    """Return the answer about a photo that could not be judged, with the words that fit a service."""
    answer = CheckError(name, error, language)
    told = answer.to_answer()
    words = structs.replace(told.error, message=HttpProblemError.of(error).text(language))
    return CheckOutcome(answer, structs.replace(told, error=words))


def _with_pictures(one: CheckOutcome) -> PhotoAnswer | FailedPhoto:
    if isinstance(one.told, FailedPhoto):
        return one.told
    return structs.replace(one.told, annotated=_encoded(one.annotated), preview=_encoded(one.preview))


def _encoded(picture: JobPicture | None) -> EncodedPicture | None:
    if picture is None:
        return None
    width, height = picture.size_wh
    data = b64encode(picture.data).decode("ascii")
    return EncodedPicture(media_type=picture.media_type, width=width, height=height, data=data)
