"""How often strangers come close: measured error rates of a face model, and the distance thresholds they give.

Rates multiply with what is compared: a stranger in a photo meets every reference of everybody in scope, and a photo
may hold many strangers. What an operator asks for is said in false alarms per 1,000 photos; everything else follows.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from candidates.errors import CalibrationError, UncalibratedModelError, UnsupportedRateError
from candidates.messages import say

SHIPPED = files("candidates") / "calibrations"
"""The tables that come with the package: a file for each face model that comes with it."""

_USUAL = "sface.npz"

FALSE_ALARMS = 10.0
"""False alarms per 1,000 photos when nobody asks for another number: photos in which somebody is named, if only as a
possible match, who is not there."""

STRONG_PART = 0.15
"""Of these, how many may be strong matches: the only ones that flag."""

_FIXED_DAY = (1980, 1, 1, 0, 0, 0)
_ARRAYS = ("distance", "false_match_rate", "false_non_match_rate")
_ANYWHERE = 2.0  # no two vectors of length 1 lie farther apart


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Error rates against distance for one face model.

    `distance` : (k,) float64, strictly ascending; L2. `false_match_rate` : (k,) float64, the share of strangers' faces
    that come at least this close to ONE reference photo.
    `false_non_match_rate` : (k,) float64, the share of people's own faces that are farther from the best of three
    references. `reference_exponent` : a person with n references is met as often as n to this power people with one.
    `people` : how many different people it was measured with. `least_rate` : the smallest false match rate that the
    comparisons among them can tell; under it the table is extrapolated. `source` : where the numbers come from.
    `farthest` : the largest distance at which anybody is named whatever the rates allow, and `farthest_strong` : surely
    named. Strangers of one place, who look alike to the network, are the usual case, and too few to be in the rates.
    """

    model_id: str
    source: str
    people: int
    least_rate: float
    reference_exponent: float
    distance: NDArray[np.float64]
    false_match_rate: NDArray[np.float64]
    false_non_match_rate: NDArray[np.float64]
    farthest: float = _ANYWHERE
    farthest_strong: float = _ANYWHERE

    def __post_init__(self) -> None:
        sizes = {self.distance.shape, self.false_match_rate.shape, self.false_non_match_rate.shape}
        rates = np.concatenate([self.false_match_rate, self.false_non_match_rate])
        if len(sizes) != 1 or self.distance.ndim != 1 or self.distance.size < 2:
            raise _broken("distance, false_match_rate, false_non_match_rate: same length, 2 or more", str(sizes))
        if not (np.all(np.isfinite(self.distance)) and np.all(np.diff(self.distance) > 0)):
            raise _broken("distance: ascending", "unordered values")
        if not np.all((rates >= 0) & (rates <= 1)):
            raise _broken("rates: 0..1", "values outside")
        if np.any(np.diff(self.false_match_rate) < 0) or self.false_match_rate[0] <= 0:
            raise _broken("false_match_rate: never falling, above 0", "a fall, or zeros")
        if not (0 < self.least_rate <= 1 and 0 < self.reference_exponent <= 1 and self.people > 0):
            raise _broken("least_rate, reference_exponent: 0..1, people: 1 or more", "values outside")
        if not 0 < self.farthest_strong <= self.farthest:
            raise _broken("farthest: at least farthest_strong, over 0", f"{self.farthest}, {self.farthest_strong}")

    @classmethod
    def load(cls, source: Path | bytes | None = None, *, model_id: str | None = None) -> Calibration:
        """Read a table (None: a shipped one) of a face model (None: of whichever, and of the shipped ones the usual).

        Raises `UncalibratedModelError` when none is shipped for this model, `CalibrationError` for a missing, damaged,
        foreign or outdated table.
        """
        if source is None:
            return _shipped(model_id)
        calibration = _parse(source if isinstance(source, bytes) else _bytes_of(source))
        if model_id is not None and calibration.model_id != model_id:
            raise CalibrationError(
                say(
                    "matching.calibration.this_calibration_is_for_face",
                    model_id=calibration.model_id,
                    in_use=model_id,
                )
            )
        return calibration

    def to_bytes(self) -> bytes:
        """Return the table as an npz file that `load` reads; the same table gives the same bytes."""
        arrays = {
            "model_id": np.array(self.model_id),
            "source": np.array(self.source),
            "people": np.int64(self.people),
            "least_rate": np.float64(self.least_rate),
            "reference_exponent": np.float64(self.reference_exponent),
            "farthest": np.array([self.farthest, self.farthest_strong]),
            **{name: getattr(self, name) for name in _ARRAYS},
        }
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as npz:
            for name, array in arrays.items():
                data = BytesIO()
                np.save(data, array, allow_pickle=False)
                npz.writestr(zipfile.ZipInfo(f"{name}.npy", _FIXED_DAY), data.getvalue())
        return packed.getvalue()

    def false_match_rate_at(self, distance: NDArray[np.floating] | float) -> NDArray[np.float64]:
        """Return the share of strangers this close to one reference (same shape as `distance`).

        Interpolated in the logarithm of the rate; the ends of the table stand for all beyond.
        """
        logs = np.log(self.false_match_rate)
        rates: NDArray[np.float64] = np.exp(np.interp(np.asarray(distance, np.float64), self.distance, logs))
        return rates

    def comparisons(self, references: ArrayLike) -> float:
        """Return how many people with one reference are as easily met as people with these numbers of references."""
        return float(np.sum(np.asarray(references, np.float64) ** self.reference_exponent))

    def false_alarm_rate(self, distance: NDArray[np.floating] | float, comparisons: float) -> NDArray[np.float64]:
        """Return the share of strangers this close to *anyone*: FPIR = 1 - (1 - FMR)^comparisons."""
        each = np.minimum(self.false_match_rate_at(distance), 1 - 1e-12)
        anyone: NDArray[np.float64] = -np.expm1(comparisons * np.log1p(-each))
        return anyone

    def cut(self, false_alarms: float, comparisons: float) -> float:
        """Return the largest distance at which at most `false_alarms` (0..1) of strangers meet anyone.

        Never outside the distances of the table.
        """
        wanted = -np.expm1(np.log1p(-false_alarms) / max(comparisons, 1.0))
        # On a plateau of equal rates the farthest distance is the cut; `interp` wants strictly ascending rates.
        last = np.append(np.diff(self.false_match_rate) > 0, True)
        return float(np.interp(np.log(wanted), np.log(self.false_match_rate[last]), self.distance[last]))

    def missed_at(self, distance: float) -> float:
        """Return the share of people's own faces that are farther than `distance` from all their references."""
        return float(np.interp(distance, self.distance, self.false_non_match_rate))

    def least_false_alarms(self, comparisons: float) -> float:
        """Return the fewest false alarms per 1,000 photos that the measured sample can promise for a gallery."""
        return float(-np.expm1(comparisons * np.log1p(-self.least_rate)) * 1000)

    def require_support(self, false_alarms: float, comparisons: float) -> None:
        """Raise `UnsupportedRateError` when the sample is too small to promise `false_alarms` per 1,000 photos."""
        least = self.least_false_alarms(comparisons)
        if false_alarms >= least:
            return
        # Pairs grow with the square of the people.
        needed = int(np.ceil(self.people * np.sqrt(least / max(false_alarms, 1e-9))))
        raise UnsupportedRateError(
            say(
                "matching.calibration.false_alarms_per_000_photos",
                false_alarms=false_alarms,
                people=self.people,
                least=least,
                needed=needed,
            )
        )


