"""The people, elections and reference templates of a gallery, and how their ids and codes are written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from candidates.errors import ElectionError, InvalidCandidateError
from candidates.messages import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NATIONAL = "national"
"""The `level` of an election that counts everywhere whatever region its candidates have."""

_SLUG_LIMIT = 200


class Role(StrEnum):
    """What a registered person is in an election; the value is the id in the JSON contract and in tables."""

    CANDIDATE = "candidate"
    RUNNING_MATE = "running_mate"
    FAMILY = "family"


class Relation(StrEnum):
    """What a `family` person is to the candidate they are registered with."""

    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    SIBLING = "sibling"
    OTHER = "other"


class Outcome(StrEnum):
    """The outcome of registering a person, an election or a row of a table."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A registered person: a candidate, a running mate or a relative of one.

    `id` is a readable slug; `election` an election's id; `region` a Kemendagri code ("34", "34.01") or empty;
    `relative_of` the id of the candidate that a `family` person belongs to.
    Raises `InvalidCandidateError` when the fields contradict each other.
    """

    id: str
    name: str
    role: Role = Role.CANDIDATE
    election: str | None = None
    ballot_number: int | None = None
    region: str = ""
    party: str = ""
    relative_of: str | None = None
    relation: Relation | None = None

    def __post_init__(self) -> None:
        if not self.id or not self.name.strip():
            raise InvalidCandidateError(say("importing.people.person_needs_name"))
        if self.ballot_number is not None and self.ballot_number < 1:
            raise InvalidCandidateError(
                say("importing.people.ballot_number_of_must_be", name=self.name, ballot_number=self.ballot_number)
            )
        if self.role is Role.FAMILY and not self.relative_of:
            raise InvalidCandidateError(say("importing.people.relative_must_say_whose_relative", name=self.name))
        if self.role is not Role.FAMILY and (self.relative_of or self.relation):
            raise InvalidCandidateError(say("importing.people.only_role_family_uses_relative", name=self.name))
        if self.relative_of == self.id:
            raise InvalidCandidateError(say("importing.people.cannot_be_their_own_relative", name=self.name))


@dataclass(frozen=True, slots=True)
class Election:
    """When and where an election counts. A missing date means no limit on that side; an empty region, everywhere."""

    id: str
    title: str = ""
    level: str = ""
    region: str = ""
    active_from: date | None = None
    active_to: date | None = None
    polling_day: date | None = None

    def __post_init__(self) -> None:
        if not self.id:
            raise ElectionError(say("importing.people.election_needs_id"))
        if self.active_from and self.active_to and self.active_from > self.active_to:
            raise ElectionError(
                say(
                    "importing.people.election_active_from_is_after",
                    id=self.id,
                    active_from=self.active_from,
                    active_to=self.active_to,
                )
            )


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """One stored template of a person.

    `embedding` : (d,) float32, d >= 1 and the same for all of one model. `size_px` : height of the face in the photo
    it came from; `sharpness` : 0 or more, None where it was not measured. `face` : which of several faces was asked for
    ("" : the photo is of one person), and `place` : where it is, as parts of the photo (`candidates.choosing`; None :
    not known). Only the photo's name and sha256 are kept, never its pixels. `id` is the row number in the gallery (0
    before it is stored).
    """

    id: int
    person: str
    photo_name: str
    photo_sha256: str
    model_id: str
    embedding: NDArray[np.float32]
    size_px: float
    sharpness: float | None = None
    face: str = ""
    place: tuple[float, float, float, float] | None = None

    def __post_init__(self) -> None:
        if self.embedding.ndim != 1 or not self.embedding.size or self.embedding.dtype.name != "float32":
            raise ValueError(f"an embedding is (d,) float32, got {self.embedding.shape} {self.embedding.dtype}")


def clean_text(text: str) -> str:
    """Return `text` in Unicode NFC, without control characters, each run of white space as one space."""
    kept = "".join(
        char if unicodedata.category(char)[0] != "C" or char.isspace() else ""
        for char in unicodedata.normalize("NFC", text)
    )
    return " ".join(kept.split())


def name_key(name: str) -> str:
    """Return what two spellings of the same name share: compatibility form, case folded, single spaces."""
    return clean_text(unicodedata.normalize("NFKC", name)).casefold()


def slug(text: str) -> str:
    """Return a readable id: lower case, accents dropped, letters and digits of any script, words joined by "-"."""
    plain = (char for char in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(char))
    # Marks that are no accents (category M) are the vowels of Javanese, Thai and their kin.
    words = "".join(char if char.isalnum() or unicodedata.category(char)[0] == "M" else " " for char in plain).split()
    return "-".join(words)[:_SLUG_LIMIT].rstrip("-") or "x"


def region_code(text: str) -> str:
    """Return a Kemendagri code in its dotted form.

    "3401", "34.01" and Excel's "34,01" are the same regency; Excel turns "34.10" into "34.1", and no code has a
    one-digit part, so the zero comes back, and "3401" into "3401.0". Anything that is not a code is kept as cleaned
    text, case folded. Whether there is a region of that code, `candidates.regions` knows.
    """
    cleaned = re.sub(r"^(\d{2}|\d{4}|\d{6}|\d{10})[.,]0$", r"\1", clean_text(text))
    if digits := re.fullmatch(r"(\d{2})(\d{2})?(\d{2})?(\d{4})?", cleaned):
        return ".".join(part for part in digits.groups() if part)
    if parts := re.fullmatch(r"(\d{2})[.,](\d{1,2})((?:\.\d{2,4})*)", cleaned):
        return f"{parts[1]}.{parts[2].ljust(2, '0')}{parts[3]}"
    return cleaned.casefold()
