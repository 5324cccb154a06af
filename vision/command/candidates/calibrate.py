"""`fotonetral candidates calibrate`: how often strangers would be taken for somebody, measured on one's own photos."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from candidates.errors import UncalibratedModelError
from candidates.gallery import Gallery
from vision import messages
from vision.command.candidates.shared import (
    FINE,
    SOME_REJECTED,
    Printer,
    keep_ready,
    print_json,
    progress,
    with_gallery,
)
from vision.command.options import face_model_option
from vision.command.output import carry_on
from vision.command.usage import WrongCallError
from vision.contract.answers.command import CalibrationAnswer

if TYPE_CHECKING:
    from candidates import Calibration, Index
    from vision.enrolment.strangers import Layout, Strangers

LEFT_OUT_SHOWN = 20
"""How many photos that could not be used are listed; the rest are counted."""


@dataclass(frozen=True, slots=True)
class CalibrationOutcome:
    """A calibration beside the strangers it was measured with, for the gallery at hand."""

    calibration: Calibration
    index: Index
    strangers: Strangers
    named: int

    @property
    def faces(self) -> int:
        """How many strangers were compared with the gallery."""
        return len(self.strangers.faces)

    def to_answer(self) -> CalibrationAnswer:
        """Return the figures for programs."""
        cuts = self.index.cuts()
        return CalibrationAnswer(
            model=self.calibration.model_id,
            layout=self.strangers.layout.value,
            photos=self.strangers.photos,
            strangers=self.calibration.people,
            left_out=len(self.strangers.left_out),
            people=len(self.index),
            false_alarms_per_1000=self.index.false_alarms,
            least_false_alarms_per_1000=self.calibration.least_false_alarms(self.index.comparisons),
            possible_distance=cuts.possible,
            strong_distance=cuts.strong,
            missed_possible=self.calibration.missed_at(cuts.possible),
            missed_strong=self.calibration.missed_at(cuts.strong),
            strangers_named=self.named,
        )


@click.command("calibrate")
@click.option(
    "--strangers",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    metavar="FOLDER",
    help="Foto orang yang TIDAK ada di galeri: satu subfolder per orang, satu foto per orang, atau foto kelompok.",
)
@click.option(
    "--layout",
    type=click.Choice(["auto", "people", "portraits", "photos"]),
    default="auto",
    show_default=True,
    help="Isi folder: people (subfolder = orang), portraits (foto = orang), photos (foto kelompok).",
)
@click.option(
    "--false-alarms",
    type=click.FloatRange(min=0, min_open=True, max=500),
    metavar="N",
    help="Alarm palsu per 1.000 foto yang diinginkan; ditolak bila contohnya terlalu sedikit untuk menjaminnya.",
)
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="BERKAS",
    help="Gambar kurva (PNG, SVG, atau PDF).",
)
@click.option("--dry-run", is_flag=True, help="Ukur saja; jangan simpan di galeri.")
@click.option("--json", "as_json", is_flag=True, help="Cetak satu objek JSON.")
@face_model_option
@with_gallery
def calibrate(
    gallery_path: Path,
    say: Printer,
    folder: Path,
    layout: str,
    false_alarms: float | None,
    picture: Path | None,
    dry_run: bool,
    as_json: bool,
    face_model: Path | None,
) -> None:
    """Ukur seberapa sering orang luar dikira calon, dengan foto instansi sendiri.

    Hasilnya disimpan di galeri dan dipakai oleh check. Tidak ada wajah orang luar yang disimpan: hanya angka, dan
    rata-rata beberapa orang.
    """
    carry_on()
    if picture is not None:
        _refuse_a_photo(picture, folder)
    with Gallery.open(gallery_path) as gallery:
        outcome = _measure(gallery, say, folder, layout, false_alarms, face_model)
        if picture:
            _draw(outcome, picture, say)
        if not dry_run:
            gallery.put_calibration(outcome.calibration.model_id, outcome.calibration.to_bytes())
            keep_ready(gallery)
    if as_json:
        print_json(outcome.to_answer().to_dict())
    else:
        _tell(outcome, say, stored=not dry_run)
    _tell_left_out(outcome.strangers, say)
    sys.exit(SOME_REJECTED if outcome.strangers.left_out else FINE)


def _refuse_a_photo(picture: Path, folder: Path) -> None:
    """Refuse to draw over one of the photos that are measured with."""
    if picture.exists() and folder.resolve() in picture.resolve().parents:
        raise WrongCallError(messages.say("command.calibrate.picture_is_among_photos_of", picture=picture))


def _measure(
    gallery: Gallery, say: Printer, folder: Path, layout: str, false_alarms: float | None, face_model: Path | None
) -> CalibrationOutcome:
    from candidates import Calibration, Index
    from candidates.matching.fitting import fit
    from vision.enrolment.strangers import Layout, StrangersReader
    from vision.faces import FaceEmbedder, FaceFinder
    from vision.stages.engines import open_face_model

    model = open_face_model(face_model) if face_model else FaceEmbedder()
    # Before the photos are read, so that a gallery of another model is told at once.
    gallery.require_model(model.model_id)
    with FaceFinder() as finder, progress(say, "command.calibrate.photos") as (advance, _):
        reader = StrangersReader(finder, model, advance)
        strangers = reader.read(folder, None if layout == "auto" else Layout(layout))
    try:
        base = Calibration.load(model_id=model.model_id)
    except UncalibratedModelError:
        base = None
    calibration = fit(
        strangers.groups, model_id=model.model_id, source=f"{strangers.photos} photos of the agency", base=base
    )
    index = Index.from_gallery(gallery, model_id=model.model_id, calibration=calibration, false_alarms=false_alarms)
    named = sum(index.match(face[None])[0] is not None for face in strangers.faces) if len(index) else 0
    return CalibrationOutcome(calibration, index, strangers, named)


def _draw(outcome: CalibrationOutcome, picture: Path, say: Printer) -> None:
    from vision.report.rates_picture import draw_rates

    people, comparisons = max(len(outcome.index), 1), max(outcome.index.comparisons, 1.0)
    galleries = [(people * times, comparisons * times) for times in (1, 10, 100)]
    try:
        draw_rates(
            outcome.calibration, picture, galleries=galleries, wish=outcome.index.false_alarms, language=say.language
        )
    except ValueError as error:
        say.fail(f"{picture}: {error}")


def _tell(outcome: CalibrationOutcome, say: Printer, *, stored: bool) -> None:
    facts, layout = outcome.to_answer(), outcome.strangers.layout
    people, wish = facts.people, outcome.index.false_alarms
    say.line(
        "command.calibrate.strangers_from_photos",
        strangers=facts.strangers,
        photos=facts.photos,
        layout=_layout_words(layout),
    )
    if people:
        say.line(
            "command.calibrate.gallery_of_people_false_alarms",
            people=people,
            wish=wish,
            possible_distance=facts.possible_distance,
            strong_distance=facts.strong_distance,
        )
        say.line(
            "command.calibrate.candidates_faces_that_will_be",
            missed_possible=facts.missed_possible,
            missed_strong=facts.missed_strong,
        )
        say.line("command.calibrate.of_these_strangers_resemble_somebody", faces=outcome.faces, named=outcome.named)
        say.line(
            "command.calibrate.this_sample_vouches_for_no",
            least_false_alarms_per_1000=facts.least_false_alarms_per_1000,
        )
    if stored:
        say.line("command.calibrate.calibration_is_kept_in_gallery")


def _layout_words(layout: Layout) -> messages.Message:
    from vision.enrolment.strangers import Layout

    return {
        Layout.PEOPLE: messages.say("command.calibrate.sub_folder_person"),
        Layout.PORTRAITS: messages.say("command.calibrate.one_photo_person"),
        Layout.PHOTOS: messages.say("command.calibrate.group_photos_compared_within_each"),
    }[layout]


def _tell_left_out(strangers: Strangers, say: Printer) -> None:
    for name, error in strangers.left_out[:LEFT_OUT_SHOWN]:
        click.echo(f"{name}: {error.text(say.language)}", err=True)
    more = len(strangers.left_out) - LEFT_OUT_SHOWN
    if more > 0:
        say.line("command.calibrate.and_other_photos_were_not", more=more, err=True)
