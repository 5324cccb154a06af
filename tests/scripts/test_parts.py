"""The entries of the packages of scripts: their parts are there, and are what the documents call them."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from scripts import ROOT
from scripts.parts import Part, run_part

PACKAGES = ("bench", "training", "models", "fixtures", "proofs", "house")
PARTS: dict[str, dict[str, Part]] = {name: import_module(f"scripts.{name}.__main__").PARTS for name in PACKAGES}
ENDINGS = ("*.md", "*.py", "*.toml", "*.txt", "*.sh", "NOTICE")
CALL = re.compile(r"python3? -m scripts\.(\w+) ([a-z]+(?:-[a-z]+)*)")


def test_every_part_is_there_and_tells_how_it_is_called() -> None:
    for package, parts in PARTS.items():
        for name, part in parts.items():
            found = find_spec(f"scripts.{package}.{part.module}")
            assert found is not None and found.origin is not None, f"{package} {name}"
            text = Path(found.origin).read_text("utf-8")
            assert "def main(arguments: list[str])" in text, found.origin
            assert f'prog="python -m scripts.{package} {name}"' in text, found.origin


def test_what_documents_and_comments_call_is_there() -> None:
    listed = subprocess.run(["git", "ls-files", *ENDINGS], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("no clone, so no list of its files")
    for name in listed.stdout.splitlines():
        path = ROOT / name
        for package, part in CALL.findall(path.read_text("utf-8")) if path.is_file() else ():
            assert part in PARTS.get(package, {}), f"{name}: python -m scripts.{package} {part}"


def test_without_a_part_the_list_is_printed() -> None:
    done = subprocess.run([sys.executable, "-m", "scripts.proofs"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    assert all(name in done.stdout for name in PARTS["proofs"])


def test_the_words_after_the_part_are_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run_part("scripts.house", PARTS["house"], ["pins", "--help"])
    assert "--keep" in capsys.readouterr().out


def test_an_unknown_part_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_part("scripts.house", PARTS["house"], ["pinns"])
    assert ended.value.code == 2
    assert "pinns" in capsys.readouterr().err
