"""Responses: JSON, problems, and FastAPI's own errors as problems."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match

from candidates.errors import CandidatesError
from vision.contract.answers.part import Part
from vision.errors import FotoNetralError
from vision.service.http.language import language_of
from vision.service.http.problems import MEDIA_TYPE, FieldError, HttpProblemError
from vision.service.http.reasons import reason_of
from vision.service.http.reply import Reply

_OF_STATUS: Mapping[int, str] = {
    400: "request.malformed",
    404: "request.not_found",
    405: "request.method",
    413: "request.too_large",
}
_CLIENT_GONE = 499
_MOST_ERRORS = 20
_MOST_FIELD_NAME = 60


def json_response(told: Part, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer as JSON."""
    return Response(told.to_json(), status, media_type="application/json", headers=headers)


def reply_response(reply: Reply, headers: Mapping[str, str] | None = None) -> Response:
    """Return a reply as an answer."""
    all_headers = {**(reply.headers or {}), **(headers or {})}
    return Response(reply.body, reply.status, media_type=reply.media_type, headers=all_headers)


def problem_response(problem: HttpProblemError, request: Request) -> Response:
    """Return a problem as an answer, in the request's language."""
    note(request, code=problem.code)
    told = problem.to_answer(language_of(request), getattr(request.state, "request_id", ""))
    return Response(told.to_json(), problem.status, media_type=MEDIA_TYPE, headers=problem.headers)


def note(request: Request, **facts: object) -> None:
    """Add facts to the request's line in the log: codes, counts, verdicts; nothing that a client sent."""
    known: dict[str, object] = getattr(request.state, "facts", {})
    request.state.facts = {**known, **facts}


def invalid_by(error: ValidationError | RequestValidationError) -> HttpProblemError:
    """Return the problem of what pydantic refuses; but for a region that is none, what was sent is not repeated."""
    errors = [FieldError(_field_of(one["loc"]), reason_of(one)) for one in error.errors()[:_MOST_ERRORS]]
    return HttpProblemError("request.invalid", errors=errors)


def add_problem_handlers(app: FastAPI) -> None:
    """Have every exception answered with a problem."""

    async def own(request: Request, error: Exception) -> Response:
        problem = error if isinstance(error, HttpProblemError) else HttpProblemError("server.failed")
        return problem_response(problem, request)

    async def told(request: Request, error: Exception) -> Response:
        if isinstance(error, FotoNetralError | CandidatesError):
            return problem_response(HttpProblemError.of(error), request)
        return problem_response(HttpProblemError("server.failed"), request)

    async def refused(request: Request, error: Exception) -> Response:
        if isinstance(error, RequestValidationError):
            return problem_response(invalid_by(error), request)
        return problem_response(HttpProblemError("request.malformed"), request)

    async def gone(_request: Request, _error: Exception) -> Response:
        return Response(status_code=_CLIENT_GONE)  # nobody reads it; the log says what happened

    async def of_starlette(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
        if status == 405:
            headers["Allow"] = ", ".join(_allowed(request))  # of all routes at the address, not of the first alone
        code = _OF_STATUS.get(status, "request.malformed" if status < 500 else "server.failed")
        return problem_response(HttpProblemError(code, headers=headers, most="-"), request)

    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(HttpProblemError, own)
    app.add_exception_handler(FotoNetralError, told)
    app.add_exception_handler(CandidatesError, told)
    app.add_exception_handler(RequestValidationError, refused)
    app.add_exception_handler(HTTPException, of_starlette)
    app.add_exception_handler(Exception, told)  # it is raised again afterwards, and gets into the log


def _allowed(request: Request) -> list[str]:
    routes = request.app.state.routes
    path = next((one.path for one in routes if one.matches(request.scope)[0] is not Match.NONE), None)
    return sorted({method for one in routes if one.path == path for method in getattr(one, "methods", None) or ()})


def _field_of(place: tuple[int | str, ...]) -> str:
    parts = [str(part) for part in place if part not in ("query", "body", "path")]
    return ".".join(parts)[:_MOST_FIELD_NAME] or "body"
