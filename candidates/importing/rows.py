"""Registering people from a table: every usable row goes in, every other one is reported with line and reason."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from candidates.closing import Closing
from candidates.errors import (
    AmbiguousCandidateError,
    BadRowError,
    CandidatesError,
    DuplicateCandidateError,
    GalleryError,
    UnknownCandidateError,
)
from candidates.gallery import Gallery
from candidates.importing.delimited import CsvTable
from candidates.importing.photos import Describe, FaceTemplate, PhotoFile, RejectionReason, RowTemplates, gather, named
from candidates.importing.reports import ImportReport, RowReport, RowTally
from candidates.importing.resembling import Resemblance
from candidates.importing.tables import (
    ELECTION_COLUMNS,
    PEOPLE_COLUMNS,
    BadRow,
    PeopleRows,
    PeopleTable,
    PersonRow,
    Rows,
    election_row,
)
from candidates.messages import say
from candidates.people import Candidate, Election, Outcome, Role, name_key, slug
from candidates.storage.distinct import Pair

__all__ = ["FaceTemplate", "ImportReport", "RowReport", "import_table", "register"]

ELECTIONS_FILE: Final = "elections.csv"
"""The table of elections, looked for beside the table of people."""


class PhotoSource(Protocol):
    """Where a row's templates come from: photos beside the table, or an archive."""

    def gather(self, row: PersonRow, person_id: str) -> RowTemplates:
        """Return the templates of the row's person, who may be registered under `person_id` already."""
        ...


def import_table(
    gallery: Gallery,
    table: Path,
    describe: Describe,
    *,
    model_id: str | None = None,
    on_row: Callable[[RowReport], None] | None = None,
    on_total: Callable[[int | None], None] | None = None,
) -> ImportReport:
    """Register the people of a CSV table, and the elections of an `elections.csv` beside it.

    `describe` turns a photo into a template; `model_id` is the model it uses (photos enrolled with another are
    described again). `on_row` is told of every row as it is done: relatives come after everybody else, since a
    relative's row may stand before the candidate's. `on_total` is told, before the first row, how many rows
    there are (None: not quickly known). Each row is one transaction; the same table twice changes
    nothing, and a photo that is registered is not described again. Memory does not grow with the rows.
    Raises `TableUnreadableError` when the table as a whole cannot be read.
    """
    people = PeopleTable(CsvTable(table, PEOPLE_COLUMNS, ("name", "photos")))
    photos = TablePhotos(gallery, table.parent, describe, model_id)
    return import_people(gallery, people, elections_of(table.parent), photos, on_row=on_row, on_total=on_total)


def import_people(
    gallery: Gallery,
    people: PeopleRows,
    elections: Rows | None,
    photos: PhotoSource,
    *,
    on_row: Callable[[RowReport], None] | None = None,
    on_total: Callable[[int | None], None] | None = None,
    ids_are_foreign: bool = False,
    distinct: Iterable[Pair] = (),
) -> ImportReport:
    """Register elections and people however they are kept; see `import_table` for how, and `Importer`.

    `distinct` are the foreign ids of every two who were told to be two people.
    """
    if on_total:
        counts = [people.count(), elections.count() if elections else 0]
        on_total(None if None in counts else sum(count for count in counts if count))
    with Importer(gallery, photos, on_row, ids_are_foreign=ids_are_foreign) as importer:
        importer.read_elections(elections)
        importer.read_people(people)
        importer.read_distinct(distinct)
        return importer.report()


def elections_of(folder: Path) -> CsvTable | None:
    """Return the table of elections in a folder, if there is one. Raises `TableUnreadableError`."""
    path = folder / ELECTIONS_FILE
    return CsvTable(path, ELECTION_COLUMNS, ("id",)) if path.is_file() else None


def register(
    gallery: Gallery, row: PersonRow, folder: Path, describe: Describe, *, model_id: str | None = None
) -> RowReport:
    """Register one person as a table's row would (`row.photos` from `folder`); the report's `table` is empty."""
    with Importer(gallery, TablePhotos(gallery, folder, describe, model_id), None) as importer:
        return importer.register(row, "")


