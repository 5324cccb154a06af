"""What is wrong with a value that pydantic refuses, in words of ours where there are some for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from candidates.messages.catalogue import template_at
from vision.messages import Message, Written, say


class UnfitError(ValueError):
    """A value that a validator of ours refuses."""

    def __init__(self, says: Message) -> None:
        super().__init__(says.text("en"))
        self.says = says


def reason_of(error: Mapping[str, Any]) -> Message:
    """Return what one of pydantic's errors says; English words of its own where the message files have none."""
    told: Mapping[str, Any] = error.get("ctx", {})
    own = told.get("error")
    if isinstance(own, UnfitError):
        return own.says
    key = f"service.reason.{error['type']}"
    if template_at("vision.messages", key, "en") is None:
        said = str(error["msg"]).removeprefix("Value error, ")
        return Written(said, said)
    return say(key, **{name: _choices(value) if name == "expected" else value for name, value in told.items()})


def _choices(listed: str) -> list[str]:
    """Return the values that pydantic lists as "'a', 'b' or 'c'"."""
    return re.findall(r"'[^']*'", listed) or [listed]
