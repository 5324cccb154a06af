"""The body of an answer, and plain values as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """The body of an answer and what goes with it; `verdict` is for the log."""

    body: bytes
    media_type: str = "application/json"
    status: int = 200
    headers: Mapping[str, str] | None = None
    verdict: str | None = None


def as_json(told: Mapping[str, Any]) -> bytes:
    """Return plain values as JSON in UTF-8."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