@dataclass(frozen=True, slots=True)
class MatchThresholds:
    """The largest distances for a strong and for a possible match."""

    strong: float
    possible: float

    @classmethod
    def of(
        cls, calibration: Calibration, comparisons: float, *, false_alarms: float, faces: int = 1
    ) -> MatchThresholds:
        """Return the thresholds for `false_alarms` per 1,000 photos of `faces` faces each."""
        a_photo = min(max(false_alarms, 1e-9) / 1000, 0.5)

        def cut(part: float) -> float:
            return calibration.cut(float(-np.expm1(np.log1p(-a_photo * part) / max(faces, 1))), comparisons)

        return cls(
            strong=min(cut(STRONG_PART), calibration.farthest_strong), possible=min(cut(1.0), calibration.farthest)
        )


@cache
def _shipped(model_id: str | None) -> Calibration:
    usual = SHIPPED / _USUAL
    if model_id is None:
        return _parse(usual.read_bytes() if usual.is_file() else b"")
    for file in (one for one in SHIPPED.iterdir() if one.name.endswith(".npz")):
        if (calibration := _parse(file.read_bytes())).model_id == model_id:
            return calibration
    raise UncalibratedModelError(say("matching.calibration.face_model_has_not_been", model_id=model_id))


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _broken("a file that can be read", str(error.strerror)) from error


def _parse(data: bytes) -> Calibration:
    try:
        with np.load(BytesIO(data), allow_pickle=False) as arrays:
            if "centroids" in arrays:
                raise CalibrationError(say("matching.calibration.this_calibration_was_made_by"))
            columns = {name: np.asarray(arrays[name], np.float64) for name in _ARRAYS}
            farthest = arrays["farthest"] if "farthest" in arrays else np.full(2, _ANYWHERE)
            return Calibration(
                model_id=str(arrays["model_id"]),
                source=str(arrays["source"]),
                people=int(arrays["people"]),
                least_rate=float(arrays["least_rate"]),
                reference_exponent=float(arrays["reference_exponent"]),
                farthest=float(farthest[0]),
                farthest_strong=float(farthest[1]),
                **columns,
            )
    except (OSError, EOFError, ValueError, KeyError, IndexError, TypeError, zipfile.BadZipFile) as error:
        raise _broken("an npz file with model_id, source, people and the rates", repr(error)) from error


def _broken(expected: str, came: str) -> CalibrationError:
    return CalibrationError(
        say("matching.calibration.calibration_table_is_damaged_expected", expected=expected, came=came)
    )
