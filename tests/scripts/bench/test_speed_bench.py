"""What the speed benchmark stands on: counts, operations, processes. Its times are for people to read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scripts.bench.check.counting import NETWORKS, counted
from scripts.bench.check.floors import operations, stage_floors
from scripts.bench.check.photos import PHOTOS, cut_group, make_empty_photo, resized
from scripts.bench.check.timing import command, in_turn, peak_mb, process, spread
from vision import PhotoChecker
from vision.hands.palms import PalmFinder

pytestmark = pytest.mark.slow


def test_pictures_shown_are_counted_while_it_is_asked_for() -> None:
    find = PalmFinder.find
    with PhotoChecker.open() as checker:
        with counted() as shown:
            result = checker.check(PHOTOS / "collins_peace.jpg")
        before = dict(shown)
        checker.check(PHOTOS / "collins_peace.jpg")
    assert PalmFinder.find is find
    assert dict(shown) == before
    assert len(result.hands) == 1
    assert set(before) <= set(NETWORKS)
    assert before["palm detector"] >= 1 and before["hand landmarks"] >= 2 and before["face detector"] >= 2
    assert before.get("face embedding", 0) == 0, "without a gallery nobody is compared"


def test_operations_of_the_networks() -> None:
    """Counted by hand for one layer: the first of the face network is 32 filters of 3 x 3 x 3 on 112 x 112 places."""
    work = operations()
    assert set(work) == set(NETWORKS)
    assert work["face embedding"] > 2 * 32 * 3 * 3 * 3 * 112 * 112 / 1e9
    assert work == pytest.approx(
        {
            "face detector": 0.028,
            "palm detector": 0.630,
            "hand landmarks": 0.662,
            "face embedding": 1.168,
        },
        abs=0.001,
    )
    floors = stage_floors({"palm detector": 2, "hand landmarks": 1}, work, peak=100)
    assert floors == pytest.approx({"faces": 0, "hands": (2 * 0.630 + 0.662) * 10, "match": 0}, abs=0.05)


def test_processes_tell_what_they_print_and_hold() -> None:
    assert process("-c", "print(6 * 7)") == "42\n"
    assert "fotonetral" in command("--version")
    small, large = peak_mb("pass"), peak_mb("held = bytearray(80_000_000)")
    assert 70 < large - small < 100
    with pytest.raises(RuntimeError, match="no_such_module"):
        process("-c", "import no_such_module")


def test_rounds_take_turns() -> None:
    told: list[str] = []
    first, second = in_turn([lambda: told.append("a"), lambda: told.append("b")], rounds=3)
    assert told == ["a", "b"] * 3
    assert len(first) == len(second) == 3
    assert spread([3.0, 1.0, 2.0]) == "2 (1-3)"


def test_photos_are_made(tmp_path: Path) -> None:
    with Image.open(make_empty_photo(tmp_path / "empty.jpg")) as photo:
        assert photo.size == (1732, 1155)
    assert resized(np.zeros((100, 200, 3), np.uint8), 0.08).shape == (200, 400, 3)
    assert cut_group(tmp_path, tmp_path / "group.jpg") is None


@pytest.mark.shared
def test_the_group_has_its_size(shared: Path, tmp_path: Path) -> None:
    group = cut_group(shared, tmp_path / "group.jpg")
    assert group is not None
    with Image.open(group) as photo:
        assert photo.width * photo.height == pytest.approx(1.2e6, rel=0.03)