@dataclass(frozen=True, slots=True)
class TablePhotos:
    """Photos named relative to the table's folder."""

    gallery: Gallery
    folder: Path
    describe: Describe
    model_id: str | None
    pasted: Callable[[PersonRow], Sequence[PhotoFile]] = lambda _row: ()

    def gather(self, row: PersonRow, person_id: str) -> RowTemplates:
        """Describe the row's photos that are not registered yet. Raises `BadRowError` when there is none.

        `pasted` gives pictures that the table itself holds for a row.
        """
        pasted = self.pasted(row)
        if not row.photos and not pasted:
            raise BadRowError(say("importing.rows.column_photos_name_photo_or"))
        known, chosen = self.gallery.photos(person_id), self.gallery.chosen_faces(person_id)
        photos = (*named(row.photos, self.folder, row.faces), *pasted)
        return gather(self.gallery, row.name, photos, self.describe, known=known, chosen=chosen, model_id=self.model_id)


class Importer(Closing):
    """One import into one gallery; used once, as a context manager."""

    def __init__(
        self,
        gallery: Gallery,
        photos: PhotoSource,
        on_row: Callable[[RowReport], None] | None,
        *,
        ids_are_foreign: bool = False,
    ) -> None:
        """`ids_are_foreign`: the ids in the table are another gallery's; names and elections say who is who."""
        self._gallery = gallery
        self._photos = photos
        self._tally = RowTally(on_row)
        # An archive's people were compared where they were registered.
        self._resemblance = None if ids_are_foreign else Resemblance(gallery)
        self._ids_are_foreign = ids_are_foreign
        # A nameless database lives in memory and moves to the disk when it grows.
        self._seen = sqlite3.connect("")
        self._seen.execute("CREATE TABLE seen (id TEXT PRIMARY KEY, line INTEGER, foreign_id TEXT)")
        self._seen.execute("CREATE INDEX by_foreign_id ON seen (foreign_id)")

    def close(self) -> None:
        """Free the memory of the import."""
        self._seen.close()

    def read_elections(self, table: Rows | None) -> None:
        """Register the elections of a table, if there is one."""
        if table is None:
            return
        self._tally.header(table.name, table.header)
        for row in table.rows():
            name = row.name if isinstance(row, BadRow) else row.cells["id"]
            try:
                if isinstance(row, BadRow):
                    raise row.error
                outcome = self._gallery.put_election(election_row(row))
                self._tally.election(RowReport(table.name, row.line, name, outcome))
            except GalleryError:
                raise
            except CandidatesError as error:
                reason = RejectionReason.of(error)
                self._tally.election(RowReport(table.name, row.line, name, Outcome.REJECTED, reason))

    def read_people(self, people: PeopleRows) -> None:
        """Register people: candidates and running mates first, then the relatives that name them."""
        self._tally.header(people.name, people.header)
        for families in (False, True):
            relatives = 0
            for row in people.rows():
                if isinstance(row, BadRow):
                    if not families:
                        reason = RejectionReason.of(row.error)
                        self._tally.person(RowReport(people.name, row.line, row.name, Outcome.REJECTED, reason))
                    continue
                relatives += row.role is Role.FAMILY
                if (row.role is Role.FAMILY) is families:
                    self._tally.person(self.register(row, people.name))
            if not relatives:
                return

    def read_distinct(self, pairs: Iterable[Pair]) -> None:
        """Keep who was told to be two people, of those who were registered; the ids are another gallery's."""
        for pair in pairs:
            rows = [self._seen.execute("SELECT id FROM seen WHERE foreign_id = ?", (one,)).fetchone() for one in pair]
            people = [person for row in rows if row and (person := self._gallery.get(row[0]))]
            if len({person.id for person in people}) == len(pair):
                self._gallery.tell_distinct(*people)

    def report(self) -> ImportReport:
        """Return how it went."""
        return self._tally.report()

    def register(self, row: PersonRow, table: str) -> RowReport:
        """Register the person of one row; say what became of it."""
        gathered = RowTemplates((), 0, ())
        try:
            relative = self._relative(row) if row.role is Role.FAMILY else None
            existing = self._identify(row, relative)
            candidate, notes = self._candidate(row, existing, relative)
            self._refuse_doubled_row(candidate, existing)
            gathered = self._photos.gather(row, candidate.id)
            used = gathered.known + len(gathered.references)
            if not used and not (existing and self._gallery.photos(candidate.id)):
                # `gather` returns a template, a known photo or a reason for each pattern, and refuses none at all.
                return RowReport(
                    table, row.line, row.name, Outcome.REJECTED, gathered.rejected[0].reason, 0, gathered.rejected
                )
            if candidate.election and not self._gallery.election(candidate.election):
                self._gallery.put_election(Election(candidate.election, title=candidate.election))
            if self._resemblance:
                notes += self._resemblance.told(candidate, gathered.references)
            outcome = self._gallery.put(candidate, gathered.references)
            self._remember(candidate.id, row)
            return RowReport(table, row.line, row.name, outcome, None, used, gathered.rejected, notes)
        except GalleryError:
            # The gallery itself is busy, damaged or full: no later row would fare better.
            raise
        except CandidatesError as error:
            return RowReport(
                table, row.line, row.name, Outcome.REJECTED, RejectionReason.of(error), 0, gathered.rejected
            )

    def _relative(self, row: PersonRow) -> Candidate:
        if self._ids_are_foreign:
            local = self._seen.execute("SELECT id FROM seen WHERE foreign_id = ?", (row.relative_of,)).fetchone()
            if not local:
                raise UnknownCandidateError(
                    say("importing.rows.was_not_registered_either", relative_of=row.relative_of)
                )
            return self._gallery.person(local[0])
        try:
            return self._gallery.person(row.relative_of)
        except AmbiguousCandidateError:
            # Of several people of that name, the one who stands in the row's own election is meant.
            fitting = [
                person
                for person in self._gallery.named(row.relative_of)
                if person.role is not Role.FAMILY and (not row.election or person.election == row.election)
            ]
            if len(fitting) == 1:
                return fitting[0]
            raise

    def _identify(self, row: PersonRow, relative: Candidate | None) -> Candidate | None:
        """Return who the row is about, if registered: by id, else by name and election (and whose relative)."""
        if row.id and not self._ids_are_foreign:
            return self._gallery.get(row.id) or self._gallery.get(slug(row.id))
        same = [
            person
            for person in self._gallery.named(row.name)
            if (person.role is Role.FAMILY) is (row.role is Role.FAMILY)
            and person.relative_of == (relative.id if relative else None)
        ]
        exact = [person for person in same if (person.election or "") == row.election]
        if len(exact) > 1:
            exact = [person for person in exact if person.id == row.id] or exact
        if len(exact) > 1:
            return self._gallery.person(row.name)
        # Somebody registered before their election was known is still the same person.
        loose = [p for p in same if not (p.election and row.election) and self._line_of(p.id) is None]
        return exact[0] if exact else loose[0] if len(loose) == 1 else None

    def _candidate(
        self, row: PersonRow, existing: Candidate | None, relative: Candidate | None
    ) -> tuple[Candidate, tuple[RejectionReason, ...]]:
        election = row.election or (existing.election if existing else None) or None
        beside = election or (relative.id if relative else None)
        wished = slug(row.id) if row.id and not self._gallery.get(slug(row.id)) else None
        notes: tuple[RejectionReason, ...] = ()
        if relative is None and (row.relative_of or row.relation):
            notes = (RejectionReason("table.ignored_cell", say("importing.rows.tie_ignored", name=row.name)),)
        candidate = Candidate(
            id=existing.id if existing else wished or self._gallery.new_id(row.name, beside=beside),
            name=self._spelling(row, existing),
            role=row.role,
            election=election,
            ballot_number=row.ballot_number,
            region=row.region,
            party=row.party,
            relative_of=relative.id if relative else None,
            relation=row.relation if relative else None,
        )
        return candidate, notes

    def _spelling(self, row: PersonRow, existing: Candidate | None) -> str:
        # Of two rows of one person that differ in capitals the first decides, or each import would change the name.
        is_second = existing is not None and self._line_of(existing.id) is not None
        return existing.name if existing and is_second and name_key(existing.name) == name_key(row.name) else row.name

    def _refuse_doubled_row(self, candidate: Candidate, existing: Candidate | None) -> None:
        first = self._line_of(candidate.id)
        # A second row that says the same may bring more photos.
        if first is not None and existing is not None and candidate != existing:
            raise DuplicateCandidateError(
                say("importing.rows.is_already_in_line_with", candidate=candidate.name, first=first)
            )

    def _line_of(self, person_id: str) -> int | None:
        row = self._seen.execute("SELECT line FROM seen WHERE id = ?", (person_id,)).fetchone()
        return int(row[0]) if row else None

    def _remember(self, person_id: str, row: PersonRow) -> None:
        self._seen.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (person_id, row.line, row.id))
