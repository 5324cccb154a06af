"""Who counts, read as rows: the same people, in the same order, as the rules of scope say."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from candidates import Candidate, Election, Gallery, Relation, Role, Scope, ballot_holders, in_scope

DAY = date(2028, 6, 1)
SCOPES = [Scope(region, day) for region, day in product((None, "34", "34.01", "11"), (DAY, date(2031, 1, 1)))]


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    """Register people of every kind of election and region, and relatives who take over what they lack."""
    opened = Gallery.open(tmp_path / "g.db", create=True)
    for election in (
        Election("nasional", level="national"),
        Election("pilgub", level="province", region="34", active_to=date(2029, 1, 1)),
        Election("pilbup", level="regency", region="34.01", active_from=date(2028, 1, 1), active_to=date(2029, 1, 1)),
        Election("tanpa-wilayah", level="regency"),
        Election("lalu", active_to=date(2020, 1, 1)),
    ):
        opened.put_election(election)
    elections = (None, *(election.id for election in opened.elections()))
    for number, (election_id, region) in enumerate(product(elections, ("", "34", "34.01", "34.02", "11"))):
        person = Candidate(f"p{number:02d}", f"Orang {number}", election=election_id, region=region, ballot_number=1)
        mate = Candidate(f"m{number:02d}", "Wakil", Role.RUNNING_MATE, election_id, number % 4 + 1, region, "Partai")
        opened.put(person)
        opened.put(mate)
        for relation, own in ((Relation.CHILD, ""), (Relation.SPOUSE, "34.02")):
            relative = f"{relation}-{number}"
            opened.put(Candidate(relative, relative, Role.FAMILY, region=own, relative_of=person.id, relation=relation))
    yield opened
    opened.close()


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_the_same_people_as_in_scope(gallery: Gallery, scope: Scope) -> None:
    people = gallery.people()
    ids = in_scope(people, gallery.elections(), scope)
    roll = gallery.roll(scope)
    assert list(roll) == [person.id for person in people if person.id in ids]
    assert 0 < len(roll) < len(people)
    assert list(roll.values()) == [person for person in people if person.id in ids]
    assert roll.names == {person.id: person.name for person in people if person.id in ids}


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_the_same_ballot_holders(gallery: Gallery, scope: Scope) -> None:
    people = gallery.people()
    expected = ballot_holders(people, in_scope(people, gallery.elections(), scope))
    holders = gallery.roll(scope).ballot_holders()
    assert list(holders.items()) == list(expected.items())
    assert holders.get(99) is None


def test_everybody_without_a_scope(gallery: Gallery) -> None:
    roll = gallery.roll()
    assert tuple(roll.values()) == gallery.people()
    assert "p00" in roll and "nobody" not in roll and roll.get("nobody") is None


def test_it_outlives_the_gallery(gallery: Gallery) -> None:
    roll = gallery.roll()
    gallery.close()
    assert roll["child-7"].relative_of == "p07"


def test_nobody_registered(tmp_path: Path) -> None:
    with Gallery.open(tmp_path / "empty.db", create=True) as empty:
        roll = empty.roll(SCOPES[0])
    assert (len(roll), dict(roll.ballot_holders()), roll.names) == (0, {}, {})


def test_who_is_hidden_by_a_stored_region_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with Gallery.open(path, create=True) as gallery:
        for person_id in ("a", "b", "c"):
            gallery.put(Candidate(person_id, person_id, region="34.01"))
    with sqlite3.connect(path) as old:
        old.execute("UPDATE people SET region = 'antah berantah' WHERE id != 'c'")
    old.close()
    with Gallery.open(path, read_only=True) as gallery:
        rolls = [gallery.roll(scope) for scope in (Scope("34.01", SCOPES[0].day), Scope(None, SCOPES[0].day), None)]
    assert [(len(roll), roll.lost) for roll in rolls] == [(1, 2), (3, 0), (3, 0)]
