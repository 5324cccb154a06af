"""The gallery: registered people, elections and templates in one private file."""

from __future__ import annotations

import difflib
import stat
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from candidates.closing import Closing
from candidates.errors import (
    AmbiguousCandidateError,
    CandidateHasRelativesError,
    GalleryModelMismatchError,
    InvalidCandidateError,
    UnknownCandidateError,
)
from candidates.messages import say
from candidates.people import Candidate, Election, Outcome, Reference, Role, name_key, slug
from candidates.regions import code_to_store
from candidates.scope import Scope
from candidates.storage import distinct as distinct_people
from candidates.storage import elections, templates
from candidates.storage.digest import FIRST_WITH_CALIBRATIONS, contents_digest
from candidates.storage.roll import PERSON_COLUMNS, Roll, person_of
from candidates.storage.store import GalleryFile, now

if TYPE_CHECKING:
    from candidates.search.vectors import Vectors

_REVISION = "revision"  # key of the note "changes revision"


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One change: when (UTC, ISO 8601), what was done, to whom (an id), and what exactly (never biometric data)."""

    id: int
    at: str
    action: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a gallery holds. `mode_ok`: nobody but the owner may read its files."""

    people: int
    references: int
    elections: int
    model_ids: tuple[str, ...]
    mode_ok: bool


