"""Checking what somebody dropped on a script: no options, Indonesian words, pictures or a report to look at."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

RESULTS = "hasil-fotonetral"
"""Name of the folder with marked pictures, beside the first photo."""

SCANS = "hasil-pindaian"
"""Name of the folder with a scan's journal and report, beside the first folder."""

GALLERY = "gallery.db"


def find_gallery(script_folder: Path, working_folder: Path, environment: Mapping[str, str]) -> Path | None:
    """Return the gallery to use: FOTONETRAL_GALLERY, or `gallery.db` in the working folder or beside the script."""
    if named := environment.get("FOTONETRAL_GALLERY"):
        return Path(named)
    places = (working_folder / GALLERY, script_folder / GALLERY)
    return next((place for place in places if place.is_file()), None)


def results_folder(first_photo: Path) -> Path:
    """Make and return the folder for marked pictures: beside the photo, or a temporary one if that is read-only."""
    beside = first_photo if first_photo.is_dir() else first_photo.absolute().parent
    folder = beside / RESULTS
    try:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix=f"{RESULTS}-"))


def viewer_command(platform: str, environment: Mapping[str, str]) -> list[str] | None:
    """Return the desktop's command that opens a folder; None where there is no desktop to open it on."""
    if platform == "darwin":
        return ["open"]
    if platform == "win32":
        return ["explorer"]
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")) or shutil.which("xdg-open") is None:
        return None
    return ["xdg-open"]


def check_dropped(photos: Sequence[str], script_folder: Path) -> int:
    """Check the photos and show the answers; returns the exit status of `fotonetral check`."""
    from vision.command.check import check
    from vision.command.main import run

    folder = results_folder(Path(photos[0]))
    gallery = find_gallery(script_folder, Path.cwd(), os.environ)
    options = ["--annotate", str(folder)] + ([] if gallery is None else ["--gallery", str(gallery)])
    status = run(check, [*options, "--", *photos], name="check_photo.py")
    _show(folder)
    return status


def scan_dropped(sources: Sequence[str], script_folder: Path) -> int:
    """Scan the folders and show the report; returns the exit status of `fotonetral scan`."""
    from vision.command.main import run
    from vision.command.scan import scan

    out = Path(sources[0]).absolute().parent / SCANS
    gallery = find_gallery(script_folder, Path.cwd(), os.environ)
    options = ["--out", str(out)] + ([] if gallery is None else ["--gallery", str(gallery)])
    status = run(scan, [*options, "--", *sources], name="scan_archive.py")
    report = out / "report.html"
    if report.is_file():
        _open(report)
    return status


def _show(folder: Path) -> None:
    """Open the folder, or name it; a folder that got no picture is taken away again."""
    try:
        folder.rmdir()
    except OSError:
        print(f"Gambar hasil: {folder}")  # noqa: T201
        _open(folder)


def _open(path: Path) -> None:
    command = viewer_command(sys.platform, os.environ)
    if command is not None:
        subprocess.Popen([*command, str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
