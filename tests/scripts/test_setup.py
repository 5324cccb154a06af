"""The two commands of the README on systems that the test makes up: what they say, and what they leave alone."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from vision.runtime.libraries import LIBRARIES

ROOT = Path(__file__).parents[2]
ALL_THERE = "\n".join(f"\t{name} (libc6,x86-64) => /usr/lib/{name}" for name in (*LIBRARIES, "libatomic.so.1"))


def run(script: str, tools: Path, does: dict[str, str], *, language: str = "C") -> subprocess.CompletedProcess[str]:
    """Run a script where these commands do what is said, in a folder that has no `.uv-tool` from an earlier run."""
    scripts = tools / "clone" / "scripts"
    scripts.mkdir(parents=True)
    for file in (script, "setup.sh"):
        shutil.copy(ROOT / "scripts" / file, scripts)
    for name, line in does.items():
        (tools / name).write_text(f"#!/bin/sh\n{line}\n")
        (tools / name).chmod(0o755)
    environment = {"PATH": f"{tools}:/usr/bin:/bin", "LC_ALL": language, "HOME": str(tools)}
    return subprocess.run(
        ["sh", scripts / script], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def test_the_shell_knows_the_same_libraries() -> None:
    text = (ROOT / "scripts/setup.sh").read_text(encoding="utf-8")
    match = re.search(r'^LIBRARIES="([^"]*)"', text, re.MULTILINE)
    assert match is not None
    told = dict(pair.split(":") for pair in match[1].split())
    assert told == {name: library.package for name, library in LIBRARIES.items()}


@pytest.mark.parametrize(("system", "tool"), [("Darwin", "brew install uv"), ("MINGW64_NT-10.0", "winget")])
@pytest.mark.parametrize(("language", "word"), [("id_ID.UTF-8", "Skrip ini untuk Linux"), ("C", "This script is for")])
@pytest.mark.parametrize("script", ["try.sh", "test.sh"])
def test_other_systems_are_told_what_to_run(
    script: str, language: str, word: str, system: str, tool: str, tmp_path: Path
) -> None:
    told = run(script, tmp_path, {"uname": f"echo {system}"}, language=language)
    assert (told.returncode, told.stderr) == (2, "")
    assert word in told.stdout
    assert tool in told.stdout
    assert "uv run" in told.stdout


def test_without_rights_the_line_for_an_administrator_is_printed(tmp_path: Path) -> None:
    does = {"ldconfig": "exit 1", "id": "echo 1000", "sudo": "exit 1", "uv": "echo --no-default-groups"}
    told = run("try.sh", tmp_path, {**does, "apt-get": "echo apt was called; exit 1"})
    assert told.returncode == 2
    lines = [line for line in told.stdout.splitlines() if "apt-get install" in line]
    assert len(lines) == 1
    assert all(library.package in lines[0] for library in LIBRARIES.values())
    assert "apt was called" not in told.stdout
    assert "no photo can be read" in told.stderr


def test_without_any_way_to_uv_its_own_line_is_printed(tmp_path: Path) -> None:
    does = {"id": "echo 1000", "sudo": "exit 1", "apt-get": "exit 1", "python3": "exit 1", "pipx": "exit 1"}
    told = run("try.sh", tmp_path, {**does, "ldconfig": f"cat <<'END'\n{ALL_THERE}\nEND", "uv": "exit 1"})
    # pipx is there and tried; where it fails, somebody is told what else to do.
    assert told.returncode == 2
    assert "uv could not be installed" in told.stderr


def test_an_ill_suited_python_that_cannot_be_replaced(tmp_path: Path) -> None:
    """Python 3.9 or 3.14 alone, and no network to fetch another from."""
    uv = 'case "$1 $2" in "run --help") echo --no-default-groups ;; *) echo no network >&2; exit 1 ;; esac'
    told = run("try.sh", tmp_path, {"ldconfig": f"cat <<'END'\n{ALL_THERE}\nEND", "uv": uv})
    assert told.returncode == 2
    assert "no network" in told.stderr
    assert "Python 3.11, 3.12 or 3.13 on the PATH" in told.stderr
