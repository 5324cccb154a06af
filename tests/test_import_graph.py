"""The arrows of the house (pyproject.toml, `tool.importlinter`), and the names that other programs may rely on."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import vision

ROOT = Path(__file__).resolve().parent.parent


def modules_of(package: str) -> dict[str, Path]:
    """Return dotted name → file of every module."""
    found = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules_of("vision") | modules_of("candidates")


def test_a_class_name_means_one_thing() -> None:
    """The structs of the answers have the names of what they show; all others are told apart by their names."""
    homes: dict[str, list[str]] = {}
    for name, path in MODULES.items():
        if not name.startswith("vision.contract.answers."):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef):
                    homes.setdefault(node.name, []).append(name)
    assert {name: where for name, where in homes.items() if len(where) > 1} == {}


@pytest.mark.slow
def test_the_arrows_hold() -> None:
    told = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stdout


def test_only_the_media_room_decodes_photos() -> None:
    for name in MODULES:
        if not name.startswith(("vision.media", "vision.report.overview.thumbnails")):
            text = MODULES[name].read_text("utf-8")
            assert not any(word in text for word in ("Image.open(", "imread(", "imdecode(")), name


def test_public_names() -> None:
    assert vision.__all__ == [
        "CheckError",
        "CheckResult",
        "EngineError",
        "FotoNetralError",
        "PhotoChecker",
        "PhotoError",
        "PolicyError",
        "PostResult",
        "Verdict",
        "__version__",
    ]
    for name in vision.__all__:
        assert getattr(vision, name) is not None
    assert set(vision.__all__) <= set(dir(vision))
    with pytest.raises(AttributeError, match="PhotoCheker"):
        vision.PhotoCheker  # noqa: B018
