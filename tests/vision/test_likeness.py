"""Photos that look alike: what a hash survives, what it tells apart, and who leads whom."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vision.media.likeness import FLAT, MOST_BITS, SimilarPhotos, fold, likeness
from vision.media.photo import decode_full, open_photo
from vision.report.annotate import encoded

Pixels = NDArray[np.uint8]
PHOTOS = Path(__file__).resolve().parents[2] / "fixtures" / "photos"
FULL = 2**64 - 1


def apart(one: Pixels, other: Pixels) -> int:
    return (likeness(one) ^ likeness(other)).bit_count()


def photo(name: str) -> Pixels:
    return open_photo(PHOTOS / name).pixels


def shrunk(pixels: Pixels, factor: float) -> Pixels:
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))


def cut(pixels: Pixels, share: float) -> Pixels:
    rows, columns = (round(length * share / 2) for length in pixels.shape[:2])
    return pixels[rows : pixels.shape[0] - rows, columns : pixels.shape[1] - columns]


def shifted(pixels: Pixels, by: int) -> Pixels:
    return np.clip(pixels.astype(int) + by, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", ["collins_plain.jpg", "hopper_plain.jpg", "meeting.jpg"])
@pytest.mark.parametrize(
    "worn",
    [
        pytest.param(lambda p: shrunk(p, 0.25), id="a quarter of the size"),
        pytest.param(lambda p: decode_full(encoded(p, 30)), id="saved again at quality 30"),
        pytest.param(lambda p: shifted(p, 30), id="brighter"),
        pytest.param(lambda p: (p * 0.6).astype(np.uint8), id="darker"),
        pytest.param(lambda p: cut(p, 0.02), id="cut by 2%"),
        pytest.param(
            lambda p: decode_full(encoded(shrunk(shifted(cut(p, 0.01), 10), 0.5), 70)), id="what a messenger leaves"
        ),
        pytest.param(lambda p: np.repeat(p.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8), id="grey"),
    ],
)
def test_a_copy_looks_alike(name: str, worn: Callable[[Pixels], Pixels]) -> None:
    pixels = photo(name)
    assert apart(pixels, worn(pixels)) <= MOST_BITS


def test_different_photos_do_not() -> None:
    one, two, three = (photo(name) for name in ("collins_plain.jpg", "hopper_plain.jpg", "meeting.jpg"))
    assert min(apart(one, two), apart(one, three), apart(two, three)) > 2 * MOST_BITS
    assert apart(one, one[:, ::-1].copy()) > 2 * MOST_BITS  # a mirror image is another picture


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_photo_that_shows_nothing_is_flat(level: int) -> None:
    noise = np.random.default_rng(0).integers(-3, 4, (90, 120, 3))
    even = np.clip(np.full((90, 120, 3), level) + noise, 0, 255).astype(np.uint8)
    assert likeness(even) == FLAT
    assert likeness(np.full((1, 1, 3), level, np.uint8)) == FLAT


@pytest.mark.parametrize("turns", [0, 1])
def test_waves_that_are_not_there_decide_little(turns: int) -> None:
    """A drawn gradient has waves in one direction alone; what remains of the others is rounding."""
    ramp = np.repeat(np.linspace(0, 255, 128).astype(np.uint8)[None, :, None], 96, axis=0).repeat(3, axis=2)
    turned = np.rot90(ramp, turns).copy()
    assert apart(turned, shrunk(turned, 0.5)) <= MOST_BITS


@pytest.mark.parametrize("shape", [(1, 500, 3), (500, 1, 3), (2, 2, 3), (31, 33, 3)])
def test_any_size_has_a_hash(shape: tuple[int, int, int]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    assert 0 <= likeness(pixels) <= FULL
    assert likeness(pixels) == likeness(pixels.copy())


@pytest.mark.parametrize(
    ("hashes", "leaders"),
    [
        pytest.param([], [], id="none"),
        pytest.param([7], [0], id="one"),
        pytest.param([7, 7, 7], [0, 0, 0], id="equal ones"),
        pytest.param([0b1111, 0xFF << 40, 0b0001], [0, 1, 0], id="at most three bits"),
        pytest.param([None, 5, None, 5], [0, 1, 2, 1], id="what has no hash is like nothing"),
        pytest.param([FLAT, FLAT, 0b1], [0, 1, 2], id="nor is what shows nothing"),
        # The third is two bits from the second, which leads nobody, and four from the first.
        pytest.param([0b1111, 0b11_1111, 0b1111_1111], [0, 0, 2], id="no chains"),
        pytest.param([0b0000_1111, 0b1111_1111, 0b0111_1111], [0, 1, 1], id="the nearest leader, not the first"),
        pytest.param([0b0001_1111, 0b1111_1001, 0b0011_1011], [0, 1, 0], id="of two as near, the first"),
    ],
)
def test_who_leads(hashes: list[int | None], leaders: list[int]) -> None:
    assert fold(hashes, most_bits=3) == leaders


@pytest.mark.parametrize("most_bits", range(12))
def test_all_that_is_near_is_found_and_nothing_else(most_bits: int) -> None:
    """The look-up by parts is to give what comparing with every leader gives."""
    chance = random.Random(most_bits)
    hashes: list[int] = []
    for _ in range(150):
        start = chance.getrandbits(64) | 1
        hashes += [start, *(flipped(start, chance.randint(0, 13), chance) | 1 for _ in range(3))]
    chance.shuffle(hashes)
    expected: list[int] = []
    for index, value in enumerate(hashes):
        near = [
            ((value ^ hashes[leader]).bit_count(), leader)
            for leader in dict.fromkeys(expected)
            if (value ^ hashes[leader]).bit_count() <= most_bits
        ]
        expected.append(min(near)[1] if near else index)
    assert fold(hashes, most_bits=most_bits) == expected


def flipped(value: int, bits: int, chance: random.Random) -> int:
    for bit in chance.sample(range(64), bits):
        value ^= 1 << bit
    return value


@pytest.mark.parametrize("most_bits", [-1, 12, 64])
def test_numbers_of_bits_that_are_not_served(most_bits: int) -> None:
    with pytest.raises(ValueError, match=str(most_bits)):
        SimilarPhotos(most_bits)


@pytest.mark.shared
def test_measured_on_real_pictures(shared: Path) -> None:
    """Thirty public figures and forty group photos: every copy is found, no two pictures are taken for each other."""
    files: list[Any] = [
        next(iter(sorted(person.iterdir()))) for person in sorted((shared / "faces/politicians").iterdir())
    ]
    files += sorted((shared / "groups/vhuman").glob("*.jpg"))
    pictures = [open_photo(file).pixels for file in files]
    copies = [decode_full(encoded(shrunk(cut(pixels, 0.01), 0.5), 60)) for pixels in pictures]
    hashes = [likeness(pixels) for pixels in (*pictures, *copies)]
    count = len(pictures)
    assert fold(hashes) == [*range(count), *range(count)]
