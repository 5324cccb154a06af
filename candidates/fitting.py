"""Measuring how often strangers come close: from embeddings of people whose identity is known to a calibration.

The same for the shipped table (`scripts/fit_matching.py`) and an agency's own photos (`candidates calibrate`). Only
rates, and means of several people, leave: no face.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from candidates.calibration import Calibration
from candidates.cohort import Cohort, distances_between, fit_cohort
from candidates.errors import TooFewStrangersError

REFERENCES = 3
"""Photos that stand for a person where misses are measured; the others are probes."""

LEAST_PEOPLE = 20
"""Fewer different people tell nothing: 190 pairs."""

LEAST_FOR_COHORT = 200
"""From so many people a cohort is fitted; with fewer, distances stay plain, or keep a given cohort."""

_STEP = 0.01
_LEAST_RATE = 1e-9
_COUNTED_PAIRS = 5.0  # a rate that rests on fewer pairs of people is taken from the extrapolated tail
_TAIL_RATE, _TAIL_STEPS = 2e-2, 8
_EXPONENT_RATE = 1e-3

Vectors = NDArray[np.float32]


def fit(
    people: Mapping[str, Vectors],
    *,
    model_id: str,
    source: str,
    cohort: Cohort | None = None,
    like: NDArray[np.floating] | None = None,
) -> Calibration:
    """Measure error rates with (n, d) embeddings of different people, by any name.

    `cohort` is used as it is; None fits one when there are people enough, with `like` (d,) the mean of the people whom
    the product is for. Every second person makes the cohort that the others are measured with, so that nobody is
    measured with a cohort they are in. Raises `TooFewStrangersError`.
    """
    if len(people) < LEAST_PEOPLE:
        raise TooFewStrangersError(
            f"Hanya {len(people)} orang yang berbeda; perlu paling sedikit {LEAST_PEOPLE}.",
            f"Only {len(people)} different people; at least {LEAST_PEOPLE} are needed.",
        )
    names = sorted(people)
    parts: list[tuple[Sequence[str], Cohort | None]] = [(names, cohort)]
    if cohort is None and len(people) >= LEAST_FOR_COHORT:
        halves = names[0::2], names[1::2]
        makers = [fit_cohort(np.stack([people[name][0] for name in half]), like) for half in reversed(halves)]
        parts = [(half, _scaled(maker, people, half)) for half, maker in zip(halves, makers, strict=True)]
        whole = fit_cohort(np.stack([people[name][0] for name in names]), like)
        scales = np.mean([(maker.middle, maker.spread) for _, maker in parts if maker], axis=0)
        cohort = replace(whole, middle=float(scales[0]), spread=float(scales[1]))
    measured = [_distances([people[name] for name in part], maker) for part, maker in parts]
    impostor = np.concatenate([one for one, _, _ in measured])
    best_of_three = np.concatenate([three for _, three, _ in measured])
    genuine = np.concatenate([own for _, _, own in measured])
    pairs = sum(len(part) * (len(part) - 1) / 2 for part, _ in parts)
    grid = np.round(np.arange(_STEP, float(impostor.max()) + _STEP, _STEP), 2)
    rates = _rates(impostor, grid, pairs)
    kept = rates >= _LEAST_RATE
    return Calibration(
        model_id=model_id,
        source=source,
        people=len(people),
        least_rate=1 / pairs,
        reference_exponent=_exponent(impostor, best_of_three),
        distance=grid[kept],
        false_match_rate=rates[kept],
        false_non_match_rate=_share_beyond(genuine, grid[kept]),
        cohort=cohort,
    )


def _scaled(cohort: Cohort, people: Mapping[str, Vectors], names: Sequence[str]) -> Cohort:
    middle, spread = cohort.statistics(np.concatenate([people[name] for name in names])).mean(axis=0)
    return replace(cohort, middle=float(middle), spread=float(spread))


def _distances(
    people: Sequence[Vectors], cohort: Cohort | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return impostor distances to single references, impostor ones to the best of three, and own ones to the best.

    All flat. Only people with three references count for the second, only further photos of people for the third.
    """
    every = distances_between(np.concatenate(people), np.concatenate([own[:REFERENCES] for own in people]), cohort)
    probe_of = np.repeat(np.arange(len(people)), [len(own) for own in people])
    owner_of = np.repeat(np.arange(len(people)), [len(own[:REFERENCES]) for own in people])
    starts = np.searchsorted(owner_of, np.arange(len(people)))
    best = np.minimum.reduceat(every, starts, axis=1)
    others = probe_of[:, None] != owner_of[None, :]
    full = np.array([len(own) >= REFERENCES for own in people])
    strangers = (probe_of[:, None] != np.arange(len(people))[None, :]) & full
    first_probe = np.concatenate([np.arange(len(own)) for own in people])
    own = best[np.arange(len(probe_of)), probe_of][first_probe >= REFERENCES]
    return every[others], best[strangers], own


def _rates(impostor: NDArray[np.float64], grid: NDArray[np.float64], pairs: float) -> NDArray[np.float64]:
    """Return the share of impostor distances up to each of the grid, never falling, extrapolated at the low end."""
    rates = np.searchsorted(np.sort(impostor), grid, side="right") / len(impostor)
    measured = rates * pairs >= _COUNTED_PAIRS
    low = measured & (rates <= _TAIL_RATE)
    if np.count_nonzero(low) >= 2:
        # The logarithm of the rate bends downward towards small distances, so a straight line through the smallest
        # measured rates promises no more than there is.
        slope, offset = np.polyfit(grid[low][:_TAIL_STEPS], np.log(rates[low][:_TAIL_STEPS]), 1)
        rates = np.where(measured, rates, np.exp(slope * grid + offset))
    else:
        rates = np.where(measured, rates, _COUNTED_PAIRS / pairs)
    rising: NDArray[np.float64] = np.minimum(np.minimum.accumulate(rates[::-1])[::-1], 1.0)
    return rising


def _share_beyond(genuine: NDArray[np.float64], grid: NDArray[np.float64]) -> NDArray[np.float64]:
    if not len(genuine):
        return np.zeros(len(grid))
    beyond: NDArray[np.float64] = 1 - np.searchsorted(np.sort(genuine), grid, side="right") / len(genuine)
    return beyond


def _exponent(single: NDArray[np.float64], best_of_three: NDArray[np.float64]) -> float:
    """Return how strongly a person's further references add to the chance of being met: 0 not at all, 1 each fully."""
    if len(best_of_three) * _EXPONENT_RATE < _COUNTED_PAIRS:
        return 1.0
    distance = np.quantile(single, _EXPONENT_RATE)
    more = float(np.mean(best_of_three <= distance)) / _EXPONENT_RATE
    return min(max(float(np.log(max(more, 1.0)) / np.log(REFERENCES)), 0.05), 1.0)
