"""Import thousands of photos and watch the memory.

    python -m scripts.proofs soak-import [--people 2500] [--photos 4] [--source table|workbook|folder] [--real PHOTO]

Makes people with tiny photos in a temporary folder (all different, faces faked by a hash), imports them, and prints
the peak memory of the process after a tenth of the rows and at the end, and how fast it went. With --real the face
engine describes copies of PHOTO, each made different by some bytes after the picture's end; give fewer people then.
A second import must change nothing. Exit status 1 when it did, when a row was rejected, or when the peak grew by more
than --growth-mb after the first tenth.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import openpyxl

from candidates import Gallery, ImportReport, RowReport, import_source
from candidates.importing.photos import Describe
from scripts.proofs.crash_import import fake_describe


def peak_mb() -> float:
    """Return the most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write_people(folder: Path, people: int, photos: int, source: str, picture: bytes) -> Path:
    """Write a folder, table or spreadsheet of people with `photos` photos each: `picture` and a number."""
    for number in range(people):
        person = folder / f"Orang_Ke_{number}"
        person.mkdir()
        for photo in range(photos):
            (person / f"{photo}.jpg").write_bytes(picture + f" {number}-{photo}".encode())
    if source == "folder":
        return folder
    rows = [(f"Orang Ke {number}", "lain", f"Orang_Ke_{number}/*.jpg") for number in range(people)]
    header = ("name", "election", "photos")
    if source == "table":
        table = folder / "candidates.csv"
        table.write_text("\n".join(";".join(row) for row in (header, *rows)) + "\n", "utf-8")
        return table
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Calon")
    for row in (header, *rows):
        sheet.append(row)
    book.save(folder / "candidates.xlsx")
    return folder / "candidates.xlsx"


class Meter:
    """Takes the peak memory after a tenth of the rows."""

    def __init__(self, rows: int) -> None:
        self._tenth = max(rows // 10, 1)
        self._rows = 0
        self.at_a_tenth_mb = 0.0

    def __call__(self, _row: RowReport) -> None:
        """Count a row."""
        self._rows += 1
        if self._rows == self._tenth:
            self.at_a_tenth_mb = peak_mb()


def run(
    source: Path, gallery: Path, describe: Describe, model_id: str, on_row: Callable[[RowReport], None]
) -> ImportReport:
    """Import once."""
    shared = {"election": "lain"} if source.is_dir() else None
    with Gallery.open(gallery, create=True) as opened:
        return import_source(opened, source, describe, shared=shared, model_id=model_id, on_row=on_row)


def soak(people: int, photos: int, source_kind: str, real: Path | None, growth_mb: float) -> bool:
    """Make, import twice, print; tell whether all was well."""
    folder = Path(tempfile.mkdtemp(prefix="soak-import-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        (folder / "data").mkdir()
        picture = real.read_bytes() if real else b"photo"
        source = write_people(folder / "data", people, photos, source_kind, picture)
        describe: Describe = fake_describe
        model_id = "fake"
        if real:
            from vision.command.candidates.shared import face_engine
            from vision.runtime.quiet import quiet_native

            stack.enter_context(quiet_native())
            describe, model_id = stack.enter_context(face_engine())
        meter = Meter(people)
        started = time.monotonic()
        report = run(source, folder / "gallery.db", describe, model_id, meter)
        seconds = time.monotonic() - started
        grown_mb = peak_mb() - meter.at_a_tenth_mb
        again = run(source, folder / "gallery.db", describe, model_id, lambda _row: None)
    print(
        f"{source_kind}: {report.added} people, {report.added * photos} photos, {report.rejected} rejected; "
        f"peak {meter.at_a_tenth_mb:.0f} MB at a tenth, {meter.at_a_tenth_mb + grown_mb:.0f} MB at the end; "
        f"{people / seconds:.0f} rows/s, {people * photos / seconds:.0f} photos/s; "
        f"again: {again.unchanged} unchanged"
    )
    return report.added == people and not again.changed and grown_mb <= growth_mb


def main(arguments: list[str]) -> int:
    """Parse and run; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.proofs soak-import", description="Import many photos and watch the memory."
    )
    parser.add_argument("--people", type=int, default=2500)
    parser.add_argument("--photos", type=int, default=4, help="photos of each person")
    parser.add_argument("--source", choices=("table", "workbook", "folder"), default="table")
    parser.add_argument("--real", type=Path, metavar="PHOTO", help="describe copies of this photo with the face engine")
    parser.add_argument("--growth-mb", type=float, default=16.0)
    options = parser.parse_args(arguments)
    well = soak(options.people, options.photos, options.source, options.real, options.growth_mb)
    return 0 if well else 1
