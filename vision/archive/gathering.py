"""The results of a run, read from the journal for the reports."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import UNSET

from candidates.storage.sqlite_file import SqlRow
from vision.archive.errors import JournalNotFoundError
from vision.archive.journal import Journal, Run, UnseenProblem, as_blob, as_text, pages
from vision.contract.answers.check import FailedPhoto, NotJudged, PhotoName, read_photo_answer
from vision.contract.answers.part import encodable
from vision.media.unseen import CODE, NotLookedAtError
from vision.messages import say
from vision.report.listing import Decision, ListedPhoto, Ruling, ScanFacts, SkippedFiles

_PAGE = 200

_FIRST_PLACES = f"""
SELECT p.top, p.member, p.sha256, p.modified, a.result, a.thumbnail, a.likeness, a.findings, a.verdict
FROM place p JOIN answer a ON a.fingerprint = :fingerprint AND a.sha256 = p.sha256
WHERE p.run = :run AND p.state = 'photo' AND (p.top, p.member) > (:top, :member)
    AND (:everything OR a.verdict != 'clear' OR a.sha256 < :audited)
    AND NOT EXISTS (SELECT 1 FROM place q WHERE q.sha256 = p.sha256 AND q.run = p.run AND q.state = 'photo'
        AND (q.top, q.member) < (p.top, p.member))
