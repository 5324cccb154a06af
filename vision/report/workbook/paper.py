"""A sheet of the workbook with its formats: texts stay texts, whatever they look like."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.format import Format  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

# Okabe and Ito's palette, as on the marked pictures; told apart with every kind of colour vision.
FLAG: Final = "#D55E00"
REVIEW: Final = "#F0E442"
CLEAR: Final = "#009E73"
ERROR: Final = "#6B7280"
INK: Final = "#1F2933"
QUIET: Final = "#5F6B7A"
RULE: Final = "#D5DAE1"
HEAD: Final = "#26405C"
FILL: Final = "#FFF8DC"
FILL_HEAD: Final = "#B7791F"
LINK: Final = "#0B5CAD"

_CELL: Final[dict[str, Any]] = {"valign": "top", "text_wrap": True, "bottom": 1, "bottom_color": RULE}
_MIDDLE: Final = _CELL | {"align": "center", "valign": "vcenter"}
_TILES: Final = {"flag": (FLAG, "white"), "review": (REVIEW, INK), "clear": (CLEAR, "white"), "error": (ERROR, "white")}
_FORMATS: Final[Mapping[str, Mapping[str, Any]]] = {
    "title": {"bold": True, "font_size": 18, "font_color": HEAD},
    "lead": {"text_wrap": True, "valign": "vcenter"},
    "hint": {"font_color": QUIET, "italic": True},
    "banner": {"bold": True, "bg_color": REVIEW, "text_wrap": True, "valign": "vcenter"},
    "heading": {
        "bold": True,
        "font_size": 13,
        "font_color": HEAD,
        "bottom": 2,
        "bottom_color": HEAD,
        "valign": "vcenter",
    },
    "text": {"text_wrap": True, "valign": "vcenter"},
    "bold": {"bold": True, "valign": "vcenter"},
    "link": _CELL | {"font_color": LINK, "underline": 1},
    "go": {"font_color": LINK, "underline": 1, "valign": "vcenter"},
    "head": {"bold": True, "font_color": "white", "bg_color": HEAD, "text_wrap": True, "valign": "vcenter"},
    "head_count": {"bold": True, "font_color": "white", "bg_color": HEAD, "align": "right", "valign": "vcenter"},
    "head_fill": {"bold": True, "font_color": "white", "bg_color": FILL_HEAD, "text_wrap": True, "valign": "vcenter"},
    "cell": _CELL,
    "centre": _CELL | {"align": "center"},
    "flag": _MIDDLE | {"bold": True, "bg_color": FLAG, "font_color": "white"},
    "review": _MIDDLE | {"bold": True, "bg_color": REVIEW, "font_color": INK},
    "name": _CELL | {"num_format": "@"},
    "day": _CELL | {"align": "center", "num_format": "yyyy-mm-dd"},
    "fill": _CELL | {"num_format": "@", "bg_color": FILL},
    "fill_list": _CELL | {"num_format": "@", "bg_color": FILL, "bold": True},
    "key": _CELL | {"num_format": "@", "font_size": 8, "font_color": QUIET, "text_wrap": False, "align": "fill"},
    "quiet": _CELL | {"font_color": QUIET, "font_size": 9},
    "number": _MIDDLE | {"font_color": QUIET},
    "picture": _MIDDLE | {"font_color": QUIET, "font_size": 9},
    "row": {"text_wrap": True, "valign": "vcenter", "bottom": 1, "bottom_color": RULE},
    "count": {
        "num_format": '#,##0;-#,##0;"-"',
        "valign": "vcenter",
        "align": "right",
        "bottom": 1,
        "bottom_color": RULE,
    },
    "step": {"align": "right", "bold": True, "font_color": HEAD, "valign": "vcenter"},
    "choice": _CELL | {"bold": True, "bg_color": FILL},
    # Of decisions that were made, laid over the cell.
    "is_right": {"bg_color": "#DDF3EA", "font_color": "#00553E"},
    "is_wrong": {"bg_color": "#E8EAED", "font_color": "#3D4650"},
    "is_missed": {"bg_color": "#FBE0CC", "font_color": "#7A3600"},
} | {
    f"{part}_{name}": {"align": "center", "bg_color": ground, "font_color": ink, "valign": "vcenter"} | more
    for name, (ground, ink) in _TILES.items()
    for part, more in (("tile", {"bold": True, "font_size": 22, "num_format": "#,##0"}), ("label", {"font_size": 10}))
}

_RICH: Final = ("<r>", "</r>")


@dataclass(frozen=True, slots=True)
class Paper:
    """One sheet: rows from 0, columns from 0, written from top to bottom, so that a row is in memory at a time."""

    sheet: Worksheet
    formats: Mapping[str, Format]

    def text(self, row: int, column: int, text: str, form: str) -> None:
        """Write a text as it is; nothing of it is a formula, a number or an address."""
        # XlsxWriter would take it for markup of its own and write it unescaped.
        if text.startswith(_RICH[0]) and text.endswith(_RICH[1]):
            text += "\N{NO-BREAK SPACE}"
        if text:
            self.sheet.write_string(row, column, text, self.formats[form])
        else:
            self.sheet.write_blank(row, column, None, self.formats[form])

    def number(self, row: int, column: int, value: float, form: str) -> None:
        """Write a number."""
        self.sheet.write_number(row, column, value, self.formats[form])

    def day(self, row: int, column: int, day: str) -> None:
        """Write a day, "YYYY-MM-DD", as a date that can be sorted and filtered by month; others as text."""
        try:
            value = date.fromisoformat(day)
        except ValueError:
            self.text(row, column, day, "day")
            return
        if value.year < 1901:  # before Excel's first day
            self.text(row, column, day, "day")
        else:
            self.sheet.write_datetime(row, column, value, self.formats["day"])

    def link(self, row: int, column: int, link: str, text: str, form: str = "link") -> None:
        """Write a text that leads somewhere, as `vision.report.workbook.links` makes it, or "internal:…"."""
        self.sheet.write_url(row, column, link, self.formats[form], string=text)

    def merged(self, row: int, first: int, last: int, text: str, form: str, height: float | None = None) -> None:
        """Write a text across columns of one row, `height` points high."""
        if height is not None:
            self.sheet.set_row(row, height)
        self.sheet.merge_range(row, first, row, last, "", self.formats[form])
        self.text(row, first, text, form)

    def picture(
        self, row: int, column: int, data: bytes, offset_xy: tuple[float, float], scale: float, alt: str
    ) -> None:
        """Put a picture into a cell: it is hidden, moved and sorted with it."""
        place = {"x_offset": offset_xy[0], "y_offset": offset_xy[1], "x_scale": scale, "y_scale": scale}
        told = {"image_data": io.BytesIO(data), "object_position": 1, "description": alt, "decorative": not alt}
        self.sheet.insert_image(row, column, "picture.jpg", place | told)


def formats_of(book: Workbook) -> dict[str, Format]:
    """Add the formats to a workbook."""
    return {name: book.add_format(dict(properties)) for name, properties in _FORMATS.items()}
