"""The benchmark of large galleries runs, and compares its answers with computing every distance."""

import subprocess
import sys

import pytest

from scripts import ROOT

pytestmark = pytest.mark.slow


def test_a_small_gallery_is_measured() -> None:
    arguments = ["--people", "60", "--references", "2", "--length", "16", "--limits", "0.6", "--rounds", "2"]
    command = [sys.executable, "-m", "scripts.bench", "gallery", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "60 people, 120 templates of 16 numbers" in done.stdout
    assert "the same as computing every distance: yes" in done.stdout
