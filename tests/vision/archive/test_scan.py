"""One scan from files to journal: resumed, repeated, in containers, with everything that goes wrong told."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.archive_samples import QuickJudges
from vision.archive.gathering import RunSummary
from vision.archive.journal import Journal
from vision.archive.local import Judges
from vision.archive.scan import Order, Scan
from vision.settings import CheckerSettings, JudgeSpec

JPEG = b"\xff\xd8\xff"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a tree: a flag and its copy, a review, a clear photo, notes, an empty photo; a zip and a tar of photos."""
    tree = tmp_path / "arsip"
    (tree / "2024" / "rapat").mkdir(parents=True)
    for name, data in {
        "a.jpg": JPEG + b"F1",
        "2024/copy.jpg": JPEG + b"F1",
        "2024/b.jpg": JPEG + b"R1",
        "2024/rapat/c": JPEG + b"C1",
        "2024/rapat/notes.txt": b"bukan foto",
        "2024/rapat/empty.jpg": b"",
    }.items():
        (tree / name).write_bytes(data)
    with zipfile.ZipFile(tree / "z.zip", "w") as packed:
        packed.writestr("d.jpg", JPEG + b"R2")
        packed.writestr("same.jpg", JPEG + b"F1")
    source = tmp_path / "e.jpg"
    source.write_bytes(JPEG + b"C2")
    with tarfile.open(tree / "t.tar.gz", "w:gz") as tar:
        tar.add(source, "x/e.jpg")
    return tree


def scanned(folder: Path, out: Path, judges: Judges | None = None, **changes: object) -> tuple[list[str], Journal]:
    """Scan and return what was judged, with the journal, open for reading."""
    order = Order((str(folder),), out, CheckerSettings(), audit_rate=0.0)
    quick = judges or QuickJudges()
    with Journal.open(out, write=True) as journal:
        scan = Scan(journal, replace(order, **changes))
        list(scan.list())
        list(scan.judge(quick))
    return getattr(quick, "asked", []), Journal.open(out)


def places_of(journal: Journal, folder: Path) -> dict[str, tuple[str, ...]]:
    """Return verdict or error by first place, with all places, relative to the folder."""
    return {
        photo.places[0].removeprefix(f"{folder}/"): (
            photo.verdict.value if photo.verdict else photo.result.error.code,
            *(place.removeprefix(f"{folder}/") for place in photo.places[1:]),
        )
        for photo in RunSummary(journal).photos(everything=True)
    }


def test_everything_is_found_judged_once_and_told(folder: Path, tmp_path: Path) -> None:
    asked, journal = scanned(folder, tmp_path / "out")
    with journal:
        assert len(asked) == len(set(asked)) == 5
        told = places_of(journal, folder)
        counts = RunSummary(journal).counts()
    flagged = [place for place, (verdict, *_) in told.items() if verdict == "flag"]
    assert len(flagged) == 1
    assert {flagged[0], *told[flagged[0]][1:]} == {"a.jpg", "2024/copy.jpg", "z.zip!/same.jpg"}
    assert told["2024/b.jpg"] == told["z.zip!/d.jpg"] == ("review",)
    assert told["2024/rapat/c"] == told["t.tar.gz!/x/e.jpg"] == ("clear",)
    assert told["2024/rapat/empty.jpg"] == ("photo.empty",)
    assert counts == {"flag": 1, "review": 2, "clear": 2, "error": 1, "places": 8, "new": 3}


def test_a_second_scan_reads_only_what_is_new(folder: Path, tmp_path: Path) -> None:
    scanned(folder, tmp_path / "out")[1].close()
    (folder / "new.jpg").write_bytes(JPEG + b"F2")
    asked, journal = scanned(folder, tmp_path / "out")
    with journal:
        assert len(asked) == 1
        assert RunSummary(journal).counts()["flag"] == 2


def test_the_scans_own_folder_is_left_out(folder: Path, tmp_path: Path) -> None:
    out = folder / "hasil"
    scanned(folder, out)[1].close()
    (out / "thumb.jpg").write_bytes(JPEG + b"F9")
    asked, journal = scanned(folder, out)
    journal.close()
    assert not asked


@pytest.mark.parametrize("after", range(5))
def test_a_scan_that_was_stopped_ends_as_if_it_had_not_been(folder: Path, tmp_path: Path, after: int) -> None:
    asked, whole = scanned(folder, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        scanned(folder, tmp_path / "stopped", QuickJudges(stop_after=after))
    rest, journal = scanned(folder, tmp_path / "stopped")
    with whole, journal:
        assert len(rest) == len(asked) - after
        assert list(RunSummary(journal).photos(everything=True)) == list(RunSummary(whole).photos(everything=True))


def test_the_day_stays_as_long_as_it_makes_no_difference(
    folder: Path, tmp_path: Path, fixtures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from candidates import Election, Gallery

    gallery = tmp_path / "gallery.db"
    today = date.today()
    with Gallery.open(gallery, create=True) as opened:
        opened.put_election(
            Election("e", "Pemilihan", active_from=today - timedelta(9), polling_day=today + timedelta(30))
        )
    settings = CheckerSettings(gallery=str(gallery))
    journal = scanned(folder, tmp_path / "out", settings=settings)[1]
    journal.close()
    for days, judged_again in ((3, False), (90, True)):
        later = today + timedelta(days)
        monkeypatch.setattr("vision.archive.scan.today", lambda later=later: later)
        asked, journal = scanned(folder, tmp_path / "out", settings=settings)
        with journal:
            assert bool(asked) == judged_again
            assert RunSummary(journal).facts().day == str(later if judged_again else today)


@pytest.mark.slow
def test_real_photos_get_the_answers_of_a_check(fixtures: Path, tmp_path: Path) -> None:
    from contextlib import closing
    from functools import partial

    from vision import PhotoChecker
    from vision.archive.judging import make_judge
    from vision.archive.local import LocalJudges

    tree = tmp_path / "foto"
    shutil.copytree(fixtures / "broken", tree / "broken")
    for name in ("collins_peace.jpg", "hopper_plain.jpg", "hopper_fist.jpg"):
        shutil.copy(fixtures / "photos" / name, tree)
    settings = CheckerSettings()
    with closing(LocalJudges(partial(make_judge, JudgeSpec(settings), 1.0), workers=1, seconds=60)) as judges:
        _, journal = scanned(tree, tmp_path / "out", judges, audit_rate=1.0)
    with journal, PhotoChecker.open(threads=1) as checker:
        photos = {photo.places[0]: photo for photo in RunSummary(journal).photos(everything=True)}
        assert len(photos) == 7
        for place, photo in photos.items():
            own = checker.check_or_error(place).to_dict()
            own.pop("timings_ms", None)
            assert photo.result.to_dict() == own
            assert photo.result.photo.name == place
            assert (photo.thumbnail is not None) == (photo.verdict is not None)
