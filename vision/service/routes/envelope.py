"""What is around every request: its id, the Host check, safe headers, the log line, and an answer whatever happens."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import socket
import time
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vision.service.http import logs
from vision.service.http.answers import problem_response
from vision.service.http.problems import HttpProblemError
from vision.service.settings import ServiceSettings
from vision.service.state import Service

SAFE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every answer."""

_DRAIN_SECONDS, _DRAIN_BYTES = 2.0, 64 * 2**20
"""What of a body that nobody wants is still read, so that its sender gets to see the answer."""


class Envelope:
    """The outermost ASGI application."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service
        self._hosts = Hosts(service.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send)
        request = Request(scope)
        try:
            if not self._hosts.know(request.headers.get("host")):
                raise HttpProblemError("request.host")
            await self._app(scope, exchange.receive, exchange.send)
        except HttpProblemError as problem:
            await self._answer(exchange, problem, request)
        except asyncio.CancelledError:
            exchange.is_gone = True
            raise
        except Exception as error:
            logs.failure("request.failed", error, id=exchange.id, route=exchange.route)
            await self._answer(exchange, HttpProblemError("server.failed"), request)
        finally:
            self._note(exchange)

    async def _answer(self, exchange: _Exchange, problem: HttpProblemError, request: Request) -> None:
        if exchange.status == 0:
            await problem_response(problem, request)(exchange.scope, exchange.receive, exchange.send)

    def _note(self, exchange: _Exchange) -> None:
        seconds = time.monotonic() - exchange.began
        self._service.metrics.request(exchange.route, exchange.scope["method"], exchange.status, seconds)
        facts: dict[str, Any] = exchange.scope["state"].get("facts", {})
        logs.note(
            "request",
            id=exchange.id,
            method=exchange.method,
            route=exchange.route,
            status=exchange.status,
            ms=round(seconds * 1000, 1),
            bytes_in=exchange.bytes_in,
            bytes_out=exchange.bytes_out,
            caller=exchange.scope["state"].get("key"),
            gone=exchange.is_gone or None,
            **facts,
        )


class _Exchange:
    """One request and its answer, with what is to be known of them afterwards."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.id = secrets.token_hex(8)
        self.began = time.monotonic()
        self.status = 0
        self.bytes_in = self.bytes_out = 0
        self.is_gone = False
        self._receive, self._send = receive, send
        headers = dict(scope["headers"])
        self._has_body = headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers
        self._waits_for_word = b"expect" in headers
        scope.setdefault("state", {})["request_id"] = self.id

    @property
    def method(self) -> str:
        """The method, if it is one that there is."""
        method: str = self.scope["method"]
        return method if method.isalpha() and method.isupper() and len(method) <= 10 else "other"

    @property
    def route(self) -> str:
        """The template of the route that was found: paths as they came may hold ids of people."""
        path = getattr(self.scope.get("route"), "path", None)
        if isinstance(path, str):
            return path
        return "/web" if str(self.scope["path"]).startswith("/web/") else "none"

    async def receive(self) -> Message:
        """Receive, and count."""
        message = await self._receive()
        if message["type"] == "http.request":
            self.bytes_in += len(message.get("body", b""))
            self._waits_for_word = False
            if not message.get("more_body", False):
                self._has_body = False
        else:
            self.is_gone, self._has_body = True, False
        return message

    async def send(self, message: Message) -> None:
        """Send, with the safe headers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in SAFE_HEADERS.items():
                headers[name] = value
            headers["X-Request-Id"] = self.id
            headers.setdefault("Cache-Control", "no-store")
            if self._has_body and not await self._drained():
                headers["Connection"] = "close"
        else:
            self.bytes_out += len(message.get("body", b""))
        await self._send(message)

    async def _drained(self) -> bool:
        """Read the rest of a body that was refused; return whether all of it came."""
        # Whoever waits for "100 Continue" has sent nothing, and needs only the answer.
        if self._waits_for_word:
            return False
        until = self.bytes_in + _DRAIN_BYTES
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                while self._has_body and self.bytes_in < until:
                    await self.receive()
        except TimeoutError:
            return False
        return not self._has_body


class Hosts:
    """The names that the server goes by; a page of another name that points here must not get in (DNS rebinding)."""

    def __init__(self, settings: ServiceSettings) -> None:
        names = {"localhost", *settings.hosts}
        self._any_address = not settings.is_loopback
        if self._any_address:
            names |= {socket.gethostname(), settings.host}
        self._names = {name.casefold().rstrip(".") for name in names}

    def know(self, host: str | None) -> bool:
        """Tell whether a Host header names this server. A bare address cannot be pointed elsewhere."""
        name = _name_of(host or "")
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return name.rstrip(".") in self._names
        return self._any_address or address.is_loopback or name in self._names


def _name_of(host: str) -> str:
    """Return a Host header without its port."""
    text = host.strip().casefold()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]
