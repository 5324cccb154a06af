import json
from pathlib import Path

import numpy as np
import pytest

from candidates import Calibration
from candidates.errors import CalibrationError

GOOD = {
    "model_id": "m",
    "source": "made up",
    "impostor_pairs": 1000,
    "distance": [0.4, 0.5, 0.6],
    "false_match_rate": [0.0001, 0.001, 0.01],
    "false_non_match_rate": [0.3, 0.1, 0.0],
}


def test_interpolates_in_the_logarithm(calibration: Calibration) -> None:
    assert calibration.false_match_rate_at(0.5) == pytest.approx(1e-4)
    assert calibration.false_match_rate_at(0.55) == pytest.approx(10**-3.5)
    assert np.all(np.diff(calibration.false_match_rate_at(np.linspace(0, 1.2, 200))) >= 0)


def test_promises_nothing_better_than_was_measured(calibration: Calibration) -> None:
    assert calibration.false_match_rate_at(0.0) == pytest.approx(1e-6)


@pytest.mark.parametrize(
    ("people", "expected"),
    [(0, 0.0), (1, 1e-4), (10, 1 - (1 - 1e-4) ** 10), (100_000, 1 - (1 - 1e-4) ** 100_000)],
)
def test_false_alarms_grow_with_the_gallery(calibration: Calibration, people: int, expected: float) -> None:
    assert calibration.false_alarm_rate(0.5, people) == pytest.approx(expected)


@pytest.mark.parametrize("people", [1, 22, 1000])
@pytest.mark.parametrize("wanted", [0.003, 0.015])
def test_a_cut_gives_the_false_alarms_it_was_made_for(calibration: Calibration, people: int, wanted: float) -> None:
    assert calibration.false_alarm_rate(calibration.cut(wanted, people), people) == pytest.approx(wanted)


def test_a_plateau_is_cut_at_its_far_end() -> None:
    flat = Calibration("m", "", 1, np.array([0.3, 0.4, 0.5, 0.6]), np.array([0.0, 1e-3, 1e-3, 1e-2]), np.zeros(4))
    assert flat.cut(1e-3, 1) == pytest.approx(0.5)


@pytest.mark.parametrize(
    "change",
    [
        {"distance": [0.5, 0.4, 0.6]},  # not ascending
        {"distance": [0.4, 0.5]},  # lengths differ
        {"false_match_rate": [0.1, 0.01, 0.2]},  # falls
        {"false_match_rate": [0, 0, 0]},  # says nothing
        {"false_non_match_rate": [0.3, 0.1, 1.2]},
        {"impostor_pairs": None},
        {"distance": "near"},
        {"normalised": "false"},  # bool("false") is true
    ],
)
def test_refuses_a_damaged_table(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps(GOOD | change), "utf-8")
    with pytest.raises(CalibrationError):
        Calibration.load(path)


def test_refuses_another_models_table(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps(GOOD), "utf-8")
    assert Calibration.load(path, model_id="m").impostor_pairs == 1000
    with pytest.raises(CalibrationError, match="other"):
        Calibration.load(path, model_id="other")
    with pytest.raises(CalibrationError):
        Calibration.load(tmp_path / "missing.json")


def test_the_shipped_table_is_sound() -> None:
    shipped = Calibration.load()
    assert shipped.model_id
    assert shipped.source
    assert 0.3 < shipped.cut(0.003, 22) < shipped.cut(0.015, 22) < 0.62
