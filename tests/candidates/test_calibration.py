from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from candidates import Calibration
from candidates.errors import CalibrationError, UncalibratedModelError, UnsupportedRateError
from candidates.matching import calibration as calibrations
from candidates.matching.calibration import MatchThresholds
from vision.faces import MODEL_ID, DlibEmbedder

GOOD: dict[str, Any] = {
    "model_id": np.array("m"),
    "source": np.array("made up"),
    "people": np.int64(100),
    "least_rate": np.float64(1e-4),
    "reference_exponent": np.float64(0.7),
    "distance": np.array([0.4, 0.5, 0.6]),
    "false_match_rate": np.array([0.0001, 0.001, 0.01]),
    "false_non_match_rate": np.array([0.3, 0.1, 0.0]),
}


def packed(**arrays: Any) -> bytes:
    data = BytesIO()
    np.savez(data, **arrays)
    return data.getvalue()


def test_interpolates_in_the_logarithm(calibration: Calibration) -> None:
    assert calibration.false_match_rate_at(0.5) == pytest.approx(1e-4)
    assert calibration.false_match_rate_at(0.55) == pytest.approx(10**-3.5)
    assert np.all(np.diff(calibration.false_match_rate_at(np.linspace(0, 1.2, 200))) >= 0)


def test_promises_nothing_better_than_the_table(calibration: Calibration) -> None:
    assert calibration.false_match_rate_at(0.0) == pytest.approx(1e-6)


@pytest.mark.parametrize(
    ("comparisons", "expected"),
    [(0, 0.0), (1, 1e-4), (10, 1 - (1 - 1e-4) ** 10), (100_000, 1 - (1 - 1e-4) ** 100_000)],
)
def test_false_alarms_grow_with_the_gallery(calibration: Calibration, comparisons: int, expected: float) -> None:
    assert calibration.false_alarm_rate(0.5, comparisons) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("exponent", "expected"),
    [
        pytest.param(1.0, 9.0, id="each reference counts in full"),
        pytest.param(0.5, 6.0, id="further ones of a person count less"),
    ],
)
def test_comparisons_count_references(calibration: Calibration, exponent: float, expected: float) -> None:
    table = replace(calibration, reference_exponent=exponent)
    assert table.comparisons([4, 4, 1] if exponent == 1.0 else [4, 4, 1, 1]) == pytest.approx(expected)
    assert table.comparisons([]) == 0


@pytest.mark.parametrize("comparisons", [1, 22, 1000])
@pytest.mark.parametrize("wanted", [0.003, 0.015])
def test_a_cut_gives_the_false_alarms_it_was_made_for(
    calibration: Calibration, comparisons: int, wanted: float
) -> None:
    cut = calibration.cut(wanted, comparisons)
    assert calibration.false_alarm_rate(cut, comparisons) == pytest.approx(wanted)


def test_a_plateau_is_cut_at_its_far_end(calibration: Calibration) -> None:
    rates = np.array([1e-6, 1e-3, 1e-3, 1e-2, 1e-1, 1.0, 1.0])
    assert replace(calibration, false_match_rate=rates).cut(1e-3, 1) == pytest.approx(0.5)


def test_cuts_keep_the_promise_for_the_whole_photo(calibration: Calibration) -> None:
    def photos_with_a_false_alarm(cut: float, faces: int) -> float:
        return 1 - (1 - float(calibration.false_alarm_rate(cut, 10))) ** faces

    for faces in (1, 30):
        cuts = MatchThresholds.of(calibration, 10, false_alarms=10, faces=faces)
        assert photos_with_a_false_alarm(cuts.possible, faces) == pytest.approx(0.010)
        assert photos_with_a_false_alarm(cuts.strong, faces) == pytest.approx(0.0015)


def test_refuses_to_promise_what_the_sample_cannot_tell(calibration: Calibration) -> None:
    # Measured down to 1 in 100,000: with 100 comparisons one false alarm in 1,000 photos, not less.
    assert calibration.least_false_alarms(100) == pytest.approx(1.0, rel=1e-3)
    calibration.require_support(1.0, 100)
    with pytest.raises(UnsupportedRateError, match=r"450 people vouches for 1 .*about 900 strangers") as caught:
        calibration.require_support(0.25, 100)
    assert "0.25" in caught.value.text("id")


