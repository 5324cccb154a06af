"""Running the service: binding, serving, and stopping in order."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from candidates import Gallery
from candidates.causes import cause_of
from vision.messages import say
from vision.service.app import application
from vision.service.callers.keys import KeyStore
from vision.service.http import logs
from vision.service.http.protocol import bounded
from vision.service.settings import ServiceSettings, SettingsError, unknown_variables
from vision.service.state import MakeJobRunner, Service

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_GRACE = 5
_BACKLOG = 512


def serve(settings: ServiceSettings, announce: Callable[[str], None], *, make: MakeJobRunner | None = None) -> None:
    """Serve until SIGINT or SIGTERM: then nobody new is let in, and who is in is served, for a bounded time.

    `announce` gets the address once the server listens; `make` is what the processes do, in place of the models.
    Raises SettingsError when the server may not, or cannot, listen where it should.
    """
    require_keys(settings)
    require_gallery(settings)
    # A process that crashes must not leave its memory, and a photo in it, on the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Or ONNX Runtime keeps events in a file in the user's folder, and sends them to its maker.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    service = Service.of(settings, make)
    with bind(settings) as bound, logs.ServiceLog():
        logs.note("server.starting", workers=settings.worker_count, unknown=unknown_variables(os.environ))
        config = uvicorn.Config(
            application(service),
            http=bounded(settings.connections, settings.upload_seconds),
            ws="none",
            loop="asyncio",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            timeout_graceful_shutdown=int(settings.shutdown_seconds) + _GRACE,
            timeout_keep_alive=10,
            backlog=_BACKLOG,
        )
        announce(address(bound))
        _Server(config, service).run(sockets=[bound])
        logs.note("server.stopped")


def require_keys(settings: ServiceSettings) -> None:
    """Refuse to listen beyond this machine while nobody needs a key, unless that is wanted. Raises SettingsError."""
    if settings.is_loopback or settings.open_to == "network" or KeyStore(settings.keys).is_any_valid():
        return
    raise SettingsError(say("service.server.host_service_does_not_listen", host=settings.host))


def require_gallery(settings: ServiceSettings) -> None:
    """Refuse to start with a gallery that is not there: hands alone would be judged. Raises SettingsError."""
    path = settings.gallery
    if path is None or path.exists():
        return
    if not settings.create_gallery:
        raise SettingsError(say("service.server.gallery_there_is_no_such", path=path))
    Gallery.open(path, create=True).close()


def bind(settings: ServiceSettings) -> socket.socket:
    """Return a socket that listens where the settings say. Raises SettingsError."""
    try:
        family, _, _, _, place = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(place[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        cause = cause_of(error)
        raise SettingsError(
            say("service.server.host_and_port", host=settings.host, port=settings.port, reason=cause.reason)
        ) from error


def address(bound: socket.socket) -> str:
    """Return the address of a listening socket."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """uvicorn's server, that tells the pool when it is to stop, and ends without a signal of its own."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn raises the signal again when all is done: by then there is nothing left to end.
        before = {one: signal.signal(one, _ignore) for one in _SIGNALS}
        try:
            super().run(sockets)
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        pool, seconds = self._service.pool, self._service.settings.shutdown_seconds
        logs.note("server.stopping", running=pool.running, waiting=pool.waiting)
        pool.stop()
        asyncio.get_running_loop().call_later(seconds, pool.give_up)
        await super().shutdown(sockets)


def _ignore(_signal: int, _frame: FrameType | None) -> None:
    pass
