"""Standard error of a user's program: nothing of native libraries' chatter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def stderr_of(code: str, *arguments: str, status: int = 0) -> str:
    """Run a program and return what it wrote to standard error; standard output holds nothing of interest."""
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    return done.stderr


@pytest.mark.slow
def test_checking_a_photo_says_nothing(fixtures: Path) -> None:
    code = (
        "import sys; from vision import PhotoChecker\n"
        "with PhotoChecker.open() as checker: assert checker.check(sys.argv[1]).verdict == 'flag'\n"
        "def forgets_to_close(): PhotoChecker.open().check(sys.argv[1])\n"
        "forgets_to_close()\n"
        "kept_to_the_end = PhotoChecker.open(); kept_to_the_end.check(sys.argv[1])\n"
    )
    assert stderr_of(code, str(fixtures / "photos" / "pair_sign.jpg")) == ""
