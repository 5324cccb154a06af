"""Names in other scripts: written by a font that has them, else in Latin letters, else by the person's id."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image, ImageDraw

from vision.contract.answers.check import KeptPhoto
from vision.geometry import Box
from vision.report import lettering
from vision.report.latin import latin_name
from vision.report.lettering import Lettering, has_glyph, system_font
from vision.report.marks import Mark, marks_of
from vision.report.strips import legend_strip

JAVANESE = "ꦧꦸꦢꦶ"  # Budi
HAN = "王小明"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give an empty folder in place of the system's fonts."""
    monkeypatch.setattr(lettering, "font_folders", lambda: (tmp_path,))
    caches = (lettering._font_files, lettering.system_font)
    for one in caches:
        one.cache_clear()
    yield tmp_path
    for one in caches:
        one.cache_clear()


def write_font(path: Path, letters: str) -> None:
    """Write a font whose letters are full squares, each half as wide as high; it has no other."""
    names = [".notdef", *(f"u{ord(letter):04X}" for letter in letters)]

    def square(side: int) -> Any:
        pen = TTGlyphPen(None)
        pen.moveTo((0, 0))
        for corner in ((0, side), (side, side), (side, 0)):
            pen.lineTo(corner)
        pen.closePath()
        return pen.glyph()

    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(letter): f"u{ord(letter):04X}" for letter in letters})
    builder.setupGlyf({name: square(300 if name == ".notdef" else 500) for name in names})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (500, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)


def test_a_font_of_the_system_writes_what_the_usual_one_has_not(folder: Path) -> None:
    assert not Lettering(20).can_write(JAVANESE)
    (folder / "broken.ttf").write_bytes(b"no font")
    write_font(folder / "Sans.ttf", "abc")
    write_font(folder / "sub.otf", JAVANESE[:2])
    write_font(folder / "NotoSansJavanese.ttf", JAVANESE)
    lettering._font_files.cache_clear()
    lettering.system_font.cache_clear()
    assert system_font(frozenset(JAVANESE)) == folder / "NotoSansJavanese.ttf"
    letters = Lettering(20)
    assert letters.can_write(f"mirip {JAVANESE} (2)")
    usual = letters.getlength("mirip ") + letters.getlength(" (2)")
    assert letters.getlength(f"mirip {JAVANESE} (2)") >= usual + 20
    canvas = Image.new("L", (200, 40), 0).convert("RGB")
    letters.write(ImageDraw.Draw(canvas), (5, 20), JAVANESE, (255, 255, 255))
    assert np.asarray(canvas)[:, 5:45].max() == 255


def test_latin_and_what_the_usual_font_has_needs_no_other(folder: Path) -> None:
    letters = Lettering(20, bold=True)
    for text in ("Éva Ñoño ✔", "محمد", "", "plain"):
        assert letters.can_write(text)
    assert not has_glyph(folder / "none.ttf", "a")


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        pytest.param("ꦧꦸꦢꦶ ꦱꦤ꧀ꦠꦺꦴꦱ", "Budi Santosa", id="Javanese: signs, pangkon, taling tarung"),
        pytest.param("ꦥꦿꦧꦺꦴꦮꦺꦴ", "Prabowo", id="Javanese: cakra"),
        pytest.param("ᬓᭂᬢᬸᬢ᭄", "Ketut", id="Balinese: pepet, adeg-adeg"),
        pytest.param("ᮏᮧᮊᮧ ᮞᮥᮊᮨᮔ᮪ᮓᮁ", "Joko Sukendar", id="Sundanese: panglayar"),
        pytest.param("Dr. Éva O'Neil, S.H.", "Dr. Éva O'Neil, S.H.", id="Latin stays"),
        pytest.param("ꦫꦩ ꧑", "Rama 1", id="digits"),
        pytest.param(HAN, None, id="another script"),
        pytest.param("Budi 王", None, id="another script in part"),
    ],
)
def test_names_in_latin_letters(name: str, latin: str | None) -> None:
    assert latin_name(name) == latin


def known(name: str, alternatives: list[dict[str, Any]]) -> KeptPhoto:
    sure = {"distance": 0.4, "threshold": 0.5, "false_alarm_rate": 0.001, "strength": "strong"}
    person = {"candidate": "c-7", "name": name, "role": "candidate", "ballot_number": 2, "alternatives": alternatives}
    about = {"kind": "candidate", "code": "candidate.match", "rule": "r", "message": "…"}
    found = about | {"severity": "flag", "numbers": [], "hands": [], "faces": [0], "candidates": ["c-7"]}
    told = {
        "photo": {"name": "a.jpg", "sha256": "0" * 64, "width": 800, "height": 600},
        "verdict": "flag",
        "findings": [found],
        "hands": [],
        "faces": [{"box": [10.0, 10.0, 50.0, 50.0], "score": 1.0, "person": 0, "match": person | sure}],
        "engine": {"version": "0", "models": {}, "gallery": None, "policy": "r"},
    }
    return msgspec.convert(told, KeptPhoto)


BUDI = {"candidate": "c-8", "name": JAVANESE, "role": "candidate", "ballot_number": None}


@pytest.mark.parametrize(
    ("name", "alternatives", "latin"),
    [
        (JAVANESE, [], "Budi (2)"),
        (HAN, [], "c-7 (2)"),
        (HAN, [BUDI], "like c-7 or Budi"),
        ("Budi", [], "Budi (2)"),
    ],
)
def test_a_mark_knows_its_label_in_latin_letters(name: str, alternatives: list[dict[str, Any]], latin: str) -> None:
    _, (mark,) = marks_of(known(name, alternatives), "en")
    assert mark.latin_label == latin
    assert name in mark.label


def test_the_legend_shows_no_boxes(folder: Path) -> None:
    def strip(label: str, latin: str) -> Any:
        return legend_strip([Mark(Box(0, 0, 9, 9), "flag", 1, label, latin_label=latin)], 800, 8.0)

    assert np.array_equal(strip(f"{JAVANESE} (2)", "Budi (2)"), strip("Budi (2)", ""))
    assert not np.array_equal(strip(f"{JAVANESE} (2)", ""), strip("Budi (2)", ""))
