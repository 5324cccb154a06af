"""The OpenAPI document: request bodies that FastAPI does not see, and the schemas of the answers.

The schemas of the answers lie in `vision/contract/schema/`, made from the structs that are answered with.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Final, NotRequired, TypedDict

import msgspec
from fastapi import FastAPI

from vision.service.http.bodies import BINARY, BODIES, Schema
from vision.service.http.problems import MEDIA_TYPE

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


class RouteDescription(TypedDict):
    """The arguments that describe a route to FastAPI."""

    operation_id: str
    responses: dict[int | str, Schema]
    openapi_extra: NotRequired[Schema]


def ref(name: str) -> Schema:
    """Return a reference to one of the document's schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def described(
    operation: str,
    answer: str,
    *others: int,
    created: bool = False,
    body: Schema | None = None,
    common: bool = True,
    either: str | None = None,
    pictures: Sequence[str] = (),
) -> RouteDescription:
    """Return the arguments that tell of a route: its operation's id, what it answers, which problems there can be.

    `answer` names the schema when it goes well, `either` another one; `pictures` are the types of a picture that may
    come instead.
    """
    fine: Schema = {"anyOf": [ref(answer), ref(either)]} if either else ref(answer)
    content = {"application/json": {"schema": fine}} | {picture: {"schema": BINARY} for picture in pictures}
    statuses = {*others, *(_COMMON if common else ())} | set(_BODY if body else ())
    responses: dict[int | str, Schema] = {200: {"description": _SAID[200], "content": content}}
    if created:
        responses[201] = {"description": _SAID[201], "content": content}
    for status in sorted(statuses):
        responses[status] = {"description": _SAID[status], "content": {MEDIA_TYPE: {"schema": ref("Problem")}}}
    told: RouteDescription = {"operation_id": operation, "responses": responses}
    if body is not None:
        told["openapi_extra"] = {"requestBody": body}
    return told


def form(name: str, *, raw: bool) -> Schema:
    """Return a body: a form with photos, or the bytes of a photo alone."""
    content: Schema = {"multipart/form-data": {"schema": ref(name)}}
    if raw:
        content |= {"image/jpeg": {"schema": BINARY}, "application/octet-stream": {"schema": BINARY}}
    return {"required": True, "content": content}


def json_body(name: str) -> Schema:
    """Return a body of JSON."""
    return {"required": True, "content": {"application/json": {"schema": ref(name)}}}


@cache
def schemas() -> Schema:
    """Return all schemas by their names: the answers', and those of what is sent."""
    answers = (resources.files("vision.contract") / "schema" / "service.json").read_bytes()
    return msgspec.json.decode(answers, type=Schema) | BODIES


def add_schemas(app: FastAPI) -> None:
    """Have the application's OpenAPI document hold the schemas, the ways to log in, and nothing of FastAPI's own."""
    make = app.openapi

    def complete() -> Schema:
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


CHECK: Final = described(
    "check_photos", "PhotoAnswer", 406, body=form("CheckForm", raw=True), either="PostAnswer", pictures=("image/jpeg",)
)
FIX: Final = described("fix_photo", "FixAnswer", body=form("FixForm", raw=True), pictures=("image/jpeg", "image/png"))
POLICIES: Final = described("list_policies", "Policies", 422)
PEOPLE: Final = described("list_people", "People", 409, 422)
REGISTER: Final = described("register_person", "Registered", 404, 409, created=True, body=form("PersonForm", raw=False))
PERSON: Final = described("show_person", "PersonDetails", 404, 409, 422)
CHANGE: Final = described("change_person", "Person", 404, 409, body=json_body("PersonFields"))
REMOVE_PERSON: Final = described("remove_person", "RemovedPeople", 404, 409, 422)
TELL_DISTINCT: Final = described("tell_distinct", "Distinct", 404, 409, 422)
TELL_SAME: Final = described("tell_same", "Distinct", 404, 409, 422)
PHOTOS: Final = described("list_reference_photos", "ReferencePhotos", 404, 409, 422)
ADD_PHOTOS: Final = described(
    "add_reference_photos", "Registered", 404, 409, created=True, body=form("PhotosForm", raw=True)
)
REMOVE_PHOTO: Final = described("remove_reference_photo", "RemovedPhoto", 404, 409, 422)
HEALTH: Final = described("examine_gallery", "GalleryHealth", 409, 422)
ELECTIONS: Final = described("list_elections", "Elections", 409, 422)
ELECTION: Final = described("show_election", "Election", 404, 409, 422)
PUT_ELECTION: Final = described("put_election", "Election", 409, created=True, body=json_body("ElectionFields"))
REMOVE_ELECTION: Final = described("remove_election", "RemovedElection", 404, 409, 422)
SESSION: Final = described("show_session", "Session")
LOG_IN: Final = described("log_in", "Session", 413, 415, body=json_body("Login"))
LOG_OUT: Final = described("log_out", "Session")
ALIVE: Final = described("is_alive", "Alive", 421, common=False)
READY: Final = described("is_ready", "Ready", 421, common=False)
READY["responses"][503] = {
    "description": "Photos cannot be checked now; `status` says why.",
    "content": {"application/json": {"schema": ref("Ready")}},
}
METRICS: Final = described("read_metrics", "Ready")
METRICS["responses"][200] = {
    "description": "What Prometheus collects.",
    "content": {"text/plain": {"schema": {"type": "string"}}},
}
