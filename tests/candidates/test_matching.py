from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from candidates import Calibration, Candidate, Gallery, Index, Reference, Role, Scope, Strength, in_scope
from candidates.errors import CalibrationError, GalleryModelMismatchError
from candidates.matching import Cuts

MODEL = "fake-model"
MakeReference = Callable[..., Reference]


def at(x: float, y: float = 0.0) -> np.ndarray:
    """A point of a plane in embedding space: distances can be read off."""
    vector = np.zeros(128, np.float32)
    vector[:2] = x, y
    return vector


@pytest.fixture
def build(calibration: Calibration, make_reference: MakeReference) -> Callable[..., Index]:
    def make(points: dict[str, list[np.ndarray]], *, family: tuple[str, ...] = (), **options: object) -> Index:
        people = [
            Candidate(i, i.upper(), Role.FAMILY, relative_of="someone") if i in family else Candidate(i, i.upper())
            for i in points
        ]
        references = [
            make_reference(person, f"{person}{n}", embedding=point)
            for person, own in points.items()
            for n, point in enumerate(own)
        ]
        options.setdefault("calibration", calibration)
        return Index.build(people, references, model_id=MODEL, **options)  # type: ignore[arg-type]

    return make


def names(matches: tuple[object, ...]) -> list[str | None]:
    return [m.candidate.id if m else None for m in matches]  # type: ignore[attr-defined]


def test_cuts_follow_the_gallery(calibration: Calibration) -> None:
    assert Cuts.for_people(1, calibration) == Cuts(strong=0.55, possible=0.6)  # capped
    middle = Cuts.for_people(100, calibration)
    assert middle.strong == pytest.approx(0.3 + 0.1 * np.log10(3.0045e-5 / 1e-6), abs=1e-4)
    assert Cuts.for_people(10**6, calibration) == Cuts(strong=0.36, possible=0.40)  # an own face stays recognisable
    assert Cuts.for_people(100, calibration, share=1 / 3).possible < middle.possible


def test_the_nearest_reference_decides_not_the_mean(build: Callable[..., Index]) -> None:
    # The mean of a's references is at the probe, but neither is near.
    index = build({"a": [at(1), at(-1)], "b": [at(0.3), at(9)]})
    (match,) = index.match(np.stack([at(0)]))
    assert match is not None
    assert (match.candidate.id, match.distance) == ("b", pytest.approx(0.3))
    assert match.similarity == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("distance", "strength"),
    [(0.0, Strength.STRONG), (0.5, Strength.STRONG), (0.56, Strength.POSSIBLE), (0.61, None), (5.0, None)],
)
def test_strength(build: Callable[..., Index], distance: float, strength: Strength | None) -> None:
    index = build({"a": [at(0)]})
    (match,) = index.match(np.stack([at(distance)]))
    assert (match.strength if match else None) == strength
    if match:
        assert match.distance <= match.threshold
        assert match.threshold == (index.cuts.strong if strength is Strength.STRONG else index.cuts.possible)


def test_the_rate_is_of_the_whole_gallery(build: Callable[..., Index], calibration: Calibration) -> None:
    index = build({"a": [at(0)], "b": [at(50), at(51)], "c": [at(90)]})
    (match,) = index.match(np.stack([at(0.45)]))
    assert match is not None
    assert match.false_alarm_rate == pytest.approx(1 - (1 - 10**-4.5) ** 3)  # three people, not four references


def test_relatives_are_named_later_than_candidates(build: Callable[..., Index]) -> None:
    points = {"a": [at(0)]} | {f"far{n}": [at(50 + n)] for n in range(20)}
    probe = np.stack([at(0.56)])
    assert names(build(points).match(probe)) == ["a"]
    assert names(build(points, family=("a",)).match(probe)) == [None]


def test_one_face_a_person_and_one_person_a_face(build: Callable[..., Index]) -> None:
    index = build({"a": [at(0)], "b": [at(0.3)]})
    # Both faces are nearest to a; the closer one is a, the other is still within b's cut.
    assert names(index.match(np.stack([at(0.1), at(0.02)]))) == ["b", "a"]
    # A third face close to both has nobody left.
    assert names(index.match(np.stack([at(0.1), at(0.02), at(0.14, 0.3)]))) == ["b", "a", None]


