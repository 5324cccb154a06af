"""Options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from vision.command.main import NOT_JUDGED
from vision.command.usage import LANGUAGE_VARIABLE, WrongCallError, WrongValueError
from vision.errors import FotoNetralError, Language
from vision.messages import say

if TYPE_CHECKING:
    from vision.checker import PhotoChecker
    from vision.settings import CheckerSettings

face_model_option = click.option(
    "--face-model",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="FOTONETRAL_FACE_MODEL",
    show_envvar=True,
    metavar="BERKAS",
    help="Jaringan wajah lain: berkas ONNX 112x112 gaya ArcFace, atau «dlib».",
)
"""`--face-model FILE|dlib`: another face network in place of the usual one; the command gets `face_model`."""

lang_option = click.option(
    "--lang",
    type=click.Choice(["id", "en"]),
    default="id",
    envvar=LANGUAGE_VARIABLE,
    show_default=True,
    help="Bahasa: Indonesia, Inggris.",
)
"""`--lang id|en`: the language of everything that is said; the command gets `lang`."""


def read_region(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Return the code of a region as it was given; what is none would leave candidates out without a word."""
    if value is None:
        return None
    from candidates.errors import RegionError
    from candidates.regions import region_of

    try:
        return region_of(value).code
    except RegionError as error:
        raise WrongValueError(error.whole()) from error


@dataclass(frozen=True, slots=True)
class CheckerOptions:
    """By what a photo is judged: the values of `checker_options`."""

    gallery: str | None
    policy: str | None
    region: str | None
    day: datetime | None
    spouse: str | None
    face_model: Path | None
    false_alarms: float | None
    lang: str

    @property
    def language(self) -> Language:
        """The language of the answers."""
        return cast(Language, self.lang)

    def settings(self) -> CheckerSettings:
        """Return them as the checker takes them."""
        from vision.rules import DEFAULT_POLICY
        from vision.settings import CheckerSettings

        if self.spouse is not None and self.gallery is None:
            raise WrongCallError(say("command.options.spouse_needs_gallery"))
        return CheckerSettings(
            self.gallery,
            self.policy or DEFAULT_POLICY,
            self.region,
            None if self.day is None else self.day.date(),
            self.language,
            self.spouse,
            None if self.face_model is None else str(self.face_model),
            self.false_alarms,
        )

    def open(self, context: click.Context) -> PhotoChecker:
        """Open the checker; where that fails, say why and leave with status 2."""
        from candidates.errors import CandidatesError

        try:
            checker = self.settings().open()
        except (FotoNetralError, CandidatesError) as error:
            click.echo(f"{error.text(self.language)} [{error.code}]", err=True)
            context.exit(NOT_JUDGED)
        if (index := checker.roster.index) is not None and index.is_estimate:
            told = say("command.options.estimate", people=len(index), least=index.least_false_alarms).text(
                self.language
            )
            click.echo(told, err=True)
        return checker

    def suggest_policy(self) -> None:
        """Name the local pack made for the region, where none was asked for; it is never chosen without being asked."""
        if self.policy is not None or self.region is None:
            return
        from candidates.regions import label_of
        from vision.rules import packs_for

        for name in packs_for(self.region)[:1]:
            suggestion = say("command.options.suggestion", region=label_of(self.region), name=name)
            click.echo(suggestion.text(self.language), err=True)


def checker_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say by what a photo is judged; it gets them as `checking`."""

    @wraps(command)
    def with_options(*arguments: Any, **values: Any) -> None:
        checking = CheckerOptions(**{name: values.pop(name) for name in CheckerOptions.__slots__})
        command(*arguments, checking=checking, **values)

    options = (
        click.option(
            "--gallery",
            type=click.Path(),
            envvar="FOTONETRAL_GALLERY",
            show_envvar=True,
            metavar="BERKAS",
            help="Berkas galeri calon.",
        ),
        click.option("--policy", metavar="NAMA|BERKAS", help="Paket aturan; tanpa ini, aturan nasional."),
        click.option(
            "--region",
            metavar="KODE|NAMA",
            callback=read_region,
            help="Wilayah: kode Kemendagri atau nama, misalnya 34.01 atau «Kulon Progo».",
        ),
        click.option(
            "--date",
            "day",
            type=click.DateTime(["%Y-%m-%d"]),
            metavar="YYYY-MM-DD",
            help="Tanggal unggah; tanpa ini, hari ini.",
        ),
        click.option("--spouse", metavar="ID", help="Calon yang merupakan suami atau istri Anda (id atau nama)."),
        face_model_option,
        click.option(
            "--false-alarms",
            type=click.FloatRange(min=0, min_open=True, max=500),
            metavar="N",
            help="Berapa dari 1.000 foto boleh keliru menyebut seseorang yang tidak ada di situ; tanpa ini, 10.",
        ),
        lang_option,
    )
    decorated: Callable[..., None] = with_options
    for option in reversed(options):
        decorated = option(decorated)
    return decorated
