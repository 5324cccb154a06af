"""Shrinking by halves: as far as the scale allows, means of four, and never to nothing."""

from __future__ import annotations

import numpy as np
import pytest

from vision.media.shrinking import halved


@pytest.mark.parametrize(
    ("scale", "times"), [(1.0, 0), (0.51, 0), (0.5, 1), (0.3, 1), (0.25, 2), (0.126, 2), (0.125, 3)]
)
def test_what_is_left_is_a_half_or_more(scale: float, times: int) -> None:
    small, done = halved(np.zeros((64, 80, 3), np.uint8), scale)
    assert done == times
    assert small.shape == (64 >> times, 80 >> times, 3)
    assert 0.5 <= scale * 2**done <= 1


def test_a_pixel_is_the_mean_of_four() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    small, _ = halved(pixels, 0.5)
    means = pixels.reshape(3, 2, 4, 2, 3).astype(float).mean(axis=(1, 3))
    assert np.abs(small - means).max() <= 0.5


def test_an_odd_row_at_the_end_is_left_out() -> None:
    pixels = np.zeros((5, 7, 3), np.uint8)
    pixels[4], pixels[:, 6] = 255, 255
    small, _ = halved(pixels, 0.5)
    assert small.shape == (2, 3, 3)
    assert not small.any()


@pytest.mark.parametrize("size", [(1, 40), (40, 1), (3, 3)])
def test_it_stops_before_nothing_is_left(size: tuple[int, int]) -> None:
    small, times = halved(np.full((*size, 3), 9, np.uint8), 0.01)
    assert min(small.shape[:2]) == 1
    assert small.shape[:2] == (size[0] >> times, size[1] >> times)
    assert (small == 9).all()
