"""The 112 x 112 chip: every point where it belongs, whatever the face's place, size and turn."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
import skimage.data

from tests.fakes import a_face
from vision.faces import Face, FaceFinder
from vision.faces.template import SIDE, TEMPLATE_XY, chip_points, similarity, template_chip
from vision.geometry import Box


def a_face_at(points_xy: Any) -> Face:
    """Make a face whose eyes, nose tip and mouth are at (5, 2) points; eye corners lie about each eye."""
    points = np.asarray(points_xy, float)
    left, right, nose, *_ = points
    corner = (right - left) * 0.15
    landmarks = np.array([right + corner, right - corner, left - corner, left + corner, nose])
    return a_face(Box(*points.min(axis=0), *np.ptp(points, axis=0)), landmarks_xy=landmarks, five_points_xy=points)


def turned(points_xy: Any, degrees: float, scale: float, to_xy: tuple[float, float]) -> Any:
    """Turn points clockwise about their mean, scale them, and bring their mean to a place."""
    around = np.asarray(points_xy) - np.mean(points_xy, axis=0)
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return around @ turn * scale + to_xy


PLACES = [(0, 1.0), (0, 0.3), (0, 4.0), (35, 1.5), (-90, 2.0), (180, 1.0)]


@pytest.mark.parametrize(("degrees", "scale"), PLACES)
def test_the_transform_of_a_moved_template_is_the_move_back(degrees: float, scale: float) -> None:
    source = turned(TEMPLATE_XY, degrees, scale, (300, 200))
    to_chip = similarity(source, TEMPLATE_XY)
    np.testing.assert_allclose(source @ to_chip[:, :2].T + to_chip[:, 2], TEMPLATE_XY, atol=1e-9)
    np.testing.assert_allclose(np.hypot(to_chip[0, 0], to_chip[1, 0]), 1 / scale)


def test_the_transform_is_the_least_squares_one() -> None:
    """Against the general solver, and against every small step away from it."""
    rng = np.random.default_rng(0)
    source, target = rng.normal(size=(4, 2)) * 30, rng.normal(size=(4, 2)) * 30
    x, y = source.T
    ones, zeros = np.ones(4), np.zeros(4)
    rows = np.concatenate([np.column_stack([x, -y, ones, zeros]), np.column_stack([y, x, zeros, ones])])
    a, b, right, down = np.linalg.lstsq(rows, np.concatenate([target[:, 0], target[:, 1]]), rcond=None)[0]
    np.testing.assert_allclose(similarity(source, target), [[a, -b, right], [b, a, down]], atol=1e-9)


def test_a_mirror_image_is_not_turned_inside_out() -> None:
    to_chip = similarity(TEMPLATE_XY * (-1, 1), TEMPLATE_XY)
    assert np.linalg.det(to_chip[:, :2]) > 0


def test_points_in_one_place_are_no_trouble() -> None:
    face = a_face_at(np.full((5, 2), 20.0))
    assert template_chip(np.full((40, 40, 3), 90, np.uint8), face).shape == (SIDE, SIDE, 3)


@pytest.mark.parametrize(("degrees", "scale"), PLACES)
def test_each_point_lands_on_its_place_within_a_pixel(degrees: float, scale: float) -> None:
    """Draw a dot at one of a face's four points: the chip's brightest spot is the template's point."""
    points = turned(TEMPLATE_XY, degrees, scale, (400.3, 300.6))
    face = a_face_at(points)
    np.testing.assert_allclose(chip_points(face), points)
    xs, ys = np.meshgrid(np.arange(800), np.arange(600))
    for point, place in zip(points, TEMPLATE_XY, strict=True):
        distance = np.hypot(xs - point[0], ys - point[1])
        dot = 255 * np.exp(-0.5 * (distance / max(2.0 * scale, 0.7)) ** 2)
        photo = np.repeat(dot.astype(np.uint8)[:, :, None], 3, axis=2)
        chip = template_chip(photo, face)[:, :, 0].astype(float)
        spot = np.array([(chip * np.arange(SIDE)).sum(), (chip.T * np.arange(SIDE)).sum()]) / chip.sum()
        assert np.hypot(*(spot - place)) < 0.5


def test_a_turned_face_gives_the_same_chip() -> None:
    """Turn and shrink a photo and the face's points with it: the chip stays, but for what resampling loses."""
    portrait = np.ascontiguousarray(skimage.data.astronaut()[:, :, :3])
    points = np.array([[208.0, 96.0], [244.0, 98.0], [226.0, 120.0], [214.0, 139.0], [236.0, 140.0]])
    upright = template_chip(portrait, a_face_at(points)).astype(float)
    for degrees, scale in ((40.0, 1.0), (-120.0, 1.5), (10.0, 2.5)):
        turn = cv2.getRotationMatrix2D((225, 115), degrees, scale)
        turn[:, 2] += (500, 500) - np.array([225, 115])
        photo = cv2.warpAffine(portrait, turn, (1000, 1000), flags=cv2.INTER_CUBIC)
        chip = template_chip(photo, a_face_at(points @ turn[:, :2].T + turn[:, 2])).astype(float)
        assert np.abs(chip - upright).mean() < 4.0


def test_a_turned_face_is_found_and_gives_nearly_the_same_chip() -> None:
    """The same with the finder's own points."""
    portrait = np.ascontiguousarray(skimage.data.astronaut()[:, :, :3])
    turn = cv2.getRotationMatrix2D((225, 115), 25, 1.0)
    chips = []
    with FaceFinder() as finder:
        for photo in (portrait, cv2.warpAffine(portrait, turn, (512, 512))):
            (face,) = (one for one in finder.find(photo) if one.box.contains(225, 115))
            points = chip_points(face)
            to_chip = similarity(points, TEMPLATE_XY)
            # A real face is not the template, but its points come near their places.
            assert np.abs(points @ to_chip[:, :2].T + to_chip[:, 2] - TEMPLATE_XY).max() < 8
            chips.append(template_chip(photo, face))
    small = [cv2.GaussianBlur(chip, (0, 0), 2)[20:100, 20:92].astype(float).ravel() for chip in chips]
    # Measured 0.924: the corners of the mouth move by a tenth of the distance of the eyes.
    assert np.corrcoef(*small)[0, 1] > 0.85


def test_a_large_face_does_not_alias() -> None:
    """A fine checkerboard, shrunk five times, is an even grey, not a pattern of its own."""
    xs, ys = np.meshgrid(np.arange(900), np.arange(900))
    photo = np.repeat(((xs + ys) % 2 * 255).astype(np.uint8)[:, :, None], 3, axis=2)
    chip = template_chip(photo, a_face_at(turned(TEMPLATE_XY, 0, 5.0, (450, 450))))
    assert chip.std() < 3 and abs(chip.mean() - 127.5) < 3


def test_outside_of_the_photo_is_black() -> None:
    photo = np.full((112, 112, 3), 200, np.uint8)
    assert (template_chip(photo, a_face_at(TEMPLATE_XY)) == 200).all()
    half = template_chip(photo, a_face_at(TEMPLATE_XY + np.array([56, 0])))
    assert (half[:, :54] == 200).all() and (half[:, 58:] == 0).all()
    assert not template_chip(photo, a_face_at(TEMPLATE_XY + np.array([500, 0]))).any()
