"""What all structs of the answers have in common, and the kinds of values that many of them hold."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

Plain: TypeAlias = dict[str, Any]
"""An object of the JSON as `json` reads it: dicts, lists, texts and numbers."""

VerdictName = Literal["clear", "review", "flag"]
SeverityName = Literal["flag", "review"]

Text = Annotated[str, Meta(min_length=1)]
Code = Annotated[str, Meta(pattern=r"^[a-z]+\.[a-z_]+$")]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]
AtLeastOne = Annotated[int, Meta(ge=1)]
Indices = Annotated[tuple[Count, ...], Meta(extra_json_schema={"uniqueItems": True})]
Number = Annotated[int, Meta(ge=1, le=99)]
"""A ballot number: hands show 1 to 10, and so many parties as there are may be read."""
Length = Annotated[float, Meta(ge=0)]
Box = Annotated[
    tuple[float, float, Length, Length],
    Meta(description="Left, top, width, height in pixels of the full-size upright photo."),
]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """An object of the JSON."""

    def __getitem__(self, name: str) -> Any:
        """Return a member by its name, for programs that read the objects as plain JSON. Raises KeyError."""
        if name not in self.__struct_fields__:
            raise KeyError(name)
        return getattr(self, name)

    def to_dict(self) -> Plain:
        """Return plain dicts, lists, texts and numbers."""
        return msgspec.json.decode(msgspec.json.encode(self), type=Plain)

    def to_json(self) -> bytes:
        """Return compact JSON in UTF-8; what of a file name is no Unicode text is "?"."""
        told = msgspec.to_builtins(self)
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def encodable(text: str) -> str:
    """Replace what of a file name is no Unicode text: JSON could not carry it to strict readers."""
    return text.encode("utf-8", "replace").decode("utf-8")
