"""`fotonetral fix` with a detector that sees what the test tells it: statuses, words, JSON, rounds, files."""

from __future__ import annotations

import hashlib
import io
import json
import re
import string
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from PIL import ExifTags, Image

from tests.fakes import FakeEngines, a_face, a_hand
from vision import PhotoChecker
from vision.command.main import fotonetral
from vision.errors import Language
from vision.geometry import Box
from vision.hands import Hand
from vision.media.photo import MediaFile, decode_full
from vision.poses import Pose
from vision.remedy import wording
from vision.remedy.copies import Format
from vision.remedy.repair import ROUNDS, repair
from vision.rules import Policy
from vision.stages.engines import Engines

SCHEMA = Path(__file__).resolve().parents[2] / "vision" / "contract" / "schema" / "fix-1.json"
VALIDATOR = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
SIGN = Box(440, 200, 60, 80)
"""Where the test's photo shows what the detector takes for a hand: black and white stripes."""


def a_picture(*, sign: Box | None = SIGN, form: str = "JPEG", **options: Any) -> bytes:
    """Draw a soft photo of 960 x 600, with stripes where the sign is."""
    rows, columns = np.indices((600, 960))
    photo = np.stack([60 + rows // 8, 60 + columns // 12, np.full_like(rows, 90)], axis=2).astype(np.uint8)
    if sign is not None:
        part = photo[int(sign.top) : int(sign.bottom), int(sign.left) : int(sign.right)]
        part[:] = np.where(np.arange(part.shape[1]) // 6 % 2 == 0, 10, 245)[None, :, None]
    stream = io.BytesIO()
    Image.fromarray(photo).save(stream, form, **({"quality": 95} if form == "JPEG" else {}), **options)
    return stream.getvalue()


def two_fingers(box: Box) -> Hand:
    """Make a hand with a sign whose landmarks reach into the corners of a box."""
    hand = a_hand(Pose.PEACE_TWO, box, person=None)
    hand.points_xyz[1:3, :2] = (box.right, box.top), (box.left, box.bottom)
    return hand


@pytest.fixture(autouse=True)
def engines(monkeypatch: pytest.MonkeyPatch) -> FakeEngines:
    """A detector that takes stripes for a hand with two fingers, wherever they are."""
    fake = FakeEngines()

    def look(pixels: np.ndarray) -> None:
        steps = np.abs(np.diff(pixels[:, :, 0].astype(int), axis=1)) > 100
        if not steps.any():
            fake.hands = []
            return
        rows, columns = np.nonzero(steps)
        box = Box.from_corners(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        fake.hands = [two_fingers(box)]

    fake.look = look
    monkeypatch.setattr(Engines, "load", fake.load)
    monkeypatch.delenv("FOTONETRAL_GALLERY", raising=False)
    return fake


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "foto.jpg").write_bytes(a_picture())
    (tmp_path / "bersih.jpg").write_bytes(a_picture(sign=None))
    (tmp_path / "rusak.jpg").write_bytes(a_picture()[:-900])
    return tmp_path


def fix(*arguments: str) -> Result:
    return CliRunner().invoke(fotonetral, ["fix", *arguments])


def told(*arguments: str) -> dict[str, Any]:
    result = fix(*arguments, "--json")
    (line,) = result.stdout.splitlines()
    answer: dict[str, Any] = json.loads(line)
    assert [error.message for error in VALIDATOR.iter_errors(answer)] == []
    return answer


def test_a_sign_is_covered_and_checked_again(folder: Path) -> None:
    before = (folder / "foto.jpg").read_bytes()
    result = fix("foto.jpg", "--out", "siap.jpg")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == (
        "✔ siap.jpg: hasilnya sudah diperiksa lagi. Tidak ditemukan tanda keberpihakan."
    )
    assert "Ditutup: tangan (tengah foto)." in result.stdout
    assert "Foto asli tidak diubah." in result.stdout
    assert (folder / "foto.jpg").read_bytes() == before
    assert CliRunner().invoke(fotonetral, ["check", "siap.jpg"]).exit_code == 0


def test_english(folder: Path) -> None:
    result = fix("foto.jpg", "--out", "siap.jpg", "--lang", "en")
    assert "siap.jpg: the outcome was checked again. No sign of taking sides was found." in result.stdout
    assert "Covered: hand (middle of the photo)." in result.stdout
    assert "The original was not changed." in result.stdout


def test_a_sign_at_the_rim_is_cut_off(folder: Path) -> None:
    (folder / "foto.jpg").write_bytes(a_picture(sign=Box(10, 200, 60, 80)))
    result = fix("foto.jpg", "--out", "siap.jpg")
    with Image.open(folder / "siap.jpg") as image:
        assert image.size == (870, 600)
    assert "Dipotong: kiri 9%. Tersisa 91% foto, 870 x 600 piksel." in result.stdout


def test_json_says_what_was_done_in_pixels_of_the_photo(folder: Path) -> None:
    answer = told("foto.jpg", "--out", "siap.png", "--how", "blur")
    assert (answer["kind"], answer["reason"], answer["crop"], answer["rounds"]) == ("blur", None, None, 1)
    ((left, top, width, height),) = answer["blurs"]
    assert left < SIGN.left and top < SIGN.top and left + width > SIGN.right and top + height > SIGN.bottom
    assert (answer["before"]["verdict"], answer["after"]["verdict"]) == ("flag", "clear")
    assert [finding["code"] for finding in answer["before"]["findings"]] == ["pose.peace_two"]
    assert answer["out"] == "siap.png"
    assert answer["photo"]["sha256"] == hashlib.sha256((folder / "foto.jpg").read_bytes()).hexdigest()


def test_no_pixel_outside_of_the_blurs_changes(folder: Path) -> None:
    """Exact in a PNG; a JPEG is rounded anew in every block of the picture when it is written."""
    before = decode_full(str(folder / "foto.jpg"))
    for name, most in (("siap.png", 0), ("siap.jpg", 6)):
        answer = told("foto.jpg", "--out", name, "--how", "blur")
        difference = np.abs(decode_full(str(folder / name)).astype(int) - before)
        for left, top, width, height in answer["blurs"]:
            aside = 0 if name.endswith("png") else 16  # a JPEG's block may reach so far beyond
            rows = slice(max(int(top) - aside, 0), int(top + height) + aside)
            difference[rows, max(int(left) - aside, 0) : int(left + width) + aside] = 0
        assert difference.max() <= most


def test_a_cut_in_a_png_has_the_very_pixels(folder: Path) -> None:
    left, top, width, height = map(int, told("foto.jpg", "--out", "siap.png", "--how", "crop")["crop"])
    before = decode_full(str(folder / "foto.jpg"))
    assert (decode_full(str(folder / "siap.png")) == before[top : top + height, left : left + width]).all()


def test_a_clear_photo_gets_a_copy_without_metadata(folder: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "S"
    exif[ExifTags.Base.Artist] = "Budi"
    (folder / "bersih.jpg").write_bytes(a_picture(sign=None, exif=exif))
    result = fix("bersih.jpg", "--out", "salinan.jpg")
    assert result.exit_code == 0
    assert result.stdout.startswith("✔ salinan.jpg: foto ini memang tanpa tanda; salinannya sudah diperiksa lagi.")
    with Image.open(folder / "salinan.jpg") as image:
        assert not image.getexif()
    answer = told("bersih.jpg", "--out", "lagi.jpg")
    assert (answer["kind"], answer["blurs"], answer["crop"]) == ("none", [], None)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(folder: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    data = a_picture(exif=exif)
    (folder / "foto.jpg").write_bytes(data)
    upright = decode_full(data)
    answer = told("foto.jpg", "--out", "siap.png", "--how", "blur", "--force")
    with Image.open(folder / "siap.png") as image:
        assert image.size == (upright.shape[1], upright.shape[0])
        assert not image.getexif()
        mended = np.asarray(image.convert("RGB"))
    assert answer["photo"]["width"] == upright.shape[1]
    unchanged = (mended == upright).all(axis=2)
    ((left, top, width, height),) = answer["blurs"]
    unchanged[int(top) : int(top + height), int(left) : int(left + width)] = True
    assert unchanged.all()


@pytest.mark.parametrize("number", range(1, 9))
def test_the_sample_orientations(folder: Path, fixtures: Path, engines: FakeEngines, number: int) -> None:
    engines.look = lambda pixels: None
    photo = fixtures / "exif" / f"orientation_{number}.jpg"
    assert fix(str(photo), "--out", "siap.png").exit_code == 0
    assert (decode_full("siap.png") == decode_full(str(photo))).all()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("foto.jpg", "--out", "foto.jpg"), "copy.is_original"),
        (("foto.jpg", "--out", "foto.jpg", "--force"), "copy.is_original"),
        (("foto.jpg", "--out", "."), "copy.is_original"),
        (("foto.jpg", "--out", "bersih.jpg"), "copy.exists"),
        (("foto.jpg", "--out", "siap.heic"), "copy.format"),
        (("foto.jpg", "--out", "tidak/ada.jpg"), "copy.unwritable"),
        (("tidak-ada.jpg", "--out", "siap.jpg"), "photo.not_found"),
        (("rusak.jpg", "--out", "siap.jpg"), "photo.truncated"),
    ],
)
def test_what_cannot_be_is_status_2(folder: Path, arguments: tuple[str, ...], code: str) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = fix(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.strip().endswith(f"[{code}]")
    answer = json.loads(fix(*arguments, "--json").stdout)
    assert answer["error"]["code"] == code and list(VALIDATOR.iter_errors(answer)) == []
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("foto.jpg",),
        ("--out", "siap.jpg"),
        ("foto.jpg", "--out", "siap.jpg", "--how", "melt"),
        ("foto.jpg", "--out", "siap.jpg", "--margin", "-1"),
        ("foto.jpg", "--out", "siap.jpg", "--region", "Antah Berantah"),
        ("foto.jpg", "--out", "siap.jpg", "--gallery", "tidak-ada.db"),
        ("foto.jpg", "--out", "siap.jpg", "--spouse", "budi"),
    ],
)
def test_a_wrong_call_is_status_2(folder: Path, arguments: tuple[str, ...]) -> None:
    result = fix(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.strip()


def test_force_writes_over_another_file(folder: Path) -> None:
    assert fix("foto.jpg", "--out", "bersih.jpg", "--force").exit_code == 0


def test_a_cut_that_leaves_nothing(folder: Path) -> None:
    (folder / "foto.jpg").write_bytes(a_picture(sign=Box(100, 60, 700, 480)))
    result = fix("foto.jpg", "--out", "siap.jpg", "--how", "crop")
    assert result.exit_code == 1
    assert result.stdout.startswith("✖ foto.jpg: tidak ada perbaikan yang jujur, jadi tidak ada yang ditulis.")
    assert "Coba --how blur." in result.stdout
    assert not (folder / "siap.jpg").exists()
    answer = told("foto.jpg", "--out", "siap.jpg", "--how", "crop", "--keep")
    assert (answer["kind"], answer["reason"], answer["after"], answer["out"]) == (None, "sign_stays", None, None)


@pytest.mark.parametrize("keep", [False, True])
def test_what_does_not_get_clear_is_not_written_unless_asked(
    folder: Path, engines: FakeEngines, monkeypatch: pytest.MonkeyPatch, keep: bool
) -> None:
    """A detector that sees a hand in another place every time, as in a crowd of hands."""
    seen: list[Box] = []

    def look(pixels: np.ndarray) -> None:
        seen.append(Box(100 + 150 * len(seen), 300, 40, 40))
        engines.hands = [two_fingers(seen[-1])]

    engines.look = look
    result = fix("foto.jpg", "--out", "siap.jpg", "--how", "blur", *(["--keep"] if keep else []))
    assert result.exit_code == 1
    assert len(seen) == 1 + ROUNDS
    assert (folder / "siap.jpg").exists() is keep
    first = result.stdout.splitlines()[0]
    if keep:
        assert first.startswith("✖ siap.jpg: belum beres setelah 3 kali dicoba, tetapi ditulis karena diminta.")
        assert result.stdout.count("Ditutup:") == 1
    else:
        assert first.startswith("✖ foto.jpg: belum beres setelah 3 kali dicoba, jadi tidak ada yang ditulis.")
        assert "Ditutup" not in result.stdout and "tidak diubah" not in result.stdout
    assert "Masih tampak: Terlihat pose" in result.stdout


def test_the_policys_reminder_stands_with_the_result(folder: Path) -> None:
    for name in ("foto.jpg", "bersih.jpg"):
        result = fix(name, "--out", "siap.jpg", "--force", "--policy", "mesuji")
        assert result.stdout.splitlines()[-1].startswith("  Pengingat: Di Mesuji")
        assert told(name, "--out", "siap.jpg", "--force", "--policy", "mesuji")["reminders"]


@pytest.mark.parametrize("name", ["plain.heic", "plain.avif", "lossless.webp", "palette.png", "cmyk.jpg", "plain.tiff"])
def test_every_format_that_is_read_can_be_copied(folder: Path, fixtures: Path, engines: FakeEngines, name: str) -> None:
    engines.look = lambda pixels: None
    (folder / "siap").mkdir()
    photo = str(fixtures / "formats" / name)
    assert fix(photo, "--out", "siap").exit_code == 0
    (copy,) = (folder / "siap").iterdir()
    assert copy.suffix == (".png" if name.endswith("png") else ".jpg")
    assert np.abs(decode_full(str(copy)).astype(int) - decode_full(photo)).mean() < 5


def a_raised_hand(box: Box) -> Hand:
    """Make a hand with the fingers up that is no pose, without being sure of it."""
    hand = a_hand(Pose.NONE, box, pose_score=0.7)
    hand.points_xyz[:, :2] = (box.center_xy[0], box.bottom)
    hand.points_xyz[9, 1] = box.center_xy[1]
    hand.points_xyz[[8, 12], 1] = box.top
    hand.points_xyz[1:3, 0] = (box.left, box.right)
    return hand


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("photo", ["foto.jpg", "bersih.jpg"])
def test_a_copy_with_raised_hands_that_nobody_could_name_gets_no_tick(
    folder: Path, engines: FakeEngines, photo: str, count: int
) -> None:
    engines.faces = [a_face(Box(600, 100, 80, 100))]
    see = engines.look

    def look(pixels: np.ndarray) -> None:
        see(pixels)
        engines.hands = [*engines.hands, *(a_raised_hand(Box(540 + 170 * n, 160, 50, 70)) for n in range(count))]

    engines.look = look
    result = fix(photo, "--out", "siap.jpg", "--how", "blur")
    assert result.exit_code == 1
    look_yourself = f"Lihat sendiri: {count} tangan terangkat tidak dapat dikenali posenya."
    assert result.stdout.splitlines()[0] == f"! siap.jpg: hasilnya sudah diperiksa lagi. {look_yourself}"
    assert "✔" not in result.stdout
    assert (folder / "siap.jpg").exists()
    english = fix(photo, "--out", "siap.jpg", "--how", "blur", "--force", "--lang", "en").stdout
    assert f"Look yourself: {count} raised hand{'' if count == 1 else 's'} could not be told." in english
    answer = told(photo, "--out", "siap.jpg", "--how", "blur", "--force")
    # What was found is as it was: only what is said of it changes.
    assert (answer["raised_unnamed"], answer["after"]["verdict"]) == (count, "clear")


def test_where_nothing_is_raised_none_is_counted(folder: Path) -> None:
    answer = told("foto.jpg", "--out", "siap.jpg")
    assert (answer["raised_unnamed"], answer["crowd"]) == (0, 0)


@pytest.mark.parametrize(("hands", "people"), [(9, 0), (10, 10), (12, 12)])
def test_where_many_make_the_sign_it_is_said(folder: Path, engines: FakeEngines, hands: int, people: int) -> None:
    calls: list[int] = []

    def look(pixels: np.ndarray) -> None:
        calls.append(1)
        boxes = [Box(20 + 76 * n, 300, 30, 40) for n in range(hands)] if len(calls) == 1 else []
        engines.hands = [two_fingers(box) for box in boxes]

    engines.look = look
    answer = told("foto.jpg", "--out", "siap.jpg", "--how", "blur")
    assert answer["crowd"] == people
    said = f"{people} orang membuat tanda itu: ulangi fotonya atau pilih foto lain."
    assert (said in answer["details"]) is (people > 0)


class TestRepair:
    def checker(self, fake: FakeEngines) -> PhotoChecker:
        return PhotoChecker(Policy.load(), load=fake.load)

    def test_a_second_round_mends_what_the_first_brought_up(self, engines: FakeEngines) -> None:
        places = iter([[Box(440, 200, 60, 80)], [Box(200, 400, 50, 50)], []])

        def look(pixels: np.ndarray) -> None:
            engines.hands = [two_fingers(box) for box in next(places)]

        engines.look = look
        outcome = repair(self.checker(engines), MediaFile.open(a_picture(), name="a.jpg"), Format.PNG)
        assert outcome.is_clear and outcome.rounds == 2
        assert outcome.attempt is not None and len(outcome.attempt.remedy.covers) == 2

    def test_a_second_round_counts_in_pixels_of_the_photo(self, engines: FakeEngines) -> None:
        """After 90 pixels were cut off on the left, what is seen at 300 is at 390 of the photo."""
        places = iter([[Box(10, 200, 60, 80)], [Box(300, 200, 60, 80)], []])

        def look(pixels: np.ndarray) -> None:
            engines.hands = [two_fingers(box) for box in next(places)]

        engines.look = look
        outcome = repair(self.checker(engines), MediaFile.open(a_picture(), name="a.jpg"), Format.PNG)
        assert outcome.attempt is not None
        remedy = outcome.attempt.remedy
        assert remedy.crop is None, "one cut for both would lose too much"
        centres = sorted(box.center_xy[0] for box in remedy.boxes_ltwh[1:])
        assert centres == pytest.approx([420])

    def test_the_bytes_that_were_checked_are_the_bytes_given(self, engines: FakeEngines) -> None:
        outcome = repair(self.checker(engines), MediaFile.open(a_picture(), name="a.jpg"), Format.JPEG)
        assert outcome.attempt is not None
        assert outcome.attempt.after.photo.sha256 == hashlib.sha256(outcome.attempt.encoded).hexdigest()
        assert outcome.before.photo.sha256 == hashlib.sha256(a_picture()).hexdigest()


def test_the_texts_are_the_same_in_both_languages() -> None:
    """Same sections, same keys, same words in braces."""

    def fields(text: str) -> set[str]:
        return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}

    def shape(language: Language) -> dict[str, dict[str, set[str]]]:
        sections = wording.texts(language)
        return {name: {key: fields(text) for key, text in section.items()} for name, section in sections.items()}

    languages: tuple[Language, ...] = get_args(Language)
    assert all(shape(language) == shape("id") for language in languages)


@pytest.mark.parametrize("language", get_args(Language))
def test_no_text_is_long_or_accuses(language: Language) -> None:
    for section in wording.texts(language).values():
        for text in section.values():
            assert len(re.findall(r"[.!?](?:\s|$)", text)) <= 3
            assert not re.search(r"melanggar|bersalah|violat|guilty", text, re.IGNORECASE)


def test_the_margin_that_help_shows_is_the_one_planned_with() -> None:
    from vision.command.fix import _MARGIN
    from vision.remedy.scene import MARGIN

    assert _MARGIN == MARGIN
