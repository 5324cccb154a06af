from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from candidates import Calibration, Candidate, Gallery, Index, Reference, Role, Scope, Strength
from candidates.errors import CalibrationError, GalleryModelMismatchError, UnsupportedRateError
from candidates.matching.calibration import STRONG_PART
from candidates.matching.index import CLOSER_LOOK, KIN_MARGIN, MARGIN

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
        return Index.build(people, references, model_id=MODEL, **options)

    return make


def names(matches: tuple[object, ...]) -> list[str | None]:
    return [m.candidate.id if m else None for m in matches]  # type: ignore[attr-defined]


def test_cuts_follow_what_is_compared(build: Callable[..., Index]) -> None:
    small, large = build({"a": [at(0)]}), build({f"p{n}": [at(n), at(n, 1)] for n in range(50)})
    assert (small.comparisons, large.comparisons) == (1, 100)  # references, not people
    # FMR is 1e-6 at 0.3 and grows tenfold every 0.1.
    assert large.cuts().possible == pytest.approx(0.3 + 0.1 * np.log10(1.005e-4 / 1e-6), abs=1e-4)
    assert small.cuts().possible == pytest.approx(large.cuts().possible + 0.2, abs=1e-3)
    assert large.cuts(faces=10).possible == pytest.approx(large.cuts().possible - 0.1, abs=1e-3)
    assert large.cuts().strong == pytest.approx(large.cuts().possible - 0.1 * np.log10(1 / STRONG_PART), abs=1e-3)


def test_the_operators_wish(build: Callable[..., Index]) -> None:
    points = {f"p{n}": [at(n)] for n in range(100)}
    assert build(points, false_alarms=100).cuts().possible == pytest.approx(
        build(points).cuts().possible + 0.1, abs=3e-3
    )
    with pytest.raises(UnsupportedRateError):
        build(points, false_alarms=0.5)


def test_the_nearest_reference_decides_not_the_mean(build: Callable[..., Index]) -> None:
    # The mean of a's references is at the probe, but neither is near.
    index = build({"a": [at(1), at(-1)], "b": [at(0.3), at(9)]})
    (match,) = index.match(np.stack([at(0)]))
    assert match is not None
    assert (match.candidate.id, match.distance) == ("b", pytest.approx(0.3))
    assert match.similarity == pytest.approx(1 - 0.3**2 / 2)


@pytest.mark.parametrize(
    ("distance", "strength"),
    [(0.0, Strength.STRONG), (0.61, Strength.STRONG), (0.65, Strength.POSSIBLE), (0.71, None), (5.0, None)],
)
def test_strength(build: Callable[..., Index], distance: float, strength: Strength | None) -> None:
    index = build({"a": [at(0)]})
    (match,) = index.match(np.stack([at(distance)]))
    assert (match.strength if match else None) == strength
    if match:
        assert match.distance <= match.threshold
        assert match.threshold == (index.cuts().strong if strength is Strength.STRONG else index.cuts().possible)
        assert match.margin is None, "nobody else is near"


def test_a_poor_face_is_never_a_strong_match(build: Callable[..., Index]) -> None:
    index = build({"a": [at(0)]})
    (match,) = index.match(np.stack([at(0.1)]), poor=[True])
    assert match is not None
    assert match.strength is Strength.POSSIBLE
    with pytest.raises(ValueError, match="each of 1"):
        index.match(np.stack([at(0)]), poor=[True, False])


@pytest.mark.parametrize(
    ("further", "kin", "strength"),
    [
        pytest.param(MARGIN + 0.01, False, Strength.STRONG, id="the next is far enough"),
        pytest.param(MARGIN - 0.01, False, Strength.POSSIBLE, id="two people fit"),
        pytest.param(MARGIN + 0.01, True, Strength.POSSIBLE, id="relatives need more"),
        pytest.param(KIN_MARGIN + 0.01, True, Strength.STRONG, id="enough for relatives"),
    ],
)
def test_a_match_needs_a_margin(
    calibration: Calibration, make_reference: MakeReference, further: float, kin: bool, strength: Strength
) -> None:
    people = [
        Candidate("a", "A"),
        Candidate("b", "B", Role.FAMILY, relative_of="a") if kin else Candidate("b", "B"),
    ]
    references = [make_reference("a", "1", embedding=at(0)), make_reference("b", "2", embedding=at(0.2 + further))]
    index = Index.build(people, references, model_id=MODEL, calibration=calibration)
    (match,) = index.match(np.stack([at(0.1)]))
    assert match is not None
    assert (match.candidate.id, match.strength) == ("a", strength)
    assert match.margin == pytest.approx(further)
    assert [other.id for other in match.alternatives] == ([] if strength is Strength.STRONG else ["b"])


