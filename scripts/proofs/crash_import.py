"""Kill an import at random moments, run it again, and compare with one that nobody disturbed.

    python -m scripts.proofs crash-import [--source table|workbook|folder] [--kills 100] [--rows 80] [--seed 0]

Without --source each of the three is tried. Every trial starts an import in a process of its own, kills it (SIGKILL)
at a random moment, often more than once, then lets one import finish. The gallery must hold the same people,
elections, templates and audit lines as after the undisturbed import, and pass SQLite's integrity check. Faces are
faked (a hash of the photo), so that the file format is tested and not the patience. Exit status 1 and the trial's
seed when a gallery differs.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl

from candidates import Gallery, import_source
from candidates.choosing import FaceChoice
from scripts import ROOT


@dataclass(frozen=True, slots=True)
class FakeTemplate:
    """What describing a photo gives, made from the photo's bytes alone."""

    embedding: Any
    photo_sha256: str
    photo_name: str
    model_id: str = "fake"
    size_px: float = 100.0
    sharpness: float = 1.0


def fake_describe(
    photo: Path | bytes,
    /,
    *,
    name: str | None = None,
    face: FaceChoice | None = None,  # noqa: ARG001
) -> FakeTemplate:
    """Return a unit vector that depends on nothing but the bytes."""
    data, name = (photo, name or "") if isinstance(photo, bytes) else (photo.read_bytes(), photo.name)
    digest = hashlib.sha256(data)
    vector = np.random.default_rng(int.from_bytes(digest.digest()[:8], "big")).normal(size=128)
    return FakeTemplate((vector / np.linalg.norm(vector)).astype(np.float32), digest.hexdigest(), name)


def describe_slowly(
    photo: Path | bytes,
    /,
    *,
    name: str | None = None,
    face: FaceChoice | None = None,  # noqa: ARG001
) -> FakeTemplate:
    """Describe in a millisecond or more, so that kills land in it."""
    time.sleep(0.001)
    return fake_describe(photo, name=name)


def write_table(folder: Path, rows: int) -> Path:
    """Write a table of `rows` people, every tenth a relative that stands before the candidate, and two elections."""
    (folder / "elections.csv").write_text(
        "id;title;level;region;active_from;active_to;polling_day\n"
        "pilgub-34;Gubernur;provinsi;34;2029-01-01;2029-12-31;2029-11-27\n"
        "pilpres;Presiden;nasional;;;;\n",
        "utf-8",
    )
    lines = ["name;role;election;ballot_number;region;party;relative_of;relation;photos"]
    for number in range(rows):
        photos = [f"{number}-{photo}.jpg" for photo in range(2)]
        for photo in photos:
            (folder / photo).write_bytes(photo.encode())
        name, files = f"Orang Ke {number}", "|".join(photos)
        if number % 10 == 0 and number + 1 < rows:
            lines.append(f"{name};keluarga;;;;;Orang Ke {number + 1};anak;{files}")
        else:
            lines.append(f"{name};calon;{('pilgub-34', 'pilpres', 'lain')[number % 3]};{number % 5 + 1};;P;;;{files}")
    table = folder / "candidates.csv"
    table.write_text("\n".join(lines) + "\n", "utf-8")
    return table


def write_workbook(folder: Path, rows: int) -> Path:
    """Write the same table as a spreadsheet, its elections as a sheet."""
    table = write_table(folder, rows)
    book = openpyxl.Workbook()
    people = book.active
    assert people is not None
    elections = book.create_sheet("elections")
    for sheet, text in ((people, table), (elections, folder / "elections.csv")):
        for line in text.read_text("utf-8").splitlines():
            sheet.append([int(cell) if cell.isdecimal() else cell or None for cell in line.split(";")])
        text.unlink()
    book.save(folder / "candidates.xlsx")
    return folder / "candidates.xlsx"


