"""What may be asked for beside a photo: query parameters, or fields of the form, which win."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from starlette.requests import Request

from vision.errors import Language
from vision.messages import say
from vision.service.http.answers import invalid_by
from vision.service.http.language import language_of
from vision.service.http.problems import HttpProblemError
from vision.service.http.reasons import UnfitError
from vision.service.settings import is_region
from vision.service.state import Service
from vision.settings import CheckerSettings

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

Region = Annotated[
    str,
    Field(max_length=100, description="Kemendagri code or name: 34, 34.01, Kulon Progo.", examples=["34.01"]),
    AfterValidator(is_region),
]


def _is_day(value: object) -> object:
    """Take dates as people write them, and no seconds since 1970."""
    if not isinstance(value, str):
        return value
    if not _DAY.fullmatch(value):
        raise UnfitError(say("service.reason.date_type"))
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        raise UnfitError(say("service.reason.no_such_day")) from None


Day = Annotated[datetime.date, BeforeValidator(_is_day)]


class JudgingOptions(BaseModel):
    """By what a photo is judged."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    region: Region | None = Field(None, description="Where it is to be posted; without it the server's own setting.")
    date: Day | None = Field(None, description="When it is to be posted; today.", examples=["2028-10-01"])
    policy: str | None = Field(None, max_length=100, description="Name of a pack, as `/v1/policies` lists them.")
    language: Language | None = Field(
        None, description="Of every text in the answer, problems too; without it as `Accept-Language` says, else `id`."
    )
    names: bool = Field(False, description="`photo.name` is the file's name as sent, without folders.")

    def overlaid(self, fields: Mapping[str, str], request: Request) -> Self:
        """Return the options with the form's fields laid over them, and note the language.

        Raises HttpProblemError for fields that are unknown or say what cannot be.
        """
        try:
            merged = type(self).model_validate({**self.model_dump(exclude_unset=True), **fields})
        except ValidationError as error:
            raise invalid_by(error) from None
        request.state.language = merged.language
        return merged.model_copy(update={"language": language_of(request)})

    def checker_settings(self, service: Service) -> CheckerSettings:
        """Return by what the processes judge. Raises `policy.unknown`."""
        name = self.policy or service.default_policy
        if name not in service.policies:
            raise HttpProblemError("policy.unknown")
        settings = service.settings
        return CheckerSettings(
            gallery=None if settings.gallery is None else str(settings.gallery),
            policy=service.policies[name],
            region=self.region or settings.region,
            day=self.date or datetime.date.today(),
            language=self.language or "id",
            false_alarms=settings.false_alarms,
        )


class CheckOptions(JudgingOptions):
    """Options of `/v1/check`."""

    annotated: bool = Field(False, description="Also the photo with its marks drawn.")
    preview: bool = Field(False, description="Also the photo itself, upright and reduced, as a JPEG.")


class FixOptions(JudgingOptions):
    """Options of `/v1/fix`."""

    how: Literal["auto", "crop", "blur"] = Field("auto", description="What may be done: either, cut, or cover.")
    margin: float = Field(0.1, ge=0, le=2, description="Room around hands and people, in hand lengths, face widths.")
    format: Literal["jpeg", "png"] | None = Field(None, description="Of the copy; a PNG stays one, else JPEG.")
    keep: bool = Field(False, description="Give the last attempt though it is not clear.")
