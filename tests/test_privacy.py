"""Nothing is kept or sent behind the user's back by a library."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHECK = "from vision.command.main import main; main(['check', 'fixtures/photos/collins_plain.jpg'])"
SEARCH = "import candidates, onnxruntime"


@pytest.mark.parametrize("program", [CHECK, SEARCH], ids=["check", "candidates"])
def test_onnx_runtime_keeps_no_diary(tmp_path: Path, program: str) -> None:
    """Its telemetry begins with a database in the user's cache."""
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert not [path for path in tmp_path.rglob("*") if "onnxruntime" in path.name.lower() or "Microsoft" in path.parts]
