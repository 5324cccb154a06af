"""The body of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """The body of an answer and what goes with it; `verdict` is for the log."""

    body: bytes
    media_type: str = "application/json"
    status: int = 200
    headers: Mapping[str, str] | None = None
    verdict: str | None = None
