from datetime import date

import numpy as np
import pytest

from candidates import Candidate, Election, Reference, Relation, Role
from candidates.errors import ElectionError, InvalidCandidateError
from candidates.people import clean_text, name_key, region_code, slug


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Anies Baswedan", "anies-baswedan"),
        ("  H. Joko  Widodo, S.E. ", "h-joko-widodo-s-e"),
        ("Élodie Ñañez", "elodie-nanez"),
        ("王小明", "王小明"),  # other scripts stay readable
        ("ꦗꦺꦴꦏꦺꦴ", "ꦗꦺꦴꦏꦺꦴ"),  # Javanese: vowel signs are no accents
        ("???", "x"),  # never an empty id
    ],
)
def test_slug(name: str, expected: str) -> None:
    assert slug(name) == expected
    assert slug(slug(name)) == slug(name)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("34", "34"),
        ("34.01", "34.01"),
        ("3401", "34.01"),  # written without the dot
        ("340101", "34.01.01"),
        ("34,01", "34.01"),  # Indonesian Excel's decimal comma
        ("34.1", "34.10"),  # Excel drops the last zero
        ("34.01.05", "34.01.05"),
        (" 34.01 ", "34.01"),
        ("", ""),
        ("Kulon Progo", "kulon progo"),  # no code: text, matched as text
    ],
)
def test_region_code(text: str, code: str) -> None:
    assert region_code(text) == code


def test_names_are_compared_without_case_spacing_and_width() -> None:
    assert name_key("  ANIES   Baswedan") == name_key("Anies Baswedan")
    assert name_key("e\u0301") == name_key("é")  # composed or not


def test_control_characters_are_dropped() -> None:
    assert clean_text("Bu\x00di\x1b[31m\u200b Santoso\n") == "Budi[31m Santoso"


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "a", "name": " "},
        {"id": "a", "name": "A", "ballot_number": 0},
        {"id": "a", "name": "A", "role": Role.FAMILY},  # whose?
        {"id": "a", "name": "A", "relative_of": "b"},  # a candidate with a relative
        {"id": "a", "name": "A", "relation": Relation.CHILD},
        {"id": "a", "name": "A", "role": Role.FAMILY, "relative_of": "a"},  # of oneself
    ],
)
def test_fields_that_cannot_be(fields: dict[str, object]) -> None:
    with pytest.raises(InvalidCandidateError):
        Candidate(**fields)


def test_an_election_must_not_end_before_it_starts() -> None:
    with pytest.raises(ElectionError, match="2029-02-01"):
        Election("e", active_from=date(2029, 2, 1), active_to=date(2029, 1, 1))


@pytest.mark.parametrize("size", [1, 128, 512])
def test_an_embedding_has_any_length(size: int) -> None:
    assert Reference(0, "a", "a.jpg", "00", "m", np.zeros(size, np.float32), 1.0).sharpness is None


@pytest.mark.parametrize("embedding", [np.zeros(128), np.zeros(0, np.float32), np.zeros((1, 128), np.float32)])
def test_an_embedding_is_one_row_of_float32(embedding: np.ndarray) -> None:
    with pytest.raises(ValueError, match="float32"):
        Reference(0, "a", "a.jpg", "00", "m", embedding, 1.0)
