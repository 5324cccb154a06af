"""Squares cut out of pictures: where a spot comes to lie, by the one rule for half pixels, and what lies outside."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from vision.geometry import Box
from vision.media.cutting import Shrinking, cut_square

ALL = Box(0, 0, 1000, 1000)
PLAIN, HALVES = Shrinking(0.7), Shrinking(0.7, by_halves=True)


def picture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)


def shift(x: float, y: float, scale: float = 1.0) -> np.ndarray:
    """Return the matrix that brings the middle of pixel (x, y) to the middle of the square's first one."""
    return np.array([[scale, 0, -scale * x], [0, scale, -scale * y]])


def test_whole_pixels_are_taken_as_they_are() -> None:
    pixels = picture(30, 40)
    assert np.array_equal(cut_square(pixels, shift(7, 5), 8, ALL, PLAIN), pixels[5:13, 7:15])


@pytest.mark.parametrize(("factor", "shrinking"), [(2, HALVES), (4, HALVES), (2, PLAIN), (3, PLAIN), (6, PLAIN)])
def test_a_pixel_made_of_others_has_its_middle_among_theirs(factor: int, shrinking: Shrinking) -> None:
    """The square's first pixel is the mean of the picture's first `factor` x `factor`."""
    pixels = picture(24, 24)
    first = (factor - 1) / 2
    cut = cut_square(pixels, shift(first, first, 1 / factor), 24 // factor, ALL, shrinking)
    means = pixels.reshape(24 // factor, factor, 24 // factor, factor, 3).mean(axis=(1, 3))
    assert np.abs(cut.astype(float) - means).max() <= 2


@pytest.mark.parametrize("scale", [0.13, 0.31, 0.55, 0.69, 0.9, 1.7])
@pytest.mark.parametrize("degrees", [0.0, 33.0, -120.0])
@pytest.mark.parametrize("shrinking", [PLAIN, HALVES])
def test_a_spot_lands_where_the_matrix_says(scale: float, degrees: float, shrinking: Shrinking) -> None:
    place = np.array([151.3, 126.8])
    xs, ys = np.meshgrid(np.arange(300), np.arange(260))
    spot = 255 * np.exp(-0.5 * (np.hypot(xs - place[0], ys - place[1]) / max(2.0, 1.5 / scale)) ** 2)
    pixels = np.repeat(spot.astype(np.uint8)[:, :, None], 3, axis=2)
    matrix = cv2.getRotationMatrix2D((148.0, 130.0), degrees, scale)
    matrix[:, 2] += 20 - np.array([148.0, 130.0])
    cut = cut_square(pixels, matrix, 40, ALL, shrinking)[:, :, 0].astype(float)
    found = np.array([(cut * np.arange(40)).sum(), (cut.T * np.arange(40)).sum()]) / cut.sum()
    assert found == pytest.approx(matrix[:, :2] @ place + matrix[:, 2], abs=0.1)


def test_outside_is_grey_or_the_edge_repeated() -> None:
    pixels = np.full((10, 10, 3), 200, np.uint8)
    assert (cut_square(pixels, shift(6, 6), 8, ALL, PLAIN, grey=90)[4:, 4:] == 90).all()
    assert (cut_square(pixels, shift(6, 6), 8, ALL, PLAIN) == 200).all()
    assert (cut_square(pixels, shift(500, -500), 8, ALL, PLAIN, grey=90) == 90).all()


def test_only_the_part_is_read() -> None:
    pixels = picture(30, 40)
    cut = cut_square(pixels, shift(7, 5), 8, Box(7, 5, 4, 8), PLAIN, grey=90)
    assert np.array_equal(cut[:, :4], pixels[5:13, 7:11])
    assert (cut[:, 4:] == 90).all()


def test_a_matrix_without_extent_gives_one_colour() -> None:
    assert np.ptp(cut_square(picture(30, 30), np.zeros((2, 3)), 8, ALL, PLAIN), axis=(0, 1)).max() == 0
