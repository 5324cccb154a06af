"""`/v1/candidates` and `/v1/elections`: what administrators may do with the gallery."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

import anyio.to_thread
from fastapi import APIRouter, Query
from fastapi import Path as PathParameter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from candidates import Relation, Role
from candidates.choosing import face_words
from candidates.importing.tables import PEOPLE_COLUMNS, TableRow, clean_cell, person_row
from candidates.people import clean_text, slug
from vision.errors import Language
from vision.messages import LiteralText, say
from vision.service.gallery import editing as galleries
from vision.service.gallery.editing import PhotoDescription
from vision.service.http import openapi
from vision.service.http.answers import invalid_by, json_response, note
from vision.service.http.language import language_of
from vision.service.http.problems import FieldError, HttpProblemError
from vision.service.photos.uploads import PHOTO, Upload, read_json, read_upload
from vision.service.pool.jobs import EnrolJob, EnrolOutcome, HealthJob, HealthOutcome, JobFailure
from vision.service.routes import checking
from vision.service.routes.access import Caller, Manager, ServiceOf
from vision.service.routes.options import Region
from vision.service.state import Service

router = APIRouter()

T = TypeVar("T")

_MOST_JSON_BYTES, _JSON_SECONDS = 20_000, 10.0
_HEALTH_SECONDS = 600.0
_FACE, _LANGUAGE = "face", "language"
_PERSON_FIELDS = tuple(column for column in PEOPLE_COLUMNS if column not in ("photos", _FACE))

Id = Annotated[str, PathParameter(min_length=1, max_length=250)]
Text = Annotated[str, Field(max_length=200), AfterValidator(clean_text)]
In = Annotated[Language | None, Query(alias=_LANGUAGE)]


class PersonFields(BaseModel):
    """A person's fields but id and photos."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Text = Field(min_length=1)
    role: Role = Role.CANDIDATE
    election: Annotated[str, Field(max_length=200)] | None = None
    ballot_number: int | None = Field(None, ge=1, le=999)
    region: Region | Annotated[str, Field(max_length=0)] = ""
    party: Text = ""
    relative_of: Annotated[str, Field(max_length=250)] | None = None
    relation: Relation | None = None


class ElectionFields(BaseModel):
    """An election's fields but its id."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Text = ""
    level: Annotated[str, Field(pattern="^(national|province|regency|)$")] = ""
    region: Region | Annotated[str, Field(max_length=0)] = ""
    active_from: datetime.date | None = None
    active_to: datetime.date | None = None
    polling_day: datetime.date | None = None


@router.get("/v1/candidates", tags=["gallery"], **openapi.PEOPLE)
async def list_people(
    service: ServiceOf,
    _caller: Manager,
    search: Annotated[str, Query(max_length=200)] = "",
    election: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    after: Annotated[str, Query(max_length=250)] = "",
) -> Response:
    """List who is registered."""
    return json_response(
        await _read(service, galleries.list_people, search=search, election=election, limit=limit, after=after)
    )


@router.post("/v1/candidates", tags=["gallery"], **openapi.REGISTER)
async def register(request: Request, service: ServiceOf, caller: Manager) -> Response:
    """Register somebody with photos, or add to somebody who is registered."""
    path = _gallery(service)

    async def work(upload: Upload, language: Language) -> Response:
        unknown = sorted(set(upload.fields) - {*_PERSON_FIELDS, _FACE, _LANGUAGE})
        if unknown:
            errors = [FieldError(name[:40], say("service.gallery.unknown")) for name in unknown[:20]]
            raise HttpProblemError("request.invalid", errors=errors)
        cells = {column: clean_cell(column, upload.fields.get(column, "")) for column in _PERSON_FIELDS}
        row = person_row(TableRow(0, dict.fromkeys(PEOPLE_COLUMNS, "") | cells))
        described = await _described(service, upload)
        told = await _changed(service, partial(galleries.register, path, row, described, language))
        return json_response(told, 201 if told.outcome == "added" else 200)

    return await _with_photos(request, service, caller, work)


@router.get("/v1/candidates/health", tags=["gallery"], **openapi.HEALTH)
async def health(request: Request, service: ServiceOf, _caller: Manager, language: In = None) -> Response:
    """Tell what is wrong with the gallery, and what to do."""
    job = HealthJob(str(_gallery(service)), language or language_of(request))
    answer = await checking.while_connected(request, checking.run(service, job, _HEALTH_SECONDS))
    if not isinstance(answer, HealthOutcome):
        raise TypeError(f"a look at the gallery gave {type(answer).__name__}")
    return json_response(answer.told)


@router.get("/v1/candidates/{person}", tags=["gallery"], **openapi.PERSON)
async def show_person(service: ServiceOf, _caller: Manager, person: Id) -> Response:
    """Tell all of one person."""
    return json_response(await _read(service, galleries.show_person, person))


@router.put("/v1/candidates/{person}", tags=["gallery"], **openapi.CHANGE)
async def change(request: Request, service: ServiceOf, _caller: Manager, person: Id) -> Response:
    """Give a person other fields; photos stay."""
    path = _gallery(service)
    fields = await _json(request, PersonFields)
    values = fields.model_dump() | {"election": slug(fields.election) if fields.election else None}
    values |= {"relative_of": fields.relative_of or None}
    return json_response(await _changed(service, partial(galleries.change_person, path, person, values)))


@router.delete("/v1/candidates/{person}", tags=["gallery"], **openapi.REMOVE_PERSON)
async def remove(
    service: ServiceOf, _caller: Manager, person: Id, with_family: Annotated[bool, Query()] = False
) -> Response:
    """Remove a person and all that was kept of their faces."""
    path = _gallery(service)
    work = partial(galleries.remove_person, path, person, with_family=with_family)
    return json_response(await _changed(service, work))


@router.get("/v1/candidates/{person}/photos", tags=["gallery"], **openapi.PHOTOS)
async def list_photos(service: ServiceOf, _caller: Manager, person: Id) -> Response:
    """List a person's reference photos."""
    return json_response(await _read(service, galleries.list_photos, person))


