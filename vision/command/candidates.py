"""The `fotonetral candidates` commands: who is registered, from which photos, and who changed what."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

import click

from candidates.errors import CandidatesError, Language
from candidates.gallery import Gallery, Outcome
from candidates.importing import ImportReport, RowReport, import_table, register
from candidates.people import Candidate, Relation, Role
from candidates.photos import Describe
from candidates.tables import PEOPLE_COLUMNS, Row, person_row
from candidates.transfer import export, import_archive
from vision.errors import FotoNetralError

if TYPE_CHECKING:
    from candidates.photos import FaceTemplate

DEFAULT_GALLERY = "gallery.db"
"""The gallery when neither --gallery nor FOTONETRAL_GALLERY says another: in the working folder."""

FINE, SOME_REJECTED, NOTHING_DONE = 0, 1, 2

_OUTCOMES = {
    Outcome.ADDED: ("ditambahkan", "added"),
    Outcome.UPDATED: ("diperbarui", "updated"),
    Outcome.UNCHANGED: ("tidak berubah", "unchanged"),
    Outcome.REJECTED: ("ditolak", "rejected"),
}


def _with_gallery(command: Callable[..., None]) -> Callable[..., None]:
    """Add --gallery and --lang, and turn errors of ours into one line and exit status 2."""

    @click.option(
        "--gallery",
        "gallery_path",
        type=click.Path(dir_okay=False, path_type=Path),
        default=DEFAULT_GALLERY,
        envvar="FOTONETRAL_GALLERY",
        show_default=True,
        show_envvar=True,
        help="Berkas galeri.",
    )
    @click.option(
        "--lang", type=click.Choice(["id", "en"]), default="id", show_default=True, help="Bahasa: Indonesia, Inggris."
    )
    @functools.wraps(command)
    def told(*args: Any, lang: str, **options: Any) -> None:
        say = Say(cast(Language, lang))
        try:
            command(*args, say=say, **options)
        except (CandidatesError, FotoNetralError) as error:
            say.fail(f"{error.text(say.language)} [{error.code}]")
        except BrokenPipeError:
            raise
        except OSError as error:
            say.fail(f"{error.strerror}: {error.filename}")

    return told


class Say:
    """Prints in the chosen language; tables for people at a terminal, tab-separated lines for everything else."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def pick(self, text_id: str, text_en: str) -> str:
        """Return the text in the chosen language."""
        return text_id if self.language == "id" else text_en

    def line(self, text_id: str, text_en: str, *, err: bool = False) -> None:
        """Print a line."""
        click.echo(self.pick(text_id, text_en), err=err)

    def fail(self, text: str) -> NoReturn:
        """Print what went wrong and leave with status 2."""
        click.echo(text, err=True)
        sys.exit(NOTHING_DONE)

    def table(self, header: Sequence[tuple[str, str]], rows: Iterable[Sequence[object]]) -> None:
        """Print rows under a header given in both languages; None prints as nothing."""
        names = [self.pick(*name) for name in header]
        cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
        if not sys.stdout.isatty():
            for row in (names, *cells):
                click.echo("\t".join(row))
            return
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in names:
            table.add_column(name, overflow="fold")
        for row in cells:
            # As Text: square brackets in a name are no markup.
            table.add_row(*(Text(cell) for cell in row))
        Console().print(table)


@click.group("candidates")
def candidates() -> None:
    """Daftar calon, wakil, dan keluarganya (galeri)."""


