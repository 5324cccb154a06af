"""Every fault that a look over a gallery tells of, planted among made-up faces whose distances are known."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from candidates import Calibration, Candidate, Election, Gallery, Reference, Relation, Role
from candidates.health import (
    GalleryFinding,
    GalleryNote,
    Health,
    HealthKind,
    HealthSeverity,
    PhotoRef,
    examine,
    wording,
)
from candidates.health import faces as limits_module
from candidates.health.faces import HealthLimits, groups_within, near_pairs
from candidates.health.pairs import are_spelled_alike
from tests.made_up import shipping

MODEL = "fake-model"
DAY = date(2028, 11, 1)
SIZE = 64


def face(person: int, photo: int, *, apart: float = 0.2, away: Mapping[int, float] | None = None) -> Any:
    """Make a face: people lie 0.99 apart, photos of one person 1.4 times `apart`; `away` moves along other axes."""
    vector = np.zeros(SIZE, np.float32)
    vector[person] = 0.7
    vector[20 + photo] = apart
    for axis, distance in (away or {}).items():
        vector[axis] += distance
    return vector


def photo(name: str, vector: Any, **facts: Any) -> Reference:
    values = {"model_id": MODEL, "size_px": 120.0, "sharpness": 50.0, **facts}
    return Reference(0, "", f"{name}.jpg", sha256(name.encode()).hexdigest(), embedding=vector, **values)


def codes(health: Health, severity: HealthSeverity | None = None) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (one.code, tuple(person.id for person in one.people))
        for one in health.findings
        if severity in (None, one.severity)
    ]


@pytest.fixture
def gallery(tmp_path: Path, calibration: Calibration, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gallery]:
    """An empty gallery; the made-up calibration stands for the shipped one."""
    monkeypatch.setattr("candidates.matching.calibration._shipped", shipping(calibration))
    with Gallery.open(tmp_path / "gallery.db", create=True) as opened:
        opened.put_election(
            Election("pilbup", region="34.01", active_from=date(2028, 1, 1), active_to=date(2028, 12, 31))
        )
        opened.put_election(Election("pilgub", region="34", active_from=date(2028, 1, 1), active_to=date(2028, 12, 31)))
        yield opened


def put(gallery: Gallery, name: str, photos: Sequence[Reference], **fields: Any) -> Candidate:
    person = Candidate(fields.pop("id", name.casefold()), name, **{"election": "pilbup", **fields})
    gallery.put(person, photos)
    return person


def put_sound(gallery: Gallery, *people: tuple[str, int]) -> None:
    for name, axis in people:
        put(gallery, name, [photo(f"{name}{number}", face(axis, 2 * axis + number)) for number in (0, 1)])


def look(gallery: Gallery, **options: Any) -> Health:
    return examine(gallery, **{"model_id": MODEL, "day": DAY, **options})


def numbers(gallery: Gallery, person: str) -> list[int]:
    return [reference.id for reference in gallery.references(person)]


def test_nothing_is_wrong(gallery: Gallery) -> None:
    put_sound(gallery, ("Ani", 0), ("Budi", 1), ("Citra", 2))
    health = look(gallery)
    assert health == Health(people=3, references=6, findings=(), notes=())
    assert health.is_sound


def test_an_empty_gallery_is_sound(gallery: Gallery) -> None:
    assert look(gallery) == Health(people=0, references=0, findings=(), notes=())


# Two who come near each other


def test_two_who_are_one(gallery: Gallery) -> None:
    put_sound(gallery, ("Ani", 0), ("Budi", 1))
    put(gallery, "Annie", [photo("x", face(0, 30)), photo("y", face(0, 31))])
    (finding,) = look(gallery).findings
    assert (finding.code, finding.severity, finding.kind) == (
        "same_person.faces",
        HealthSeverity.FIX,
        HealthKind.SAME_PERSON,
    )
    assert [person.id for person in finding.people] == ["ani", "annie"]
    assert finding.photos == tuple(
        PhotoRef.of(reference) for person in ("ani", "annie") for reference in gallery.references(person)
    )
    assert finding.facts == {"distance": pytest.approx(0.283)}


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Suharto", "Soeharto", True),
        ("Muhammad Nur", "Mohamad Nur Hidayat", True),
        ("H. M. Nur Hidayat, S.E.", "Nur Hidayat", True),
        ("Hidayat Nur", "Nur Hidayat", True),
        ("Siti Aminah", "Siti", True),
        ("Siti Aminah", "Siti Rahma", False),
        ("Budi", "Ani", False),
        ("A. B.", "A. B.", False),  # nothing but initials
    ],
)
def test_names_spelled_alike_need_less_likeness(gallery: Gallery, one: str, other: str, alike: bool) -> None:
    """0.57 apart: too far for any two of a hundred people, near enough for two spellings of one name."""
    assert are_spelled_alike(Candidate("a", one), Candidate("b", other)) is alike
    assert are_spelled_alike(Candidate("b", other), Candidate("a", one)) is alike
    put(gallery, one, [photo("a", face(0, 0, apart=0))], id="one")
    put(gallery, other, [photo("b", face(0, 0, apart=0.57))], id="other", region="34.01")
    for number in range(60):
        crowd = np.random.default_rng(number).normal(size=SIZE).astype(np.float32)
        put(gallery, f"{number}", [photo(f"x{number}", crowd)])
    found = [code for code in codes(look(gallery)) if "only_one" not in code[0]]
    assert found == ([("same_person.faces", ("one", "other"))] if alike else [])


def test_the_same_name_in_another_election_is_the_ordinary_case(gallery: Gallery) -> None:
    put_sound(gallery, ("Ani", 0), ("Budi", 1))
    put(gallery, "ANI", [photo("x", face(0, 30)), photo("y", face(0, 31))], id="ani-2", election="pilgub")
    health = look(gallery)
    assert codes(health) == [("same_person.other_election", ("ani", "ani-2"))]
    assert health.is_sound


def test_namesakes_with_other_faces_are_two_people(gallery: Gallery) -> None:
    put_sound(gallery, ("Ani", 0))
    put(gallery, "Ani", [photo("x", face(1, 30)), photo("y", face(1, 31))], id="ani-2", election="pilgub")
    assert not look(gallery).findings


def test_one_chance_resemblance_is_no_double(gallery: Gallery) -> None:
    """One photo of each comes near; all in all they are as far apart as strangers."""
    ani = [photo(f"a{n}", face(0, n)) for n in range(3)]
    budi = [photo(f"b{n}", face(1, 10 + n)) for n in range(3)]
    near = {0: 0.42, 1: -0.28}  # between the two: 0.5 from Ani's last
    budi.append(photo("b3", face(1, 2, away=near)))
    put(gallery, "Ani", ani)
    put(gallery, "Budi", budi)
    assert codes(look(gallery)) == [("lookalikes.faces", ("ani", "budi"))]


@pytest.mark.parametrize("tie", ["candidate", "sibling"])
def test_relatives_may_look_alike(gallery: Gallery, tie: str) -> None:
    put_sound(gallery, ("Ani", 0), ("Citra", 2))
    twins = [photo("x", face(0, 30)), photo("y", face(0, 31))]
    family = {"role": Role.FAMILY, "relation": Relation.SIBLING, "election": None}
    if tie == "candidate":
        put(gallery, "Putri", twins, relative_of="ani", **family)
        expected = ("ani", "putri")
    else:
        put(gallery, "Putri", twins, relative_of="citra", **family)
        others = [photo("p", face(0, 32)), photo("q", face(0, 33))]
        put(gallery, "Putra", others, relative_of="citra", **family)
        gallery.remove("ani")
        expected = ("putra", "putri")
    health = look(gallery)
    assert codes(health) == [("lookalikes.family", expected)]
    assert health.is_sound


def test_relatives_are_told_to_be_alike_sooner(gallery: Gallery) -> None:
    put(gallery, "Ani", [photo("a", face(0, 0, apart=0))])
    put(gallery, "Putri", [photo("b", face(0, 0, apart=0.68))], role=Role.FAMILY, relative_of="ani")
    put(gallery, "Budi", [photo("c", face(1, 0, apart=0))])
    put(gallery, "Bayu", [photo("d", face(1, 0, apart=0.68))])
    assert [code for code in codes(look(gallery)) if "only_one" not in code[0]] == [
        ("lookalikes.family", ("ani", "putri"))
    ]


def test_one_photo_for_two_people(gallery: Gallery) -> None:
    put_sound(gallery, ("Ani", 0), ("Budi", 1))
    put(gallery, "Annie", [photo("Ani0", face(0, 0))])
    health = look(gallery)
    assert codes(health, HealthSeverity.FIX) == [("same_person.photo", ("ani", "annie"))]
    assert [one.number for one in health.findings[0].photos] == [
        numbers(gallery, "ani")[0],
        numbers(gallery, "annie")[0],
    ]


def test_one_photo_in_two_elections_is_ordinary(gallery: Gallery) -> None:
    put_sound(gallery, ("Ani", 0))
    put(gallery, "Ani", [photo("Ani0", face(0, 0)), photo("z", face(0, 30))], id="ani-2", election="pilgub")
    assert codes(look(gallery)) == [("same_person.other_election", ("ani", "ani-2"))]


# Photos that do not belong together


def test_a_stray_photo(gallery: Gallery) -> None:
    put_sound(gallery, ("Budi", 1))
    put(gallery, "Ani", [photo("a", face(0, 0)), photo("stray", face(7, 5)), photo("b", face(0, 1))])
    (finding,) = look(gallery).findings
    assert (finding.code, finding.people[0].id) == ("mixed_person.odd_photo", "ani")
    assert [one.name for one in finding.photos] == ["stray.jpg"]


def test_a_stray_photo_of_somebody_registered(gallery: Gallery) -> None:
    put_sound(gallery, ("Budi", 1))
    put(gallery, "Ani", [photo("a", face(0, 0)), photo("b", face(0, 1)), photo("stray", face(1, 9))])
    (finding,) = look(gallery).findings
    assert finding.code == "mixed_person.of_another"
    assert [person.id for person in finding.people] == ["ani", "budi"]
    assert [one.name for one in finding.photos] == ["stray.jpg"]


def test_a_stray_photo_that_both_are_registered_with_is_told_once(gallery: Gallery) -> None:
    put_sound(gallery, ("Budi", 1))
    put(gallery, "Ani", [photo("a", face(0, 0)), photo("b", face(0, 1)), photo("Budi0", face(1, 2))])
    assert codes(look(gallery)) == [("mixed_person.of_another", ("ani", "budi"))]


def test_one_against_one_nobody_can_tell(gallery: Gallery) -> None:
    put_sound(gallery, ("Budi", 1))
    put(gallery, "Ani", [photo("a", face(0, 0)), photo("b", face(7, 1))])
    (finding,) = look(gallery).findings
    assert finding.code == "mixed_person.split"
    first, second = numbers(gallery, "ani")
    assert finding.facts["parts"] == f"{first} / {second}"


def test_one_against_one_somebody_registered_decides(gallery: Gallery) -> None:
    put_sound(gallery, ("Budi", 1))
    put(gallery, "Ani", [photo("a", face(0, 0)), photo("stray", face(1, 9))])
    (finding,) = look(gallery).findings
    assert finding.code == "mixed_person.of_another"
    assert [one.name for one in finding.photos] == ["stray.jpg"]


def test_photos_that_all_remind_of_one_person_belong_together(gallery: Gallery) -> None:
    """0.7 from each other, but each 0.35 from the photo that lies between."""
    put(gallery, "Ani", [photo("a", face(0, 0, apart=0.35)), photo("b", face(0, 0, apart=-0.35))])
    put(gallery, "Annie", [photo("c", face(0, 0, apart=0))])
    assert codes(look(gallery), HealthSeverity.FIX) == [("same_person.faces", ("ani", "annie"))]


# Single photos


def test_one_picture_twice(gallery: Gallery) -> None:
    small = photo("small", face(0, 0, away={40: 0.1}), size_px=60.0)
    soft = photo("soft", face(0, 0, away={41: 0.1}), sharpness=20.0)
    put(gallery, "Ani", [small, soft, photo("best", face(0, 0)), photo("other", face(0, 1))])
    (finding,) = look(gallery).findings
    assert finding.code == "near_duplicate.picture"
    assert [one.name for one in finding.photos] == ["best.jpg", "soft.jpg", "small.jpg"], "the one to keep first"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"size_px": 30.0}, "poor_reference.small"),
        ({"sharpness": 3.0}, "poor_reference.blurred"),
        ({"size_px": 30.0, "sharpness": 3.0}, "poor_reference.small"),
        ({"size_px": 30.0, "sharpness": None}, "poor_reference.small"),
        ({"sharpness": None}, "poor_reference.only_one"),
        ({}, "poor_reference.only_one"),
    ],
)
def test_poor_photos(gallery: Gallery, facts: dict[str, Any], expected: str) -> None:
    put(gallery, "Ani", [photo("a", face(0, 0), **facts)])
    health = look(gallery)
    assert codes(health) == [(expected, ("ani",))]
    assert health.is_sound is (expected == "poor_reference.only_one")


# Templates and files


def test_somebody_without_a_template(gallery: Gallery) -> None:
    put_sound(gallery, ("Ani", 0))
    put(gallery, "Budi", [])
    assert codes(look(gallery)) == [("missing_photo.no_template", ("budi",))]


def test_templates_of_another_model(gallery: Gallery) -> None:
    put_sound(gallery, ("Ani", 0))
    put(gallery, "Budi", [photo("x", face(0, 5), model_id="other"), photo("y", face(0, 6), model_id="other")])
    health = look(gallery)
    assert codes(health) == [("other_model.some", ())], "they are compared with nobody"
    assert health.findings[0].facts == {"count": 2, "total": 4, "models": "other", "model": MODEL}


def test_a_gallery_of_another_model(gallery: Gallery) -> None:
    put_sound(gallery, ("Ani", 0))
    health = look(gallery, model_id="new")
    assert codes(health) == [("other_model.all", ())]
    assert health.notes == (GalleryNote.UNCALIBRATED,)


def test_another_model_with_its_own_calibration(gallery: Gallery, calibration: Calibration) -> None:
    own = Calibration(
        "new",
        "agency",
        450,
        1e-5,
        1.0,
        calibration.distance,
        calibration.false_match_rate,
        calibration.false_match_rate,
    )
    gallery.put_calibration("new", own.to_bytes())
    for name in ("Ani", "Annie"):
        put(gallery, name, [photo(f"{name}{n}", face(0, 0, away={40: 0.01 * n}), model_id="new") for n in (0, 1)])
    health = look(gallery, model_id="new")
    assert codes(health) == [("same_person.faces", ("ani", "annie"))], "no limit for same pictures is known"
    assert health.notes == (GalleryNote.PICTURES_UNKNOWN,)


def test_without_a_calibration_records_and_photos_are_still_looked_at(gallery: Gallery) -> None:
    put(gallery, "Ani", [photo("a", face(0, 0), model_id="new"), photo("b", face(9, 1), model_id="new", size_px=20.0)])
    put(gallery, "Budi", [photo("a", face(0, 0), model_id="new"), photo("c", face(0, 0), model_id="new")])
    health = look(gallery, model_id="new")
    assert codes(health) == [("same_person.photo", ("ani", "budi")), ("poor_reference.small", ("ani",))]
    assert health.notes == (GalleryNote.UNCALIBRATED,)


def test_photos_that_are_not_where_they_were(gallery: Gallery, tmp_path: Path) -> None:
    put_sound(gallery, ("Ani", 0), ("Budi", 1))
    photos = tmp_path / "photos" / "deep"
    photos.mkdir(parents=True)
    for name in ("Ani0", "Ani1", "Budi1"):
        (photos / f"renamed-{name}.jpg").write_bytes(name.encode())
    health = look(gallery, folders=[tmp_path / "photos"])
    (finding,) = health.findings
    assert (finding.code, finding.severity) == ("missing_photo.file", HealthSeverity.LOOK)
    assert [one.name for one in finding.photos] == ["Budi0.jpg"]
    (photos / "back.jpg").write_bytes(b"Budi0")
    assert not look(gallery, folders=[tmp_path / "photos"]).findings


def test_the_wrong_folder_is_one_finding(gallery: Gallery, tmp_path: Path) -> None:
    put_sound(gallery, ("Ani", 0), ("Budi", 1))
    (tmp_path / "empty").mkdir()
    (finding,) = look(gallery, folders=[tmp_path / "empty"]).findings
    assert (finding.code, finding.facts) == ("missing_photo.folder", {"count": 4})


# Records

OVER = Election("old", "Pilkada lama", active_to=date(2027, 1, 1))
JUST_OVER = Election("recent", "Pilkada kemarin", active_to=date(2028, 9, 1))


@pytest.mark.parametrize(
    ("elections", "people", "expected"),
    [
        ([Election("x")], [{"election": "x"}], [("data.election_undated", ("p0",))]),
        ([Election("x")], [], []),  # nobody stands in it
        ([Election("x", active_from=DAY)], [{"election": "x"}], []),
        ([Election("x", polling_day=date(2020, 1, 1))], [{"election": "x"}], [("data.election_over", ("p0",))]),
        ([OVER], [{"election": "old"}], [("data.election_over", ("p0",))]),
        ([JUST_OVER], [{"election": "recent"}], []),
        (
            [OVER],  # relatives go with the election that they take over, and are not told twice
            [{"election": "old"}, {"election": None, "role": Role.FAMILY, "relative_of": "p0"}],
            [("data.election_over", ("p0", "p1"))],
        ),
        (
            [JUST_OVER],
            [{"election": "recent"}, {"election": None, "role": Role.FAMILY, "relative_of": "p0"}],
            [("data.relative_of_nobody", ("p1", "p0"))],
        ),
        (
            [OVER],  # told to be of an election that goes on, so nobody would notice
            [{"election": "old"}, {"role": Role.FAMILY, "relative_of": "p0"}],
            [("data.election_over", ("p0",)), ("data.relative_of_nobody", ("p1", "p0"))],
        ),
        ([], [{"ballot_number": 2}, {"ballot_number": 2}], [("data.same_number", ("p0", "p1"))]),
        ([], [{"ballot_number": 2}, {"ballot_number": 2, "role": Role.RUNNING_MATE}], []),  # a pair
        ([], [{"ballot_number": 2}, {"ballot_number": 2, "region": "34.02"}], []),
        ([], [{"ballot_number": 2}, {"ballot_number": 2, "election": "pilgub"}], []),
        ([], [{"ballot_number": 2, "party": "A"}, {"ballot_number": 2, "party": "B"}], []),  # two lists
        (
            [],  # where there are pairs, parties have no lists
            [
                {"ballot_number": 2, "party": "A"},
                {"ballot_number": 2, "party": "B"},
                {"ballot_number": 1, "role": Role.RUNNING_MATE},
            ],
            [("data.same_number", ("p0", "p1"))],
        ),
        ([], [{"election": None}], []),
    ],
)
def test_records(
    gallery: Gallery,
    elections: list[Election],
    people: list[dict[str, Any]],
    expected: list[tuple[str, tuple[str, ...]]],
) -> None:
    for election in elections:
        gallery.put_election(election)
    for number, fields in enumerate(people):
        photos = [photo(f"{number}-{n}", face(number, 2 * number + n)) for n in (0, 1)]
        put(gallery, f"P{number}", photos, **fields)
    health = look(gallery)
    assert codes(health) == expected
    assert {finding.severity for finding in health.findings} <= {HealthSeverity.LOOK}


def test_regions_that_an_older_version_stored_as_written(gallery: Gallery) -> None:
    put_sound(gallery, ("Ani", 0), ("Budi", 1), ("Citra", 2), ("Dewi", 3))
    gallery.put_election(Election("pilgub", "Gubernur", "province", "31", active_from=DAY))
    with sqlite3.connect(gallery.path) as old:
        old.execute("UPDATE people SET region = 'antah berantah' WHERE id IN ('ani', 'budi')")
        old.execute("UPDATE people SET region = 'kabupaten sorong' WHERE id = 'citra'")
        old.execute("UPDATE people SET region = '3401' WHERE id = 'dewi'")  # the code, without its dot
        old.execute("UPDATE elections SET region = '99.99' WHERE id = 'pilgub'")
    old.close()
    health = look(gallery)
    assert codes(health) == [
        ("data.election_region_unknown", ()),
        ("data.region_unknown", ("ani", "budi")),
        ("data.region_text", ("citra",)),
    ]
    assert [finding.severity for finding in health.findings] == [
        HealthSeverity.FIX,
        HealthSeverity.FIX,
        HealthSeverity.LOOK,
    ]
    told = " ".join(wording.message(finding, "id") for finding in health.findings)
    assert "«99.99»" in told and "Ani dan Budi" in told and "96.01 Kabupaten Sorong" in told
    assert health.findings[2].facts["read_as"] == "96.01"


# Large galleries


def test_many_people_are_compared_within_their_election_and_by_name(gallery: Gallery) -> None:
    put_sound(gallery, ("Ani", 0), ("Budi", 1), ("Citra", 2))
    for number, (name, axis, election) in enumerate(
        [("Annie", 0, "pilbup"), ("Bambang", 1, "pilgub"), ("Citra", 2, "pilgub")]
    ):
        photos = [photo(f"{name}{n}{election}", face(axis, 30 + 2 * number + n)) for n in (0, 1)]
        put(gallery, name, photos, id=f"{name.casefold()}-2", election=election)
    assert codes(look(gallery, everybody_up_to=6)) == [
        ("same_person.faces", ("ani", "annie-2")),
        ("same_person.faces", ("bambang-2", "budi")),
        ("same_person.other_election", ("citra", "citra-2")),
    ]
    health = look(gallery, everybody_up_to=5)
    assert codes(health) == [
        ("same_person.faces", ("ani", "annie-2")),
        ("same_person.other_election", ("citra", "citra-2")),
    ]
    assert health.notes == (GalleryNote.WITHIN_ELECTIONS,)


def test_relatives_are_compared_with_the_group_of_their_candidate(gallery: Gallery) -> None:
    put_sound(gallery, ("Ani", 0))
    photos = [photo("x", face(0, 30)), photo("y", face(0, 31))]
    put(gallery, "Putri", photos, role=Role.FAMILY, relative_of="ani", election=None)
    put(gallery, "Budi", [photo("z", face(1, 5)), photo("w", face(1, 6))], election="pilgub")
    assert codes(look(gallery, everybody_up_to=1)) == [("lookalikes.family", ("ani", "putri"))]


@pytest.mark.parametrize("cells", [1, 50, 1 << 21])
def test_blocks_change_nothing(calibration: Calibration, monkeypatch: pytest.MonkeyPatch, cells: int) -> None:
    monkeypatch.setattr(limits_module, "_CELLS_AT_ONCE", cells)
    rng = np.random.default_rng(1)
    sets = [
        (0.1 * rng.normal(size=(count, 8)) + 0.3 * rng.normal(size=8)).astype(np.float32)
        for count in rng.integers(1, 5, 30).tolist()
    ]
    limits = HealthLimits.of(calibration, [len(own) for own in sets])
    usual = max(limits.same, limits.alike)
    expected = [
        (one, other)
        for one in range(30)
        for other in range(one + 1, 30)
        if np.linalg.norm(sets[one][:, None] - sets[other], axis=2).min()
        <= (limits.spelled if (one + other) % 2 else usual)
    ]
    pairs = near_pairs(sets, limits, lambda one, other: (one + other) % 2 == 1)
    found = sorted(pairs, key=lambda near: (near.first, near.second))
    assert [(near.first, near.second) for near in found] == expected
    for near in found:
        distances = np.linalg.norm(sets[near.first][:, None] - sets[near.second], axis=2)
        assert near.least == pytest.approx(distances.min(), abs=1e-6)
        assert near.typical == pytest.approx((distances.min(0).mean() + distances.min(1).mean()) / 2, abs=1e-6)


def test_limits_follow_the_number_of_people(calibration: Calibration) -> None:
    few, many = (HealthLimits.of(calibration, [1] * people) for people in (10, 1000))
    assert many.same < few.same
    assert many.alike < few.alike
    assert (many.apart, many.kin, many.spelled) == (few.apart, few.kin, few.spelled), "of these few are compared"
    assert many.same < many.spelled


@pytest.mark.parametrize(
    ("near", "expected"),
    [
        ([], [[0], [1], [2], [3]]),
        ([(0, 3)], [[0, 3], [1], [2]]),
        ([(0, 1), (1, 2)], [[0, 1, 2], [3]]),
        ([(1, 2), (2, 3)], [[1, 2, 3], [0]]),
    ],
)
def test_groups_are_chains(near: list[tuple[int, int]], expected: list[list[int]]) -> None:
    distances = np.ones((4, 4))
    for one, other in near:
        distances[one, other] = distances[other, one] = 0.1
    assert groups_within(distances, 0.5) == expected


# Words

ANI, BUDI = (
    Candidate("ani", "Ani", election="pilbup", ballot_number=2, region="34.01", party="PX"),
    Candidate("b-2", "Budi"),
)
FACTS = {
    "count": 4,
    "total": 9,
    "models": "old",
    "model": "new",
    "parts": "1 / 2",
    "ballot_number": 2,
    "election": "pilbup",
    "region": "34.01",
    "title": "Pilbup",
    "end": "2020-01-01",
    "size_px": 30,
    "sharpness": 3.1,
}
ACCUSING = ("melanggar", "curang", "palsu", "salah sendiri", "fraud", "violat", "guilty", "fake", "cheat")


@pytest.mark.parametrize("code", wording.CODES)
def test_every_finding_speaks_two_languages_and_accuses_nobody(code: str) -> None:
    photos = (PhotoRef("ani", 12, "a\x1b[31m.jpg"), PhotoRef("b-2", 13, "b.jpg"))
    finding = GalleryFinding(code, HealthSeverity.LOOK, (ANI, BUDI), photos, FACTS)
    assert finding.kind in HealthKind
    texts = [say(finding, language) for say in (wording.message, wording.advice) for language in ("id", "en")]
    assert len(set(texts)) == 4
    for text in texts:
        assert text.endswith(".")
        assert not any(word in text.casefold() for word in ACCUSING)
        assert not set("{}\x1b") & set(text)
    for command in wording.commands(finding):
        assert command[0] == "candidates"


def test_numbers_and_names_are_those_of_show() -> None:
    finding = GalleryFinding(
        "mixed_person.of_another", HealthSeverity.FIX, (ANI, BUDI), (PhotoRef("ani", 12, "a.jpg"),), FACTS
    )
    assert wording.message(finding, "id") == "Di antara foto Ani, foto 12 (a.jpg) lebih mirip Budi (b-2)."
    assert wording.message(finding, "en") == "Among the photos of Ani, photo 12 (a.jpg) is more like Budi (b-2)."
    assert wording.commands(finding) == (
        ("candidates", "show", "ani"),
        ("candidates", "remove", "ani", "--photo", "12"),
    )


def test_the_command_that_adds_a_photo_keeps_the_entry() -> None:
    (command,) = wording.commands(GalleryFinding("poor_reference.only_one", HealthSeverity.HINT, (ANI,)))
    assert " ".join(command) == (
        "candidates add Ani FOTO.jpg --role candidate --election pilbup --ballot-number 2 --region 34.01 --party PX"
    )


def test_many_names_are_counted() -> None:
    people = [Candidate(f"p{n}", f"P{n}") for n in range(8)]
    assert wording.names(people).text("id") == "P0, P1, P2, P3, P4 dan 3 orang lain"
    assert wording.names(people[:2]).text("en") == "P0 and P1"


def test_every_note_is_worded() -> None:
    assert all(wording.note(note, language) for note in GalleryNote for language in ("id", "en"))


def test_what_matters_most_comes_first(gallery: Gallery) -> None:
    put(gallery, "Ani", [photo("a", face(0, 0)), photo("b", face(0, 1)), photo("stray", face(7, 5))])
    put(gallery, "Budi", [])
    put(gallery, "Citra", [photo("c", face(2, 3))])
    put(gallery, "Dewi", [photo("d", face(3, 4), size_px=20.0)])
    health = look(gallery)
    assert [code for code, _ in codes(health)] == [
        "missing_photo.no_template",
        "mixed_person.odd_photo",
        "poor_reference.small",
        "poor_reference.only_one",
    ]
    assert [health.count(severity) for severity in HealthSeverity] == [2, 1, 1]