ORDER BY p.top, p.member LIMIT {_PAGE}
"""  # noqa: S608


class RunSummary:
    """The last run of a journal, as the reports need it. Raises JournalNotFoundError when there was none."""

    def __init__(self, journal: Journal) -> None:
        run = journal.last_run()
        if run is None:
            folder = journal.store.folder
            raise JournalNotFoundError(say("archive.gathering.nothing_was_scanned_into_yet", folder=folder))
        self._journal = journal
        self.run: Run = run

    def facts(self) -> ScanFacts:
        """Return what holds for the whole scan."""
        told = self.run.facts
        counts = self.counts()
        return ScanFacts(
            sources=self.run.asked.sources,
            language=told.language,
            policy=told.policy,
            policy_title=told.policy_title,
            gallery=self.run.by["gallery"] or None,
            people=told.people,
            day=told.day,
            version=self.run.by["version"],
            finished=self.run.is_done,
            counts=counts,
            audit_rate=told.audit_rate,
            baseline=told.baseline,
            account=self.account(),
            region=told.region,
            scope_notes=told.scope_notes,
        )

    def account(self) -> SkippedFiles:
        """Return what was not looked at, by kind, and how much was excluded."""
        store, run = self._journal.store, self.run.id
        kinds: Counter[str] = Counter()
        for table, state in (("place", "state IN ('unseen', 'error')"), ("unreadable", "TRUE")):
            kinds.update(
                dict(
                    store.rows(
                        f"SELECT json_extract(problem, '$.kind') AS kind, count(*) FROM {table} "  # noqa: S608
                        f"WHERE run = ? AND {state} AND kind IS NOT NULL GROUP BY 1",
                        (run,),
                    )
                )
            )
        unseen = (read_photo_answer(zlib.decompress(result)).error for (result,) in self._unseen_answers())
        kinds.update(error.kind for error in unseen if error is not None and error.kind is not UNSET)
        excluded = store.one("SELECT count(*) FROM place WHERE run = ? AND state = 'excluded'", (run,))
        return SkippedFiles(dict(kinds), int(excluded))

    def counts(self) -> Counter[str]:
        """Return how many photos are clear, review, flag and error, how many of them new, and how many places."""
        store, values = self._journal.store, (self.run.fingerprint, self.run.id)
        counts: Counter[str] = Counter({"clear": 0, "review": 0, "flag": 0, "error": 0, "places": 0, "new": 0})
        for verdict, count in store.rows(
            "SELECT a.verdict, count(DISTINCT a.sha256) FROM place p JOIN answer a ON a.sha256 = p.sha256 "
            "WHERE a.fingerprint = ? AND p.run = ? AND p.state = 'photo' GROUP BY 1",
            values,
        ):
            counts[verdict] += count
        counts["error"] -= len(self._unseen_answers())
        unread = "json_extract(problem, '$.kind') IS NULL"
        sql = f"SELECT state, count(*) FROM place WHERE run = ? AND (state != 'error' OR {unread}) GROUP BY 1"  # noqa: S608
        states = dict(store.rows(sql, values[1:]))
        counts["places"] = states.get("photo", 0) + states.get("error", 0)
        counts["error"] += states.get("error", 0)
        sql = f"SELECT count(*) FROM unreadable WHERE run = ? AND {unread}"  # noqa: S608
        counts["error"] += int(store.one(sql, values[1:]))
        counts["new"] = int(
            store.one(
                "SELECT count(DISTINCT a.sha256) FROM place p JOIN answer a ON a.sha256 = p.sha256 "
                "WHERE a.fingerprint = ? AND p.run = ? AND p.state = 'photo' AND a.verdict IN ('review', 'flag')",
                values,
            )
        ) - sum(self._is_known(sha256, findings) for sha256, findings in self._with_baseline())
        return counts

    def photos(self, *, everything: bool = False) -> Iterator[ListedPhoto]:
        """Yield the photos in the order of listing, then what could not be looked into.

        Without `everything`, clear photos outside the audit sample are left out.
        """
        store, rate = self._journal.store, self.run.facts.audit_rate
        audited = min(round(rate * 16**12), 16**12 - 1).to_bytes(6, "big") if rate else b""
        values: SqlRow = {
            "fingerprint": self.run.fingerprint,
            "run": self.run.id,
            "everything": everything,
            "audited": audited,
        }
        after = (0, 0)
        while True:
            rows = store.rows(_FIRST_PLACES, {**values, "top": after[0], "member": after[1]})
            if not rows:
                break
            for top, member, sha256, modified, result, thumbnail, likeness, findings, verdict in rows:
                after = (top, member)
                names = store.rows(
                    "SELECT name FROM place WHERE sha256 = ? AND run = ? AND state = 'photo' ORDER BY top, member",
                    (sha256, self.run.id),
                )
                places = tuple(as_text(name) for (name,) in names)
                yield ListedPhoto(
                    sha256.hex(),
                    places,
                    read_photo_answer(zlib.decompress(result)).named(places[0]),
                    _day(modified),
                    thumbnail,
                    None if likeness is None else int.from_bytes(likeness, "big"),
                    known=self._is_known(sha256, findings),
                    audited=verdict == "clear" and sha256 < audited,
                    decision=self._decision(sha256.hex()),
                )
        yield from self._failures()

    def key_of(self, wanted: str) -> str | None:
        """Return the key of a photo by the name of a place or by the start of its key (8 digits or more)."""
        store = self._journal.store
        found = store.one("SELECT sha256 FROM place WHERE name = ? AND run = ?", (as_blob(wanted), self.run.id))
        if found is not None:
            return str(found.hex())
        if len(wanted) < 8 or not all(char in "0123456789abcdef" for char in wanted.lower()):
            return None
        keys = store.rows(
            "SELECT DISTINCT lower(hex(sha256)) FROM place WHERE run = ? AND lower(hex(sha256)) LIKE ? LIMIT 2",
            (self.run.id, f"{wanted.lower()}%"),
        )
        return str(keys[0][0]) if len(keys) == 1 else None

    def _unseen_answers(self) -> list[tuple[bytes]]:
        """Return the answers about photos by name whose bytes are of a kind that is not looked at, each photo once."""
        sql = (
            "SELECT DISTINCT a.result FROM answer a JOIN place p ON p.sha256 = a.sha256 "
            "WHERE a.fingerprint = ? AND a.code = ? AND p.run = ? AND p.state = 'photo'"
        )
        rows = self._journal.store.rows(sql, (self.run.fingerprint, CODE, self.run.id))
        return [(result,) for (result,) in rows]

    def _failures(self) -> Iterator[ListedPhoto]:
        store, run = self._journal.store, self.run.id
        places = (
            "SELECT id, name, problem, modified FROM place WHERE run = ? AND state IN ('error', 'unseen') AND id > ?"
        )
        others = "SELECT id, name, problem, NULL FROM unreadable WHERE run = ? AND id > ?"
        failed = [*pages(store, places, run), *pages(store, others, run)]
        for name, problem, modified in sorted(failed, key=lambda row: (row[0], row[1])):
            text = as_text(name)
            key = hashlib.sha256(name).hexdigest()
            told = FailedPhoto(photo=PhotoName(name=encodable(text)), error=self._error(problem))
            yield ListedPhoto(key, (text,), told, _day(modified), decision=self._decision(key))

    def _error(self, problem: str) -> NotJudged:
        """Return the error of a place as other programs read it; of what is not looked at, the words are made now."""
        if json.loads(problem)["code"] != CODE:
            return msgspec.json.decode(problem, type=NotJudged)
        unseen = msgspec.json.decode(problem, type=UnseenProblem)
        error = NotLookedAtError(unseen.kind, unseen.count)
        return NotJudged(code=CODE, kind=error.kind, message=error.text(self.run.facts.language))

    def _with_baseline(self) -> Iterator[tuple[bytes, str]]:
        sql = (
            "SELECT a.id, a.sha256, a.findings FROM answer a WHERE a.fingerprint = ? AND a.findings != '' "
            "AND EXISTS (SELECT 1 FROM baseline b WHERE b.sha256 = a.sha256) "
            "AND EXISTS (SELECT 1 FROM place p WHERE p.sha256 = a.sha256 AND p.run = ? AND p.state = 'photo') "
            "AND a.id > ?"
        )
        for sha256, findings in pages(self._journal.store, sql, self.run.fingerprint, self.run.id):  # noqa: UP028
            yield sha256, findings

    def _is_known(self, sha256: bytes, findings: str) -> bool:
        if not findings:
            return False
        known = {row[0] for row in self._journal.store.rows("SELECT finding FROM baseline WHERE sha256 = ?", (sha256,))}
        return known.issuperset(findings.splitlines())

    def _decision(self, key: str) -> Decision | None:
        rows = self._journal.store.rows("SELECT ruling, note, by, at FROM decision WHERE key = ?", (key,))
        if not rows:
            return None
        ruling, note, by, at = rows[0]
        return Decision(Ruling(ruling), note, by, None if at is None else datetime.fromisoformat(at))


def _day(modified: Any) -> datetime | None:
    try:
        return None if modified is None else datetime.fromtimestamp(modified, UTC)
    except (OverflowError, ValueError, OSError):  # a file may claim any time
        return None
