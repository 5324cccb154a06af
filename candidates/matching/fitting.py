"""Measuring how often strangers come close: from embeddings of people whose identity is known to a calibration.

The same for the shipped table (`python -m scripts.training matching`) and an agency's own photos
(`candidates calibrate`). Only rates leave: no face.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from candidates.errors import TooFewStrangersError
from candidates.matching.calibration import Calibration
from candidates.messages import say
from candidates.search.distances import distances_between

REFERENCES = 3
"""Photos that stand for a person where misses are measured; the others are probes."""

LEAST_PAIRS = 190
"""Fewer pairs of different people tell nothing: those of 20 people."""

CAUTION = 1.15
"""By how much more than was counted the rates are told.

Other people than those of the sample may come close more often, if seldom on average (`python -m scripts.bench faces`,
"openset", random halves); a promise should hold for them.
"""

_STEP = 0.01
_LEAST_RATE = 1e-9
_COUNTED_PAIRS = 5.0  # a rate that rests on fewer pairs of people is taken from the extrapolated tail
_TAIL_RATE, _TAIL_STEPS = 2e-2, 8
_EXPONENT_RATES = (3e-4, 1e-3)  # where cuts lie; further references add less at larger rates

Vectors = NDArray[np.float32]


def fit(
    groups: Sequence[Mapping[str, Vectors]],
    *,
    model_id: str,
    source: str,
    base: Calibration | None = None,
) -> Calibration:
    """Measure error rates with (n, d) embeddings of people by any name; within a group all are different people.

    Nobody is compared across groups: the same person may be in two of them (the faces of two photos of one event).
    `base` is a calibration of the same model: what the sample cannot tell is taken from it, and the distances beyond
    which nobody is named. Raises `TooFewStrangersError`.
    """
    people = sum(len(group) for group in groups)
    pairs = sum(len(group) * (len(group) - 1) / 2 for group in groups)
    if pairs < LEAST_PAIRS:
        raise TooFewStrangersError(
            say("matching.fitting.only_pairs_of_surely_different", pairs=pairs, people=people, least_pairs=LEAST_PAIRS)
        )
    measured = [_distances([group[name] for name in sorted(group)]) for group in groups if len(group) > 1]
    impostor, best_of_three, genuine = (np.concatenate(column) for column in zip(*measured, strict=True))
    grid = np.round(np.arange(_STEP, float(impostor.max()) + _STEP, _STEP), 2)
    rates = np.minimum(CAUTION * _rates(impostor, grid, pairs), 1.0)
    kept = rates >= _LEAST_RATE
    exponent = _exponent(impostor, best_of_three)
    missed = _share_beyond(genuine, grid)
    if missed is None:
        missed = np.array([base.missed_at(float(distance)) for distance in grid]) if base else np.zeros(len(grid))
    return Calibration(
        model_id=model_id,
        source=source,
        people=people,
        least_rate=1 / pairs,
        reference_exponent=exponent or (base.reference_exponent if base else 1.0),
        distance=grid[kept],
        false_match_rate=rates[kept],
        false_non_match_rate=missed[kept],
        **({} if base is None else {"farthest": base.farthest, "farthest_strong": base.farthest_strong}),
    )


def _distances(
    people: Sequence[Vectors],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return impostor distances to single references, impostor ones to the best of three, and own ones to the best.

    All flat. Only people with three references count for the second, only further photos of people for the third.
    """
    every = distances_between(np.concatenate(people), np.concatenate([own[:REFERENCES] for own in people]))
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


def _share_beyond(genuine: NDArray[np.float64], grid: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return the share of own distances beyond each of the grid; None without any."""
    if not len(genuine):
        return None
    beyond: NDArray[np.float64] = 1 - np.searchsorted(np.sort(genuine), grid, side="right") / len(genuine)
    return beyond


def _exponent(single: NDArray[np.float64], best_of_three: NDArray[np.float64]) -> float | None:
    """Return how strongly a person's further references add to the chance of being met: 0 not at all, 1 each fully.

    None when too few people have three.
    """
    if len(best_of_three) * min(_EXPONENT_RATES) < _COUNTED_PAIRS:
        return None
    distances = np.quantile(single, _EXPONENT_RATES)
    more = np.searchsorted(np.sort(best_of_three), distances, side="right") / len(best_of_three) / _EXPONENT_RATES
    return min(max(float(np.log(np.maximum(more, 1.0)).mean() / np.log(REFERENCES)), 0.05), 1.0)
