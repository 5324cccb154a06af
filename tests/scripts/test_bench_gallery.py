"""The benchmark of large galleries runs, and compares its answers with computing every distance."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def test_a_small_gallery_is_measured() -> None:
    arguments = ["--people", "60", "--references", "2", "--length", "16", "--limits", "0.6", "--rounds", "2"]
    script = ROOT / "scripts" / "bench_gallery.py"
    done = subprocess.run([sys.executable, str(script), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "60 people, 120 templates of 16 numbers" in done.stdout
    assert "the same as computing every distance: yes" in done.stdout
