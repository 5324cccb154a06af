"""What goes wrong, as RFC 9457 problems: one status and title for every code, and the words in the caller's language.

`docs/service.md` lists the codes. Codes of the engine and the gallery keep their names; those that only the service
has are made here. No problem tells a path, a stack, or what a library said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Self

from msgspec import UNSET

from candidates.errors import CandidatesError
from candidates.messages.catalogue import templates
from vision.contract.answers.service import FieldProblem, Problem, RejectedPhoto
from vision.errors import FotoNetralError, Language
from vision.messages import Message, say

MEDIA_TYPE = "application/problem+json"

TITLED = frozenset(
    {
        "photo",
        "media",
        "post",
        "enrolment",
        "photos",
        "policy",
        "engine",
        "copy",
        "fix",
        "gallery",
        "calibration",
        "candidate",
        "candidates",
        "election",
        "region",
        "table",
        "request",
        "auth",
        "rate",
        "server",
    }
)
"""Kinds of codes that are answered as problems: the part before the dot. Each has a title in the message files."""

_STATUS: Mapping[str, int] = {
    "photo.empty": 422,
    "photo.unsupported": 415,
    "media.not_looked_at": 415,
    "photo.too_large": 413,
    "policy.invalid": 500,
    "gallery.not_configured": 409,
    "candidate.unknown": 404,
    "candidate.duplicate": 409,
    "candidate.ambiguous": 409,
    "candidate.has_relatives": 409,
    "election.unknown": 404,
    "election.in_use": 409,
    "engine.crashed": 503,
    "engine.timeout": 503,
    "engine.memory": 503,
    "request.malformed": 400,
    "request.not_found": 404,
    "request.method": 405,
    "request.not_acceptable": 406,
    "request.timeout": 408,
    "request.too_large": 413,
    "request.too_many_photos": 413,
    "request.media_type": 415,
    "request.host": 421,
    "auth.missing": 401,
    "auth.invalid": 401,
    "auth.code": 401,
    "auth.role": 403,
    "auth.csrf": 403,
    "auth.origin": 403,
    "auth.too_many_attempts": 429,
    "rate.limited": 429,
    "server.failed": 500,
}
_STATUS_OF_KIND: Mapping[str, int] = {
    "engine": 500,
    "gallery": 503,
    "calibration": 503,
    "candidates": 503,
    "server": 503,
}
_OTHER_STATUS = 422

_RETRY_SECONDS: Mapping[str, int] = {
    "engine.crashed": 1,
    "engine.memory": 5,
    "gallery.busy": 2,
    "server.busy": 2,
    "server.starting": 3,
    "server.stopping": 5,
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of a request."""

    field: str
    says: Message


class HttpProblemError(Exception):
    """Something that is answered as a problem; see `docs/service.md` for its members."""

    def __init__(
        self,
        code: str,
        *,
        words: Message | None = None,
        retry_after: float | None = None,
        photos_rejected: Sequence[RejectedPhoto] | None = None,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[FieldError] = (),
        **values: object,
    ) -> None:
        """Make the problem of a code. `words` take the place of the code's own text.

        `values` fill in the own text; `photos_rejected` and `errors` are told one by one, `errors` together as well.
        """
        super().__init__(code)
        self.code = code
        self._errors = tuple(errors)
        self._words = words or say(f"service.problem.{code if code in own_codes() else 'engine.failed'}", **values)
        self.kind = ""
        self.photos_rejected = photos_rejected
        self.headers = dict(headers or {})
        seconds = _RETRY_SECONDS.get(code) if retry_after is None else max(1, round(retry_after + 0.49))
        if seconds is not None:
            self.headers["Retry-After"] = str(seconds)

    @classmethod
    def of(cls, error: FotoNetralError | CandidatesError) -> Self:
        """Return the problem of an error of the engine or the gallery."""
        problem = cls.told(error.code, error.whole())
        problem.kind = error.kind
        return problem

    @classmethod
    def told(cls, code: str, says: Message) -> Self:
        """Return the problem of a code of the engine or the gallery, with what it says."""
        if code in own_codes():
            return cls(code)
        if code.partition(".")[0] in ("gallery", "calibration", "candidates"):
            return cls(code, words=say("service.unusable.gallery"))
        return cls(code, words=says)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return status_of(self.code)

    def text(self, language: Language) -> str:
        """Return what is wrong and what to do."""
        told = "; ".join(f"{one.field}: {one.message.rstrip('.')}" for one in self._told(language))
        return self._words.text(language) + (f" {told}." if told else "")

    def _told(self, language: Language) -> tuple[FieldProblem, ...]:
        return tuple(FieldProblem(field=one.field, message=one.says.text(language)) for one in self._errors)

    def to_answer(self, language: Language, request_id: str) -> Problem:
        """Return what other programs read."""
        kind = self.code.partition(".")[0]
        return Problem(
            type=f"/docs#{self.code}",
            title=say(f"service.title.{kind if kind in TITLED else 'request'}").text(language),
            status=self.status,
            code=self.code,
            detail=self.text(language),
            request_id=request_id,
            kind=self.kind or UNSET,
            photos_rejected=UNSET if self.photos_rejected is None else tuple(self.photos_rejected),
            errors=self._told(language) or UNSET,
        )


def status_of(code: str) -> int:
    """Return the HTTP status of a code."""
    return _STATUS.get(code) or _STATUS_OF_KIND.get(code.partition(".")[0], _OTHER_STATUS)


@cache
def own_codes() -> frozenset[str]:
    """Return the codes that have words of their own here."""
    start = "service.problem."
    found = templates("vision.messages", "service", "en")
    return frozenset(key.removeprefix(start) for key in found if key.startswith(start))
