"""Choosing one face in a photo of several people: the words for it, and how the gallery stores the choice.

Regional candidates are published as a pair on one poster; each of them is registered from the same photo.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from candidates.errors import BadRowError
from candidates.messages import say
from candidates.people import clean_text

Place = tuple[float, float, float, float]
"""Left, top, width and height of a face's box as parts of the upright photo's width and height, 0..1."""

LEFT: Final = "left"
RIGHT: Final = "right"
LARGEST: Final = "largest"

_WORDS: Final = {
    LEFT: LEFT,
    "kiri": LEFT,
    RIGHT: RIGHT,
    "kanan": RIGHT,
    LARGEST: LARGEST,
    "terbesar": LARGEST,
}


@dataclass(frozen=True, slots=True)
class FaceChoice:
    """The face that is meant: `word` is what somebody said (`face_word`), `place` where it was found, if it was.

    A remembered place wins over the word: another detector may count the faces otherwise.
    """

    word: str = ""
    place: Place | None = None


def face_word(text: str) -> str:
    """Return what somebody wrote as "left", "right", "largest", a number from "1", or "" for nothing.

    Raises `BadRowError` for anything else.
    """
    word = clean_text(text).casefold()
    if not word:
        return ""
    if known := _WORDS.get(word):
        return known
    # Spreadsheets write whole numbers as "2.0" or, in Indonesian, "2,0".
    if number := re.fullmatch(r"0*([1-9]\d?)(?:[.,]0)?", word):
        return number[1]
    raise BadRowError(say("importing.choosing.column_face_expected_left_right", came=text.strip()))


def face_words(text: str, photos: int) -> tuple[str, ...]:
    """Return the word of each of a row's photos: one for all of them, or one each, parted by "|" as the photos are.

    Raises `BadRowError` for an unknown word, or for another number of words than of photos.
    """
    words = tuple(face_word(part) for part in text.split("|"))
    if len(words) == 1:
        return words * photos
    if len(words) != photos:
        raise BadRowError(say("importing.choosing.column_face_one_for_all", photos=photos, count=len(words)))
    return words


def place_text(place: Place | None) -> str:
    """Write a place as the gallery and its exports keep it; "" for none."""
    return "" if place is None else " ".join(f"{part:.4f}" for part in place)


def place_of(text: str | None) -> Place | None:
    """Read a place that `place_text` wrote; None for none, and for anything else."""
    parts = re.fullmatch(r"(-?\d\.\d{4}) (-?\d\.\d{4}) (\d\.\d{4}) (\d\.\d{4})", text or "")
    return None if parts is None else (float(parts[1]), float(parts[2]), float(parts[3]), float(parts[4]))
