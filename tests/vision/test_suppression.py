"""Which detections are one: exact answers on a few boxes."""

from __future__ import annotations

import numpy as np

from vision.suppression import best_of_each, overlapping


def test_boxes_that_overlap_are_one_and_the_best_comes_first() -> None:
    centers = np.array([[50.0, 50], [100, 50], [54, 50], [95, 52], [50, 75]])
    groups = overlapping(centers - 10, np.full((5, 2), 20.0), 0.3)
    assert [group.tolist() for group in groups] == [[0, 2], [1, 3], [4]]


def test_what_overlaps_only_a_dropped_box_stays() -> None:
    corners = np.array([[0.0, 0], [6, 0], [12, 0]])
    assert [group.tolist() for group in overlapping(corners, np.full((3, 2), 10.0), 0.2)] == [[0, 1], [2]]


def test_a_box_without_an_extent_is_one_of_its_own() -> None:
    sizes = np.array([[20.0, 20], [0, 0], [-5, 4]])
    assert [group.tolist() for group in overlapping(np.full((3, 2), 50.0) - sizes / 2, sizes, 0.3)] == [[0], [1], [2]]
    assert overlapping(np.zeros((0, 2)), np.zeros((0, 2)), 0.3) == []


def test_the_best_of_each_by_a_rule_of_ones_own() -> None:
    assert best_of_each([9, 4, 8, 5, 1], lambda one, other: abs(one - other) <= 1) == [9, 4, 1]
    assert best_of_each([], lambda _one, _other: True) == []
