"""The `fotonetral fix` command: parse, call, print."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vision.command.main import CLEAR, LOOK, NOT_JUDGED
from vision.command.options import CheckerOptions, checker_options
from vision.command.output import carry_on
from vision.errors import FotoNetralError, Language

if TYPE_CHECKING:
    from vision.checker import PhotoChecker
    from vision.remedy.repair import RepairOutcome

_MARGIN = 0.1


@dataclass(frozen=True, slots=True)
class _Wish:
    """The photo, the wanted remedy, and where the copy goes."""

    photo: str
    out: str
    how: str
    margin: float
    force: bool
    keep: bool
    as_json: bool


@click.command("fix")
@click.argument("photo", type=click.Path(), metavar="FOTO")
@click.option(
    "--out",
    required=True,
    type=click.Path(),
    metavar="BERKAS|FOLDER",
    help="Tempat salinan: .jpg, .jpeg atau .png, atau folder yang sudah ada.",
)
@click.option(
    "--how",
    type=click.Choice(["auto", "crop", "blur"]),
    default="auto",
    show_default=True,
    help="Potong (crop) atau buramkan (blur); auto memilih yang paling sedikit menghilangkan.",
)
@click.option(
    "--margin",
    type=click.FloatRange(min=0, max=2),
    default=_MARGIN,
    show_default=True,
    metavar="N",
    help="Ruang di sekeliling tangan dan orang, dalam panjang tangan dan lebar wajah.",
)
@checker_options
@click.option("--force", is_flag=True, help="Timpa berkas lain yang sudah ada; foto asli tidak pernah ditimpa.")
@click.option("--keep", is_flag=True, help="Tulis hasil terakhir walaupun belum tanpa tanda.")
@click.option("--json", "as_json", is_flag=True, help="Cetak satu objek JSON.")
@click.pass_context
def fix(
    context: click.Context,
    photo: str,
    out: str,
    how: str,
    margin: float,
    checking: CheckerOptions,
    force: bool,
    keep: bool,
    as_json: bool,
) -> None:
    """Buat salinan FOTO tanpa tanda keberpihakan: dipotong atau diburamkan sesedikit mungkin, lalu diperiksa lagi.

    Salinan tidak memuat lokasi atau data lain, dan foto asli tidak diubah. Status keluar: 0 salinan tanpa tanda sudah
    ditulis; 1 tidak ada salinan yang tanpa tanda, atau di salinan yang ditulis masih ada tangan terangkat yang posenya
    tidak dapat dikenali; 2 fotonya tidak dapat diperiksa, salinannya tidak dapat ditulis, atau perintahnya keliru.
    """
    carry_on()
    wish = _Wish(photo, out, how, margin, force, keep, as_json)
    with checking.open(context) as checker:
        context.exit(_fixed(checker, wish))


def _fixed(checker: PhotoChecker, wish: _Wish) -> int:
    """Mend the photo, tell about it, and return the exit status."""
    from vision.media.photo import MediaFile
    from vision.remedy.copies import target_of, write
    from vision.remedy.remedy import How
    from vision.remedy.repair import repair

    try:
        file = MediaFile.open(wish.photo)
        target = target_of(wish.photo, file.format, wish.out, force=wish.force)
        outcome = repair(checker, file, target.format, how=How(wish.how), margin=wish.margin)
        written: Path | None = None
        if outcome.attempt is not None and (outcome.is_clear or wish.keep):
            write(target, outcome.attempt.encoded, wish.photo, force=wish.force)
            written = target.path
    except FotoNetralError as error:
        _tell_error(error, wish, checker.language)
        return NOT_JUDGED
    _tell(outcome, None if written is None else str(written), as_json=wish.as_json)
    return CLEAR if outcome.is_settled else LOOK


def _tell(outcome: RepairOutcome, out: str | None, *, as_json: bool) -> None:
    from vision.command.check_text import TerminalLine, reminder_line, show
    from vision.remedy.wording import answer_of, details, headline, next_step

    if as_json:
        # As bytes: JSON is UTF-8, whatever the terminal's encoding is.
        click.echo(json.dumps(answer_of(outcome, out).to_dict(), ensure_ascii=False).encode())
        return
    symbol, style = ("✔", "green") if outcome.is_settled else ("✖", "bold red")
    if outcome.is_clear and outcome.raised_unnamed:
        symbol, style = "!", "bold yellow"
    lines = [TerminalLine(f"{symbol} {headline(outcome, out)}", style)]
    lines += [TerminalLine(f"  - {text}") for text in details(outcome, written=out is not None)]
    lines.append(TerminalLine(f"  → {next_step(outcome)}"))
    show([*lines, *(reminder_line(text, outcome.before.language) for text in outcome.before.reminders)])


def _tell_error(error: FotoNetralError, wish: _Wish, language: Language) -> None:
    if wish.as_json:
        from vision.contract.answers.check import NotJudged, PhotoName
        from vision.contract.answers.fix import FailedFix
        from vision.contract.answers.part import encodable

        told = NotJudged(code=error.code, message=encodable(error.text(language)))
        failed = FailedFix(photo=PhotoName(name=encodable(wish.photo)), error=told)
        click.echo(json.dumps(failed.to_dict(), ensure_ascii=False).encode())
    else:
        from vision.command.check_text import printable

        click.echo(printable(f"{error.text(language)} [{error.code}]"), err=True)
