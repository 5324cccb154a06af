"""Kills a scan again and again at random moments and compares what comes of it with an undisturbed one.

`python -m scripts.proofs crash-scan [--kills 100] [--seed 0] [--photos FOLDER]`

Each trial starts `fotonetral scan` with two processes over a small archive (photos, copies, a zip, a tar, damaged
files), kills the whole process group or one of its workers at a random moment, and starts the same command again, some
times over, until it ends. Then the journal's places and answers and every report are compared with those of a scan that
nobody disturbed: the reports byte by byte.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

import psutil

from scripts import ROOT

COMMAND = "import sys; from vision.command.main import main; main()"
REPORTS = ("report.html", "findings.xlsx", "results.csv", "results.jsonl")
KILLS_A_TRIAL = 4
_ENDED = (0, 1, 2)


def make_archive(folder: Path, photos: Path) -> Path:
    """Make a small archive of the photos: files, copies, a zip and a tar of some, and damaged files."""
    folder.mkdir()
    found = sorted(path for path in photos.rglob("*") if path.suffix in (".jpg", ".png", ".webp", ".heic"))
    for at, path in enumerate(found):
        target = folder / f"{at % 3}" / f"{at:03}{path.suffix}"
        target.parent.mkdir(exist_ok=True)
        shutil.copy(path, target)
        if at % 4 == 0:
            shutil.copy(path, folder / f"copy-{at}{path.suffix}")
    with zipfile.ZipFile(folder / "packed.zip", "w") as packed:
        for path in found[:5]:
            packed.write(path, path.name)
    with tarfile.open(folder / "packed.tar.gz", "w:gz") as tar:
        for path in found[5:9]:
            tar.add(path, path.name)
    (folder / "cut.jpg").write_bytes(found[0].read_bytes()[:2000])
    (folder / "empty.jpg").touch()
    return folder


def command(archive: Path, out: Path) -> list[str]:
    """Return the scan's command line."""
    asked = ["scan", str(archive), "--out", str(out), "--workers", "2", "--quiet", "--date", "2026-11-28"]
    return [sys.executable, "-c", COMMAND, *asked]


def run_whole(archive: Path, out: Path) -> float:
    """Scan undisturbed; return the seconds it took."""
    began = time.monotonic()
    done = subprocess.run(command(archive, out), cwd=ROOT, check=False, capture_output=True)
    if done.returncode not in _ENDED or b"Traceback" in done.stderr:
        raise RuntimeError(f"exit {done.returncode}: {done.stderr.decode(errors='replace')}")
    return time.monotonic() - began


def disturb(archive: Path, out: Path, after: float, *, whole_group: bool) -> str:
    """Start the scan, kill it or one of its workers after some seconds; return what was killed."""
    with subprocess.Popen(
        command(archive, out), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as scan:
        try:
            scan.wait(after)
            return "nothing"
        except subprocess.TimeoutExpired:
            pass
        if whole_group:
            os.killpg(scan.pid, signal.SIGKILL)
            return "group"
        workers = [one for one in psutil.Process(scan.pid).children() if "spawn_main" in " ".join(one.cmdline())]
        if workers:
            random.choice(workers).kill()
        status = scan.wait(300)
        if status not in _ENDED:
            raise RuntimeError(f"a scan that lost a worker left with status {status}")
        return "worker" if workers else "nothing"


def contents(out: Path) -> dict[str, object]:
    """Return what the last run knows: places, answers, and the reports' bytes."""
    with sqlite3.connect(out / "journal.db") as journal:
        places = journal.execute("SELECT name, stamp, state, sha256, problem FROM place ORDER BY name").fetchall()
        answers = journal.execute(
            "SELECT sha256, verdict, code, findings, result, thumbnail, likeness FROM answer ORDER BY sha256"
        ).fetchall()
        lost = journal.execute("SELECT name, problem FROM unreadable ORDER BY name").fetchall()
    journal.close()
    reports = {name: (out / name).read_bytes() for name in REPORTS}
    return {"places": places, "answers": answers, "unreadable": lost, **reports}


def main(arguments: list[str]) -> None:
    """Run the trials and print what differs: nothing, if all is well."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.proofs crash-scan",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--photos", type=Path, default=ROOT / "fixtures" / "photos")
    options = parser.parse_args(arguments)
    random.seed(options.seed)
    with tempfile.TemporaryDirectory() as place:
        archive = make_archive(Path(place) / "archive", options.photos)
        seconds = run_whole(archive, Path(place) / "whole")
        expected = contents(Path(place) / "whole")
        print(f"undisturbed: {seconds:.1f} s, {len(expected['answers'])} photos")  # type: ignore[arg-type]
        killed: dict[str, int] = {"group": 0, "worker": 0, "nothing": 0}
        differing: list[str] = []
        trial = 0
        while killed["group"] + killed["worker"] < options.kills:
            trial += 1
            out = Path(place) / f"trial-{trial}"
            for _ in range(KILLS_A_TRIAL):
                whole_group = random.random() < 0.7
                killed[disturb(archive, out, random.uniform(0.1, seconds), whole_group=whole_group)] += 1
            run_whole(archive, out)
            found = contents(out)
            differing += [f"trial {trial}: {key}" for key in expected if found[key] != expected[key]]
            shutil.rmtree(out)
            print(f"trial {trial}: {killed}, differing {differing or 'nothing'}", flush=True)
    print(f"{killed['group']} groups and {killed['worker']} workers killed; differing: {differing or 'nothing'}")
    sys.exit(bool(differing))
