"""The journal of an archive's scans: every place, every photo by its bytes, every answer, every decision of people.

All of it is one SQLite file in the output folder. Whatever happens to the process, the file holds what was committed,
and the next run does what is left: places are listed anew, photos that have no answer under the run's fingerprint are
judged.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Self

import msgspec
from msgspec import UNSET, UnsetType

from candidates.closing import Closing
from candidates.storage.sqlite_file import SqlRow
from vision.archive.errors import JournalUnfinishedError
from vision.archive.judging import Answer
from vision.archive.sources.places import Container, ExcludedPlace, Listed, PhotoPlace, UnreadablePlace, UnseenPlace
from vision.archive.store import JournalFile
from vision.contract.answers.check import FailedPhoto, KeptPhoto, NotJudged, read_photo_answer
from vision.contract.answers.part import encodable
from vision.errors import FotoNetralError, Language
from vision.media.kinds import FileKind
from vision.media.unseen import NotLookedAtError
from vision.messages import say
from vision.report.listing import Decision

_PAGE = 500
_COMMIT_SECONDS = 1.0

_PUT_PLACE = """
INSERT INTO place (name, stamp, modified, container, run, top, member, state)
VALUES (:name, :stamp, :modified, :container, :run, :top, :member, 'new')
ON CONFLICT (name) DO UPDATE SET modified = excluded.modified, container = excluded.container, run = excluded.run,
    top = excluded.top, member = excluded.member, stamp = excluded.stamp,
    problem = CASE WHEN stamp IS NOT NULL AND stamp = excluded.stamp AND state = 'unseen' THEN problem END,
    state = CASE WHEN stamp IS NOT NULL AND stamp = excluded.stamp AND state IN ('photo', 'none', 'unseen') THEN state
        ELSE 'new' END,
    sha256 = CASE WHEN stamp IS NOT NULL AND stamp = excluded.stamp THEN sha256 END
"""

_PUT_ASIDE = """
INSERT INTO place (name, container, run, top, member, state, problem)
VALUES (:name, :container, :run, :top, :member, :state, :problem)
ON CONFLICT (name) DO UPDATE SET modified = NULL, container = excluded.container, run = excluded.run,
    top = excluded.top, member = excluded.member, stamp = NULL, problem = excluded.problem, state = excluded.state,
    sha256 = NULL
"""

_IS_PENDING = """(state = 'new' OR state = 'photo' AND NOT EXISTS
    (SELECT 1 FROM answer WHERE answer.fingerprint = :fingerprint AND answer.sha256 = place.sha256))"""


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What decides which places a run lists; `listed` is a digest of the names in lists of files."""

    sources: tuple[str, ...]
    follow_links: bool = False
    hidden: bool = False
    exclude: tuple[str, ...] | UnsetType = UNSET
    listed: str | UnsetType = msgspec.field(default=UNSET, name="list")


class RunFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What reports tell of a run. Scans by older versions noted neither `region` nor `scope_notes`."""

    language: Language
    policy: str
    policy_title: str
    people: int
    region: str = ""
    scope_notes: tuple[str, ...] = ()
    day: str
    audit_rate: float
    baseline: str | None


class UnseenProblem(msgspec.Struct, frozen=True):
    """What is kept of a file that is not looked at; its words are made when they are told."""

    code: str
    kind: FileKind
    count: int | None


@dataclass(frozen=True, slots=True)
class Run:
    """One call of the scan command: its number, the fingerprint it judges by, its sources, and how far it came."""

    id: int
    fingerprint: int
    by: Mapping[str, str]
    asked: Selection
    facts: RunFacts
    state: str

    @property
    def is_done(self) -> bool:
        """Whether the run has ended."""
        return self.state == "done"


class Journal(Closing):
    """An open journal. `write` keeps other scans out; without it, reports and decisions may be made beside a scan."""

    def __init__(self, store: JournalFile) -> None:
        self.store = store
        self._committed = time.monotonic()

    @classmethod
    def open(cls, folder: Path, *, write: bool = False) -> Self:
        """Open the journal in an output folder; raises JournalError. `write` makes it where there is none."""
        return cls(JournalFile.open(folder, write=write))

    def close(self) -> None:
        """Keep what was written, and close the file."""
        try:
            self.store.commit()
        finally:
            self.store.close()

    def last_run(self) -> Run | None:
        """Return the latest run; None before the first."""
        rows = self.store.rows(
            "SELECT run.id, fingerprint.id, fingerprint.facts, asked, run.facts, state FROM run "
            "JOIN fingerprint ON fingerprint.id = run.fingerprint ORDER BY run.id DESC LIMIT 1"
        )
        if not rows:
            return None
        number, fingerprint, by, asked, facts, state = rows[0]
        selection = msgspec.convert(json.loads(asked), Selection)
        return Run(number, fingerprint, json.loads(by), selection, msgspec.convert(json.loads(facts), RunFacts), state)

    def begin_run(self, by: Mapping[str, str], asked: Selection, facts: RunFacts, *, abandon: bool = False) -> Run:
        """Begin a run, or go on with one that did not end.

        `by` is the fingerprint of what judges, `asked` the sources and what decides which places are listed, `facts`
        what reports tell. Raises JournalUnfinishedError when the last run did not end and this one differs from it,
        unless that is to be abandoned.
        """
        last = self.last_run()
        if last is not None and not last.is_done and not abandon:
            _require_the_same(last, by, asked)
        with self.store.transaction():
            told = json.dumps(dict(by), sort_keys=True)
            self.store.write("INSERT INTO fingerprint (facts) VALUES (?) ON CONFLICT DO NOTHING", (told,))
            fingerprint = self.store.one("SELECT id FROM fingerprint WHERE facts = ?", (told,))
            self.store.write("DELETE FROM unreadable")
            values = (fingerprint, _kept(asked), _kept(facts))
            self.store.write("INSERT INTO run (fingerprint, asked, facts, state) VALUES (?, ?, ?, 'listing')", values)
        begun = self.last_run()
        assert begun is not None
        return begun

    def forget_engine_errors(self, run: Run) -> None:
        """Have photos judged again on which the engine failed, crashed or ran out of time."""
        with self.store.transaction():
            self.store.write(
                "DELETE FROM answer WHERE fingerprint = ? AND verdict = 'error' AND code LIKE 'engine.%'",
                (run.fingerprint,),
            )

    def knows_container(self, name: str, stamp: str) -> bool:
        """Tell whether a container was listed to its end with this stamp."""
        sql = "SELECT 1 FROM container WHERE name = ? AND stamp = ?"
        return self.store.one(sql, (as_blob(name), stamp)) is not None

    def put_listed(self, run: Run, listed: Iterable[Listed], language: Language) -> Iterator[int]:
        """Note what is listed, in its order; yields how many places were noted so far, now and then."""
        top = member = count = 0
        container: str | None = None
        source = iter(listed)
        while batch := list(islice(source, _PAGE)):
            rows: list[SqlRow] = []
            for one in batch:
                if isinstance(one, PhotoPlace | UnseenPlace | ExcludedPlace):
                    if one.container is None or one.container != container:
                        top, member, container = top + 1, 0, one.container
                    member += 1
                    if isinstance(one, PhotoPlace):
                        rows.append(_row(one, run.id, top, member))
                        count += 1
                    else:
                        self._put_places(rows)
                        self._put_aside(one, run, top, member)
                    continue
                self._put_places(rows)
                if isinstance(one, Container):
                    if one.unchanged:
                        top += 1
                        count += self._keep_members(run, one, top)
                    self._put_container(one)
                    container = None
                else:
                    self._put_unreadable(run, one, language)
            self._put_places(rows)
            self.tick()
            yield count
        self.store.begin()
        self.store.write("UPDATE run SET state = 'judging' WHERE id = ?", (run.id,))
        self.store.commit()
        yield count

    def pending(self, run: Run) -> Iterator[PhotoPlace]:
        """Yield the places of a run whose photo has no answer yet, in the order of listing, a page at a time."""
        after = (0, 0)
        while True:
            rows = self.store.rows(
                "SELECT name, stamp, modified, container, top, member FROM place WHERE run = :run "  # noqa: S608
                f"AND (top, member) > (:top, :member) AND {_IS_PENDING} ORDER BY top, member LIMIT {_PAGE}",
                {"run": run.id, "fingerprint": run.fingerprint, "top": after[0], "member": after[1]},
            )
            if not rows:
                return
            for name, stamp, modified, container, *after_row in rows:
                yield PhotoPlace(as_text(name), stamp, modified, None if container is None else as_text(container))
                after = (after_row[0], after_row[1])

    def count_pending(self, run: Run) -> int:
        """Return how many places of a run have no answer yet."""
        values = {"run": run.id, "fingerprint": run.fingerprint}
        return int(self.store.one(f"SELECT count(*) FROM place WHERE run = :run AND {_IS_PENDING}", values))  # noqa: S608

    def put_photo(self, run: Run, place: PhotoPlace, key: str) -> bool:
        """Note which photo lies at a place; True when it is to be judged."""
        self._put_state(place, "photo", bytes.fromhex(key), None)
        sql = "SELECT 1 FROM answer WHERE fingerprint = ? AND sha256 = ?"
        return self.store.one(sql, (run.fingerprint, bytes.fromhex(key))) is None

    def put_no_photo(self, place: PhotoPlace) -> None:
        """Note that there is no photo at a place."""
        self._put_state(place, "none", None, None)

    def put_unseen(self, place: PhotoPlace, error: NotLookedAtError) -> None:
        """Note that a place may hold pictures and is not looked at; while it stays the same, it is not read again."""
        self._put_state(place, "unseen", None, _unseen(error))

    def put_failure(self, place: PhotoPlace, error: FotoNetralError, language: Language) -> None:
        """Note that the bytes at a place could not be had; the next run tries again."""
        self._put_state(place, "error", None, _problem(error, language))

    def keep(self, run: Run, answer: Answer) -> None:
        """Keep an answer."""
        findings = "\n".join(finding_keys(read_photo_answer(answer.result)))
        self.store.begin()
        self.store.write(
            "INSERT INTO answer (fingerprint, sha256, verdict, code, findings, result, thumbnail, likeness) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (fingerprint, sha256) DO NOTHING",
            (
                run.fingerprint,
                bytes.fromhex(answer.key),
                answer.verdict,
                answer.code,
                findings,
                zlib.compress(answer.result, 6),
                answer.thumbnail,
                None if answer.likeness is None else answer.likeness.to_bytes(8, "big"),
            ),
        )

    def tick(self) -> None:
        """Commit what was written, once a second."""
        if time.monotonic() - self._committed > _COMMIT_SECONDS:
            self.store.commit()
            self._committed = time.monotonic()

    def finish(self, run: Run) -> None:
        """Note that every place of a run was judged."""
        self.store.begin()
        self.store.write("UPDATE run SET state = 'done' WHERE id = ?", (run.id,))
        self.store.commit()

    def set_baseline(self, earlier: Journal | None) -> None:
        """Note what an earlier scan reported, in place of what was noted before; None: nothing is known already."""
        with self.store.transaction():
            self.store.write("DELETE FROM baseline")
            run = None if earlier is None else earlier.last_run()
            if earlier is None or run is None:
                return
            for sha256, findings in pages(
                earlier.store,
                "SELECT id, sha256, findings FROM answer WHERE fingerprint = ? AND findings != '' AND id > ?",
                run.fingerprint,
            ):
                rows = [(sha256, finding) for finding in findings.splitlines()]
                self.store.write_many("INSERT OR IGNORE INTO baseline (sha256, finding) VALUES (?, ?)", rows)

    def decide(self, decisions: Iterable[tuple[str, Decision]]) -> int:
        """Keep people's decisions by the photo's key, in place of earlier ones; returns how many."""
        rows = [
            (key, one.ruling.value, one.note, one.by, None if one.at is None else one.at.isoformat(timespec="seconds"))
            for key, one in decisions
        ]
        with self.store.transaction():
            self.store.write_many(
                "INSERT INTO decision (key, ruling, note, by, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE "
                "SET ruling = excluded.ruling, note = excluded.note, by = excluded.by, at = excluded.at",
                rows,
            )
        return len(rows)

    def _put_places(self, rows: list[SqlRow]) -> None:
        if rows:
            self.store.begin()
            self.store.write_many(_PUT_PLACE, rows)
            rows.clear()

    def _put_aside(self, one: UnseenPlace | ExcludedPlace, run: Run, top: int, member: int) -> None:
        self.store.begin()
        container = None if one.container is None else as_blob(one.container)
        state, problem = ("unseen", _unseen(one.error)) if isinstance(one, UnseenPlace) else ("excluded", None)
        told: SqlRow = {"name": as_blob(one.name), "container": container, "state": state, "problem": problem}
        self.store.write_many(_PUT_ASIDE, [{**told, "run": run.id, "top": top, "member": member}])

    def _keep_members(self, run: Run, container: Container, top: int) -> int:
        values = (run.id, top, as_blob(container.name))
        self.store.begin()
        self.store.write(
            "UPDATE place SET run = ?, top = ?, state = CASE state WHEN 'error' THEN 'new' ELSE state END, "
            "problem = CASE state WHEN 'unseen' THEN problem END WHERE container = ?",
            values,
        )
        sql = "SELECT count(*) FROM place WHERE container = ? AND state IN ('new', 'photo', 'none')"
        return int(self.store.one(sql, values[2:]))

    def _put_container(self, container: Container) -> None:
        if container.stamp is not None:
            self.store.begin()
            self.store.write(
                "INSERT OR REPLACE INTO container (name, stamp) VALUES (?, ?)",
                (as_blob(container.name), container.stamp),
            )

    def _put_unreadable(self, run: Run, one: UnreadablePlace, language: Language) -> None:
        values = (run.id, as_blob(one.name), _problem(one.error, language))
        self.store.begin()
        self.store.write("INSERT INTO unreadable (run, name, problem) VALUES (?, ?, ?)", values)

    def _put_state(self, place: PhotoPlace, state: str, sha256: bytes | None, problem: str | None) -> None:
        self.store.begin()
        values = (state, sha256, problem, as_blob(place.name))
        self.store.write("UPDATE place SET state = ?, sha256 = ?, problem = ? WHERE name = ?", values)


def as_blob(name: str) -> bytes:
    """Return a place's name as it is kept."""
    return name.encode("utf-8", "surrogateescape")