@router.post("/v1/candidates/{person}/photos", tags=["gallery"], **openapi.ADD_PHOTOS)
async def add_photos(request: Request, service: ServiceOf, caller: Manager, person: Id) -> Response:
    """Add reference photos to a person."""
    path = _gallery(service)

    async def work(upload: Upload, language: Language) -> Response:
        if unknown := sorted(set(upload.fields) - {_FACE, _LANGUAGE}):
            errors = [FieldError(name[:40], say("service.gallery.unknown")) for name in unknown[:20]]
            raise HttpProblemError("request.invalid", errors=errors)
        await _read(service, galleries.list_photos, person)  # before faces are looked for in vain
        described = await _described(service, upload)
        told = await _changed(service, partial(galleries.add_photos, path, person, described, language))
        return json_response(told, 201 if told.outcome == "updated" else 200)

    return await _with_photos(request, service, caller, work)


@router.delete("/v1/candidates/{person}/photos/{number}", tags=["gallery"], **openapi.REMOVE_PHOTO)
async def remove_photo(
    service: ServiceOf, _caller: Manager, person: Id, number: Annotated[int, PathParameter(ge=1, le=2**53)]
) -> Response:
    """Remove one reference photo, and what was kept of it."""
    path = _gallery(service)
    return json_response(await _changed(service, partial(galleries.remove_photo, path, person, number)))


@router.put("/v1/candidates/{person}/distinct/{other}", tags=["gallery"], **openapi.TELL_DISTINCT)
async def tell_distinct(service: ServiceOf, _caller: Manager, person: Id, other: Id) -> Response:
    """Keep that two who look alike are two people."""
    path = _gallery(service)
    return json_response(await _changed(service, partial(galleries.tell_distinct, path, person, other, are_two=True)))


@router.delete("/v1/candidates/{person}/distinct/{other}", tags=["gallery"], **openapi.TELL_SAME)
async def tell_same(service: ServiceOf, _caller: Manager, person: Id, other: Id) -> Response:
    """Take back that two are two people."""
    path = _gallery(service)
    return json_response(await _changed(service, partial(galleries.tell_distinct, path, person, other, are_two=False)))


@router.get("/v1/elections", tags=["gallery"], **openapi.ELECTIONS)
async def list_elections(service: ServiceOf, _caller: Manager) -> Response:
    """List the elections."""
    return json_response(await _read(service, galleries.list_elections))


