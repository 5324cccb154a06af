"""The commands scan and report, as people and cron call them: real processes, real photos, kills, hostile trees."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vision.command.report_run import photos_of
from vision.report.listing import Ruling

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
MANY = 24
"""So many photos that a scan with one process is not through with them when it is stopped."""
COMMAND = [sys.executable, "-c", "from vision.command.main import main; main()"]


def fotonetral(*arguments: object, stdin: bytes = b"", cwd: Path = ROOT) -> subprocess.CompletedProcess[bytes]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path},
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder: a flagged photo and its copy, a clear one, a damaged one, and something that is no photo."""
    folder = tmp_path_factory.mktemp("arsip")
    photos = ROOT / "fixtures" / "photos"
    shutil.copy(photos / "collins_peace.jpg", folder / "tanda.jpg")
    shutil.copy(photos / "collins_peace.jpg", folder / "=salinan.jpg")
    shutil.copy(photos / "no_people.jpg", folder / "kosong.jpg")
    shutil.copy(ROOT / "fixtures" / "broken" / "truncated.jpg", folder / "rusak.jpg")
    (folder / "catatan.txt").write_text("bukan foto")
    return folder


@pytest.fixture(scope="module")
def scanned(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[bytes]]:
    """Scan the folder once, with reports."""
    out = tmp_path_factory.mktemp("out")
    return out, fotonetral("scan", archive, "--out", out, "--workers", "1", "--audit", "100", "--date", "2026-11-28")


def test_a_scan_tells_what_came_of_it(scanned: tuple[Path, subprocess.CompletedProcess[bytes]]) -> None:
    out, done = scanned
    assert done.returncode == 2, "a photo could not be judged"
    told = done.stdout.decode()
    assert "4 foto" in told and "1 sebaiknya tidak diunggah" in told and "1 tidak dapat diperiksa" in told
    assert not done.stderr
    assert {path.name for path in out.iterdir()} >= {"journal.db", "report.html", "findings.xlsx", "results.csv"}


