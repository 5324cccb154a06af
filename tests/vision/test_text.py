"""Lines of text: where they are, what they say, and what a photo with words in it is told to be."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest
from msgspec import structs
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from candidates import Gallery, import_source
from candidates.messages import LANGUAGES, Language
from scripts.bench.text.drawn import FONTS, with_line
from tests.fakes import FakeEngines, a_face
from vision import CheckResult, PhotoChecker, Verdict
from vision.contract.answers.check import KeptPhoto, read_photo_answer
from vision.enrolment.reference import Enroller
from vision.geometry import Box
from vision.media.photo import MediaFile
from vision.messages import words_of
from vision.remedy.copies import Format
from vision.remedy.remedy import How
from vision.remedy.repair import repair
from vision.report.wording import kind_in_words
from vision.rules import FindingKind, Policy, Severity
from vision.rules.words import Means, WordSearch
from vision.stages.words import read_words
from vision.text import TextFinder, TextLine
from vision.text.detector import _quads
from vision.text.reader import HEIGHT, cut_line

Pixels = NDArray[np.uint8]


def banner(text: str, size_wh: tuple[int, int] = (900, 500), px: int = 40, at: tuple[int, int] = (80, 200)) -> Pixels:
    import matplotlib

    font = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{FONTS[0]}.ttf"
    picture = Image.new("RGB", size_wh, (30, 60, 140))
    ImageDraw.Draw(picture).text(at, text, (255, 255, 255), font=ImageFont.truetype(str(font), px))
    return np.array(picture)


def test_a_mark_is_grown_to_the_line_that_it_is_the_core_of() -> None:
    marks = np.zeros((100, 200), np.float32)
    marks[40:51, 50:151] = 0.9
    (quad,) = _quads(marks)
    grown = 1.6 * 101 * 11 / (2 * (101 + 11))
    assert quad[0] == pytest.approx([50 - grown, 40 - grown], abs=1.5)
    assert quad[2] == pytest.approx([150 + grown, 50 + grown], abs=1.5)


def test_faint_and_tiny_marks_are_no_lines() -> None:
    marks = np.zeros((100, 200), np.float32)
    marks[10:20, 10:60] = 0.35  # over the first bar, under the mean that a line has
    marks[60:62, 10:12] = 0.9
    assert _quads(marks) == []


def test_a_line_is_cut_level_and_at_the_readers_height() -> None:
    pixels = np.zeros((300, 300, 3), np.uint8)
    quad = np.array([[50, 50], [250, 50], [250, 90], [50, 90]], np.float32)
    pixels[50:90, 50:250] = 255
    line = cut_line(pixels, quad)
    assert line.shape == (3, HEIGHT, 256)
    assert line[:, 5:-5, 5:230].min() == pytest.approx(1.0)
    assert not line[:, :, 241:].any(), "grey after its end"


def test_a_line_that_is_taller_than_broad_is_read_from_its_side() -> None:
    quad = np.array([[50, 20], [80, 20], [80, 220], [50, 220]], np.float32)
    assert cut_line(np.zeros((300, 300, 3), np.uint8), quad).shape[2] > 200


@pytest.fixture(scope="module")
def finder() -> TextFinder:
    return TextFinder()


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["NOMOR URUT 2", "Siti Rahmawati, S.Pd.", "DPC PARTAI BULAN BINTANG"],
)
def test_it_reads_what_stands_there(finder: TextFinder, text: str) -> None:
    lines = finder.read(banner(text))
    assert " ".join(line.text for line in lines).replace(" ", "") == text.replace(" ", "")
    assert all(line.score > 0.8 and 20 < line.height < 90 for line in lines)


@pytest.mark.slow
def test_a_photo_without_words_holds_none(finder: TextFinder, fixtures: Path) -> None:
    assert finder.read(np.full((600, 800, 3), 127, np.uint8)) == ()
    assert finder.read(np.full((20, 3000, 3), 127, np.uint8)) == ()
    pixels = np.ascontiguousarray(cv2.imread(str(fixtures / "photos" / "no_people.jpg"))[..., ::-1])
    # The handle of a cup may be a 1, but nobody wears it.
    assert read_words(finder, WordSearch(Policy.load().words, (), {1, 2}), pixels, []).said == ()


@pytest.mark.slow
def test_nine_of_ten_lines_of_24_pixels_and_more(finder: TextFinder, fixtures: Path) -> None:
    """The floor of `python -m scripts.bench text`, which draws more of them and other ones as well."""
    chance = random.Random(11)
    photo = np.ascontiguousarray(cv2.imread(str(fixtures / "photos" / "meeting.jpg"))[..., ::-1])
    search = WordSearch(Policy.load().words, ())
    drawn = [with_line(chance, photo, "NOMOR URUT 2", height) for height in (24, 28, 32, 40) for _ in range(5)]
    read = [read_words(finder, search, one.pixels, []).said for one in drawn if one.height >= 24]
    assert sum(any(one.number == 2 for one in said) for said in read) >= 0.9 * len(read)


@pytest.mark.slow
def test_a_look_at_a_chest_does_not_cut_a_line_off(finder: TextFinder) -> None:
    text = "GRACE HOPPER - NOMOR URUT 2"
    lines = finder.read(banner(text, px=36, at=(60, 200)), chests=[Box(250, 100, 200, 250), Box(600, 50, 250, 300)])
    assert [line.text for line in lines] == [text]


def test_only_lines_that_say_something_are_kept() -> None:
    lines = (
        TextLine(Box(0, 0, 200, 30), "Rapat Desa Mekarmukti", 0.99, 30),
        TextLine(Box(0, 300, 200, 30), "NOMOR URUT 2", 0.98, 30),
        TextLine(Box(0, 600, 200, 30), "Joko dan Rini", 0.97, 30),
    )
    fake = FakeEngines(lines=lines)
    words = read_words(fake.load().texts, WordSearch(Policy.load().words, ()), np.zeros((9, 9, 3), np.uint8), [])
    assert [(one.means, one.number, one.texts) for one in words.said] == [(Means.NUMBER, 2, (0,))]
    assert [line.text for line in words.lines] == ["NOMOR URUT 2"]


@pytest.mark.parametrize(
    ("box", "worn"),
    [
        pytest.param(Box(180, 280, 40, 40), True, id="on the chest"),
        pytest.param(Box(180, 120, 40, 40), False, id="on the face"),
        pytest.param(Box(700, 280, 40, 40), False, id="on the wall"),
        pytest.param(Box(60, 220, 260, 260), False, id="larger than clothes' numbers are"),
    ],
)
def test_a_bare_number_counts_on_clothes(box: Box, worn: bool) -> None:
    fake = FakeEngines(lines=(TextLine(box, "2", 0.95, box.height),))
    search = WordSearch(Policy.load().words, (), {2})
    words = read_words(fake.load().texts, search, np.zeros((9, 9, 3), np.uint8), [Box(150, 100, 100, 100)])
    assert bool(words.said) == worn


def checked(*lines: TextLine, policy: Policy | None = None) -> CheckResult:
    fake = FakeEngines(faces=[a_face(Box(100, 50, 60, 60))], lines=lines)
    return PhotoChecker(policy or Policy.load(), load=fake.load).check(np.zeros((480, 640, 3), np.uint8), name="a.jpg")


LINE = TextLine(Box(20, 400, 300, 40), "Ayo coblos no. 3 bersama Rini", 0.91, 40)


def test_words_are_a_finding_and_nothing_else_of_them_is_told() -> None:
    result = checked(LINE)
    assert result.verdict is Verdict.REVIEW
    told = result.to_dict()
    assert [finding["code"] for finding in told["findings"]] == ["text.campaign", "text.number"]
    assert told["findings"][1]["texts"] == [0] and told["findings"][1]["numbers"] == [3]
    assert told["texts"][0] | {"text": ""} == {
        "box": [20, 400, 300, 40],
        "text": "",
        "score": 0.91,
        "means": "campaign",
    }
    assert "Rini" not in str(told)
    assert "«COBLOS NO 3»" in result.messages[1] and "bawah foto" in result.messages[1]
    assert "alat peraga" in result.next_step


def test_the_answer_about_words_is_read_back() -> None:
    answer = checked(TextLine(Box(20, 400, 300, 40), "NOMOR URUT 24", 0.9, 40)).to_answer()
    told = read_photo_answer(answer.to_json())
    assert isinstance(told, KeptPhoto)
    assert told.findings[0].numbers == (24,) and told.texts == answer.texts
    assert told["findings"][0]["code"] == "text.number"
    with pytest.raises(KeyError):
        told["finding"]


def test_a_policy_may_leave_words_alone() -> None:
    pack = Policy.load()
    quiet = structs.replace(pack, words=structs.replace(pack.words, number=Severity.NONE, campaign=Severity.NONE))
    assert checked(LINE, policy=quiet).verdict is Verdict.CLEAR


@pytest.mark.slow
def test_a_candidates_name_on_a_banner(fixtures: Path, tmp_path: Path) -> None:
    gallery = tmp_path / "gallery.db"
    with Gallery.open(gallery, create=True) as opened, Enroller() as enroller:
        import_source(opened, fixtures / "candidates.csv", enroller.describe)
    photo = cv2.imread(str(fixtures / "photos" / "collins_plain.jpg"))[..., ::-1].copy()
    strip = banner("Cdre. GRACE HOPPER untuk Kulon Progo", (1024, 90), 40, (20, 20))
    photo[700:790] = strip
    with PhotoChecker.open(gallery, date=date(2026, 11, 1)) as checker:
        result = checker.check(photo, name="spanduk.jpg")
        (finding,) = [one for one in result.findings if one.code == "text.candidate"]
        assert finding.candidates == ("grace-hopper",) and finding.numbers == ()
        message = result.messages[result.findings.index(finding)]
        assert message.startswith("Terbaca nama Grace Hopper, calon nomor urut 2, pada tulisan «GRACE HOPPER»")
        (line,) = result.texts
        assert line.box.top > 680 and "Kulon" not in line.text
        path = tmp_path / "spanduk.png"
        Image.fromarray(photo).save(path)
        outcome = repair(checker, MediaFile.open(path), Format.PNG, how=How.BLUR)
        assert outcome.attempt is not None and outcome.is_clear


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_finding_has_its_words_in_reports(language: Language) -> None:
    assert {f"kind_{kind.value}" for kind in FindingKind} <= set(words_of("precision", language))
    for means in Means:
        code = f"text.{means.value}"
        assert kind_in_words(code, language) != code
