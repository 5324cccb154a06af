"""The command: exit statuses, what goes to which stream, folders, and that nothing ever ends in a traceback."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from unittest.mock import Mock

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

import vision
from candidates import Election, Gallery
from tests.fakes import FakeEngines, a_hand
from vision.command.main import SUBCOMMANDS, fotonetral, run
from vision.errors import Language
from vision.geometry import Box
from vision.media import photo as photo_module
from vision.media.decode import decode
from vision.media.inputs import EmptyFolder, photos_of
from vision.poses import Pose
from vision.stages.engines import Engines

SIGN, OPEN_PALM = (a_hand(pose, Box(10, 20, 20, 20)) for pose in (Pose.PEACE_TWO, Pose.PALM_FIVE))


def picture(shade: int) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (96, 64), (shade, shade, shade)).save(stream, "JPEG", quality=95)
    return stream.getvalue()


PHOTOS = {"clear": picture(20), "flag": picture(120), "review": picture(220), "broken": picture(20)[:-60]}


@pytest.fixture(autouse=True)
def engines(monkeypatch: pytest.MonkeyPatch) -> FakeEngines:
    """A detector that sees a sign in grey photos, an open palm in light ones, and nothing in dark ones."""
    fake = FakeEngines()

    def look(pixels: np.ndarray) -> None:
        fake.hands = [SIGN] if 70 < pixels.mean() < 170 else [OPEN_PALM] if pixels.mean() >= 170 else []

    fake.look = look
    monkeypatch.setattr(Engines, "load", fake.load)
    monkeypatch.delenv("FOTONETRAL_GALLERY", raising=False)
    return fake


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, data in PHOTOS.items():
        (tmp_path / f"{name}.jpg").write_bytes(data)
    return tmp_path


def check(*arguments: str) -> Result:
    return CliRunner().invoke(fotonetral, ["check", *arguments])


@pytest.mark.parametrize(
    ("photos", "status"),
    [
        ("clear", 0),
        ("review", 1),
        ("flag", 1),
        ("clear flag review", 1),
        ("broken", 2),
        ("nowhere", 2),
        ("broken flag", 2),
        ("flag broken", 2),
    ],
)
def test_exit_status_is_the_worst(folder: Path, photos: str, status: int) -> None:
    assert check(*(f"{name}.jpg" for name in photos.split())).exit_code == status


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--no-such-option", "clear.jpg"],
        ["--gallery", "none.db", "clear.jpg"],
        ["--policy", "none", "clear.jpg"],
        ["--region", "Antah Berantah", "clear.jpg"],
        ["--region", "99.99", "clear.jpg"],
        ["--region", "00", "clear.jpg"],
        ["--region", "340", "clear.jpg"],
        ["--region", "Sorong", "clear.jpg"],
        ["--date", "22-11-2026", "clear.jpg"],
        ["--spouse", "budi", "clear.jpg"],
        ["--lang", "fr", "clear.jpg"],
        ["--annotate", "clear.jpg", "clear.jpg"],
        ["empty"],
    ],
    ids=lambda arguments: " ".join(arguments) or "nothing",
)
def test_a_wrong_call_is_status_2_with_words(folder: Path, arguments: list[str]) -> None:
    (folder / "empty").mkdir()
    result = check(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.strip()


@pytest.mark.parametrize("region", ["34", "34.01", "3401", "34,01", "34.01.01.2001", "Kulon Progo", "92.01"])
def test_region_codes(folder: Path, region: str) -> None:
    assert check("--region", region, "clear.jpg").exit_code == 0


@pytest.mark.parametrize(
    ("region", "language", "words"),
    [
        ("99.99", "id", "Yang terdekat: 96.71 Kota Sorong"),
        ("34.1", "en", "The nearest: 34.01 Kabupaten Kulon Progo"),
        ("Sorong", "en", "96.01 Kabupaten Sorong or 96.71 Kota Sorong"),
    ],
)
def test_a_region_that_there_is_not_names_the_nearest(
    folder: Path, capsys: pytest.CaptureFixture[str], region: str, language: str, words: str
) -> None:
    for command in (["check", "clear.jpg"], ["policy", "list"]):
        assert run(fotonetral, [*command, "--region", region, "--lang", language], name="fotonetral") == 2
        told = capsys.readouterr()
        assert told.out == "" and words in told.err


@pytest.mark.parametrize("post", [[], ["--post"]])
def test_a_region_is_shown_by_name_and_whom_it_leaves_out_is_said_once(folder: Path, post: list[str]) -> None:
    with Gallery.open("g.db", create=True) as gallery:
        gallery.put_election(Election("e", region="34.02"))
    called = ("--gallery", "g.db", "--region", "3401", "clear.jpg", "flag.jpg", *post)
    told = check(*called).stdout
    assert told.count("Wilayah: 34.01 Kabupaten Kulon Progo") == 1
    assert told.count("Wajah calon tidak dicari, karena galeri tidak memuat pemilihan") == 1
    as_json = check("--json", *called)
    assert as_json.stdout.count('"faces.no_election"') == (3 if post else 2)
    assert as_json.stderr.count("Wajah calon tidak dicari") == 1


def test_json_is_one_object_a_line_in_order_and_nothing_else(folder: Path) -> None:
    result = check("--json", "flag.jpg", "broken.jpg", "./clear.jpg", "nowhere.jpg")
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["photo"]["name"] for one in told] == ["flag.jpg", "broken.jpg", "./clear.jpg", "nowhere.jpg"]
    assert [one.get("verdict") or one["error"]["code"] for one in told] == [
        "flag",
        "photo.truncated",
        "clear",
        "photo.not_found",
    ]


def test_json_is_utf8_whatever_the_terminal_speaks(folder: Path) -> None:
    (folder / "été «1».jpg").write_bytes(PHOTOS["clear"])
    result = CliRunner(charset="ascii").invoke(fotonetral, ["check", "--json", "été «1».jpg"])
    assert json.loads(result.stdout_bytes.decode("utf-8"))["photo"]["name"] == "été «1».jpg"


def test_text_for_people(folder: Path) -> None:
    result = check("clear.jpg", "flag.jpg", "review.jpg", "broken.jpg")
    lines = result.stdout.splitlines()
    assert lines[0] == "✔ clear.jpg: Tidak ditemukan tanda keberpihakan."
    assert lines[1].startswith("✖ flag.jpg: ")
    assert lines[2].startswith("  - ") and "dua jari" in lines[2]
    assert lines[3].startswith("  → ")
    assert lines[4].startswith("! review.jpg: ")
    assert lines[7].startswith("? broken.jpg: ") and "[photo.truncated]" in lines[8]
    assert lines[9].startswith("4 foto: 1 tanpa tanda, 1 perlu dilihat lagi, 1 ")
    assert "\x1b" not in result.stdout, "no colours outside a terminal"
    assert "galeri" in result.stderr, "a hint that no candidate is known"


def test_one_photo_needs_no_summary(folder: Path) -> None:
    assert "foto:" not in check("flag.jpg").stdout
    assert check("clear.jpg").stdout.splitlines()[1].startswith("Logo, warna"), "what clear does not vouch for"


def test_english(folder: Path) -> None:
    result = check("--lang", "en", "flag.jpg", "broken.jpg")
    assert "Could not be checked." in result.stdout and "2 photos:" in result.stdout
    assert "No gallery" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows allows no such names")
def test_a_name_cannot_forge_a_verdict(folder: Path) -> None:
    name = "x\n✔ \x1b[2Jclear.jpg"
    (folder / name).write_bytes(PHOTOS["flag"])
    lines = check(name).stdout.splitlines()
    assert sum(line.startswith(("✔", "✖", "!")) for line in lines) == 1
    assert "\x1b" not in "".join(lines)


def test_folders_are_searched_in_order(folder: Path) -> None:
    (folder / "in" / "sub").mkdir(parents=True)
    (folder / "in" / ".hidden").mkdir()
    (folder / "marked").mkdir()
    photo = PHOTOS["clear"]
    for name in ("in/b.jpg", "in/a", "in/sub/c.PNG", "in/.d.jpg", "in/.hidden/e.jpg", "marked/f.jpg"):
        (folder / name).write_bytes(photo)
    (folder / "in" / "empty.jpg").touch()
    (folder / "in" / "notes.txt").write_text("bukan foto")
    found = list(photos_of(["in", "marked", "gone.jpg", "in/notes.txt"]))
    assert found == ["in/a", "in/b.jpg", "in/empty.jpg", "in/sub/c.PNG", "marked/f.jpg", "gone.jpg", "in/notes.txt"]
    (folder / "in" / "marked").mkdir()
    (folder / "in" / "marked" / "b.jpg").write_bytes(photo)
    assert list(photos_of(["in"], leave_out="in/marked")) == found[:4]
    assert list(photos_of(["in/marked"], leave_out="in/sub")) == ["in/marked/b.jpg"]


def test_a_folder_without_photos_is_told(folder: Path) -> None:
    (folder / "none").mkdir()
    assert list(photos_of(["none"])) == [EmptyFolder("none")]


def test_marked_pictures_never_replace_a_file(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "flag.png").write_bytes(PHOTOS["flag"])
    result = check("--annotate", ".", "flag.jpg", "sub/flag.png", "broken.jpg")
    assert result.exit_code == 2
    assert sorted(path.name for path in folder.glob("*.jpg")) == [
        "broken.jpg",
        "clear.jpg",
        "flag-2.jpg",
        "flag-3.jpg",
        "flag.jpg",
        "review.jpg",
    ]
    assert (folder / "flag.jpg").read_bytes() == PHOTOS["flag"]
    assert "Gambar bertanda: flag-2.jpg" in result.stdout


def test_a_photo_is_opened_and_decoded_once_whatever_is_drawn_of_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, decoded = Mock(wraps=photo_module._read_file), Mock(wraps=decode)
    monkeypatch.setattr(photo_module, "_read_file", opened)
    monkeypatch.setattr(photo_module, "decode", decoded)
    result = check("--annotate", "out", "--html", "pages", "--sarif", "list.sarif", "flag.jpg", "clear.jpg")
    assert result.exit_code == 1, result.output
    assert len(list((folder / "out").iterdir())) == len(list((folder / "pages").iterdir())) == 2
    assert [call.args[0] for call in opened.call_args_list] == ["flag.jpg", "clear.jpg"]
    assert decoded.call_count == 2


@pytest.mark.parametrize(
    ("surprise", "word"),
    [(OSError(28, "No space left on device"), "No space left"), (ZeroDivisionError(), "ZeroDivisionError")],
    ids=["disk full", "bug"],
)
def test_a_marked_picture_that_fails_stops_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, surprise: Exception, word: str
) -> None:
    def fail(*_: object) -> None:
        raise surprise

    monkeypatch.setattr("vision.command.marked.save_annotated", fail)
    result = check("--json", "--annotate", "out", "flag.jpg", "clear.jpg")
    assert [json.loads(line)["verdict"] for line in result.stdout.splitlines()] == ["flag", "clear"]
    assert result.exit_code == 2 and word in result.stderr


@pytest.mark.parametrize("way", ["option", "environment"])
def test_the_gallery_is_used(folder: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    from candidates import Gallery

    Gallery.open("gallery.db", create=True).close()
    if way == "environment":
        monkeypatch.setenv("FOTONETRAL_GALLERY", "gallery.db")
    result = check("--json", "clear.jpg", *(["--gallery", "gallery.db"] if way == "option" else []))
    assert json.loads(result.stdout)["engine"]["gallery"]
    assert "tidak memuat" in result.stderr, "an empty gallery recognises nobody"


def test_a_surprise_is_one_line_and_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def broken() -> None:
        raise ZeroDivisionError("first\nsecond")

    assert run(broken, [], name="x") == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "(ZeroDivisionError: first second)" in told.err and told.err.endswith("[engine.failed]\n")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(errno.EPIPE, "x"), 2),
        (SystemExit(1), 1),
        (SystemExit(None), 0),
        (SystemExit("x"), 2),
    ],
    ids=["Ctrl-C", "reader gone", "exit 1", "exit", "exit with words"],
)
def test_every_end_has_a_status(error: BaseException, status: int) -> None:
    @click.command()
    def ends() -> None:
        raise error

    assert run(ends, [], name="x") == status


def test_a_reader_that_leaves_is_no_traceback() -> None:
    code = (
        "from vision.command.main import run; import click;"
        "run(click.command()(lambda: click.echo('x' * 99999)), [], name='x')"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


def test_every_subcommand_is_there() -> None:
    for name in SUBCOMMANDS:
        assert isinstance(fotonetral.get_command(click.Context(fotonetral), name), click.Command)


@pytest.mark.slow
def test_help_and_version_load_nothing() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from vision.command.main import fotonetral;"
        "told = CliRunner().invoke(fotonetral, [sys.argv[1]]); print(told.output);"
        "assert told.exit_code == 0; assert not {'numpy', 'cv2', 'sqlite3', 'rich'} & set(sys.modules)"
    )
    for option, wanted in (("--help", "candidates"), ("--version", vision.__version__)):
        done = subprocess.run([sys.executable, "-c", code, option], check=True, capture_output=True, text=True)
        assert wanted in done.stdout


def test_native_noise_is_dropped_and_python_is_heard() -> None:
    code = """
import os, sys
from vision.runtime.quiet import quiet_native
with quiet_native():
    os.write(2, b"W0000 noise\\n")
    print("from Python", file=sys.stderr)
os.write(2, b"after\\n")
with quiet_native():
    raise ValueError("real")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "noise" not in done.stderr
    assert done.stderr.startswith("from Python\nafter\nTraceback")
    assert done.stderr.rstrip().endswith("ValueError: real")


def test_doctor_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    doctor = import_module("vision.command.machine")
    bad = doctor.Check("models", False, "hand_landmarks.onnx rusak", "Pasang ulang.")

    def examine(gallery: Path | None, *, language: Language) -> object:
        return doctor.Report((doctor.Check("python", True, "3.11"), bad))

    monkeypatch.setattr(doctor, "examine", examine)
    result = CliRunner().invoke(fotonetral, ["doctor"])
    assert result.exit_code == 2
    assert result.stdout.splitlines() == ["✔ python: 3.11", "✖ models: hand_landmarks.onnx rusak", "  → Pasang ulang."]
    told = json.loads(CliRunner().invoke(fotonetral, ["doctor", "--json"]).stdout)
    assert (told["ok"], len(told["checks"])) == (False, 2)