@candidates.command("add")
@click.argument("name")
@click.argument("photos", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--role", default="", help=f"Peran: {', '.join(Role)} (atau calon, wakil, keluarga).")
@click.option("--election", default="", help="Id pemilu.")
@click.option("--ballot-number", default="", help="Nomor urut.")
@click.option("--region", default="", help="Kode wilayah Kemendagri, misalnya 34 atau 34.01.")
@click.option("--party", default="", help="Partai pengusung.")
@click.option("--relative-of", default="", help="Id atau nama calon yang keluarganya didaftarkan.")
@click.option("--relation", default="", help=f"Hubungan: {', '.join(Relation)} (atau pasangan, anak, ...).")
@_with_gallery
def add(gallery_path: Path, say: Say, photos: tuple[Path, ...], **cells: str) -> None:
    """Daftarkan NAME dari satu foto wajah atau lebih; atau tambahkan foto baginya."""
    filled = dict.fromkeys(PEOPLE_COLUMNS, "") | {column: text.strip() for column, text in cells.items()}
    person = replace(person_row(Row(0, filled)), photos=tuple(str(photo) for photo in photos))
    with Gallery.open(gallery_path, create=True) as gallery, _engine() as (describe, model_id):
        report = register(gallery, person, Path(), describe, model_id=model_id)
        _tell_row(say, report)
        if report.outcome is Outcome.REJECTED:
            sys.exit(NOTHING_DONE)
        word = say.pick(*_OUTCOMES[report.outcome])
        say.line(
            f"{person.name}: {word}, {report.photos_used} foto.", f"{person.name}: {word}, {report.photos_used} photos."
        )
        _warn_about_mode(say, gallery)
        sys.exit(SOME_REJECTED if report.photos_rejected else FINE)


@candidates.command("import")
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_with_gallery
def import_(gallery_path: Path, say: Say, table: Path) -> None:
    """Daftarkan semua orang dari TABLE (CSV, atau zip hasil export).

    Kolom CSV: name, role, election, ballot_number, region, party, relative_of, relation, photos. Berkas
    elections.csv di sebelahnya (id, title, level, region, active_from, active_to, polling_day) mengatur masa dan
    wilayah pemilu. Mengimpor tabel yang sama dua kali tidak mengubah apa pun.
    """
    with Gallery.open(gallery_path, create=True) as gallery, _engine() as (describe, model_id):
        with _progress(say) as advance:

            def on_row(row: RowReport) -> None:
                advance(row.name)
                _tell_row(say, row)

            if table.suffix.casefold() == ".zip":
                report = import_archive(gallery, table, model_id=model_id, on_row=on_row)
            else:
                report = import_table(gallery, table, describe, model_id=model_id, on_row=on_row)
        _tell_report(say, report)
        _warn_about_mode(say, gallery)
    done = report.added + report.updated + report.unchanged
    rejected = report.rejected + report.elections_rejected
    sys.exit(NOTHING_DONE if not done else SOME_REJECTED if rejected else FINE)


@candidates.command("list")
@click.option("--json", "as_json", is_flag=True, help="Cetak satu objek JSON, tanpa templat wajah.")
@_with_gallery
def list_(gallery_path: Path, say: Say, as_json: bool) -> None:
    """Tampilkan semua orang yang terdaftar."""
    with Gallery.open(gallery_path, read_only=True) as gallery:
        people, counts = gallery.people(), gallery.photo_counts()
        if as_json:
            _print_json(
                {
                    "revision": gallery.revision,
                    "people": [_public(person, photos=counts.get(person.id, 0)) for person in people],
                    "elections": [asdict(election) for election in gallery.elections()],
                }
            )
            return
        header = [
            ("id", "id"),
            ("nama", "name"),
            ("peran", "role"),
            ("pemilu", "election"),
            ("no", "no"),
            ("wilayah", "region"),
            ("partai", "party"),
            ("keluarga dari", "relative of"),
            ("foto", "photos"),
        ]
        rows = [
            (p.id, p.name, p.role, p.election, p.ballot_number, p.region, p.party, p.relative_of, counts.get(p.id, 0))
            for p in people
        ]
        say.table(header, rows)
        _warn_about_mode(say, gallery)


@candidates.command("show")
@click.argument("person")
@click.option("--json", "as_json", is_flag=True, help="Cetak satu objek JSON, tanpa templat wajah.")
@_with_gallery
def show(gallery_path: Path, say: Say, person: str, as_json: bool) -> None:
    """Tampilkan PERSON (id atau nama), fotonya, dan keluarganya."""
    with Gallery.open(gallery_path, read_only=True) as gallery:
        found = gallery.person(person)
        references, family = gallery.references(found.id), gallery.relatives(found.id)
    photos = [
        {
            "number": reference.id,
            "name": reference.photo_name,
            "sha256": reference.photo_sha256,
            "model": reference.model_id,
            "face_px": round(reference.size_px, 1),
        }
        for reference in references
    ]
    if as_json:
        _print_json(_public(found, photos=photos, family=[relative.id for relative in family]))
        return
    fields = [(column, value) for column, value in asdict(found).items() if value not in (None, "")]
    fields += [("family", f"{relative.id} ({relative.relation})") for relative in family]
    say.table([("kolom", "field"), ("isi", "value")], fields)
    click.echo()
    say.table(
        [("foto", "photo"), ("nama", "name"), ("sha256", "sha256"), ("wajah px", "face px"), ("model", "model")],
        [(p["number"], p["name"], str(p["sha256"])[:12], p["face_px"], p["model"]) for p in photos],
    )


@candidates.command("remove")
@click.argument("person")
@click.option("--photo", type=int, help="Hapus hanya foto acuan bernomor ini (lihat show).")
@click.option("--with-family", is_flag=True, help="Hapus juga keluarga yang terdaftar padanya.")
@click.option("--yes", is_flag=True, help="Jangan bertanya.")
@_with_gallery
def remove(gallery_path: Path, say: Say, person: str, photo: int | None, with_family: bool, yes: bool) -> None:
    """Hapus PERSON (id atau nama) beserta templat wajahnya dari berkas galeri."""
    with Gallery.open(gallery_path) as gallery:
        found = gallery.person(person)
        numbers = [reference.id for reference in gallery.references(found.id)]
        if photo is not None and photo not in numbers:
            say.fail(say.pick(f"{found.name} tidak punya foto nomor {photo}.", f"{found.name} has no photo {photo}."))
        what = found.name if photo is None else say.pick(f"foto {photo} {found.name}", f"photo {photo} of {found.name}")
        if not yes and not _agreed(say.pick(f"Hapus {what}?", f"Remove {what}?")):
            say.fail(say.pick("Tidak ada yang dihapus (pakai --yes).", "Nothing was removed (use --yes)."))
        if photo is None:
            gone = gallery.remove(found.id, with_family=with_family)
            what = ", ".join(one.name for one in gone)
        else:
            gallery.remove_reference(photo)
        say.line(f"Dihapus: {what}.", f"Removed: {what}.")


@candidates.command("export")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Timpa berkas yang sudah ada.")
@_with_gallery
def export_(gallery_path: Path, say: Say, target: Path, force: bool) -> None:
    """Simpan galeri ke TARGET.zip untuk diimpor di mesin lain. Isinya data biometrik (UU 27/2022)."""
    if target.exists() and not force:
        say.fail(say.pick(f"{target} sudah ada (pakai --force).", f"{target} exists already (use --force)."))
    with Gallery.open(gallery_path, read_only=True) as gallery:
        export(gallery, target)
    say.line(
        f"{target} ditulis. Isinya data biometrik: simpan dan kirim dengan aman.",
        f"{target} written. It is biometric data: keep and send it safely.",
    )


@candidates.command("audit")
@click.option("--last", type=click.IntRange(min=1), help="Hanya sekian perubahan terakhir.")
@click.option("--json", "as_json", is_flag=True, help="Cetak satu objek JSON per perubahan.")
@_with_gallery
def audit(gallery_path: Path, say: Say, last: int | None, as_json: bool) -> None:
    """Tampilkan setiap perubahan galeri: kapan (UTC), apa, siapa."""
    with Gallery.open(gallery_path, read_only=True) as gallery:
        lines = gallery.audit(last=last)
    if as_json:
        for line in lines:
            _print_json(asdict(line))
        return
    header = [("waktu", "time"), ("tindakan", "action"), ("siapa", "who"), ("rincian", "detail")]
    say.table(header, [(line.at, line.action, line.subject, line.detail) for line in lines])


@contextmanager
def _engine() -> Iterator[tuple[Describe, str]]:
    """Give the describing function and its model's id; the face models load at the first photo that needs them."""
    from vision.enrolment import Enroller
    from vision.faces import MODEL_ID

    enrollers: list[Enroller] = []

    def describe(path: Path) -> FaceTemplate:
        if not enrollers:
            enrollers.append(Enroller())
        return enrollers[0].describe(path)

    try:
        yield describe, MODEL_ID
    finally:
        for enroller in enrollers:
            enroller.close()


@contextmanager
def _progress(say: Say) -> Iterator[Callable[[str], None]]:
    """Show how many rows are done while at a terminal; be silent elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _name: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    rows = say.pick("baris", "rows")
    columns = (
        SpinnerColumn(),
        TextColumn(f"{{task.completed}} {rows}"),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda name: progress.update(task, advance=1, description=escape(name))


def _tell_row(say: Say, row: RowReport) -> None:
    place = f"{row.table}:{row.line}: {row.name}" if row.table else row.name
    if row.reason and row.photos_rejected:
        say.line(
            f"{place}: ditolak, tidak ada foto yang dapat dipakai.", f"{place}: rejected, no usable photo.", err=True
        )
    elif row.reason:
        say.line(f"{place}: ditolak: {row.reason.text('id')}", f"{place}: rejected: {row.reason.text('en')}", err=True)
    for photo in row.photos_rejected:
        say.line(
            f"{place}: foto {photo.photo} tidak dipakai: {photo.reason.text('id')}",
            f"{place}: photo {photo.photo} not used: {photo.reason.text('en')}",
            err=True,
        )
    for note in row.notes:
        say.line(f"{place}: {note.text('id')}", f"{place}: {note.text('en')}", err=True)


def _tell_report(say: Say, report: ImportReport) -> None:
    counts = (report.added, report.updated, report.unchanged, report.rejected)
    words = (say.pick(*_OUTCOMES[outcome]) for outcome in Outcome)
    click.echo(", ".join(f"{count} {word}" for count, word in zip(counts, words, strict=True)) + ".")
    changed, rejected = report.elections_changed, report.elections_rejected
    if changed or rejected:
        say.line(
            f"Pemilu: {changed} berubah, {rejected} ditolak.", f"Elections: {changed} changed, {rejected} rejected."
        )


def _warn_about_mode(say: Say, gallery: Gallery) -> None:
    if not gallery.summary().mode_ok:
        say.line(
            f"Peringatan: orang lain dapat membaca {gallery.path}; jalankan chmod 600 {gallery.path}",
            f"Warning: others can read {gallery.path}; run chmod 600 {gallery.path}",
            err=True,
        )


def _agreed(question: str) -> bool:
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        return False


def _public(person: Candidate, **more: object) -> dict[str, object]:
    return {**asdict(person), **more}


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str))
