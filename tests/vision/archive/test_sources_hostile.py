"""The hostile tree in its short form: everything is accounted for, nothing twice, in bounded memory."""

from __future__ import annotations

import codecs
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.proofs.archives.accounting import account_for
from scripts.proofs.archives.hostile import make_hostile_tree
from scripts.proofs.fuzz_photos import default_pictures

pytestmark = pytest.mark.slow

NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder outside those that root alone may enter, whose own name is short."""
    made = Path(tempfile.mkdtemp(prefix="hostile-"))
    made.chmod(0o777)
    yield made
    (made / "locked/folder").chmod(0o700)
    shutil.rmtree(os.fsencode(made))


def test_everything_is_accounted_for(folder: Path) -> None:
    account = account_for(make_hostile_tree(folder, full=False))
    assert account.complaints == []
    assert account.outcomes["archive.too_large"] > 0
    assert account.outcomes["photo"] > 200


def test_everything_is_accounted_for_without_rights(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("the other test runs without rights here")
    photo = default_pictures()["jpeg"]
    codecs.lookup("cp437")  # nobody may not be able to read the standard library
    os.seteuid(NOBODY)
    try:
        tree = make_hostile_tree(folder, full=False, swelling=False, photo=photo)
        account = account_for(tree)
    finally:
        os.seteuid(0)
    assert account.complaints == []
    assert tree.unreadable[os.fspath(folder / "locked/folder")] == "archive.folder"
    assert account.outcomes["told: archive.folder"] == 2
