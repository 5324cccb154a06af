"""`fotonetral candidates import|export`: a gallery from the data people have, and a copy for another machine."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import click

from candidates.errors import ArchiveOverSourceError
from candidates.gallery import Gallery
from candidates.importing.rows import ImportReport, RowReport
from candidates.people import Outcome
from candidates.sources import SourceKind, import_source, kind_of
from candidates.transfer.export import Exported, export
from vision import messages
from vision.command.candidates.import_progress import import_progress
from vision.command.candidates.numbered import numbered_option, numbering
from vision.command.candidates.passphrases import passphrase, passphrase_option
from vision.command.candidates.row_report import RowReportFile
from vision.command.candidates.shared import (
    FINE,
    NOTHING_DONE,
    SOME_REJECTED,
    Printer,
    face_engine,
    gallery_to_fill,
    keep_ready,
    tell_row,
    warn_about_mode,
    with_gallery,
)
from vision.command.options import face_model_option
from vision.command.output import carry_on

MISSING_NAMED = 20
"""How many photos that were not found are named; the rest is counted."""


@click.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--role", help="Peran semua orang dari sebuah folder: candidate atau running_mate (calon, wakil).")
@click.option("--election", help="Id pemilu semua orang dari sebuah folder.")
@click.option("--region", help="Wilayah semua orang dari sebuah folder: kode atau nama, misalnya 34.01.")
@click.option("--party", help="Partai semua orang dari sebuah folder.")
@click.option(
    "--report",
    "report_path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.csv",
    help="Tulis hasil setiap baris ke tabel CSV ini.",
)
@passphrase_option
@numbered_option
@face_model_option
@with_gallery
def import_(
    gallery_path: Path,
    say: Printer,
    source: Path,
    report_path: Path | None,
    passphrase_file: Path | None,
    numbered: Path | None,
    face_model: Path | None,
    **shared: str | None,
) -> None:
    """Daftarkan semua orang dari SOURCE: tabel CSV atau .xlsx, folder, atau hasil export.

    Kolom tabel: name, role, election, ballot_number, region, party, relative_of, relation, photos, face. Kolom face
    (wajah: kiri, kanan, terbesar, atau nomor) memilih satu wajah dari foto yang memuat beberapa orang. Berkas
    elections.csv di sebelahnya, atau lembar "elections" atau "pemilu" di .xlsx (id, title, level, region,
    active_from, active_to, polling_day), mengatur masa dan wilayah pemilu. Dalam sebuah folder, setiap subfolder
    adalah satu orang: namanya nama orang itu, isinya foto-fotonya. Mengimpor sumber yang sama dua kali tidak mengubah
    apa pun; impor yang terputus cukup dijalankan lagi.
    """
    cells = {column: text.strip() for column, text in shared.items() if text is not None}
    if cells and kind_of(source) is not SourceKind.FOLDER:
        options = ", ".join(f"--{column}" for column in cells)
        say.fail(say.pick("command.tables.for_folders_only_has_columns", options=options, source=source))
    question = say.pick("command.tables.passphrase_of", source=source.name)
    with ExitStack() as stack:
        describe, model_id = stack.enter_context(face_engine(face_model))
        gallery = stack.enter_context(gallery_to_fill(gallery_path))
        gallery.require_model(model_id)
        file = stack.enter_context(RowReportFile(report_path, say.language)) if report_path else None
        with import_progress(say) as watch:

            def on_row(row: RowReport) -> None:
                watch.row(row.name)
                tell_row(watch.say, row)
                if file:
                    file.write(row)

            report = import_source(
                gallery,
                source,
                watch.counting(numbering(describe, numbered)),
                shared=cells,
                model_id=model_id,
                on_row=on_row,
                on_total=watch.total,
                passphrase=lambda: passphrase(say, passphrase_file, question),
            )
        for unread in report.unread_columns:
            note = unread.note
            say.line("command.shared.note", place=f"{unread.table}:{unread.line}", note=note.says, err=True)
            if file:
                file.write_columns(unread)
        _tell_report(say, report)
        keep_ready(gallery)
        warn_about_mode(say, gallery)
    done = report.added + report.updated + report.unchanged
    rejected = report.rejected + report.elections_rejected
    sys.exit(NOTHING_DONE if not done else SOME_REJECTED if rejected else FINE)


@click.command("export")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--photos",
    "folders",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="FOLDER",
    help="Sertakan foto acuan yang ada di folder ini, dikenali dari isinya; boleh berulang.",
)
@click.option("--encrypt", is_flag=True, help="Enkripsi dengan sandi (format age; saran nama: TARGET.zip.age).")
@passphrase_option
@click.option("--force", is_flag=True, help="Timpa berkas yang sudah ada.")
@with_gallery
def export_(
    gallery_path: Path,
    say: Printer,
    target: Path,
    folders: tuple[Path, ...],
    encrypt: bool,
    passphrase_file: Path | None,
    force: bool,
) -> None:
    """Simpan galeri ke TARGET.zip untuk diimpor di mesin lain. Isinya data biometrik (UU 27/2022).

    Dengan --encrypt atau --passphrase-file hanya orang yang tahu sandinya dapat membukanya, juga dengan alat age.
    """
    if target.exists() and not force:
        say.fail(say.pick("command.tables.exists_already_use_force", target=target))
    carry_on()
    with Gallery.open(gallery_path, read_only=True) as gallery:
        _refuse_a_source(target, gallery_path, folders)
        secret = None
        if encrypt or passphrase_file:
            secret = passphrase(say, passphrase_file, say.pick("command.tables.new_passphrase"), twice=True)
        exported = export(gallery, target, folders=folders, passphrase=secret)
    _tell_missing(say, exported)
    _tell_export(say, target, exported, is_encrypted=secret is not None)
    sys.exit(SOME_REJECTED if exported.missing else FINE)


def _refuse_a_source(target: Path, gallery_path: Path, folders: tuple[Path, ...]) -> None:
    """Refuse to write the copy over what it is made of, also with --force. Raises ArchiveOverSourceError."""
    if not target.exists():
        return
    real = target.resolve()
    if real == gallery_path.resolve():
        raise ArchiveOverSourceError(messages.say("command.tables.is_gallery_itself", target=target))
    if any(real == folder.resolve() or folder.resolve() in real.parents for folder in folders):
        raise ArchiveOverSourceError(messages.say("command.tables.is_among_photos_that_are", target=target))


def _tell_report(say: Printer, report: ImportReport) -> None:
    counts = (report.added, report.updated, report.unchanged, report.rejected)
    words = (say.pick(f"command.outcome.{outcome.value}") for outcome in Outcome)
    click.echo(", ".join(f"{count} {word}" for count, word in zip(counts, words, strict=True)) + ".")
    changed, rejected = report.elections_changed, report.elections_rejected
    if changed or rejected:
        say.line("command.tables.elections_changed_rejected", changed=changed, rejected=rejected)


def _tell_missing(say: Printer, exported: Exported) -> None:
    for photo in exported.missing[:MISSING_NAMED]:
        say.line(
            "command.tables.photo_was_not_found",
            person=photo.person,
            photo_name=photo.photo_name,
            err=True,
        )
    if (more := len(exported.missing) - MISSING_NAMED) > 0:
        say.line("command.tables.and_more_photos", more=more, err=True)


def _tell_export(say: Printer, target: Path, exported: Exported, *, is_encrypted: bool) -> None:
    say.line(
        "command.tables.written_people_templates_photos",
        target=target,
        people=exported.people,
        templates=exported.templates,
        photos=exported.photos,
    )
    if is_encrypted:
        say.line("command.tables.encrypted_nobody_opens_it_without")
        if target.suffix != ".age":
            say.line("command.tables.good_name_would_be_age", target=target.name, err=True)
    else:
        say.line("command.tables.it_is_biometric_data_keep")
