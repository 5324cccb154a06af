"""The labelled pictures that face finding is measured on, besides the counted groups."""

from __future__ import annotations

from pathlib import Path

HANDS_ALONE = ("drgfreeman_rps", "massey_asl_segmented", "rendered", "sign_digits")
"""Sets of pictures that show a hand and nobody's face."""

_HANDS_A_SET = 45
_EVERY_MASK = 3


def masked_photos(data: Path) -> list[Path]:
    """Return the photos of people in masks."""
    return sorted((data / "groups/masked_faces").rglob("*.jpg"))


def hand_pictures(data: Path) -> list[Path]:
    """Return pictures of a hand alone, as many of each set, spread over its labels."""
    chosen: list[Path] = []
    for name in HANDS_ALONE:
        files = sorted((data / "hands" / name).glob("*/*"))
        count = min(_HANDS_A_SET, len(files))
        chosen += [files[at * len(files) // count] for at in range(count)]
    return chosen


def upright_photos(data: Path) -> dict[str, list[Path]]:
    """Return photos of people who stand upright, by kind: groups, people in masks, a portrait of each politician."""
    people = sorted((data / "faces/politicians").iterdir())
    return {
        "groups": sorted(
            path for name in ("office", "vhuman", "wider_linzaer") for path in (data / "groups" / name).glob("*.jpg")
        ),
        "masks": masked_photos(data)[::_EVERY_MASK],
        "portraits": [sorted(person.iterdir())[0] for person in people],
    }
