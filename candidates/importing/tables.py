"""Parsing tables of people: headers in two languages, and the values of each cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol, TypeVar

from candidates.choosing import face_words
from candidates.errors import BadRowError, CandidatesError, RegionError
from candidates.importing.headers import TableHeader
from candidates.messages import LiteralText, Message, say
from candidates.people import NATIONAL, Election, Relation, Role, clean_text, slug
from candidates.regions import region_of

PEOPLE_COLUMNS: Final = (
    "id",
    "name",
    "role",
    "election",
    "ballot_number",
    "region",
    "party",
    "relative_of",
    "relation",
    "face",
    "photos",
)
"""Columns of a table of people; `id` is optional and only tells people of one name apart."""

ELECTION_COLUMNS: Final = ("id", "title", "level", "region", "active_from", "active_to", "polling_day")
"""Columns of `elections.csv`."""

_ROLES: Final = {
    "calon": Role.CANDIDATE,
    "kandidat": Role.CANDIDATE,
    "wakil": Role.RUNNING_MATE,
    "calon wakil": Role.RUNNING_MATE,
    "keluarga": Role.FAMILY,
}
_RELATIONS: Final = {
    "pasangan": Relation.SPOUSE,
    "suami": Relation.SPOUSE,
    "istri": Relation.SPOUSE,
    "anak": Relation.CHILD,
    "orang tua": Relation.PARENT,
    "ayah": Relation.PARENT,
    "ibu": Relation.PARENT,
    "saudara": Relation.SIBLING,
    "kakak": Relation.SIBLING,
    "adik": Relation.SIBLING,
    "lainnya": Relation.OTHER,
}
_LEVELS: Final = {"nasional": NATIONAL, "provinsi": "province", "kabupaten": "regency", "kota": "regency"}
_EVERYWHERE: Final = frozenset({"", "nasional", "national", "indonesia"})

_Choice = TypeVar("_Choice", Role, Relation)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: the line it starts on (1 is the first; 0: it has none) and the cell of every known column, cleaned."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used: its line (0: it has none), name if known, and why."""

    line: int
    error: CandidatesError
    name: str = ""


class Rows(Protocol):
    """A table in any format, read row by row, any number of times."""

    @property
    def name(self) -> str:
        """What messages call it."""
        ...

    @property
    def header(self) -> TableHeader | None:
        """Its header, None where there is none."""
        ...

    def count(self) -> int | None:
        """Return about how many rows there are, if that is quickly known."""
        ...

    def rows(self) -> Iterator[TableRow | BadRow]:
        """Yield the rows in order; empty ones are left out."""
        ...


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A row of the table of people, its cells understood; `relative_of` is still what was written, id or name.

    `faces` runs parallel to `photos`: which face is meant (`candidates.choosing`); `face` is the one that was said for
    all photos.
    """

    line: int
    id: str
    name: str
    role: Role
    election: str
    ballot_number: int | None
    region: str
    party: str
    relative_of: str
    relation: Relation | None
    photos: tuple[str, ...]
    faces: tuple[str, ...] = ()
    face: str = ""


class PeopleRows(Protocol):
    """A table of people, its rows understood."""

    @property
    def name(self) -> str:
        """What messages call it."""
        ...

    @property
    def header(self) -> TableHeader | None:
        """Its header, None where there is none."""
        ...

    def count(self) -> int | None:
        """Return about how many rows there are, if that is quickly known."""
        ...

    def rows(self) -> Iterator[PersonRow | BadRow]:
        """Yield the people in order."""
        ...


@dataclass(frozen=True, slots=True)
class PeopleTable:
    """A table of people as somebody wrote it; a row that cannot be understood is a `BadRow`."""

    table: Rows

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.table.name

    @property
    def header(self) -> TableHeader | None:
        """The table's header."""
        return self.table.header

    def count(self) -> int | None:
        """Return about how many rows there are, if that is quickly known."""
        return self.table.count()

    def rows(self) -> Iterator[PersonRow | BadRow]:
        """Yield the people in order."""
        for row in self.table.rows():
            if isinstance(row, BadRow):
                yield row
                continue
            try:
                yield person_row(row)
            except CandidatesError as error:
                yield BadRow(row.line, error, row.cells["name"])


