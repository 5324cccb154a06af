"""The Python files of a tree, of this one or of an older commit, parsed once for all that is measured."""

from __future__ import annotations

import ast
import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts import ROOT

PRODUCT = ("vision", "candidates")
BESIDE = ("scripts", "tests")


@dataclass(frozen=True)
class Source:
    """One module: its path below the root, its dotted name, text and syntax tree."""

    path: Path
    name: str
    text: str
    syntax: ast.Module

    @property
    def is_package(self) -> bool:
        """Whether this is the `__init__` of a package."""
        return self.path.name == "__init__.py"


def sources(root: Path, folders: tuple[str, ...] = PRODUCT) -> list[Source]:
    """Return the modules below these folders of a tree, sorted by path; a folder that is not there has none."""
    return [_source(root, path) for folder in folders for path in sorted((root / folder).rglob("*.py"))]


def _source(root: Path, path: Path) -> Source:
    below = path.relative_to(root)
    parts = below.with_suffix("").parts
    text = path.read_text("utf-8")
    return Source(below, ".".join(parts[:-1] if parts[-1] == "__init__" else parts), text, ast.parse(text))


@contextmanager
def tree_of(commit: str) -> Iterator[Path]:
    """Give a temporary folder with the files of a commit. Raises CalledProcessError for one that git does not know."""
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
    with tempfile.TemporaryDirectory(prefix="tree-") as folder:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)