def test_whoever_is_about_as_near_is_told_the_nearest_first(build: Callable[..., Index]) -> None:
    near = {name: [at(0.1 + part * MARGIN)] for name, part in (("a", 0), ("d", 0.2), ("b", 0.9), ("c", 1.1))}
    (match,) = build(near).match(np.stack([at(0)]))
    assert match is not None
    assert (match.candidate.id, [other.id for other in match.alternatives]) == ("a", ["d", "b"])


def test_somebody_registered_under_two_names_is_either_of_them(build: Callable[..., Index]) -> None:
    index = build({"siti": [at(0)], "siti-aminah": [at(0)]})
    # In one photo and in the poster behind: both faces are either name, and no margin is under nothing.
    for match in index.match(np.stack([at(0), at(0.05)])):
        assert match is not None
        assert {match.candidate.id, *(other.id for other in match.alternatives)} == {"siti", "siti-aminah"}
        assert (match.strength, match.margin) == (Strength.POSSIBLE, 0.0)


def test_the_rate_is_of_the_whole_gallery(build: Callable[..., Index], calibration: Calibration) -> None:
    index = build({"a": [at(0)], "b": [at(50), at(51)], "c": [at(90)]})
    (match,) = index.match(np.stack([at(0.45)]))
    assert match is not None
    assert match.false_alarm_rate == pytest.approx(1 - (1 - 10**-4.5) ** 4)  # every reference counts


def test_one_face_a_person_and_one_person_a_face(build: Callable[..., Index]) -> None:
    index = build({"a": [at(0)], "b": [at(0.3)]})
    # Both faces are nearest to a; the closer one is a, the other is still within b's cut.
    assert names(index.match(np.stack([at(0.1), at(0.02)]))) == ["b", "a"]
    # A third face close to both has nobody left.
    assert names(index.match(np.stack([at(0.1), at(0.02), at(0.14, 0.3)]))) == ["b", "a", None]


def test_the_faces_of_a_photo_share_what_is_put_up_with(build: Callable[..., Index]) -> None:
    index = build({"a": [at(0)], "b": [at(50)], "c": [at(90)]})
    alone, of_two = index.cuts(1).possible, index.cuts(2).possible
    between = at(50 + (alone + of_two) / 2)
    assert of_two < alone
    assert names(index.match(np.stack([between]))) == ["b"]
    assert names(index.match(np.stack([between, at(500)]))) == [None, None]


def test_faces_that_come_near_somebody_are_worth_a_closer_look(build: Callable[..., Index]) -> None:
    index = build({"a": [at(0)], "b": [at(50)]})
    reach = index.cuts().possible + CLOSER_LOOK
    probes = np.stack([at(reach + 0.01), at(reach - 0.01), at(50), at(25)])
    assert index.worth_a_closer_look(probes) == [1, 2]
    assert index.worth_a_closer_look(probes[:0]) == []
    assert build({}).worth_a_closer_look(probes) == []


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
    assert [m and m.distance for m in together] == [m and m.distance for m in alone]
    assert names(together) == names(alone)
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
        people = gallery.roll(Scope(None, date(2029, 1, 1)))
        index = Index.from_gallery(gallery, model_id=MODEL, people=people, calibration=calibration)
    assert (len(index), index.comparisons) == (1, 2)
    (match,) = index.match(make_reference("", "2").embedding[None])
    assert match is not None
    assert (match.candidate.id, match.distance) == ("a", 0.0)
