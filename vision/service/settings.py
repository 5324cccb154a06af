"""Settings of the service: from a TOML file, the environment (FOTONETRAL_*) or the command; the later one wins."""

from __future__ import annotations

import difflib
import ipaddress
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from candidates.causes import cause_of
from candidates.errors import RegionError
from candidates.regions import region_of
from vision.errors import FotoNetralError
from vision.messages import Message, MessageSequence, say
from vision.models import DLIB
from vision.rules import DEFAULT_POLICY
from vision.service.http.reasons import UnfitError, reason_of

PREFIX = "FOTONETRAL_"
_OTHERS = frozenset({"FOTONETRAL_PASSPHRASE", "FOTONETRAL_CONFIG", "FOTONETRAL_LANG"})
"""Variables that other commands read."""

MB = 2**20


class SettingsError(FotoNetralError):
    """One or more settings are wrong; the message has one line for each."""

    code = "settings.invalid"


def _listed(value: object) -> object:
    """Take a list, or a text with commas as the environment gives it."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def is_region(value: str) -> str:
    """Return the code of a region as it was given. Raises ValueError for what is none: it would match nobody."""
    try:
        return region_of(value).code
    except RegionError as error:
        raise UnfitError(error.whole()) from None


def _is_address(value: str) -> str:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise UnfitError(say("service.settings.must_be_ip_address")) from None
    return value


def _exists(value: Path) -> Path:
    if not value.is_file():
        raise UnfitError(say("service.settings.no_such_file"))
    return value


def _is_face_model(value: Path) -> Path:
    return value if str(value) == DLIB else _exists(value)


Texts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Addresses = Annotated[tuple[Annotated[str, AfterValidator(_is_address)], ...], NoDecode, BeforeValidator(_listed)]
Files = Annotated[tuple[Annotated[Path, AfterValidator(_exists)], ...], NoDecode, BeforeValidator(_listed)]


class ServiceSettings(BaseSettings):
    """Everything that can be set; `docs/service.md` has the table. MB are 2**20 bytes."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True)

    # Where it listens, and who may
    host: str = Field("127.0.0.1", min_length=1, max_length=253)
    port: int = Field(8000, ge=0, le=65535)
    hosts: Texts = ()
    trusted_proxies: Addresses = ()
    open_to: Literal["loopback", "network", "nobody"] = "loopback"
    keys: Path = Path("keys.db")
    session_hours: float = Field(12, gt=0, le=24 * 30)
    per_minute: int = Field(120, ge=1, le=100_000)

    # By what photos are judged
    gallery: Path | None = None
    create_gallery: bool = False
    policy: str = DEFAULT_POLICY
    policies: Files = ()
    region: Annotated[str, AfterValidator(is_region)] | None = None
    face_model: Annotated[Path, AfterValidator(_is_face_model)] | None = None
    false_alarms: float | None = Field(None, gt=0, le=500)

    # How much at once
    workers: int = Field(0, ge=0, le=256)
    waiting: int = Field(16, ge=0, le=10_000)
    waiting_seconds: float = Field(20, gt=0, le=600)
    photo_seconds: float = Field(30, gt=0, le=600)
    upload_seconds: float = Field(60, gt=0, le=3600)
    shutdown_seconds: float = Field(30, ge=0, le=600)
    photos: int = Field(10, ge=1, le=50)
    photo_mb: int = Field(32, ge=1, le=200)
    request_mb: int = Field(64, ge=1, le=2000)
    pending_mb: int = Field(256, ge=1, le=100_000)
    uploads: int = Field(64, ge=1, le=10_000)
    connections: int = Field(512, ge=1, le=100_000)
    remember_minutes: float = Field(5, ge=0, le=60)
    remember_mb: int = Field(32, ge=0, le=10_000)

    @property
    def worker_count(self) -> int:
        """How many processes check photos: as set, or one for each of the first two processors."""
        return self.workers or min(os.cpu_count() or 1, 2)

    @property
    def worker_threads(self) -> int:
        """How many threads a process may use: one where several work side by side."""
        return 1 if self.worker_count > 1 else min(os.cpu_count() or 1, 4)

    @property
    def is_loopback(self) -> bool:
        """Whether only programs on this machine can reach the server."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Tell whether an address, or name, is that of the own machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def load_settings(config: Path | None = None, **given: Any) -> ServiceSettings:
    """Read the settings: `given` (None: not given), then the environment, then the file.

    Raises SettingsError with a line for everything that is wrong.
    """
    config = config or (Path(path) if (path := os.environ.get(f"{PREFIX}CONFIG")) else None)
    read = {} if config is None else _read(config)

    class FileSettings(ServiceSettings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, env_settings, InitSettingsSource(settings_cls, init_kwargs=read)

    try:
        return FileSettings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise _wrong(error) from None


def unknown_variables(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return variables that look like settings and are none, each with the setting that may be meant."""
    known = {f"{PREFIX}{name.upper()}" for name in ServiceSettings.model_fields}
    strange = sorted(name for name in environment if name.startswith(PREFIX) and name not in known | _OTHERS)
    return tuple(f"{name}{_meant(name, known)}" for name in strange)


def _read(config: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(config.read_text("utf-8"))
    except OSError as error:
        cause = cause_of(error)
        raise SettingsError(
            say("service.settings.settings_file_cannot_be_read", config=config, reason=cause.reason),
            advice=cause.advice,
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(say("service.settings.settings_file_is_not_valid", config=config, error=error)) from error


def _wrong(error: ValidationError) -> SettingsError:
    lines: list[Message] = []
    for one in error.errors(include_url=False):
        name = str(one["loc"][0]) if one["loc"] else "?"
        where = f"{name} ({PREFIX}{name.upper()})"
        hint = _meant(name, ServiceSettings.model_fields) if one["type"] == "extra_forbidden" else ""
        came = "" if one["type"] == "missing" else f": {one['input']!r}"[:80]
        lines.append(say("service.settings.wrong", where=f"{where}{came}", reason=reason_of(one), hint=hint))
    return SettingsError(MessageSequence(tuple(lines), "\n"))


def _meant(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f" ({near[0]}?)" if near else ""
