"""Saying in plain words where something is in a photo."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from vision.errors import Language
from vision.geometry import Box
from vision.rules.texts import text

LONGEST_ROW = 10
"""Up to here "the third person from the left" can be counted at a glance."""

ROW_HEIGHT = 1.5
"""People stand in one row when their faces' centres differ by at most this many face heights."""

_COLUMNS = ("left", "", "right")
_ROWS = ("top", "", "bottom")


def place_in_words(
    box: Box,
    size_wh: tuple[int, int],
    people: Sequence[Box] = (),
    person: int | None = None,
    language: Language = "id",
) -> str:
    """Say where `box` is in a photo of `size_wh` pixels, e.g. "orang ke-3 dari kiri" or "kiri atas foto".

    `people` are the boxes of the people's faces and `person` counts in them; together they allow counting from the
    left, when all stand in one row of at most `LONGEST_ROW`. The answer is empty when the owner is the only person:
    there is nothing to tell apart.
    """
    if person is not None and 0 <= person < len(people):
        if len(people) == 1:
            return ""
        if _one_row(people):
            left_to_right = sorted(range(len(people)), key=lambda index: people[index].center_xy[0])
            return text(language, "place", "person", n=left_to_right.index(person) + 1)
    x, y = box.center_xy
    column, row = _COLUMNS[_third(x, size_wh[0])], _ROWS[_third(y, size_wh[1])]
    return text(language, "place", "_".join(part for part in (row, column) if part) or "middle")


def _third(position: float, length: int) -> int:
    return min(max(int(3 * position / length), 0), 2)


def _one_row(people: Sequence[Box]) -> bool:
    heights = [box.center_xy[1] for box in people]
    spread = max(heights) - min(heights)
    return len(people) <= LONGEST_ROW and spread <= ROW_HEIGHT * median(box.height for box in people)