@pytest.mark.parametrize(
    "change",
    [
        {"distance": np.array([0.5, 0.4, 0.6])},  # not ascending
        {"distance": np.array([0.4, 0.5])},  # lengths differ
        {"false_match_rate": np.array([0.1, 0.01, 0.2])},  # falls
        {"false_match_rate": np.zeros(3)},  # says nothing
        {"false_non_match_rate": np.array([0.3, 0.1, 1.2])},
        {"distance": np.array(["near"])},
        {"people": np.int64(0)},
        {"least_rate": np.float64(0)},
        {"reference_exponent": np.float64(2)},
        {"farthest": np.array([0.5, 0.6])},  # surely farther than possibly
        {"farthest": np.array([0.5])},
        {"farthest": np.array([0.5, 0.0])},
    ],
)
def test_refuses_a_damaged_table(change: dict[str, Any]) -> None:
    with pytest.raises(CalibrationError, match="damaged"):
        Calibration.load(packed(**GOOD | change))


@pytest.mark.parametrize("data", [b"", b"nothing", packed(model_id=np.array("m"))])
def test_refuses_what_is_no_table(data: bytes) -> None:
    with pytest.raises(CalibrationError, match="damaged"):
        Calibration.load(data)


def test_refuses_another_models_table(tmp_path: Path) -> None:
    path = tmp_path / "calibration.npz"
    path.write_bytes(packed(**GOOD))
    assert Calibration.load(path, model_id="m").people == 100
    with pytest.raises(CalibrationError, match="other"):
        Calibration.load(path, model_id="other")
    with pytest.raises(CalibrationError):
        Calibration.load(tmp_path / "missing.npz")
    with pytest.raises(UncalibratedModelError):
        Calibration.load(model_id="other")


def test_a_table_of_normalised_distances_is_to_be_made_again() -> None:
    with pytest.raises(CalibrationError, match=r"older version.*again"):
        Calibration.load(packed(**GOOD, centroids=np.zeros((3, 5)), nearest=np.int64(1), scale=np.ones(2)))


def test_nobody_is_named_beyond_the_farthest(calibration: Calibration) -> None:
    strict = replace(calibration, farthest=0.45, farthest_strong=0.2)
    assert MatchThresholds.of(strict, 1, false_alarms=10) == MatchThresholds(strong=0.2, possible=0.45)
    # Where the rates are stricter, they hold.
    usual, few = (MatchThresholds.of(table, 1000, false_alarms=1) for table in (calibration, strict))
    assert few == MatchThresholds(strong=min(usual.strong, 0.2), possible=usual.possible)


def test_bytes_and_back(calibration: Calibration) -> None:
    table = replace(calibration, farthest=0.9, farthest_strong=0.8)
    again = Calibration.load(table.to_bytes())
    assert again.to_bytes() == table.to_bytes()
    assert (again.people, again.least_rate, again.model_id) == (table.people, table.least_rate, table.model_id)
    np.testing.assert_array_equal(again.false_match_rate, table.false_match_rate)
    assert (again.farthest, again.farthest_strong) == (0.9, 0.8)


@pytest.fixture
def forgotten() -> Iterator[None]:
    calibrations._shipped.cache_clear()
    yield
    calibrations._shipped.cache_clear()


@pytest.mark.usefixtures("forgotten")
def test_a_package_without_its_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrations, "SHIPPED", tmp_path)
    with pytest.raises(CalibrationError, match="damaged"):
        Calibration.load()


@pytest.mark.parametrize("model_id", [None, MODEL_ID, DlibEmbedder.model_id], ids=["usual", "SFace", "dlib"])
def test_the_shipped_tables_are_sound(model_id: str | None) -> None:
    shipped = Calibration.load(model_id=model_id)
    assert shipped.model_id == (model_id or MODEL_ID)
    assert shipped.source
    assert shipped.people > 150
    assert 0.3 < shipped.cut(0.002, 60) < shipped.cut(0.01, 60)
    assert shipped.farthest_strong < shipped.farthest < 2


def test_own_faces_are_within_reach() -> None:
    shipped = Calibration.load()
    assert shipped.missed_at(shipped.farthest) < 0.2  # of East Asian celebrities, decades apart and some mislabelled
    assert shipped.cut(0.01, 60) > 0.95 * shipped.farthest