def clean_cell(column: str, text: str) -> str:
    """Return a cell's text without what nobody sees; names of photos stay as they are on the disk."""
    return text.strip() if column == "photos" else clean_text(text)


def person_row(row: TableRow) -> PersonRow:
    """Understand a row of people. Raises `BadRowError` that names the column."""
    cells = row.cells
    if not cells["name"]:
        raise _bad("name", "", say("importing.tables.person_name"))
    role = _choice("role", cells["role"], Role, _ROLES)
    if role is None:
        role = Role.FAMILY if cells["relative_of"] else Role.CANDIDATE
    relation = _choice("relation", cells["relation"], Relation, _RELATIONS)
    if role is Role.FAMILY:
        if not cells["relative_of"]:
            raise _bad("relative_of", "", say("importing.tables.id_or_name_of_candidate"))
        relation = relation or Relation.OTHER
    photos = tuple(part.strip() for part in re.split(r"[|\r\n]", cells["photos"]) if part.strip())
    return PersonRow(
        line=row.line,
        id=cells["id"],
        name=cells["name"],
        role=role,
        election=slug(cells["election"]) if cells["election"] else "",
        ballot_number=_ballot_number(cells["ballot_number"]),
        region=_region(cells["region"]),
        party=cells["party"],
        relative_of=cells["relative_of"],
        relation=relation,
        photos=photos,
        faces=face_words(cells["face"], len(photos)) if photos else (),
        face=face_words(cells["face"], 1)[0] if "|" not in cells["face"] else "",
    )


def election_row(row: TableRow) -> Election:
    """Understand a row of `elections.csv`. Raises `BadRowError` that names the column, or `ElectionError`."""
    cells = row.cells
    if not cells["id"]:
        raise _bad("id", "", say("importing.tables.election_id"))
    level = cells["level"].casefold()
    return Election(
        id=slug(cells["id"]),
        title=cells["title"] or cells["id"],
        level=_LEVELS.get(level, level),
        region=_region(cells["region"]),
        active_from=_day("active_from", cells["active_from"]),
        active_to=_day("active_to", cells["active_to"]),
        polling_day=_day("polling_day", cells["polling_day"]),
    )


def _choice(column: str, text: str, kinds: type[_Choice], aliases: Mapping[str, _Choice]) -> _Choice | None:
    word = text.casefold().replace("-", " ").replace("_", " ")
    if not word:
        return None
    known = {str(kind).replace("_", " "): kind for kind in kinds} | dict(aliases)
    if word not in known:
        # Of the words for a kind, the first.
        words = {kind: alias for alias, kind in reversed(list(aliases.items()))}
        raise _bad(column, text, LiteralText(", ".join(words[kind] for kind in kinds), ", ".join(kinds)))
    return known[word]


def _ballot_number(text: str) -> int | None:
    if not text:
        return None
    # Spreadsheets write whole numbers as "2.0" or, in Indonesian, "2,0".
    match = re.fullmatch(r"0*([1-9]\d{0,2})(?:[.,]0)?", text)
    if not match:
        raise _bad("ballot_number", text, say("importing.tables.number_from_to_999"))
    return int(match[1])


def _region(text: str) -> str:
    if text.casefold() in _EVERYWHERE:
        return ""
    try:
        return region_of(text).code
    except RegionError as error:
        raise BadRowError(say("importing.tables.column_region", reason=error.says)) from error


def _day(column: str, text: str) -> date | None:
    if not text:
        return None
    try:
        if local := re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", text):
            # What Indonesian spreadsheets turn a date into: day first.
            return date(int(local[3]), int(local[2]), int(local[1]))
        return date.fromisoformat(text)
    except ValueError as error:
        raise _bad(column, text, say("importing.tables.date_yyyy_mm_dd")) from error


def _bad(column: str, came: str, expected: Message) -> BadRowError:
    return BadRowError(say("importing.tables.column_expected_got", column=column, expected=expected, came=came))
