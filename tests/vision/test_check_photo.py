"""Photos dropped on a script: which gallery, which folder, which viewer."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.fakes import FakeEngines, a_hand
from vision.command import drop
from vision.geometry import Box
from vision.poses import Pose
from vision.stages.engines import Engines

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "check_photo.py"


@pytest.fixture
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A photo in which a sign is seen, on a machine without a desktop."""
    fake = FakeEngines(hands=[a_hand(Pose.PEACE_TWO, Box(10, 20, 20, 20))])
    monkeypatch.setattr(Engines, "load", fake.load)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "FOTONETRAL_GALLERY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.chdir(tmp_path)
    stream = io.BytesIO()
    Image.new("RGB", (96, 64), (90, 90, 90)).save(stream, "JPEG")
    path = tmp_path / "foto" / "a.jpg"
    path.parent.mkdir()
    path.write_bytes(stream.getvalue())
    return path


def test_a_dropped_photo_gets_a_marked_picture_beside_it(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert drop.check_dropped([str(photo)], photo.parent) == 1
    told = capsys.readouterr().out
    assert (photo.parent / "hasil-fotonetral" / "a.jpg").is_file()
    assert told.startswith(f"✖ {photo}: ")
    assert told.rstrip().endswith(f"Gambar hasil: {photo.parent / 'hasil-fotonetral'}")


def test_checking_a_folder_again_leaves_its_results_out(photo: Path) -> None:
    assert drop.check_dropped([str(photo.parent)], photo.parent) == 1
    assert drop.check_dropped([str(photo.parent)], photo.parent) == 1
    results = photo.parent / "hasil-fotonetral"
    assert sorted(path.name for path in results.iterdir()) == ["a-2.jpg", "a.jpg"]


def test_no_empty_folder_stays_behind(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo.write_bytes(b"")
    assert drop.check_dropped([str(photo)], photo.parent) == 2
    assert not (photo.parent / "hasil-fotonetral").exists()
    assert "Gambar hasil" not in capsys.readouterr().out


def test_a_photo_named_like_an_option_is_a_photo(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(photo.parent)
    photo.rename(photo.parent / "--json")
    assert drop.check_dropped(["--json"], photo.parent) == 1


def test_a_folder_that_cannot_be_written_to(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "mkdir", refused)
    folder = drop.results_folder(photo)
    assert folder.is_dir() and folder.parent != photo.parent
    folder.rmdir()


@pytest.mark.parametrize(
    ("environment", "galleries", "wanted"),
    [
        ({}, [], None),
        ({}, ["script"], "script/gallery.db"),
        ({}, ["script", "work"], "work/gallery.db"),
        ({"FOTONETRAL_GALLERY": "other.db"}, ["work"], "other.db"),
    ],
    ids=["none", "beside the script", "working folder first", "environment first of all"],
)
def test_which_gallery(tmp_path: Path, environment: dict[str, str], galleries: list[str], wanted: str | None) -> None:
    for name in ("script", "work"):
        (tmp_path / name).mkdir()
    for name in galleries:
        (tmp_path / name / "gallery.db").touch()
    found = drop.find_gallery(tmp_path / "script", tmp_path / "work", environment)
    assert found == (None if wanted is None else Path(wanted) if environment else tmp_path / wanted)


@pytest.mark.parametrize(
    ("platform", "environment", "opener", "command"),
    [
        ("linux", {}, "/usr/bin/xdg-open", None),
        ("linux", {"DISPLAY": ":0"}, None, None),
        ("linux", {"DISPLAY": ":0"}, "/usr/bin/xdg-open", ["xdg-open"]),
        ("linux", {"WAYLAND_DISPLAY": "w"}, "/usr/bin/xdg-open", ["xdg-open"]),
        ("darwin", {}, None, ["open"]),
        ("win32", {}, None, ["explorer"]),
    ],
    ids=["server", "no opener", "X", "Wayland", "macOS", "Windows"],
)
def test_which_viewer(
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    environment: dict[str, str],
    opener: str | None,
    command: list[str] | None,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: opener)
    assert drop.viewer_command(platform, environment) == command


def test_the_script_without_photos_says_what_it_wants() -> None:
    done = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Seret" in done.stderr
