"""Times of calls and of whole processes, and what they ran on."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

from scripts import ROOT

PACKAGES = ("mediapipe", "onnxruntime", "dlib-bin", "face-recognition", "opencv-python", "numpy", "pillow")
COMMAND = "import sys; from vision.command.main import main; main()"
_PEAK = """import atexit, re
atexit.register(lambda: print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]))
"""
_FINE = (0, 1)
"""Exit statuses of a check that worked: nothing found, or something."""


def measured(call: Callable[[], object]) -> float:
    """Return the milliseconds that a call takes."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def in_turn(calls: Sequence[Callable[[], object]], rounds: int) -> list[list[float]]:
    """Time several calls round by round, so that a busy machine slows all; a list of milliseconds for each."""
    times = [[measured(call) for call in calls] for _ in range(rounds)]
    return [list(column) for column in zip(*times, strict=True)]


def spread(times: Sequence[float], digits: int = 0) -> str:
    """Write the median and, in brackets, the least and the most."""
    return f"{statistics.median(times):.{digits}f} ({min(times):.{digits}f}-{max(times):.{digits}f})"


def process(*arguments: str) -> str:
    """Run Python from the project's folder to its end; return what it printed. Raises RuntimeError when it fails.

    Modules are kept compiled, as an ordinary installation has them: the first run of all compiles what is missing.
    """
    ordinary = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=ordinary, capture_output=True, check=False)
    complaints = done.stderr.decode(errors="replace")
    if done.returncode not in _FINE or (done.returncode and "Traceback" in complaints):
        raise RuntimeError(complaints)
    return done.stdout.decode(errors="replace")


def command(*arguments: str) -> str:
    """Run the `fotonetral` command as a process of its own; return what it printed."""
    return process("-c", COMMAND, *arguments)


def peak_mb(code: str, *arguments: str) -> float:
    """Return the most memory in megabytes that a process which runs this code held at once, as Linux counts it."""
    return float(process("-c", _PEAK + code, *arguments).split()[-1]) / 1000


def machine() -> str:
    """Name the processor, its cores, its load, Python and the libraries."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.is_file() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?"
    return f"{model}, {os.cpu_count()} cores (load {load}), Python {platform.python_version()}, {versions}"
