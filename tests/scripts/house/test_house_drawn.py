"""The picture and the table of rooms in CONTRIBUTING.md are those of pyproject.toml and of the rooms' docstrings."""

from __future__ import annotations

import pytest

from scripts import ROOT
from scripts.house.arrows import House, Room, houses
from scripts.house.draw import BEGIN, END, FILE, drawn, picture, table

SMALL = [House("vision", ((Room("checker", "Puts together."),), (Room("faces", "Finds."), Room("hands", "Names."))))]


def test_the_picture_is_current() -> None:
    document = FILE.read_text("utf-8")
    assert drawn(document, houses(ROOT)) == document, "uv run python -m scripts.house draw"


def test_every_room_says_what_it_is_for() -> None:
    for house in houses(ROOT):
        for layer in house.layers:
            assert all(room.job.endswith(".") for room in layer), house.package


def test_a_layer_is_a_row_and_arrows_point_down() -> None:
    assert '    vision_1["faces · hands"]' in picture(SMALL)
    assert "vision_0 --> vision_1" in picture(SMALL)


def test_a_room_within_a_room_is_in_a_collapsed_table_alone() -> None:
    inner = [*SMALL, House("vision.faces", ((Room("finder", "Looks."),),))]
    shown, _, collapsed = drawn(f"{BEGIN}{END}", inner).partition("<details>")
    assert "finder" not in shown
    assert table(SMALL) in shown
    assert "| `vision/faces/finder` | Looks. |\n\n</details>" in collapsed


def test_what_stands_around_stays() -> None:
    document = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert drawn(document, SMALL).startswith(f"before\n{BEGIN}\n```mermaid")
    assert drawn(document, SMALL).endswith(f"| Names. |\n{END}\nafter\n")


def test_a_document_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a line"):
        drawn("nothing here", SMALL)
