"""What the system refuses is told by its cause, and output that is lost costs no file."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from candidates.causes import CauseKind, cause_of
from candidates.errors import GalleryFullError
from candidates.gallery import Gallery
from vision.command.main import fotonetral, run
from vision.errors import EngineError, OutOfMemoryError
from vision.runtime.failures import failure_of
from vision.runtime.whole_files import make_folder, write_whole


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "system.disk_full"),
        (errno.EDQUOT, "system.disk_full"),
        (errno.EROFS, "system.read_only"),
        (errno.EACCES, "system.no_permission"),
        (errno.ENOENT, "system.not_found"),
        (errno.EISDIR, "system.is_folder"),
        (errno.ENOTDIR, "system.not_folder"),
        (errno.EIO, "system.storage"),
        (errno.EMFILE, "system.too_many_files"),
        (errno.ENOMEM, "engine.memory"),
    ],
)
def test_every_refusal_has_its_code_and_advice(number: int, code: str) -> None:
    failure = failure_of(OSError(number, os.strerror(number), "/x/hasil.csv"))
    assert failure is not None and failure.code == code
    for text in (failure.text("id"), failure.text("en")):
        assert os.strerror(number) in text and "doctor" not in text
    assert failure.advice_id and failure.advice_en


@pytest.mark.parametrize(
    "error",
    [MemoryError(), RuntimeError("can't start new thread"), RuntimeError("std::bad_alloc")],
    ids=["memory", "thread", "native"],
)
def test_want_of_memory_is_told_as_such_also_behind_another_error(error: Exception) -> None:
    behind = EngineError("Model tidak dapat dimuat.", "The model cannot be loaded.")
    behind.__cause__ = error
    for one in (error, behind):
        failure = failure_of(one)
        assert isinstance(failure, OutOfMemoryError)
        assert "Memori tidak cukup" in failure.text("id") and "not enough memory" in failure.text("en")
    assert failure_of(ZeroDivisionError()) is None


def test_a_full_database_is_a_full_disk(tmp_path: Path) -> None:
    with Gallery.open(tmp_path / "g.db", create=True) as gallery:
        gallery._store._connection.execute("PRAGMA max_page_count = 1")
        with pytest.raises(GalleryFullError, match="the disk is full"):
            gallery.put_calibration("m", bytes(100_000))


def test_what_sqlite_hides_is_asked_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.Error) as told:
        sqlite3.connect(tmp_path / "none" / "g.db").execute("SELECT 1")
    assert cause_of(told.value, tmp_path / "none" / "g.db").kind is CauseKind.MISSING


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as told:
        write_whole(tmp_path / "none" / "a.csv", b"x")
    assert told.value.filename == str(tmp_path / "none" / "a.csv")
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        make_folder(tmp_path / "file")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "--date", "2027-02-29", "a.jpg"], ("kalender", "calendar")),
        (["check", "--date", "besok", "a.jpg"], ("bukan tanggal", "is no date")),
        (["check"], ("belum diberikan", "is missing")),
        (["check", "--polcy", "a"], ("Maksudnya --policy", "mean --policy")),
        (["check", "a", "--post=1"], ("tidak memerlukan nilai", "takes no value")),
        (["scan", "a"], ("--out belum", "--out is missing")),
        (["scan", "a", "--out", "x", "--workers", "0"], ("paling sedikit 1", "at least 1")),
        (["scan", "a", "--out", "x", "--workers", "z"], ("bilangan bulat", "whole number")),
        (["watch", "nowhere"], ("tidak ada", "does not exist")),
        (["scn"], ("Tidak ada perintah", "no command")),
        (["keys", "create", "a", "b"], ("Kelebihan", "More was given")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_call_is_told_in_both_languages(
    arguments: list[str], says: tuple[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, words in zip(("id", "en"), says, strict=True):
        monkeypatch.setenv("FOTONETRAL_LANG", language)
        assert run(fotonetral, arguments, name="fotonetral") == 2
        told = capsys.readouterr()
        assert words in told.err and told.err.endswith("[command.usage]\n") and told.out == ""


def test_a_disk_without_room_is_told_and_nothing_half_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") and os.geteuid() == 0
    if not mounted or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", disk], check=False).returncode:
        pytest.skip("only root can mount a small disk")
    try:
        assert run(fotonetral, ["keys", "create", "a", "--keys", str(disk / "k.db")], name="fotonetral") == 2
        told = capsys.readouterr()
        assert "disk penuh" in told.err and "[keys.full]" in told.err and told.out == ""
        assert list(disk.iterdir()) == []
        with pytest.raises(GalleryFullError):
            Gallery.open(disk / "g.db", create=True)
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", disk], check=True)


_PRINTS = """
import sys, click
from pathlib import Path
from vision.command.main import run
from vision.command.output import carry_on
@click.command()
def prints():
    carry_on()
    click.echo("x" * 99999)
    Path(sys.argv[1]).write_text("whole")
sys.exit(run(prints, [], name="x"))
"""


@pytest.mark.parametrize("way", [">&-", ">/dev/full"], ids=["closed", "full"])
def test_a_lost_output_costs_no_file(tmp_path: Path, way: str) -> None:
    (tmp_path / "a.py").write_text(_PRINTS)
    asked = tmp_path / "asked.txt"
    command = f'"{sys.executable}" "{tmp_path}/a.py" "{asked}" {way}'
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert asked.read_text() == "whole"
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and done.stderr.endswith("[system.output]\n")


def test_a_reader_that_leaves_costs_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(_PRINTS)
    asked = tmp_path / "asked.txt"
    command = f'"{sys.executable}" "{tmp_path}/a.py" "{asked}" | true'
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert (asked.read_text(), done.stderr) == ("whole", "")
