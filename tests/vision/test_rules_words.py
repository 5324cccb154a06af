"""What words in a photo are read as: names, ballot numbers, parties, campaigns; and which words say nothing."""

from __future__ import annotations

import pytest

from candidates import Candidate, Role
from vision.geometry import Box
from vision.rules.schema import PartyNames, Severity, WordRules
from vision.rules.spelling import Phrases, spellings, words_of
from vision.rules.words import Means, Said, SeenText, WordSearch

RULES = WordRules(
    candidate=Severity.REVIEW,
    number=Severity.REVIEW,
    party=Severity.REVIEW,
    campaign=Severity.REVIEW,
    bare_number=Severity.REVIEW,
    before_number=("nomor urut", "no urut", "paslon", "paslon nomor", "coblos", "coblos nomor", "coblos no"),
    before_party=("partai", "dpc"),
    phrases={"coblos": ("coblos", "ayo coblos"), "team": ("tim pemenangan",)},
    parties={"pbb": PartyNames(names=("Partai Bulan Bintang",), short=("PBB",)), "pks": PartyNames(names=("PKS",))},
)
PEOPLE = (
    Candidate(id="budi", name="Dr. H. Budi Hartono Santoso, S.E., M.Si.", role=Role.CANDIDATE),
    Candidate(id="siti", name="Siti Rahmawati", role=Role.RUNNING_MATE),
    Candidate(id="ani", name="Ani", role=Role.CANDIDATE),
    Candidate(id="adik", name="Joko Rahardjo", role=Role.FAMILY, relative_of="budi"),
)


def lines(*texts: str, worn: bool = False) -> list[SeenText]:
    """Lines below each other, far enough apart to be read alone."""
    return [SeenText(at, text, Box(0, 200 * at, 20 * len(text), 30), 30, worn) for at, text in enumerate(texts)]


def said(*texts: str, held: tuple[int, ...] = (), worn: bool = False) -> list[tuple[str, str | int | None]]:
    search = WordSearch(RULES, PEOPLE, held)
    return [(one.means.value, one.key or one.number) for one in search.said_by(lines(*texts, worn=worn))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("No.urut2", ("NO", "URUT", "2")),
        ("C0BLOS", ("COBLOS",)),
        ("Muhammad Syafi'i", ("MUHAMMAD", "SYAFI", "I")),
        ("José", ("JOSE",)),
        ("***", ()),
    ],
)
def test_words(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "BUDI HARTONO SANTOSO",
        "Dr. H. BUDI HARTONO SANTOSO, SE",
        "Budi H. Santoso",
        "BUDI SANTOSO",
        "BUDIHARTONOSANTOSO",
        "pilih BUDI HARTON0 SANTOSO",
        "BUDI HARTONO SANTOS0 untuk Kulon Progo",
        "BUDI HARTNO SANTOSO",
    ],
)
def test_a_candidates_name(text: str) -> None:
    assert said(text) == [("candidate", "budi")]


@pytest.mark.parametrize(
    "text",
    [
        "BUDI",  # a first name is many people's
        "Budi Hartanto",
        "HARTONO",
        "SITI RAHAYU",
        "JOKO RAHARDJO",  # the family's faces are looked for, not their names
        "ANI",  # too short for one person alone
        "Jl. Merdeka No. 2",
        "Lomba 17 Agustus 2026",
        "AB 1234 CD",
        "RT 02 RW 05",
        "PBB-P2 LUNAS",
        "DESA MEKARMUKTI",
        "",
    ],
)
def test_ordinary_texts_say_nothing(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("NOMOR URUT 2", 2),
        ("No. Urut 02", 2),
        ("PASLON NOMOR 3", 3),
        ("nomor urut dua", 2),
        ("NO.URUT24", 24),
    ],
)
def test_a_ballot_number(text: str, number: int) -> None:
    assert said(text) == [("number", number)]


def test_what_is_asked_for_and_its_number() -> None:
    assert said("AYO COBLOS NO. 2 !") == [("campaign", "coblos"), ("number", 2)]


def test_parties() -> None:
    assert said("PKS", "DPC PBB Kabupaten Batang", "Partai Bulan Bintng") == [("party", "pks"), ("party", "pbb")]


def test_a_bare_number_counts_where_somebody_holds_it() -> None:
    assert said("02", worn=True) == []
    assert said("02", worn=True, held=(2,)) == [("bare_number", 2)]
    assert said("02", worn=False, held=(2,)) == []
    assert said("17", worn=True, held=(2,)) == []


def test_a_name_over_two_lines() -> None:
    two = [SeenText(0, "SITI", Box(100, 100, 200, 40), 40), SeenText(1, "RAHMAWATI", Box(60, 150, 300, 42), 42)]
    assert WordSearch(RULES, PEOPLE).said_by(two) == (
        Said(Means.CANDIDATE, "siti", None, (0, 1), "SITI RAHMAWATI", PEOPLE[1]),
    )
    apart = [two[0], SeenText(1, "RAHMAWATI", Box(60, 900, 300, 42), 42)]
    assert WordSearch(RULES, PEOPLE).said_by(apart) == ()


def test_a_large_number_beside_the_words_for_it() -> None:
    two = [SeenText(0, "NOMOR URUT", Box(100, 100, 200, 30), 30), SeenText(1, "2", Box(170, 140, 60, 120), 120)]
    assert WordSearch(RULES, PEOPLE, (2,)).said_by(two) == (Said(Means.NUMBER, "", 2, (0, 1), "NOMOR URUT 2"),)
    above = [two[0], SeenText(1, "2", Box(170, 0, 60, 60), 60)]
    assert WordSearch(RULES, PEOPLE).said_by(above) == ()


def test_a_wrong_digit_is_another_number() -> None:
    phrases = Phrases([("paslon 12345", "x")])
    assert [hit.meant for hit in phrases.find(words_of("paslon 12345"))] == ["x"]
    assert not list(phrases.find(words_of("paslon 12344")))


def test_many_names() -> None:
    names = [f"Nama Orang {chr(65 + at % 26)}{at}" for at in range(2000)]
    people = [Candidate(id=name, name=name, role=Role.CANDIDATE) for name in names]
    search = WordSearch(RULES, [*people, *PEOPLE])
    assert [one.key for one in search.said_by(lines("SITI RAHMAWATI"))] == ["siti"]


@pytest.mark.parametrize(
    ("name", "ways"),
    [
        ("Hj. Siti Rahmawati, S.Pd.", ("SITI RAHMAWATI",)),
        ("Komeng", ("KOMENG",)),
        ("Ani", ()),
        ("Budi Hartono Santoso", ("BUDI HARTONO SANTOSO", "BUDI H SANTOSO", "BUDI SANTOSO")),
    ],
)
def test_spellings(name: str, ways: tuple[str, ...]) -> None:
    assert spellings(name) == ways