@router.get("/v1/elections/{election}", tags=["gallery"], **openapi.ELECTION)
async def show_election(service: ServiceOf, _caller: Manager, election: Id) -> Response:
    """Tell of one election."""
    return json_response(await _read(service, galleries.show_election, election))


@router.put("/v1/elections/{election}", tags=["gallery"], **openapi.PUT_ELECTION)
async def put_election(request: Request, service: ServiceOf, _caller: Manager, election: Id) -> Response:
    """Add an election, or give it other fields."""
    path = _gallery(service)
    if slug(election) != election:
        shown = slug(election)[:40]
        error = FieldError("election", say("service.gallery.use_id_like", shown=shown))
        raise HttpProblemError("request.invalid", errors=[error])
    values = (await _json(request, ElectionFields)).model_dump()
    is_new, told = await _changed(service, partial(galleries.put_election, path, election, values))
    return json_response(told, 201 if is_new else 200)


@router.delete("/v1/elections/{election}", tags=["gallery"], **openapi.REMOVE_ELECTION)
async def remove_election(service: ServiceOf, _caller: Manager, election: Id) -> Response:
    """Remove an election to which nobody belongs."""
    return json_response(await _changed(service, partial(galleries.remove_election, _gallery(service), election)))


def _gallery(service: Service) -> Path:
    if service.settings.gallery is None:
        raise HttpProblemError("gallery.not_configured")
    return service.settings.gallery


async def _read(service: Service, look: Callable[..., T], *values: Any, **named: Any) -> T:
    return await anyio.to_thread.run_sync(partial(look, _gallery(service), *values, **named))


async def _changed(service: Service, work: Callable[[], T]) -> T:
    """Do one change after the other; others' programs are waited for by SQLite.

    A client that leaves meanwhile does not undo half of it: the thread ends its transaction.
    """
    async with service.changing:
        return await asyncio.shield(anyio.to_thread.run_sync(work))


async def _json(request: Request, model: type[BaseModel]) -> Any:
    try:
        return model.model_validate_json(await read_json(request, _MOST_JSON_BYTES, _JSON_SECONDS))
    except ValidationError as error:
        raise invalid_by(error) from None


async def _with_photos(
    request: Request, service: Service, caller: Caller, work: Callable[[Upload, Language], Any]
) -> Response:
    """Take reference photos in, and have them worked on while the client is there."""
    service.pool.require_room()
    with service.budget.share() as share:
        with service.budget.upload(caller.id):
            upload = await read_upload(request, service.uploads, share)
        checking.note_photos(request, upload.photos)
        request.state.language = upload.fields.get(_LANGUAGE)
        if request.state.language not in (None, "id", "en"):
            error = FieldError(_LANGUAGE, say("service.gallery.must_be_id_or_en"))
            raise HttpProblemError("request.invalid", errors=[error])
        if not upload.photos:
            raise HttpProblemError(
                "request.invalid", errors=[FieldError(PHOTO, say("service.gallery.there_is_no_photo"))]
            )
        response: Response = await checking.while_connected(request, work(upload, language_of(request)))
    note(request, changed=True)
    return response


async def _described(service: Service, upload: Upload) -> list[PhotoDescription]:
    """Have reference photos described, one after the other; one that cannot be used does not stop the others.

    Raises `BadRowError` for a field `face` that says nothing, or of another number of photos.
    """
    described = []
    faces = face_words(upload.fields.get(_FACE, ""), len(upload.photos))
    for at, (photo, face) in enumerate(zip(upload.photos, faces, strict=True), start=1):
        name = photo.name or f"photo-{at}"
        try:
            answer = await checking.run(service, EnrolJob(photo.data, name, face), service.settings.photo_seconds)
        except HttpProblemError as problem:
            if problem.status >= 500:
                raise
            answer = JobFailure(problem.code, LiteralText(problem.text("id"), problem.text("en")))
        if not isinstance(answer, EnrolOutcome | JobFailure):
            raise TypeError(f"describing a photo gave {type(answer).__name__}")
        described.append(PhotoDescription(name, answer, face))
    return described
