"""Authentication: who calls (key, session, or neither where the server is open) and what they may do."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlsplit

import anyio.to_thread
from fastapi import Depends
from starlette.requests import Request

from vision.service.callers.keys import KeyRole
from vision.service.callers.sessions import COOKIE, Session
from vision.service.http.problems import HttpProblemError
from vision.service.settings import is_loopback
from vision.service.state import Service

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"
_OWN_SITE = frozenset({"same-origin", "none"})
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request. `id` is a key's or session's, or an address; with `role` None only logging in is allowed."""

    id: str
    role: KeyRole | None
    how: Literal["key", "code", "open"] | None
    session: Session | None = None
    per_minute: int | None = None


def service_of(request: Request) -> Service:
    """Return the service that a request is for."""
    service: Service = request.app.state.service
    return service


ServiceOf = Annotated[Service, Depends(service_of)]


async def caller_of(request: Request, service: ServiceOf) -> Caller:
    """Find out who asks.

    Raises `auth.invalid` for a key that opens nothing: it is never overlooked in favour of what is open to everybody.
    """
    if (authorization := request.headers.get("authorization")) is not None:
        scheme, _, text = authorization.partition(" ")
        grant = None
        if scheme.casefold() == "bearer":
            grant = await anyio.to_thread.run_sync(service.keys.key, text.strip())
        if grant is None:
            raise HttpProblemError("auth.invalid", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        return Caller(grant.id, grant.role, "key", None, grant.per_minute)
    if (cookie := request.cookies.get(COOKIE)) and (session := service.sessions.get(cookie)) is not None:
        if await anyio.to_thread.run_sync(service.keys.is_revoked, session.grant):
            service.sessions.end(cookie)
        else:
            return Caller(session.id, session.role, "code", session)
    address = address_of(request)
    if _is_open_to(request, service):
        return Caller(address, KeyRole.CHECK, "open")
    return Caller(address, None, None)


Known = Annotated[Caller, Depends(caller_of)]


async def checker(request: Request, service: ServiceOf, caller: Known) -> Caller:
    """Let those pass who may check photos."""
    return _passed(request, service, caller, KeyRole.CHECK)


async def manager(request: Request, service: ServiceOf, caller: Known) -> Caller:
    """Let those pass who may manage the gallery."""
    return _passed(request, service, caller, KeyRole.MANAGE)


Checker = Annotated[Caller, Depends(checker)]
Manager = Annotated[Caller, Depends(manager)]


def address_of(request: Request) -> str:
    """Return the address that a request comes from."""
    return request.client.host if request.client else "?"


def refuse_other_sites(request: Request) -> None:
    """Refuse what another site's page had a browser send. Raises `auth.origin`.

    Programs that are no browsers send neither header. Browsers send `Origin` with everything that is not a GET.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site not in _OWN_SITE:
        raise HttpProblemError("auth.origin")
    if origin is not None and urlsplit_host(origin) != request.headers.get("host", "").casefold():
        raise HttpProblemError("auth.origin")


def urlsplit_host(origin: str) -> str | None:
    """Return host and port of an origin, None for one that is none."""
    try:
        return urlsplit(origin).netloc.casefold() or None
    except ValueError:
        return None


def _passed(request: Request, service: Service, caller: Caller, wanted: KeyRole) -> Caller:
    if caller.how != "open":
        request.state.key = caller.id if caller.role else None
    if caller.role is None:
        raise HttpProblemError("auth.missing", headers={"WWW-Authenticate": "Bearer"})
    if not caller.role.allows(wanted):
        if caller.how == "open":
            raise HttpProblemError("auth.missing", headers={"WWW-Authenticate": "Bearer"})
        raise HttpProblemError("auth.role")
    if request.method not in SAFE_METHODS and caller.how != "key":
        refuse_other_sites(request)
        if caller.session is not None and not caller.session.fits(request.headers.get(CSRF_HEADER)):
            raise HttpProblemError("auth.csrf")
    if seconds := service.requests.take(caller.id, per_minute=caller.per_minute):
        raise HttpProblemError("rate.limited", retry_after=seconds, seconds=max(1, round(seconds + 0.49)))
    return caller


def _is_open_to(request: Request, service: Service) -> bool:
    """Tell whether the server is open to a caller without key and session.

    What came through a proxy does not come from this machine, whatever its address says.
    """
    settings = service.settings
    if settings.open_to == "network":
        return True
    if settings.open_to == "nobody" or not settings.is_loopback:
        return False
    return not any(name in request.headers for name in _FORWARDED) and _is_here(address_of(request))


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return is_loopback(address)
