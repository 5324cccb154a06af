"""How often strangers come close: measured error rates of a face model, and the cuts that follow from them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from candidates.errors import CalibrationError

SHIPPED = files("candidates") / "calibration.json"
"""The table that comes with the package, for the face model that comes with it."""


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Error rates against distance for one face model.

    `distance` : (k,) float64, L2, strictly ascending. `false_match_rate` and `false_non_match_rate` : (k,) float64,
    the share of stranger (own) faces whose best distance to ONE person's references is at most (more than) that.
    `normalised` : whether the distances are those of `candidates.cohort` or plain ones.
    `impostor_pairs` : comparisons that the rates were measured with. `source` : where they come from.
    """

    model_id: str
    source: str
    impostor_pairs: int
    distance: NDArray[np.float64]
    false_match_rate: NDArray[np.float64]
    false_non_match_rate: NDArray[np.float64]
    normalised: bool = False

    def __post_init__(self) -> None:
        sizes = {self.distance.shape, self.false_match_rate.shape, self.false_non_match_rate.shape}
        rates = np.concatenate([self.false_match_rate, self.false_non_match_rate])
        if len(sizes) != 1 or self.distance.ndim != 1 or self.distance.size < 2:
            raise _broken("distance, false_match_rate, false_non_match_rate: same length, 2 or more", str(sizes))
        if not (np.all(np.isfinite(self.distance)) and np.all(np.diff(self.distance) > 0)):
            raise _broken("distance: ascending", "unordered values")
        if not np.all((rates >= 0) & (rates <= 1)):
            raise _broken("rates: 0..1", "values outside")
        if np.any(np.diff(self.false_match_rate) < 0) or self.false_match_rate[-1] <= 0:
            raise _broken("false_match_rate: never falling, above 0 at the end", "a fall, or zeros")

    @classmethod
    def load(cls, path: Path | None = None, *, model_id: str | None = None) -> Calibration:
        """Read a table (`path` None: the shipped one); `model_id`, if given, must be the model it was measured with.

        Raises `CalibrationError` for a missing, damaged or foreign table.
        """
        calibration = _shipped() if path is None else _parse(path.read_text("utf-8") if path.is_file() else "")
        if model_id is not None and calibration.model_id != model_id:
            raise CalibrationError(
                f"Kalibrasi ini untuk model wajah «{calibration.model_id}», yang dipakai «{model_id}».",
                f"This calibration is for the face model “{calibration.model_id}”, in use is “{model_id}”.",
            )
        return calibration

    def false_match_rate_at(self, distance: NDArray[np.floating] | float) -> NDArray[np.float64]:
        """Return the share of strangers this close to one given person (same shape as `distance`).

        Interpolated in the logarithm of the rate. Under the smallest measured distance the smallest measured rate
        stands: nothing was seen there, so nothing better can be promised.
        """
        seen = self.false_match_rate > 0
        logs = np.log(self.false_match_rate[seen])
        rates: NDArray[np.float64] = np.exp(np.interp(np.asarray(distance, np.float64), self.distance[seen], logs))
        return rates

    def false_alarm_rate(self, distance: NDArray[np.floating] | float, people: int) -> NDArray[np.float64]:
        """Return the share of strangers this close to *anyone* of `people`: FPIR = 1 - (1 - FMR)^people."""
        each = np.minimum(self.false_match_rate_at(distance), 1 - 1e-12)
        anyone: NDArray[np.float64] = -np.expm1(people * np.log1p(-each))
        return anyone

    def cut(self, false_alarms: float, people: int) -> float:
        """Return the largest distance (L2) at which at most `false_alarms` (0..1) of strangers meet any of `people`.

        Never outside the measured distances.
        """
        wanted = -np.expm1(np.log1p(-false_alarms) / max(people, 1))
        seen = self.false_match_rate > 0
        rates, distances = self.false_match_rate[seen], self.distance[seen]
        # On a plateau of equal rates the farthest distance is the cut; `interp` wants strictly ascending rates.
        last = np.append(np.diff(rates) > 0, True)
        return float(np.interp(np.log(wanted), np.log(rates[last]), distances[last]))


@cache
def _shipped() -> Calibration:
    return _parse(SHIPPED.read_text("utf-8") if SHIPPED.is_file() else "")


def _parse(text: str) -> Calibration:
    try:
        fields: dict[str, Any] = json.loads(text)
        arrays = {
            name: np.asarray(fields[name], dtype=np.float64)
            for name in ("distance", "false_match_rate", "false_non_match_rate")
        }
        normalised = fields.get("normalised", False)
        if not isinstance(normalised, bool):
            raise TypeError("normalised: true or false")
        return Calibration(
            model_id=str(fields["model_id"]),
            source=str(fields["source"]),
            impostor_pairs=int(fields["impostor_pairs"]),
            distance=arrays["distance"],
            false_match_rate=arrays["false_match_rate"],
            false_non_match_rate=arrays["false_non_match_rate"],
            normalised=normalised,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise _broken("a JSON object with model_id, source, impostor_pairs and the rates", repr(error)) from error


def _broken(expected: str, came: str) -> CalibrationError:
    return CalibrationError(
        f"Tabel kalibrasi rusak: harus {expected}; yang ada {came}.",
        f"The calibration table is damaged: expected {expected}; got {came}.",
    )