class Gallery(Closing):
    """An open gallery file; also a context manager. For one thread: build an `Index` to match in many.

    Every change is one transaction with its audit line, so a killed process leaves the file as it was before or
    after, never between.
    """

    def __init__(self, store: GalleryFile) -> None:
        self._store = store

    @classmethod
    def open(cls, path: str | Path, *, create: bool = False, read_only: bool = False) -> Gallery:
        """Open the gallery at `path`; `create` makes it where there is none (mode 0600).

        Raises `GalleryNotFoundError`, `GalleryUnreadableError` (not a gallery, damaged, newer) or `GalleryBusyError`.
        """
        return cls(GalleryFile.open(Path(path), create=create and not read_only, read_only=read_only))

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def discard_unused(self) -> None:
        """Close the file, and remove it if nothing was ever written into it: for one that was made in vain."""
        self._store.discard_unused()

    @property
    def path(self) -> Path:
        """Where the gallery is."""
        return self._store.path

    # Reading

    def get(self, person_id: str) -> Candidate | None:
        """Return the person of this id, if registered."""
        return next(iter(self._people("WHERE id = ?", person_id)), None)

    def people(self) -> tuple[Candidate, ...]:
        """Return everybody, in the order of their ids."""
        return self._people("ORDER BY id")

    def named(self, name: str) -> tuple[Candidate, ...]:
        """Return everybody of this name, whatever its case and spacing."""
        return self._people("WHERE name_key = ? ORDER BY id", name_key(name))

    def relatives(self, person_id: str) -> tuple[Candidate, ...]:
        """Return the family registered with a person."""
        return self._people("WHERE relative_of = ? ORDER BY id", person_id)

    def person(self, id_or_name: str) -> Candidate:
        """Return the one person of this id, or else of this name.

        Raises `UnknownCandidateError` (with near names) or `AmbiguousCandidateError` (with the ids).
        """
        if found := self._people("WHERE id = ?", id_or_name.strip()) or self.named(id_or_name):
            if len(found) == 1:
                return found[0]
            ids = ", ".join(person.id for person in found)
            raise AmbiguousCandidateError(
                say("gallery.gallery.people_are_named", count=len(found), id_or_name=id_or_name, ids=ids)
            )
        names = [str(row[0]) for row in self._store.rows("SELECT name FROM people ORDER BY id")]
        near = difflib.get_close_matches(id_or_name, names, n=3, cutoff=0.7)
        if near:
            raise UnknownCandidateError(say("gallery.gallery.is_not_registered_but", name=id_or_name, near=near))
        raise UnknownCandidateError(say("gallery.gallery.is_not_registered", name=id_or_name))

    def elections(self) -> tuple[Election, ...]:
        """Return all elections, in the order of their ids."""
        return elections.every(self._store)

    def election(self, election_id: str) -> Election | None:
        """Return the election of this id, if it is registered."""
        return elections.find(self._store, election_id)

    def references(self, person_id: str | None = None) -> tuple[Reference, ...]:
        """Return the templates of one person, or of everybody (by person, then in the order they came)."""
        if person_id is None:
            return templates.read(self._store, "")
        return templates.read(self._store, "WHERE person = ?", person_id)

    def photos(self, person_id: str) -> dict[str, str]:
        """Return photo sha256 → model id of a person's templates."""
        return dict(self._store.rows("SELECT photo_sha256, model_id FROM templates WHERE person = ?", (person_id,)))

    def chosen_faces(self, person_id: str) -> dict[str, str]:
        """Return photo sha256 → which face of it was asked for, of a person's photos that show several."""
        return templates.chosen_faces(self._store, person_id)

    def photo_counts(self) -> dict[str, int]:
        """Return person id → how many templates; people without one are left out."""
        return dict(self._store.rows("SELECT person, count(*) FROM templates GROUP BY person"))

    def model_ids(self) -> tuple[str, ...]:
        """Return the face models that templates come from, sorted: one, unless re-embedding was interrupted."""
        return templates.model_ids(self._store)

    def model_counts(self) -> dict[str, int]:
        """Return face model → how many templates come from it, in the order of `model_ids`."""
        return dict(
            self._store.rows("SELECT model_id, count(*) FROM templates GROUP BY model_id ORDER BY model_id"),
        )

    def people_not_of(self, model_id: str) -> tuple[str, ...]:
        """Return the ids of those who have a template of another face model, sorted."""
        rows = self._store.rows(
            "SELECT DISTINCT person FROM templates WHERE model_id != ? ORDER BY person", (model_id,)
        )
        return tuple(str(row[0]) for row in rows)

    def photos_not_of(self, model_id: str) -> frozenset[str]:
        """Return the sha256 of the photos whose templates come from another face model."""
        return frozenset(
            row[0] for row in self._store.rows("SELECT photo_sha256 FROM templates WHERE model_id != ?", (model_id,))
        )

    def require_model(self, model_id: str) -> None:
        """Raise `GalleryModelMismatchError` unless all templates come from this face model, or there is none."""
        if not set(self.model_ids()) - {model_id}:
            return
        counts = self.model_counts().items()
        held = [say("gallery.gallery.so_many_of_model", count=count, model=model) for model, count in counts]
        raise GalleryModelMismatchError(
            say("gallery.gallery.face_templates_in_model_in", path=self.path, held=held, model_id=model_id)
        )

    def calibration(self, model_id: str) -> bytes | None:
        """Return the calibration of a face model as it was put, if there is one."""
        if self._store.version < FIRST_WITH_CALIBRATIONS:
            return None
        rows = self._store.rows("SELECT data FROM calibrations WHERE model_id = ?", (model_id,))
        return bytes(rows[0][0]) if rows else None

    def vectors(self, model_id: str, *, only: frozenset[str] | None = None) -> Vectors:
        """Return the templates as arrays to be searched; `only` these people's.

        Raises `GalleryModelMismatchError` when templates come from another face model.
        """
        from candidates.search.vectors import Vectors  # brings NumPy, which a list of names does not need

        self.require_model(model_id)
        return Vectors.of_store(self._store, only=only)

    def roll(self, scope: Scope | None = None) -> Roll:
        """Return who counts for a scope (None: everybody), each made a `Candidate` when asked for."""
        return Roll.of_store(self._store, self.elections(), scope)

    def owners_of_photo(self, photo_sha256: str) -> tuple[Candidate, ...]:
        """Return everybody who is registered with this very photo."""
        return self._people(
            "WHERE id IN (SELECT person FROM templates WHERE photo_sha256 = ?) ORDER BY id", photo_sha256
        )

    def references_of_photo(self, photo_sha256: str) -> tuple[Reference, ...]:
        """Return the templates made from this very photo, of everybody."""
        return templates.read(self._store, "WHERE photo_sha256 = ?", photo_sha256)

    def shared_photos(self) -> tuple[str, ...]:
        """Return the sha256 of the photos that several people are registered with, sorted."""
        rows = self._store.rows(
            "SELECT photo_sha256 FROM templates GROUP BY photo_sha256 HAVING count(*) > 1 ORDER BY photo_sha256"
        )
        return tuple(str(row[0]) for row in rows)

    def summary(self) -> Summary:
        """Count what the gallery holds."""
        counts = self._store.rows(
            "SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM templates), (SELECT count(*) FROM elections)"
        )
        people, references, elections = counts[0]
        files = [self.path, *(self.path.with_name(self.path.name + end) for end in ("-wal", "-shm"))]
        files.append(self._store.vectors_path)
        mode_ok = all(not stat.S_IMODE(file.stat().st_mode) & 0o077 for file in files if file.exists())
        return Summary(people, references, elections, self.model_ids(), mode_ok)

    @property
    def revision(self) -> str:
        """A digest of the contents: the same people and templates give the same text on every machine.

        Takes some 10 ms for a thousand people; `changes` is the cheap way to see that something happened.
        Calibrations count, since they decide who is named; a reference's sharpness decides nothing and does not.
        """
        changes, _, noted = (self._store.noted(_REVISION) or "").partition(" ")
        return noted if noted and changes == str(self.changes) else contents_digest(self._store)

    @property
    def changes(self) -> int:
        """How many changes this file has seen; grows with each one, also when another program makes it."""
        return int(self._store.rows("SELECT coalesce(max(id), 0) FROM audit")[0][0])

    def audit(self, *, last: int | None = None) -> tuple[AuditLine, ...]:
        """Return the audit lines, oldest first; `last` keeps only that many of the newest."""
        rows = self._store.rows(
            "SELECT id, at, action, subject, detail FROM audit ORDER BY id DESC LIMIT ?",
            (-1 if last is None else last,),
        )
        return tuple(AuditLine(*row) for row in reversed(rows))

    # Changing

    def new_id(self, name: str, *, beside: str | None = None) -> str:
        """Return a readable id that is free: the name's slug, then with `beside` (an election), then numbered."""
        plain = slug(name)
        base = f"{plain}-{slug(beside)}" if beside else plain
        numbered = (f"{base}-{number}" for number in count(2))
        return next(option for option in chain((plain, base), numbered) if not self.get(option))

    def put(self, candidate: Candidate, references: Iterable[Reference] = ()) -> Outcome:
        """Add or replace a person (by id) and add templates, in one transaction.

        A photo the person already has with the same model changes nothing. Templates of other models go as soon as
        one of a new model comes: distances between models mean nothing. `Reference.id` and `.person` are ignored.
        Raises `ElectionError` for an unknown election, `UnknownCandidateError` for an unknown `relative_of`,
        `InvalidCandidateError` when a relative is named as somebody's candidate, `RegionError` for a region that there
        is not, `GalleryModelMismatchError` for an embedding of another length than those of its model.
        """
        with self._store.transaction():
            self._check_ties(candidate)
            before = self.get(candidate.id)
            candidate = replace(candidate, region=code_to_store(candidate.region, before.region if before else None))
            changed = tuple(
                field.name
                for field in fields(Candidate)
                if not before or getattr(before, field.name) != getattr(candidate, field.name)
            )
            if changed:
                self._write_person(candidate)
            added, dropped = templates.add(self._store, candidate.id, references, self.photos(candidate.id))
            details = [f"{word} {count}" for word, count in (("photos +", added), ("photos -", dropped)) if count]
            if not before:
                self._store.log("add", candidate.id, "; ".join([f"role {candidate.role}", *details]))
                return Outcome.ADDED
            if not changed and not details:
                return Outcome.UNCHANGED
            self._store.log("update", candidate.id, "; ".join(filter(None, [", ".join(changed), *details])))
            return Outcome.UPDATED

    def re_embed(self, person_id: str, references: Iterable[Reference], *, drop: Iterable[str] = ()) -> None:
        """Put new embeddings in the place of those that a person's photos have, in one transaction.

        Of each reference the photo's sha256 says which template it replaces; its number and the photo's name stay.
        `drop` are sha256 of photos whose templates go. Other templates stay as they are, whatever their model.
        """
        fresh = tuple(references)
        with self._store.transaction():
            replaced = templates.replace(self._store, person_id, fresh)
            dropped = templates.drop(self._store, person_id, drop)
            models = ", ".join(sorted({r.model_id for r in fresh}))
            details = [f"photos = {replaced} by {models}"] if replaced else []
            details += [f"photos - {dropped}"] if dropped else []
            self._store.log("re-embed", person_id, "; ".join(details))

    def remove(self, id_or_name: str, *, with_family: bool = False) -> tuple[Candidate, ...]:
        """Remove a person, and the relatives registered with them if `with_family`; return who went.

        Their templates leave the file itself, not just its tables. Raises `CandidateHasRelativesError` when
        relatives would be left behind, and `GalleryBusyError` when the people are gone but another program keeps
        the file from being wiped: the next command that changes the gallery wipes it.
        """
        with self._store.transaction():
            person = self.person(id_or_name)
            family = self.relatives(person.id)
            if family and not with_family:
                names = ", ".join(relative.name for relative in family)
                raise CandidateHasRelativesError(
                    say("gallery.gallery.still_has_registered_relatives", person=person.name, names=names)
                )
            for gone in (*family, person):
                photos = len(self.photos(gone.id))
                self._store.write("DELETE FROM people WHERE id = ?", (gone.id,))
                self._store.log("remove", gone.id, f"photos - {photos}")
            self._store.mark_for_purge()
        self._store.purge()
        return (*family, person)

    def remove_reference(self, reference_id: int) -> None:
        """Remove one template; as thorough as `remove`. Raises `UnknownCandidateError` when there is none."""
        with self._store.transaction():
            owner = self._store.rows("SELECT person FROM templates WHERE id = ?", (reference_id,))
            if not owner:
                raise UnknownCandidateError(
                    say("gallery.gallery.there_is_no_reference_photo", reference_id=reference_id)
                )
            self._store.write("DELETE FROM templates WHERE id = ?", (reference_id,))
            self._store.log("update", owner[0][0], "photos - 1")
            self._store.mark_for_purge()
        self._store.purge()

    def put_election(self, election: Election) -> Outcome:
        """Add or replace an election (by id). Raises `RegionError` for a region that there is not."""
        with self._store.transaction():
            return elections.put(self._store, election)

    def remove_election(self, election_id: str) -> None:
        """Remove an election. Raises `ElectionError` when it is unknown or people still belong to it."""
        with self._store.transaction():
            elections.remove(self._store, election_id)

    def distinct(self) -> frozenset[distinct_people.Pair]:
        """Return every two (ids, sorted) who look alike and were told to be two people."""
        return distinct_people.read(self._store)

    def tell_distinct(self, one: Candidate, other: Candidate) -> bool:
        """Keep that two are two people; return whether that is new. Raises `InvalidCandidateError` for one person."""
        with self._store.transaction():
            return distinct_people.add(self._store, one, other)

    def tell_same(self, one: Candidate, other: Candidate) -> bool:
        """Take back that two are two people; return whether it had been told."""
        with self._store.transaction():
            return distinct_people.remove(self._store, one, other)

    def put_calibration(self, model_id: str, data: bytes) -> None:
        """Keep the calibration of a face model, in place of an older one."""
        with self._store.transaction():
            values = (model_id, now(), data)
            self._store.write("INSERT OR REPLACE INTO calibrations (model_id, at, data) VALUES (?, ?, ?)", values)
            self._store.log("calibrate", model_id)

    def keep_ready(self, model_id: str) -> bool:
        """Have a large gallery's arrays and revision ready for whoever opens it next; to be called after changes.

        Returns whether a file of arrays lies beside it: small galleries and such of several face models have none.
        """
        from candidates.search import vectors  # brings NumPy, which a list of names does not need

        if set(self.model_ids()) - {model_id} or not vectors.keep(self._store):
            return False
        with self._store.transaction():
            self._store.note(_REVISION, f"{self.changes} {self.revision}")
        return True

    def _people(self, rest: str, *values: str) -> tuple[Candidate, ...]:
        rows = self._store.rows(f"SELECT {PERSON_COLUMNS} FROM people {rest}", values)  # noqa: S608
        return tuple(person_of(row) for row in rows)

    def _check_ties(self, candidate: Candidate) -> None:
        if candidate.election:
            elections.require(self._store, candidate.election)
        named = self.get(candidate.relative_of) if candidate.relative_of else None
        if candidate.relative_of and not named:
            raise UnknownCandidateError(say("gallery.gallery.is_not_registered", name=candidate.relative_of))
        if (named and named.role is Role.FAMILY) or (candidate.role is Role.FAMILY and self.relatives(candidate.id)):
            raise InvalidCandidateError(
                say("gallery.gallery.relative_must_name_candidate_not", candidate=candidate.name)
            )

    def _write_person(self, candidate: Candidate) -> None:
        values = [getattr(candidate, field.name) for field in fields(Candidate)]
        self._store.upsert("people", f"{PERSON_COLUMNS}, name_key", [*values, name_key(candidate.name)])
