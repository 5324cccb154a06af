"""`/v1/check`, `/v1/fix` and `/v1/policies`: what everybody with the role `check` may ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from vision.contract.answers.service import Circular, Policies, PolicyPack
from vision.errors import Language
from vision.messages import say
from vision.rules import Policy, packs_for
from vision.service.http import openapi
from vision.service.http.answers import json_response, note, reply_response
from vision.service.http.language import language_of
from vision.service.http.negotiation import preferred
from vision.service.http.problems import FieldError, HttpProblemError
from vision.service.http.reply import Reply
from vision.service.photos.uploads import PHOTO, Upload, read_upload
from vision.service.routes import checking
from vision.service.routes.access import Caller, Checker, ServiceOf
from vision.service.routes.checking import JudgingRequest
from vision.service.routes.options import CheckOptions, FixOptions, Region
from vision.service.state import Service

router = APIRouter()

_JSON = "application/json"
_REMEMBERED = {"Fotonetral-Remembered": "true"}


@router.post("/v1/check", tags=["photos"], **openapi.CHECK)
async def check(
    request: Request, service: ServiceOf, caller: Checker, query: Annotated[CheckOptions, Query()]
) -> Response:
    """Judge one photo, or the several photos of one post."""
    is_picture = preferred(request, (_JSON, "image/jpeg")) != _JSON

    async def reply(upload: Upload) -> Reply:
        options = query.overlaid(upload.fields, request)
        wanted = await JudgingRequest.of(
            service, options.checker_settings(service), upload.photos, with_names=options.names
        )
        as_picture = is_picture and len(upload.photos) == 1
        if is_picture and not as_picture:
            raise HttpProblemError("request.not_acceptable")
        annotated = options.annotated or as_picture

        async def work() -> Reply:
            results = await checking.check(service, wanted, annotated=annotated, preview=options.preview)
            return await anyio.to_thread.run_sync(lambda: checking.reply_of_check(results, as_picture=as_picture))

        return await _remembered(
            service, request, wanted.key(caller.id, "check", annotated, options.preview, as_picture), work
        )

    return await _answered(request, service, caller, reply)


@router.post("/v1/fix", tags=["photos"], **openapi.FIX)
async def fix(request: Request, service: ServiceOf, caller: Checker, query: Annotated[FixOptions, Query()]) -> Response:
    """Make a copy of a photo, cut or covered until nothing is found in it."""
    kind = preferred(request, (_JSON, "image/jpeg", "image/png"))

    async def reply(upload: Upload) -> Reply:
        options = query.overlaid(upload.fields, request)
        if len(upload.photos) > 1:
            raise HttpProblemError("request.too_many_photos", most=1)
        form = options.format if kind == _JSON else kind.removeprefix("image/")
        wanted = await JudgingRequest.of(
            service, options.checker_settings(service), upload.photos, with_names=options.names
        )

        async def work() -> Reply:
            fixed = await checking.fix(
                service, wanted, how=options.how, margin=options.margin, form=form, keep=options.keep
            )
            return await anyio.to_thread.run_sync(lambda: checking.reply_of_fix(fixed, as_picture=kind != _JSON))

        key = wanted.key(caller.id, "fix", options.how, options.margin, form, options.keep, kind)
        return await _remembered(service, request, key, work)

    return await _answered(request, service, caller, reply)


@router.get("/v1/policies", tags=["photos"], **openapi.POLICIES)
async def policies(
    request: Request,
    service: ServiceOf,
    _caller: Checker,
    language: Annotated[Language | None, Query()] = None,
    region: Annotated[Region | None, Query()] = None,
) -> Response:
    """List the policy packs that may be wanted for."""
    chosen = language or language_of(request)
    told = await anyio.to_thread.run_sync(lambda: _policies(service, chosen, region))
    return json_response(told)


async def _answered(
    request: Request, service: Service, caller: Caller, reply: Callable[[Upload], Awaitable[Reply]]
) -> Response:
    """Take the upload in, have it answered while the client is there, and note what came of it."""
    if service.pool.is_stopping:
        raise HttpProblemError("server.stopping")
    service.pool.require_room()  # before megabytes are read in vain
    with service.budget.share() as share:
        with service.budget.upload(caller.id):
            upload = await read_upload(request, service.uploads, share)
        checking.note_photos(request, upload.photos)
        if not upload.photos:
            missing = FieldError(PHOTO, say("service.photos.there_is_no_photo"))
            raise HttpProblemError("request.invalid", errors=[missing])
        service.requests.charge(caller.id, len(upload.photos) - 1)
        done = await checking.while_connected(request, reply(upload))
    note(request, verdict=done.verdict)
    return reply_response(done, getattr(request.state, "reply_headers", None))


async def _remembered(service: Service, request: Request, key: str, work: Callable[[], Awaitable[Reply]]) -> Reply:
    """Return the reply that an equal request got lately, or else the work's, and keep that."""
    if (known := service.replies.get(key)) is not None:
        service.metrics.remembered()
        note(request, remembered=True)
        request.state.reply_headers = _REMEMBERED
        return known
    reply = await work()
    service.replies.put(key, reply)
    return reply


def _policies(service: Service, language: Language, region: str | None) -> Policies:
    names = list(service.policies)
    if region is not None:
        shipped = packs_for(region)
        names = [name for name in names if name in shipped or name == service.default_policy]
    packs = tuple(_pack(name, Policy.load(service.policies[name]), language) for name in names)
    return Policies(default=service.default_policy, policies=packs)


def _pack(name: str, policy: Policy, language: Language) -> PolicyPack:
    reminders, circular = policy.reminders(language), policy.circular
    return PolicyPack(
        id=name,
        title=policy.title(language),
        regions=tuple(policy.regions),
        circular=Circular(name=circular.name, title=circular.title, link=circular.link),
        reminder=reminders[0] if reminders else None,
    )
