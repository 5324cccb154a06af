from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from candidates import Calibration, Candidate, Index, Reference
from candidates.cohort import GROUP, LIKE_PART, LIKE_TIMES, Cohort, disjoint_groups, distances_between, fit_cohort

MODEL = "fake-model"


def point(x: float, y: float = 0.0) -> np.ndarray:
    vector = np.zeros((1, 128), np.float32)
    vector[0, :2] = x, y
    return vector


@pytest.fixture
def line() -> Cohort:
    """Centroids at 1, 2, 3, 4 on a line."""
    return Cohort(np.concatenate([point(x) for x in (1, 2, 3, 4)]).astype(np.float64), 4, 2.5, 1.25**0.5)


def test_statistics_are_of_the_nearest(line: Cohort) -> None:
    np.testing.assert_allclose(line.statistics(point(0)), [[2.5, 1.25**0.5]])
    two = replace(line, nearest=2)
    np.testing.assert_allclose(two.statistics(point(5)), [[1.5, 0.5]])  # 1 and 2 away
    np.testing.assert_allclose(two.statistics(point(2.5)), [[0.5, 0.01]])  # equally far: never divide by nothing
    assert line.statistics(np.empty((0, 128), np.float32)).shape == (0, 2)


def test_typical_faces_keep_their_distance(line: Cohort) -> None:
    typical = np.array([[2.5, 1.25**0.5]])
    np.testing.assert_allclose(line.normalised(np.array([[0.45]]), typical, typical), [[0.45]])


def test_faces_near_everybody_must_be_nearer(line: Cohort) -> None:
    typical, crowded = np.array([[2.5, 1.25**0.5]]), np.array([[2.0, 1.25**0.5]])
    plain = np.array([[0.45]])
    assert line.normalised(plain, crowded, typical) > plain
    assert line.normalised(plain, typical, crowded) == line.normalised(plain, crowded, typical)  # symmetric
    assert line.normalised(np.array([[0.0]]), np.array([[9.0, 0.5]]), typical) == 0.0  # a distance is not negative


def test_plain_distances(line: Cohort) -> None:
    first, second = np.concatenate([point(0), point(3)]), np.concatenate([point(0, 4), point(3)])
    np.testing.assert_allclose(distances_between(first, second, None), [[4, 3], [5, 0]])
    expected = line.normalised(np.array([[4, 3], [5, 0]]), line.statistics(first), line.statistics(second))
    np.testing.assert_allclose(distances_between(first, second, line), expected)


@pytest.mark.parametrize("changed", [{"nearest": 0}, {"nearest": 5}, {"spread": 0.0}, {"centroids": np.zeros(4)}])
def test_a_cohort_that_is_none(line: Cohort, changed: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="got"):
        replace(line, **changed)


@pytest.mark.parametrize("people", [8, 11, 40, 103])
def test_nobody_is_in_two_groups_and_none_is_small(people: int) -> None:
    vectors = np.random.default_rng(people).normal(size=(people, 16))
    groups = disjoint_groups(vectors, GROUP)
    assert sorted(np.concatenate(groups).tolist()) == list(range(people))
    assert min(map(len, groups)) >= GROUP


def test_groups_are_neighbours() -> None:
    places = np.array([[0, 0], [10, 0], [0, 10]]).repeat(4, axis=0) + np.linspace(0, 0.1, 12)[:, None]
    groups = disjoint_groups(np.random.default_rng(0).permutation(places), 4)
    assert sorted(len(group) for group in groups) == [4, 4, 4]
    shuffled = np.random.default_rng(0).permutation(places)
    assert all(np.ptp(shuffled[group], axis=0).max() < 1 for group in groups)


def test_a_fitted_cohort_is_nobodys_face() -> None:
    people = np.random.default_rng(1).normal(size=(240, 32)).astype(np.float32)
    cohort = fit_cohort(people)
    assert cohort.centroids.shape == (60, 32)
    own = distances_between(cohort.centroids, people, None)
    neighbours = distances_between(people, people, None)
    np.fill_diagonal(neighbours, np.inf)
    assert own.min() > neighbours.min() / 3, "a centroid lies between people, not on one"


def test_people_like_the_ones_it_is_for_count_more() -> None:
    people = np.random.default_rng(2).normal(size=(400, 8)).astype(np.float32)
    like = np.full(8, 1.0)
    plain, favoured = fit_cohort(people), fit_cohort(people, like)
    extra = favoured.centroids[len(plain.centroids) :]
    assert len(extra) == (LIKE_TIMES - 1) * round(LIKE_PART * len(plain.centroids))
    far = distances_between(plain.centroids, like[None], None)
    assert distances_between(extra, like[None], None).max() <= np.quantile(far, LIKE_PART + 0.02)


def test_too_few_for_a_cohort() -> None:
    with pytest.raises(ValueError, match="8 vectors"):
        fit_cohort(np.zeros((7, 3)))


def test_matching_follows_the_calibration(
    calibration: Calibration, make_reference: Callable[..., Reference], line: Cohort
) -> None:
    people = [Candidate("crowd", "Crowd"), Candidate("typical", "Typical")]
    references = [
        make_reference("crowd", "1", embedding=point(2.5)[0]),  # in the middle of the cohort
        make_reference("typical", "2", embedding=point(0)[0]),
    ]
    probes = np.concatenate([point(2.5, 0.3), point(0, 0.3)])

    def match(table: Calibration) -> list[tuple[str, float] | None]:
        index = Index.build(people, references, model_id=MODEL, calibration=table)
        together = index.match(probes)
        return [(m.candidate.id, round(m.distance, 3)) if m else None for m in together]

    assert match(calibration) == [("crowd", 0.3), ("typical", 0.3)]
    plain, normalised = match(calibration), match(replace(calibration, cohort=line))
    assert plain[0] is not None
    assert normalised[0] is None  # so near to the cohort, 0.3 says little
    assert normalised[1] is not None
    assert normalised[1][1] == pytest.approx(0.3, abs=0.05)
