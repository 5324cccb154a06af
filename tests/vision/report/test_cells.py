"""Texts in cells: never a formula, never longer than a cell, never something that is not seen."""

from __future__ import annotations

import pytest

from vision.report.cells import LONGEST_CELL, encodable, guarded, shortened, shown, unguarded


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        pytest.param("=1+1", "'=1+1", id="formula"),
        pytest.param("+62 812", "'+62 812", id="plus"),
        pytest.param("-2+3|cmd", "'-2+3|cmd", id="minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("\tx", "'\tx", id="tab"),
        pytest.param("\rx", "'\rx", id="carriage return"),
        pytest.param("\nx", "'\nx", id="line feed"),
        pytest.param("  =1", "'  =1", id="blanks before it"),
        pytest.param("\uff1d1", "'\uff1d1", id="wide letters, as East Asian Excel reads them"),
        pytest.param("a;=1", "a;'=1", id="a cell of its own where the semicolon parts"),
        pytest.param("a,=1", "a,'=1", id="a cell of its own where the comma parts"),
        pytest.param("a\n=1", "a\n'=1", id="a row of its own where quotes are not understood"),
        pytest.param("Rapat (2) - foto.jpg", "Rapat (2) - foto.jpg", id="a dash within"),
        pytest.param("a=b;c", "a=b;c", id="an equals sign within"),
        pytest.param("'quoted'", "'quoted'", id="an apostrophe"),
        pytest.param("", "", id="empty"),
    ],
)
def test_formulas_are_guarded_and_come_back(text: str, safe: str) -> None:
    assert guarded(text) == safe
    assert unguarded(safe) == text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("Rapat\nSenin", "Rapat\nSenin", id="lines stay"),
        pytest.param("a\r\nb", "a\nb", id="lines of Windows"),
        pytest.param("a\x00\x1b[2Jb", "a��[2Jb", id="control characters"),
        pytest.param("\u202egpj.exe", "�gpj.exe", id="what turns the reading order"),
        pytest.param("f\udce9to", "f�to", id="no Unicode text"),
        pytest.param("10\u00a0km", "10\u00a0km", id="blanks that do not break"),
        pytest.param("表紙 🖐🏽", "表紙 🖐🏽", id="every script"),
    ],
)
def test_what_people_read(text: str, seen: str) -> None:
    assert shown(text) == seen


def test_a_cell_holds_so_much_and_no_more() -> None:
    assert shown("x" * LONGEST_CELL) == "x" * LONGEST_CELL
    cut = shown("x" * (LONGEST_CELL + 1))
    assert (len(cut), cut[-2:]) == (LONGEST_CELL, "x…")
    # Excel counts UTF-16 units; half a character is never left.
    assert shortened("🖐" * 10, 5) == "🖐🖐…"
    assert shortened("🖐" * 10, 4) == "🖐…"


def test_names_that_are_no_unicode_text() -> None:
    assert encodable("f\udce9to") == "f?to"