def test_every_photo_is_in_the_files_for_programs(
    scanned: tuple[Path, subprocess.CompletedProcess[bytes]], archive: Path
) -> None:
    out, _ = scanned
    lines = [json.loads(line) for line in (out / "results.jsonl").read_text("utf-8").splitlines()]
    verdicts = {Path(line["photo"]["name"]).name: line.get("verdict", "error") for line in lines}
    assert verdicts == {"=salinan.jpg": "flag", "kosong.jpg": "clear", "rusak.jpg": "error"}
    assert sorted(lines[0]["places"]) == [str(archive / "=salinan.jpg"), str(archive / "tanda.jpg")]
    assert all("timings_ms" not in line for line in lines)
    with (out / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == 4


def test_again_with_parquet_and_the_same_bytes(scanned: tuple[Path, subprocess.CompletedProcess[bytes]]) -> None:
    out, _ = scanned
    before = {
        path.name: path.read_bytes() for path in out.iterdir() if path.suffix in (".html", ".csv", ".jsonl", ".xlsx")
    }
    asked = ["--format", "html", "--format", "csv", "--format", "jsonl", "--format", "xlsx", "--format", "parquet"]
    done = fotonetral("report", out, *asked)
    assert (done.returncode, done.stderr) == (0, b"")
    assert {name: (out / name).read_bytes() for name in before} == before
    import pyarrow.parquet

    assert pyarrow.parquet.read_table(out / "results.parquet").num_rows == 3


def test_decisions_are_kept_whatever_way_they_come(
    scanned: tuple[Path, subprocess.CompletedProcess[bytes]], archive: Path, tmp_path: Path
) -> None:
    out, _ = scanned
    done = fotonetral("report", "decide", out, archive / "tanda.jpg", "--as", "false-alarm", "--by", "Sri")
    assert (done.returncode, done.stderr) == (0, b"")
    (flagged,) = [photo for photo in photos_of(out) if photo.verdict == "flag"]
    assert flagged.decision is not None
    assert (flagged.decision.ruling, flagged.decision.by) == (Ruling.FALSE_ALARM, "Sri")
    from_page = {
        "schema": "fotonetral.decisions/1",
        "decisions": [{"key": flagged.key, "ruling": "handled", "note": "sudah dihapus"}, {"key": "x", "ruling": "y"}],
    }
    (tmp_path / "keputusan.json").write_text(json.dumps(from_page))
    done = fotonetral("report", "import", out, tmp_path / "keputusan.json")
    assert done.returncode == 2 and "baris 2" in done.stderr.decode()
    (flagged,) = [photo for photo in photos_of(out) if photo.verdict == "flag"]
    assert flagged.decision is not None and flagged.decision.ruling is Ruling.HANDLED
    assert fotonetral("report", "decide", out, "nowhere.jpg", "--as", "handled").returncode == 2


def test_a_baseline_reports_what_is_new(
    scanned: tuple[Path, subprocess.CompletedProcess[bytes]], archive: Path, tmp_path: Path
) -> None:
    out, _ = scanned
    fresh = tmp_path / "baru"
    fresh.mkdir()
    shutil.copy(archive / "tanda.jpg", fresh)
    asked = ["--workers", "1", "--no-report", "--date", "2026-11-28"]
    done = fotonetral("scan", fresh, "--out", tmp_path / "out", "--baseline", out, *asked)
    assert done.returncode == 0, "nothing that the earlier scan did not have"
    assert "terdahulu: 0." in done.stdout.decode()
    shutil.copy(ROOT / "fixtures" / "photos" / "hopper_thumb_up.jpg", fresh)
    done = fotonetral("scan", fresh, "--out", tmp_path / "out", "--baseline", out, *asked)
    assert done.returncode == 1


def test_a_list_on_standard_input_and_silence(archive: Path, tmp_path: Path) -> None:
    names = b"\0".join(os.fsencode(archive / name) for name in ("kosong.jpg", "tidak ada.jpg")) + b"\0"
    done = fotonetral("scan", "--list", "-", "--out", tmp_path, "--quiet", "--workers", "1", stdin=names)
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", b"")
    told = {Path(photo.places[0]).name: photo.result.error and photo.result.error.code for photo in photos_of(tmp_path)}
    assert told == {"kosong.jpg": None, "tidak ada.jpg": "photo.not_found"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--out"),
        (["x", "--out", "o", "--gallery", "none.db"], "gallery."),
        (["x", "--out", "o", "--policy", "none"], "policy.invalid"),
        (["x", "--out", "o", "--baseline", "nowhere"], "journal.not_found"),
        (["--list", "nowhere", "--out", "o"], "archive.list"),
        (["x", "--out", "file"], "--out"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_call_is_status_2_with_words(tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / "file").touch()
    done = fotonetral("scan", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr.decode() and b"Traceback" not in done.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_keeps_what_was_judged(tmp_path: Path, how: signal.Signals) -> None:
    photos = tmp_path / "foto"
    photos.mkdir()
    for at in range(MANY):
        data = (ROOT / "fixtures" / "photos" / "collins_plain.jpg").read_bytes()
        (photos / f"{at:02}.jpg").write_bytes(data[:2] + b"\xff\xfe\x00\x04" + f"{at:02}".encode() + data[2:])
    asked = ["scan", str(photos), "--out", str(tmp_path / "out"), "--workers", "1", "--no-report"]
    with subprocess.Popen(
        [*COMMAND, *asked], cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, preexec_fn=_hears_interrupts
    ) as scan:
        until = time.monotonic() + 60
        while time.monotonic() < until and not _judged(tmp_path / "out"):
            time.sleep(0.1)
        scan.send_signal(how)
        assert scan.stderr is not None
        told = scan.stderr.read().decode()
        assert scan.wait(30) == 130
    assert "melanjutkan" in told and "Traceback" not in told
    before = _judged(tmp_path / "out")
    assert 0 < before < MANY
    assert fotonetral(*asked).returncode == 0
    assert _judged(tmp_path / "out") == MANY


def _hears_interrupts() -> None:
    """A shell's background job, and what it starts, ignores them otherwise."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _judged(out: Path) -> int:
    try:
        return len(photos_of(out))
    except Exception:
        return 0


def test_kills_at_random_moments_change_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.proofs", "crash-scan", "--kills", "3", "--photos", "fixtures/exif"],
        cwd=ROOT, capture_output=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
