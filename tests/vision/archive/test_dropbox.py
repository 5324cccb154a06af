"""A folder that photos are dropped into: only what has arrived whole is judged, once, and nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.made_up import judged
from tests.media_files import PDF, VIDEO
from vision.archive.dropbox import NOTE_SUFFIX, DropFolder
from vision.media.folders import Exclusions

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
JPEG = b"\xff\xd8\xff"


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


TOLD = judged().to_answer()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_photo_is_judged_once_it_lies_still(tmp_path: Path, clock: Clock) -> None:
    drop = DropFolder(tmp_path, move=False, settle=2, clock=clock)
    photo = tmp_path / "a.jpg"
    photo.write_bytes(JPEG)
    assert not list(drop.arrived())
    clock.now = 3
    photo.write_bytes(JPEG * 2)  # still being copied
    assert not list(drop.arrived())
    clock.now = 6
    assert list(drop.arrived()) == [photo]
    drop.done(photo, TOLD, "clear")
    clock.now = 60
    assert not list(drop.arrived())
    assert drop.is_empty()
    later = photo.stat().st_mtime + 10
    os.utime(photo, (later, later))
    drop.arrived()
    assert not drop.is_empty(), "a photo that was replaced is judged again"


def test_an_error_stands_only_after_the_photo_lay_still_for_long(tmp_path: Path, clock: Clock) -> None:
    """A copy that stalls for longer than `settle` is half a photo, and lies as still as a damaged one."""
    drop = DropFolder(tmp_path, move=True, settle=2, clock=clock)
    photo = tmp_path / "slow.jpg"
    photo.write_bytes(JPEG)
    assert not list(drop.arrived())
    clock.now = 3
    assert list(drop.arrived()) == [photo]
    assert not drop.may_stand(photo, failed=True)
    clock.now = 5
    assert not list(drop.arrived()), "nobody asks every second"
    photo.write_bytes(JPEG * 2)  # the rest comes
    assert not list(drop.arrived())
    clock.now = 8
    assert list(drop.arrived()) == [photo]
    assert drop.may_stand(photo, failed=False)


def test_a_damaged_photo_becomes_final_in_the_end(tmp_path: Path, clock: Clock) -> None:
    drop = DropFolder(tmp_path, move=True, settle=2, clock=clock)
    photo = tmp_path / "cut.jpg"
    photo.write_bytes(JPEG)
    list(drop.arrived())
    clock.now = 2
    assert list(drop.arrived()) == [photo]
    assert not drop.may_stand(photo, failed=True)
    clock.now = 31
    assert list(drop.arrived()) == [photo]
    assert drop.may_stand(photo, failed=True)


def test_an_answer_about_a_photo_that_changed_meanwhile_is_not_final(tmp_path: Path, clock: Clock) -> None:
    drop = DropFolder(tmp_path, move=True, settle=2, clock=clock)
    photo = tmp_path / "a.jpg"
    photo.write_bytes(JPEG)
    list(drop.arrived())
    clock.now = 2
    assert list(drop.arrived()) == [photo]
    photo.write_bytes(JPEG * 3)
    assert not drop.may_stand(photo, failed=False)
    photo.unlink()
    assert not drop.may_stand(photo, failed=False)


def test_judged_photos_are_moved_with_their_notes(tmp_path: Path, clock: Clock) -> None:
    drop = DropFolder(tmp_path, move=True, settle=0, clock=clock)
    for name in ("a.jpg", "in/a.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(JPEG)
    list(drop.arrived())
    moved = [drop.done(photo, TOLD, "flag") for photo in list(drop.arrived())]
    assert moved == [tmp_path / "flag" / "a.jpg", tmp_path / "flag" / "a-2.jpg"]
    assert json.loads((tmp_path / "flag" / f"a-2.jpg{NOTE_SUFFIX}").read_text())["verdict"] == "flag"
    assert drop.is_empty()


def test_what_is_not_looked_at_arrives_too(tmp_path: Path, clock: Clock) -> None:
    drop = DropFolder(tmp_path, move=True, settle=0, clock=clock, excluded=Exclusions(("*.pdf",)))
    for name, data in {"a.mp4": VIDEO, "b.pdf": PDF, "c.txt": b"x", ".Statuses/d.jpg": JPEG}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    list(drop.arrived())
    assert list(drop.arrived()) == [tmp_path / "a.mp4"]
    assert [found.path for found in drop.hidden()] == [str(tmp_path / ".Statuses")]
    assert drop.left_out() == 1
    drop.done(tmp_path / "a.mp4", TOLD, "error")
    assert (tmp_path / "error" / "a.mp4").is_file()
    assert drop.is_empty()


@pytest.mark.parametrize("move", [True, False])
def test_the_command_judges_what_is_there_and_what_comes(tmp_path: Path, fixtures: Path, move: bool) -> None:
    (tmp_path / "sign.jpg").write_bytes((fixtures / "photos" / "collins_peace.jpg").read_bytes())
    (tmp_path / "cut.jpg").write_bytes((fixtures / "broken" / "truncated.jpg").read_bytes())
    (tmp_path / "klip.mp4").write_bytes(VIDEO)
    command = [
        sys.executable,
        "-c",
        "from vision.command.main import main; main()",
        "watch",
        str(tmp_path),
        "--settle",
        "0.3",
    ]
    command += ["--move"] if move else []
    if move:
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as watching:
            (tmp_path / "plain.jpg").write_bytes((fixtures / "photos" / "no_people.jpg").read_bytes())
            until = time.monotonic() + 60
            wanted = {"flag/sign.jpg", "error/cut.jpg", "error/klip.mp4", "clear/plain.jpg"}
            while time.monotonic() < until and not all((tmp_path / name).is_file() for name in wanted):
                time.sleep(0.1)
            watching.terminate()
        assert all((tmp_path / name).is_file() for name in wanted)
        return
    done = subprocess.run([*command, "--once"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 2
    told = {path.name: json.loads(path.read_text()) for path in tmp_path.glob(f"*{NOTE_SUFFIX}")}
    assert told[f"sign.jpg{NOTE_SUFFIX}"]["verdict"] == "flag"
    assert told[f"cut.jpg{NOTE_SUFFIX}"]["error"]["code"] == "photo.truncated"
    assert told[f"klip.mp4{NOTE_SUFFIX}"]["error"]["kind"] == "video"
    assert "1 berkas tidak dilihat, jadi belum dinilai: 1 video." in done.stdout.decode()
    assert not done.stderr
