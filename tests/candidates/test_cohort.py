from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from candidates import Calibration, Candidate, Index, Reference, cohort
from candidates.cohort import Cohort
from candidates.errors import CalibrationError

MODEL = "fake-model"


def point(x: float, y: float = 0.0) -> np.ndarray:
    vector = np.zeros((1, 128), np.float32)
    vector[0, :2] = x, y
    return vector


@pytest.fixture
def line() -> Cohort:
    """Centroids at 1, 2, 3, 4 on a line."""
    return Cohort(MODEL, np.concatenate([point(x) for x in (1, 2, 3, 4)]).astype(np.float64), 4, 2.5, 1.25**0.5)


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


def test_the_shipped_cohort_is_sound() -> None:
    shipped = cohort._shipped()
    assert shipped.centroids.shape == (200, 128)
    assert shipped.model_id == Calibration.load().model_id
    assert 0 < shipped.spread < shipped.middle
    with pytest.raises(CalibrationError, match="other"):
        Cohort.shipped("other")


@pytest.fixture
def fresh() -> Iterator[None]:
    cohort._shipped.cache_clear()
    yield
    cohort._shipped.cache_clear()


def _npz(**arrays: object) -> bytes:
    data = BytesIO()
    np.savez(data, **arrays)  # type: ignore[arg-type]
    return data.getvalue()


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize(
    "data",
    [
        b"nothing",
        _npz(model_id="m"),  # arrays are missing
        _npz(model_id="m", centroids=np.zeros((3, 5)), nearest=1, middle=1.0, spread=1.0),  # another size
        _npz(model_id="m", centroids=np.zeros((3, 128)), nearest=4, middle=1.0, spread=1.0),  # nearer than there are
    ],
)
def test_a_damaged_cohort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(cohort, "SHIPPED", tmp_path / "cohort.npz")
    (tmp_path / "cohort.npz").write_bytes(data)
    with pytest.raises(CalibrationError, match="damaged"):
        Cohort.shipped("m")


def test_matching_follows_the_calibration(
    calibration: Calibration, make_reference: Callable[..., Reference], monkeypatch: pytest.MonkeyPatch, line: Cohort
) -> None:
    monkeypatch.setattr(cohort, "_shipped", lambda: line)
    people = [Candidate("crowd", "Crowd"), Candidate("typical", "Typical")]
    references = [
        make_reference("crowd", "1", embedding=point(2.5)[0]),  # in the middle of the cohort
        make_reference("typical", "2", embedding=point(0)[0]),
    ]
    probes = np.concatenate([point(2.5, 0.3), point(0, 0.3)])

    def match(table: Calibration) -> list[tuple[str, float] | None]:
        index = Index.build(people, references, model_id=MODEL, calibration=table)
        together = index.match(probes)
        assert together == tuple(index.match(probe[None])[0] for probe in probes)  # company changes nothing
        return [(m.candidate.id, round(m.distance, 3)) if m else None for m in together]

    assert match(calibration) == [("crowd", 0.3), ("typical", 0.3)]
    plain, normalised = match(calibration), match(replace(calibration, normalised=True))
    assert plain[0] is not None
    assert normalised[0] is None  # so near to the cohort, 0.3 says little
    assert normalised[1] is not None
    assert normalised[1][1] == pytest.approx(0.3, abs=0.05)