def as_text(name: bytes) -> str:
    """Return a kept name as a text."""
    return name.decode("utf-8", "surrogateescape")


def finding_keys(result: KeptPhoto | FailedPhoto) -> list[str]:
    """Return what tells the findings of a result apart: an earlier scan reported the same when it had the same keys."""
    return sorted({f"{one.code} {','.join(sorted(one.candidates))}" for one in result.findings})


def pages(store: JournalFile, sql: str, *values: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query without their first column, a page at a time, so that no lock is held between.

    The first column is a number that rises, and the query's last condition is that it is above the last value.
    """
    after = -1
    while rows := store.rows(f"{sql} ORDER BY 1 LIMIT {_PAGE}", (*values, after)):
        for number, *row in rows:
            yield tuple(row)
            after = number


def _row(place: PhotoPlace, run: int, top: int, member: int) -> SqlRow:
    return {
        "name": as_blob(place.name),
        "stamp": place.stamp,
        "modified": place.modified,
        "container": None if place.container is None else as_blob(place.container),
        "run": run,
        "top": top,
        "member": member,
    }


def _problem(error: FotoNetralError, language: Language) -> str:
    told = NotJudged(code=error.code, kind=error.kind or UNSET, message=encodable(error.text(language)))
    return told.to_json().decode()


def _unseen(error: NotLookedAtError) -> str:
    return msgspec.json.encode(UnseenProblem(error.code, FileKind(error.kind), error.count)).decode()


def _kept(told: Selection | RunFacts) -> str:
    # Paths may hold what is no Unicode text: `json` escapes it, msgspec's own encoder refuses it.
    return json.dumps(msgspec.to_builtins(told), sort_keys=True)


def _require_the_same(last: Run, by: Mapping[str, str], asked: Selection) -> None:
    changed = sorted(name for name in {*last.by, *by} if last.by.get(name) != by.get(name))
    fields = zip(Selection.__struct_fields__, Selection.__struct_encode_fields__, strict=True)
    changed += sorted(told for name, told in fields if getattr(last.asked, name) != getattr(asked, name))
    if changed:
        names = ", ".join(changed)
        raise JournalUnfinishedError(say("archive.journal.this_folder_holds_scan_that", names=names))
