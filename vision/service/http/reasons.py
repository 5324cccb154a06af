"""Words for the values that pydantic refuses: ours, or pydantic's own where we have none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from candidates.messages.catalogue import template_at
from vision.messages import LiteralText, Message, say

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


class UnfitError(ValueError):
    """One of our validators refuses the value."""

    def __init__(self, says: Message) -> None:
        super().__init__(says.text("en"))
        self.says = says


def reason_of(error: ErrorDetails) -> Message:
    """Return the message for one of pydantic's errors; its own English text where the message files have none."""
    told = error.get("ctx", {})
    own = told.get("error")
    if isinstance(own, UnfitError):
        return own.says
    key = f"service.reason.{error['type']}"
    if template_at("vision.messages", key, "en") is None:
        said = str(error["msg"]).removeprefix("Value error, ")
        return LiteralText(said, said)
    return say(key, **{name: _choices(value) if name == "expected" else value for name, value in told.items()})


def _choices(listed: str) -> list[str]:
    """Return the values that pydantic lists as "'a', 'b' or 'c'"."""
    return re.findall(r"'[^']*'", listed) or [listed]
