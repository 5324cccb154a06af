"""The schemas of what is sent to the service: forms with photos, and JSON."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

Schema: TypeAlias = dict[str, Any]
"""A JSON Schema, or another part of an OpenAPI document: what any of them may hold only their standards say."""

BINARY: Final[Schema] = {"type": "string", "format": "binary"}

_YES_NO: Final = {"type": "string", "enum": ["true", "false"]}
_LANGUAGE: Final = {"type": "string", "enum": ["id", "en"]}
_OPTIONS: Final = {
    "region": {"type": "string", "maxLength": 100, "examples": ["34.01"]},
    "date": {"type": "string", "format": "date", "examples": ["2028-10-01"]},
    "policy": {"type": "string", "maxLength": 100},
    "language": _LANGUAGE,
    "names": _YES_NO,
}
_FACE: Final = {
    "face": {"type": "string", "maxLength": 200, "examples": ["left", "right", "2", "|left"]},
    "language": _LANGUAGE,
}
_ROLES: Final = ["candidate", "running_mate", "family"]
_RELATIONS: Final = ["spouse", "child", "parent", "sibling", "other"]


def _form(fields: Schema, *required: str) -> Schema:
    photo = {"type": "array", "items": BINARY, "minItems": 1, "maxItems": 10}
    return _object({"photo": photo, **fields}, *required, "photo")


def _object(fields: Schema, *required: str) -> Schema:
    return {"type": "object", "required": list(required), "properties": fields, "additionalProperties": False}


def _text(most: int) -> Schema:
    return {"type": "string", "maxLength": most}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_NAME: Final = {"type": "string", "minLength": 1, "maxLength": 200}
_DAY: Final = _or_null({"type": "string", "format": "date"})

BODIES: Final[Schema] = {
    "CheckForm": _form({**_OPTIONS, "annotated": _YES_NO, "preview": _YES_NO}),
    "FixForm": _form(
        {
            **_OPTIONS,
            "how": {"type": "string", "enum": ["auto", "crop", "blur"]},
            "margin": {"type": "number", "minimum": 0, "maximum": 2},
            "format": {"type": "string", "enum": ["jpeg", "png"]},
            "keep": _YES_NO,
        }
    ),
    "PhotosForm": _form(_FACE),
    "PersonForm": _form(
        {
            "name": _NAME,
            "id": _text(200),
            "role": {"type": "string", "enum": [*_ROLES, ""]},
            "election": _text(200),
            "ballot_number": _text(4),
            "region": _text(100),
            "party": _text(200),
            "relative_of": _text(200),
            "relation": {"type": "string", "enum": [*_RELATIONS, ""]},
            **_FACE,
        },
        "name",
    ),
    "PersonFields": _object(
        {
            "name": _NAME,
            "role": {"type": "string", "enum": _ROLES},
            "election": _or_null(_text(200)),
            "ballot_number": _or_null({"type": "integer", "minimum": 1, "maximum": 999}),
            "region": _text(100),
            "party": _text(200),
            "relative_of": _or_null(_text(250)),
            "relation": _or_null({"type": "string", "enum": _RELATIONS}),
        },
        "name",
    ),
    "ElectionFields": _object(
        {
            "title": _text(200),
            "level": {"type": "string", "enum": ["national", "province", "regency", ""]},
            "region": _text(100),
            "active_from": _DAY,
            "active_to": _DAY,
            "polling_day": _DAY,
        }
    ),
    "Login": _object({"code": {"type": "string", "minLength": 1, "maxLength": 40, "examples": ["K7QF-2MXP"]}}, "code"),
}
"""By their names in the OpenAPI document; what may be left out becomes empty."""