def test_ties_do_not_depend_on_chance(build: Callable[..., Index]) -> None:
    probe = np.stack([at(0), at(0)])
    assert names(build({"b": [at(0)], "a": [at(0)]}).match(probe)) == ["a", "b"]
    # The same photo registered for a relative and a candidate: the candidate.
    assert names(build({"a": [at(0)], "b": [at(0)]}, family=("a",)).match(probe[:1])) == ["b"]


def test_the_answer_does_not_depend_on_the_company(build: Callable[..., Index]) -> None:
    rng = np.random.default_rng(1)
    faces = rng.normal(size=(40, 128)).astype(np.float32)
    faces /= np.linalg.norm(faces, axis=1, keepdims=True)
    index = build({f"p{n}": [face] for n, face in enumerate(faces)})
    probes = faces + rng.normal(scale=0.02, size=faces.shape).astype(np.float32)
    together = index.match(np.concatenate([probes, rng.normal(size=(300, 128)).astype(np.float32)]))[:40]
    alone = tuple(index.match(probe[None])[0] for probe in probes)
    assert together == alone
    assert names(alone) == [f"p{n}" for n in range(40)]
    # Exact: as plain arithmetic says.
    assert alone[7] is not None
    assert alone[7].distance == pytest.approx(float(np.linalg.norm(probes[7].astype(float) - faces[7])), abs=1e-9)


def test_nobody_to_match(build: Callable[..., Index]) -> None:
    assert build({}).match(np.zeros((2, 128), np.float32)) == (None, None)
    assert build({"a": [at(0)]}).match(np.zeros((0, 128), np.float32)) == ()
    assert build({"a": [at(0)]}).match(np.full((1, 128), np.nan, np.float32)) == (None,)
    with pytest.raises(ValueError, match="128"):
        build({"a": [at(0)]}).match(np.zeros(128, np.float32))


def test_people_out_of_scope_neither_match_nor_count(build: Callable[..., Index]) -> None:
    index = build({"a": [at(0)], "b": [at(9)], "c": []}, in_scope_ids=frozenset({"b", "c"}))
    assert len(index) == 1  # c has no reference
    assert names(index.match(np.stack([at(0), at(9)]))) == [None, "b"]


def test_embeddings_of_another_model_are_refused(calibration: Calibration, make_reference: MakeReference) -> None:
    people = [Candidate("a", "A"), Candidate("b", "B")]
    references = [make_reference("a", "1"), make_reference("b", "2", model_id="old")]
    with pytest.raises(GalleryModelMismatchError, match=r"old.*fake-model"):
        Index.build(people, references, model_id=MODEL, calibration=calibration)
    # Somebody out of scope does not stand in the way.
    ids = frozenset({"a"})
    assert len(Index.build(people, references, model_id=MODEL, calibration=calibration, in_scope_ids=ids)) == 1


def test_the_shipped_calibration_is_not_used_for_other_models(make_reference: MakeReference) -> None:
    with pytest.raises(CalibrationError):
        Index.build([Candidate("a", "A")], [make_reference("a", "1")], model_id=MODEL)


def test_from_a_gallery(tmp_path: Path, calibration: Calibration, make_reference: MakeReference) -> None:
    with Gallery.open(tmp_path / "g.db", create=True) as gallery:
        gallery.put(Candidate("a", "A"), [make_reference("a", "1"), make_reference("a", "2")])
        ids = in_scope(gallery.people(), gallery.elections(), Scope(None, date(2029, 1, 1)))
        index = Index.from_gallery(gallery, model_id=MODEL, in_scope_ids=ids, calibration=calibration)
    assert index.matrix.shape == (2, 128)
    (match,) = index.match(make_reference("", "2").embedding[None])
    assert match is not None
    assert (match.candidate.id, match.distance) == ("a", 0.0)
