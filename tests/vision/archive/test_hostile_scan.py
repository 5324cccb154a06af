"""A scan over everything that can be wrong with an archive: every place is accounted for, and nothing else happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.proofs.archives.hostile import make_hostile_tree
from tests.archive_samples import QuickJudges
from vision.archive.gathering import RunSummary
from vision.archive.journal import Journal
from vision.archive.scan import Order, Scan
from vision.settings import CheckerSettings

pytestmark = pytest.mark.slow


def test_everything_is_accounted_for(tmp_path: Path) -> None:
    tree = make_hostile_tree(tmp_path / "pohon", full=False)
    with Journal.open(tmp_path / "out", write=True) as journal:
        scan = Scan(journal, Order((tree.folder,), tmp_path / "out", CheckerSettings()))
        list(scan.list())
        list(scan.judge(QuickJudges()))
        photos = list(RunSummary(journal).photos(everything=True))
        states = dict(journal.store.rows("SELECT name, state FROM place"))
    noted = {name.decode("utf-8", "surrogateescape") for name in states}
    assert noted >= set(tree.places), "every place is in the journal"
    told_alone = {name.decode("utf-8", "surrogateescape") for name, state in states.items() if state == "unseen"}
    assert not (noted - told_alone) & tree.left_out, "what is hidden is told, and not looked at"
    told = {place: photo.result.error and photo.result.error.code for photo in photos for place in photo.places}
    assert {name: told[name] for name in tree.unreadable} == tree.unreadable
    reading_errors = {name: code for name, code in tree.places.items() if code.startswith("archive.")}
    assert reading_errors and all(told[name] in code.split("|") for name, code in reading_errors.items())
