"""HTTP/1.1 by uvicorn, with bounds that it lacks: for silent connections, endless bodies, and how many there are."""

from __future__ import annotations

import asyncio
import secrets

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from vision.service.http.problems import MEDIA_TYPE, HttpProblemError

SILENCE_SECONDS = 15.0
"""A connection may take so long to send a request's headers, or the rest of a body that nobody wants any more."""


class BoundedProtocol(H11Protocol):
    """A connection that is closed when it stays silent, and at once when there are too many."""

    most_connections = 512
    silence_seconds = SILENCE_SECONDS
    reading_seconds = 60.0
    _silence: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or refuse it."""
        super().connection_made(transport)
        if len(self.connections) > self.most_connections:
            self._refuse(HttpProblemError("server.busy"))
        else:
            self._expect()

    def data_received(self, data: bytes) -> None:
        """Take bytes; the timeout runs unless a complete request is being processed."""
        super().data_received(data)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        self._stop()
        self._stop_reading_clock()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Wait for a client that reads slowly, but not for ever."""
        super().pause_writing()
        self._unread = self.loop.call_later(self.reading_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on, since the client has read."""
        super().resume_writing()
        self._stop_reading_clock()

    def on_response_complete(self) -> None:
        """Start the clock for what of the body is still to come."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self._expect()

    def send_400_response(self, msg: str) -> None:
        """Answer bytes that are not HTTP."""
        del msg
        self._refuse(HttpProblemError("request.malformed"))

    def _expect(self) -> None:
        is_served = self.cycle is not None and not self.cycle.response_complete
        if is_served:
            self._stop()
        elif self._silence is None and not self.transport.is_closing():
            self._silence = self.loop.call_later(self.silence_seconds, self._end)

    def _stop(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def _stop_reading_clock(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _end(self) -> None:
        self._silence = None
        is_served = self.cycle is not None and not self.cycle.response_complete
        if not is_served and not self.transport.is_closing():
            self.transport.abort()

    def _refuse(self, problem: HttpProblemError) -> None:
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            self.transport.abort()  # in the middle of another answer
            return
        body = problem.to_answer("id", secrets.token_hex(8)).to_json()
        head = [
            f"HTTP/1.1 {problem.status} ",
            f"content-type: {MEDIA_TYPE}",
            f"content-length: {len(body)}",
            "connection: close",
            "x-content-type-options: nosniff",
            *(f"{name.lower()}: {value}" for name, value in problem.headers.items()),
        ]
        self.transport.write("\r\n".join([*head, "", ""]).encode("ascii") + body)
        self.transport.close()


def bounded(connections: int, reading_seconds: float) -> type[BoundedProtocol]:
    """Return the protocol for so many connections at most, whose answers are read within so many seconds."""
    bounds = {"most_connections": connections, "reading_seconds": reading_seconds}
    return type("Protocol", (BoundedProtocol,), bounds)
