"""`fotonetral candidates add|list|show|remove|audit`: who is registered, from which photos, and who changed what."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from pathlib import Path

import click

from candidates.choosing import face_words
from candidates.gallery import Gallery
from candidates.importing.rows import register
from candidates.importing.tables import PEOPLE_COLUMNS, TableRow, person_row
from candidates.people import Outcome, Relation, Role
from candidates.regions import label_of
from vision import messages
from vision.command.candidates.numbered import numbered_option, numbering
from vision.command.candidates.shared import (
    FINE,
    NOTHING_DONE,
    SOME_REJECTED,
    Printer,
    face_engine,
    gallery_to_fill,
    keep_ready,
    print_json,
    tell_row,
    warn_about_mode,
    with_gallery,
)
from vision.command.options import face_model_option
from vision.command.output import carry_on
from vision.contract.answers.command import GalleryPeople, GalleryPerson
from vision.contract.people import known_election, person_answer, reference_answer


@click.command("add")
@click.argument("name")
@click.argument("photos", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--role", default="", help=f"Peran: {', '.join(Role)} (atau calon, wakil, keluarga).")
@click.option("--election", default="", help="Id pemilu.")
@click.option("--ballot-number", default="", help="Nomor urut.")
@click.option("--region", default="", help="Wilayah: kode Kemendagri atau nama, misalnya 34.01.")
@click.option("--party", default="", help="Partai pengusung.")
@click.option("--relative-of", default="", help="Id atau nama calon yang keluarganya didaftarkan.")
@click.option("--relation", default="", help=f"Hubungan: {', '.join(Relation)} (atau pasangan, anak, ...).")
@click.option(
    "--face",
    default="",
    metavar="kiri|kanan|terbesar|N",
    help="Wajah mana bila foto memuat beberapa orang (left, right, largest; N: nomor wajah); satu per foto: kiri|2.",
)
@numbered_option
@face_model_option
@with_gallery
def add(
    gallery_path: Path,
    say: Printer,
    photos: tuple[Path, ...],
    face: str,
    numbered: Path | None,
    face_model: Path | None,
    **cells: str,
) -> None:
    """Daftarkan NAME dari satu foto wajah atau lebih; atau tambahkan foto baginya."""
    filled = dict.fromkeys(PEOPLE_COLUMNS, "") | {column: text.strip() for column, text in cells.items()}
    faces = face_words(face, len(photos))
    person = replace(person_row(TableRow(0, filled)), photos=tuple(str(photo) for photo in photos), faces=faces)
    with face_engine(face_model) as (describe, model_id), gallery_to_fill(gallery_path) as gallery:
        gallery.require_model(model_id)
        report = register(gallery, person, Path(), numbering(describe, numbered), model_id=model_id)
        tell_row(say, report)
        if report.outcome is Outcome.REJECTED:
            sys.exit(NOTHING_DONE)
        word = messages.say(f"command.outcome.{report.outcome.value}")
        say.line("command.people.registered", name=person.name, outcome=word, count=report.photos_used)
        keep_ready(gallery)
        warn_about_mode(say, gallery)
        sys.exit(SOME_REJECTED if report.photos_rejected else FINE)


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Cetak satu objek JSON, tanpa templat wajah.")
@with_gallery
def list_(gallery_path: Path, say: Printer, as_json: bool) -> None:
    """Tampilkan semua orang yang terdaftar."""
    with Gallery.open(gallery_path, read_only=True) as gallery:
        people, counts = gallery.people(), gallery.photo_counts()
        if as_json:
            answer = GalleryPeople(
                revision=gallery.revision,
                people=tuple(person_answer(person, counts.get(person.id, 0)) for person in people),
                elections=tuple(map(known_election, gallery.elections())),
            )
            print_json(answer.to_dict())
            return
        columns = (
            *("id", "name", "role", "election", "ballot_number"),
            *("region", "party", "relative_of", "photos"),
        )
        rows = [
            (
                p.id,
                p.name,
                p.role,
                p.election,
                p.ballot_number,
                label_of(p.region),
                p.party,
                p.relative_of,
                counts.get(p.id, 0),
            )
            for p in people
        ]
        say.table(columns, rows)
        warn_about_mode(say, gallery)


@click.command("show")
@click.argument("person")
@click.option("--json", "as_json", is_flag=True, help="Cetak satu objek JSON, tanpa templat wajah.")
@with_gallery
def show(gallery_path: Path, say: Printer, person: str, as_json: bool) -> None:
    """Tampilkan PERSON (id atau nama), fotonya, dan keluarganya."""
    with Gallery.open(gallery_path, read_only=True) as gallery:
        found = gallery.person(person)
        references, family = gallery.references(found.id), gallery.relatives(found.id)
    photos = tuple(map(reference_answer, references))
    if as_json:
        relatives = tuple(relative.id for relative in family)
        print_json(GalleryPerson(**asdict(found), photos=photos, family=relatives).to_dict())
        return
    told = asdict(found) | {"region": label_of(found.region)}
    fields = [(column, value) for column, value in told.items() if value not in (None, "")]
    fields += [("family", f"{relative.id} ({relative.relation})") for relative in family]
    say.table(("field", "value"), fields)
    click.echo()
    say.table(
        ("photo", "name", "sha256", "face_px", "model", "face"),
        [(p.number, p.name, p.sha256[:12], p.face_px, p.model, p.face) for p in photos],
    )


@click.command("remove")
@click.argument("person")
@click.option("--photo", type=int, help="Hapus hanya foto acuan bernomor ini (lihat show).")
@click.option("--with-family", is_flag=True, help="Hapus juga keluarga yang terdaftar padanya.")
@click.option("--yes", is_flag=True, help="Jangan bertanya.")
@with_gallery
def remove(gallery_path: Path, say: Printer, person: str, photo: int | None, with_family: bool, yes: bool) -> None:
    """Hapus PERSON (id atau nama) beserta templat wajahnya dari berkas galeri."""
    carry_on()
    with Gallery.open(gallery_path) as gallery:
        found = gallery.person(person)
        numbers = [reference.id for reference in gallery.references(found.id)]
        if photo is not None and photo not in numbers:
            say.fail(say.pick("command.people.no_such_photo", name=found.name, photo=photo))
        what = found.name if photo is None else say.pick("command.people.photo_of", photo=photo, name=found.name)
        if not yes and not _agreed(say.pick("command.people.remove", what=what)):
            say.fail(say.pick("command.people.nothing_removed"))
        if photo is None:
            gone = gallery.remove(found.id, with_family=with_family)
            what = ", ".join(one.name for one in gone)
        else:
            gallery.remove_reference(photo)
        keep_ready(gallery)
        say.line("command.people.removed", what=what)


@click.command("audit")
@click.option("--last", type=click.IntRange(min=1), help="Hanya sekian perubahan terakhir.")
@click.option("--json", "as_json", is_flag=True, help="Cetak satu objek JSON per perubahan.")
@with_gallery
def audit(gallery_path: Path, say: Printer, last: int | None, as_json: bool) -> None:
    """Tampilkan setiap perubahan galeri: kapan (UTC), apa, siapa."""
    with Gallery.open(gallery_path, read_only=True) as gallery:
        lines = gallery.audit(last=last)
    if as_json:
        for line in lines:
            print_json(asdict(line))
        return
    columns = ("time", "action", "who", "detail")
    say.table(columns, [(line.at, line.action, line.subject, line.detail) for line in lines])


def _agreed(question: str) -> bool:
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        return False