def write_folder(folder: Path, rows: int) -> Path:
    """Write a folder for each of `rows` people with two photos, and the elections beside them."""
    write_table(folder, rows).unlink()
    for photo in sorted(folder.glob("*.jpg")):
        person = folder / f"Orang_Ke_{photo.stem.partition('-')[0]}"
        person.mkdir(exist_ok=True)
        photo.rename(person / photo.name)
    return folder


SOURCES = {"table": write_table, "workbook": write_workbook, "folder": write_folder}


def contents(gallery: Path) -> dict[str, Any]:
    """Return everything a gallery holds but the times; also that the file is sound."""
    connection = sqlite3.connect(gallery)
    try:
        queries = {
            "sound": "PRAGMA integrity_check",
            "ties": "PRAGMA foreign_key_check",
            "people": "SELECT * FROM people ORDER BY id",
            "elections": "SELECT * FROM elections ORDER BY id",
            "templates": "SELECT person, photo_name, photo_sha256, model_id, embedding, size_px FROM templates"
            " ORDER BY person, photo_sha256",
            "audit": "SELECT action, subject, detail FROM audit ORDER BY id",
        }
        found = {name: connection.execute(query).fetchall() for name, query in queries.items()}
    finally:
        connection.close()
    with Gallery.open(gallery) as opened:
        return {**found, "revision": opened.revision}


def run_child(source: Path, gallery: Path, kill_after_s: float | None) -> tuple[bool, float]:
    """Import in a process of its own; kill it that long after it started to.

    Return whether it was killed, and the seconds from its start of work to its end.
    """
    command = [sys.executable, "-m", "scripts.proofs", "crash-import", "--child", str(source), str(gallery)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        if child.stdout.readline() != b"ready\n":
            raise RuntimeError("the import did not start")
        started = time.monotonic()
        if kill_after_s is not None:
            time.sleep(kill_after_s)
            child.send_signal(signal.SIGKILL)
        status = child.wait()
    if status not in (0, -signal.SIGKILL):
        raise RuntimeError(f"the import ended with status {status}")
    return status != 0, time.monotonic() - started


def run_trials(source_kind: str, kills: int, rows: int, seed: int) -> int:
    """Kill `kills` imports; return how many trials left another gallery than the undisturbed import."""
    chance = random.Random(seed)
    differing = killed = trials = 0
    folder = Path(tempfile.mkdtemp(prefix="crash-import-"))
    try:
        data = folder / "data"
        data.mkdir()
        source = SOURCES[source_kind](data, rows)
        _, full_s = run_child(source, folder / "undisturbed.db", None)
        expected = contents(folder / "undisturbed.db")
        while killed < kills and trials < 10 * kills + 10:
            trials += 1
            gallery = folder / f"trial-{trials}.db"
            for _ in range(chance.choice((1, 1, 2, 3))):
                killed += run_child(source, gallery, chance.uniform(0, full_s))[0]
            run_child(source, gallery, None)
            if contents(gallery) != expected:
                differing += 1
                print(f"{source_kind}, trial {trials} (seed {seed}): the gallery differs", file=sys.stderr)
    finally:
        shutil.rmtree(folder)
    print(f"{source_kind}: {killed} imports of {rows} rows killed in {trials} trials; {differing} galleries differ")
    return differing if killed >= kills else differing + 1


def main(arguments: list[str]) -> int:
    """Parse and run; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.proofs crash-import",
        description="Kill imports at random moments and compare the galleries.",
    )
    parser.add_argument("--source", choices=SOURCES, help="one kind of data only")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--rows", type=int, default=80)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--child", nargs=2, type=Path, metavar=("SOURCE", "GALLERY"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        source, gallery = options.child
        print("ready", flush=True)
        with Gallery.open(gallery, create=True) as opened:
            report = import_source(
                opened,
                source,
                describe_slowly,
                shared={"election": "lain"} if source.is_dir() else None,
                model_id="fake",
            )
        return 1 if report.rejected else 0
    kinds = [options.source] if options.source else list(SOURCES)
    return min(sum(run_trials(kind, options.kills, options.rows, options.seed) for kind in kinds), 1)
