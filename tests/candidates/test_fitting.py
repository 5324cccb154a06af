"""Rates measured on made-up people: clusters whose true distances are known."""

from dataclasses import replace

import numpy as np
import pytest

from candidates.errors import TooFewStrangersError
from candidates.matching.fitting import CAUTION, LEAST_PAIRS, fit
from candidates.search.distances import distances_between

SIZE = 24


def crowd(people: int, photos: int = 1, *, seed: int = 0, scatter: float = 0.04) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    middles = rng.normal(scale=0.2, size=(people, SIZE))
    return {
        f"p{n:04}": (middle + rng.normal(scale=scatter, size=(photos, SIZE))).astype(np.float32)
        for n, middle in enumerate(middles)
    }


def test_the_table_is_what_was_counted() -> None:
    people = crowd(60)
    table = fit([people], model_id="m", source="made up")
    every = np.concatenate(list(people.values()))
    impostor = distances_between(every, every)[~np.eye(60, dtype=bool)]
    for rate in (0.02, 0.2, 0.7):
        distance = np.quantile(impostor, rate)
        assert table.false_match_rate_at(distance) == pytest.approx(min(CAUTION * rate, 1.0), rel=0.15)
    assert (table.people, table.least_rate) == (60, pytest.approx(1 / 1770))
    assert np.all(np.diff(table.false_match_rate) >= 0)
    assert table.false_match_rate[0] < table.least_rate, "the end is extrapolated"


@pytest.mark.slow
def test_what_was_promised_holds_for_other_people() -> None:
    table = fit([crowd(800, seed=5)], model_id="m", source="made up")
    gallery = np.concatenate(list(crowd(50, seed=6).values()))
    strangers = np.concatenate(list(crowd(2000, seed=7).values()))
    nearest = distances_between(strangers, gallery).min(axis=1)
    for wanted in (0.01, 0.05, 0.1):
        met = np.mean(nearest <= table.cut(wanted, table.comparisons([1] * 50)))
        assert wanted / 2 < met < wanted * 1.5


def test_own_photos_are_missed_as_counted() -> None:
    table = fit([crowd(40, photos=6)], model_id="m", source="made up")
    assert table.missed_at(0.05) > 0.9
    assert table.missed_at(0.5) < 0.02
    assert np.all(np.diff(table.false_non_match_rate) <= 0)


def test_further_references_count_for_less_than_first_ones() -> None:
    assert 0.05 < fit([crowd(120, photos=4)], model_id="m", source="").reference_exponent < 0.8
    assert fit([crowd(60)], model_id="m", source="").reference_exponent == 1, "nobody has three: each counts in full"


def test_the_order_of_the_people_does_not_matter() -> None:
    people = crowd(200, photos=2)
    backwards = dict(reversed(people.items()))
    assert fit([people], model_id="m", source="").to_bytes() == fit([backwards], model_id="m", source="").to_bytes()


def test_faces_of_different_photos_are_not_compared() -> None:
    # The same 30 people in every photo: across photos they would count as strangers who look the same.
    photos = [crowd(30, seed=3)] * 10
    table = fit(photos, model_id="m", source="")
    assert table.false_match_rate_at(0.05) < table.least_rate
    assert (table.people, table.least_rate) == (300, pytest.approx(1 / (10 * 435)))


def test_what_the_sample_cannot_tell_is_taken_from_the_base() -> None:
    base = fit([crowd(120, photos=4)], model_id="m", source="")
    table = fit([crowd(40, seed=9)], model_id="m", source="", base=base)
    assert table.reference_exponent == base.reference_exponent
    assert table.missed_at(0.2) == pytest.approx(base.missed_at(0.2), abs=0.02)
    assert table.people == 40
    strict = replace(base, farthest=0.3, farthest_strong=0.2)
    table = fit([crowd(40, seed=9)], model_id="m", source="", base=strict)
    assert (table.farthest, table.farthest_strong) == (0.3, 0.2)


@pytest.mark.parametrize(
    "groups",
    [
        pytest.param([crowd(19)], id="one person short"),
        pytest.param([crowd(1, seed=n) for n in range(50)], id="portraits of anybody"),
        pytest.param([], id="nobody"),
    ],
)
def test_too_few_people(groups: list[dict[str, np.ndarray]]) -> None:
    with pytest.raises(TooFewStrangersError, match=f"at least {LEAST_PAIRS}"):
        fit(groups, model_id="m", source="")
