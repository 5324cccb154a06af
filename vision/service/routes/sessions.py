"""`/v1/session`: who am I and what may I; log in with a code; log out."""

from __future__ import annotations

import anyio.to_thread
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from candidates.regions import label_of
from vision._version import __version__
from vision.contract.answers.service import Limits, Session
from vision.service.callers.sessions import COOKIE
from vision.service.http import openapi
from vision.service.http.answers import invalid_by, json_response
from vision.service.http.problems import HttpProblemError
from vision.service.photos.uploads import read_json
from vision.service.routes.access import (
    CSRF_HEADER,
    Caller,
    Known,
    ServiceOf,
    address_of,
    caller_of,
    refuse_other_sites,
)
from vision.service.settings import MB
from vision.service.state import Service

router = APIRouter()

_MOST_BYTES, _SECONDS = 1000, 10.0


class Login(BaseModel):
    """What is typed to log in."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str = Field(min_length=1, max_length=40)


@router.get("/v1/session", tags=["session"], **openapi.SESSION)
async def show(service: ServiceOf, caller: Known) -> Response:
    """Tell who asks, what they may, and what the server takes."""
    return json_response(_told(service, caller))


@router.post("/v1/session", tags=["session"], **openapi.LOG_IN)
async def log_in(request: Request, service: ServiceOf) -> Response:
    """Begin a session with a login code."""
    refuse_other_sites(request)
    for attempts, who in ((service.logins, address_of(request)), (service.all_logins, "all")):
        if seconds := attempts.take(who):
            raise HttpProblemError("auth.too_many_attempts", retry_after=seconds)
    try:
        login = Login.model_validate_json(await read_json(request, _MOST_BYTES, _SECONDS))
    except ValidationError as error:
        raise invalid_by(error) from None
    grant = await anyio.to_thread.run_sync(service.keys.spend_code, login.code)
    if grant is None:
        raise HttpProblemError("auth.code")
    if old := request.cookies.get(COOKIE):
        service.sessions.end(old)
    session, cookie = service.sessions.begin(grant)
    response = json_response(_told(service, Caller(session.id, session.role, "code", session)))
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=service.sessions.seconds,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/",
    )
    return response


@router.delete("/v1/session", tags=["session"], **openapi.LOG_OUT)
async def log_out(request: Request, service: ServiceOf, caller: Known) -> Response:
    """End the session."""
    if caller.session is not None:
        refuse_other_sites(request)
        if not caller.session.fits(request.headers.get(CSRF_HEADER)):
            raise HttpProblemError("auth.csrf")
        service.sessions.end(request.cookies[COOKIE])
    response = json_response(_told(service, await caller_of(request, service)))
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response


def _told(service: Service, caller: Caller) -> Session:
    settings, session = service.settings, caller.session
    return Session(
        role=None if caller.role is None else caller.role.value,
        login=caller.how,
        csrf=None if session is None else session.csrf,
        expires_at=None if session is None else session.expires_at.isoformat(timespec="seconds"),
        version=__version__,
        policy=service.default_policy,
        region=settings.region,
        region_label=None if settings.region is None else label_of(settings.region),
        gallery=settings.gallery is not None,
        waiting=service.pool.waiting,
        limits=Limits(
            photo_bytes=settings.photo_mb * MB,
            request_bytes=settings.request_mb * MB,
            photos=settings.photos,
            photo_seconds=settings.photo_seconds,
        ),
    )
