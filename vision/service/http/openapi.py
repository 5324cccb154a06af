"""What FastAPI cannot see of the routes: bodies that are read by hand, and the schemas of the answers.

The schemas lie in `schema/`: those of a check, a post and a fix are the contracts that the command prints as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

from fastapi import FastAPI

from vision.service.http.problems import MEDIA_TYPE

_FILES: Final = ("check-1", "post-1", "fix-1", "service")
_BINARY: Final = {"type": "string", "format": "binary"}
_COMMON: Final = (400, 401, 403, 421, 429, 500, 503)
_BODY: Final = (408, 413, 415, 422)
_SAID: Final = {
    200: "The answer.",
    201: "Something new is there now.",
    400: "The request is malformed.",
    401: "Log in, or send a key that is valid.",
    403: "This key or session may not, or the request comes from another site.",
    404: "There is none.",
    405: "Not this method.",
    406: "Not as a picture.",
    408: "The upload took too long.",
    409: "It contradicts what is there.",
    413: "Too much, too many, or too large a photo.",
    415: "No media type, or no photo format, that is read.",
    421: "The server does not go by that name.",
    422: "What was sent cannot be used.",
    429: "Too often; `Retry-After` says when.",
    500: "The service failed.",
    503: "Not now; `Retry-After` says when.",
}


def ref(name: str) -> dict[str, str]:
    """Return a reference to one of the service's own schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def described(
    schema: str, *others: int, created: bool = False, body: Mapping[str, Any] | None = None, common: bool = True
) -> dict[str, Any]:
    """Return the arguments that tell a route's answers: a schema when it goes well, and which problems there can be."""
    fine = {"application/json": {"schema": ref(schema)}}
    statuses = {*others, *(_COMMON if common else ())} | set(_BODY if body else ())
    responses: dict[int | str, dict[str, Any]] = {200: {"description": _SAID[200], "content": fine}}
    if created:
        responses[201] = {"description": _SAID[201], "content": fine}
    for status in sorted(statuses):
        content = {MEDIA_TYPE: {"schema": ref("problem")}}
        responses[status] = {"description": _SAID[status], "content": content}
    told: dict[str, Any] = {"responses": responses}
    if body is not None:
        told["openapi_extra"] = {"requestBody": body}
    return told


def form(fields: Mapping[str, Any], required: tuple[str, ...], *, raw: bool) -> dict[str, Any]:
    """Return a body: a form with photos, or the bytes of a photo alone."""
    properties = {"photo": {"type": "array", "items": _BINARY, "minItems": 1, "maxItems": 10}, **fields}
    schema = {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}
    content: dict[str, Any] = {"multipart/form-data": {"schema": schema}}
    if raw:
        content |= {"image/jpeg": {"schema": _BINARY}, "application/octet-stream": {"schema": _BINARY}}
    return {"required": True, "content": content}


def json_body(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body of JSON."""
    return {"required": True, "content": {"application/json": {"schema": dict(schema)}}}


@cache
def schemas() -> dict[str, Any]:
    """Return all schemas by their names in OpenAPI: `check-1`, `check-1.result`, `problem`."""
    found: dict[str, Any] = {}
    for name in _FILES:
        text = (resources.files("vision.service") / "schema" / f"{name}.json").read_text("utf-8")
        prefix = "" if name == "service" else f"{name}."
        schema = json.loads(text.replace('"#/$defs/', f'"#/components/schemas/{prefix}'))
        for part, told in schema.pop("$defs").items():
            found[f"{prefix}{part}"] = told
        if name != "service":
            schema.pop("$schema")
            found[name] = schema
    return found


def add_schemas(app: FastAPI) -> None:
    """Have the application's OpenAPI document hold the schemas, the ways to log in, and nothing of FastAPI's own."""
    make = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = make()
            components = document.setdefault("components", {})
            components["schemas"] = schemas()
            components["securitySchemes"] = {
                "key": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "fotonetral_session"},
            }
            document["security"] = [{"key": []}, {"session": []}, {}]
        return app.openapi_schema or {}

    app.openapi = complete  # type: ignore[method-assign]


_OPTIONS: Final = {
    "region": {"type": "string", "maxLength": 100, "examples": ["34.01"]},
    "date": {"type": "string", "format": "date", "examples": ["2028-10-01"]},
    "policy": {"type": "string", "maxLength": 100},
    "language": {"enum": ["id", "en"]},
    "names": {"enum": ["true", "false"]},
}
_CHECK_FIELDS: Final = {**_OPTIONS, "annotated": {"enum": ["true", "false"]}, "preview": {"enum": ["true", "false"]}}
_FIX_FIELDS: Final = {
    **_OPTIONS,
    "how": {"enum": ["auto", "crop", "blur"]},
    "margin": {"type": "number", "minimum": 0, "maximum": 2},
    "format": {"enum": ["jpeg", "png"]},
    "keep": {"enum": ["true", "false"]},
}
_PHOTO_FIELDS: Final = {
    "face": {"type": "string", "maxLength": 200, "examples": ["left", "right", "2", "|left"]},
    "language": {"enum": ["id", "en"]},
}
_PERSON_FIELDS: Final = {
    "name": {"type": "string", "minLength": 1, "maxLength": 200},
    "id": {"type": "string", "maxLength": 200},
    "role": {"enum": ["candidate", "running_mate", "family", ""]},
    "election": {"type": "string", "maxLength": 200},
    "ballot_number": {"type": "string", "maxLength": 4},
    "region": {"type": "string", "maxLength": 100},
    "party": {"type": "string", "maxLength": 200},
    "relative_of": {"type": "string", "maxLength": 200},
    "relation": {"enum": ["spouse", "child", "parent", "sibling", "other", ""]},
    **_PHOTO_FIELDS,
}


def _pictured(told: dict[str, Any], *media_types: str) -> dict[str, Any]:
    """Add that the answer may be a picture."""
    told["responses"][200]["content"] |= {media_type: {"schema": _BINARY} for media_type in media_types}
    return told


def _either(told: dict[str, Any], *schemas_: str) -> dict[str, Any]:
    told["responses"][200]["content"]["application/json"] = {"schema": {"anyOf": [ref(one) for one in schemas_]}}
    return told


CHECK: Final = _pictured(
    _either(described("check", 406, body=form(_CHECK_FIELDS, ("photo",), raw=True)), "check", "post"), "image/jpeg"
)
FIX: Final = _pictured(described("fix", body=form(_FIX_FIELDS, ("photo",), raw=True)), "image/jpeg", "image/png")
POLICIES: Final = described("policies", 422)
PEOPLE: Final = described("people", 409, 422)
REGISTER: Final = described(
    "registered", 404, 409, created=True, body=form(_PERSON_FIELDS, ("name", "photo"), raw=False)
)
PERSON: Final = described("person", 404, 409, 422)
REMOVED: Final = described("removed", 404, 409, 422)
DISTINCT: Final = described("distinct", 404, 409, 422)
PHOTOS: Final = described("photos", 404, 409, 422)
ADD_PHOTOS: Final = described("registered", 404, 409, created=True, body=form(_PHOTO_FIELDS, ("photo",), raw=True))
HEALTH: Final = described("health", 409, 422)
ELECTIONS: Final = described("elections", 409, 422)
ELECTION: Final = described("election", 404, 409, 422)
CHANGE: Final = described("person", 404, 409, body=json_body(ref("person_fields")))
PUT_ELECTION: Final = described("election", 409, created=True, body=json_body(ref("election_fields")))
SESSION: Final = described("session", common=False)
ALIVE: Final = described("alive", 421, common=False)
READY: Final = described("ready", 421, common=False)
