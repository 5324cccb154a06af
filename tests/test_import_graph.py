"""The way imports point: downward only, no circle, and the names that other programs may rely on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import vision

ROOT = Path(__file__).resolve().parent.parent

BASE = {
    "errors",
    "failures",
    "geometry",
    "likeness",
    "poses",
    "models",
    "photo",
    "media",
    "_decode",
    "_jpeg",
    "_pictures",
    "_sniff",
    "libraries",
    "_crew",
    "_halving",
    "_session",
    "_quiet",
    "_version",
}
STAGES = {"faces", "hands", "rules"}

MAY_IMPORT = {
    "photo": {"errors", "media", "_decode", "_sniff"},
    "_decode": {"media", "_jpeg", "_pictures", "_sniff"},
    "_pictures": {"media", "_sniff"},
    "_jpeg": set(),
    "media": {"errors", "_sniff"},
    "libraries": {"errors"},
    "_crew": set(),
    "_halving": set(),
    "_session": {"errors", "failures"},
    "_quiet": set(),
    "_version": set(),
    "_sniff": set(),
    "errors": set(),
    "failures": {"errors", "candidates"},
    "geometry": set(),
    "likeness": set(),
    "models": {"errors"},
    "poses": set(),
    "faces": {"errors", "failures", "geometry", "models", "_crew", "_halving", "_session"},
    "hands": {"errors", "geometry", "models", "poses", "_crew", "_halving", "_session"},
    "rules": {"errors", "geometry", "media", "poses"},
    "engines": BASE | {"faces", "hands"},
    "roster": BASE | {"rules", "engines", "candidates"},
    "result": BASE | {"rules", "candidates"},
    "post": BASE | {"rules", "result"},
    "light": {"geometry"},
    "turning": BASE | {"faces", "engines", "result"},
    "checker": BASE | STAGES | {"engines", "roster", "result", "post", "turning", "light", "candidates"},
    "settings": BASE | {"rules", "roster", "checker"},
    "workers": {"errors", "failures", "libraries", "_crew"},
    "remedy": BASE | {"rules", "result", "checker", "turning"},
    "face_choice": BASE | {"faces", "candidates"},
    "enrolment": BASE | {"faces", "candidates", "face_choice", "turning"},
    "strangers": BASE | {"faces", "engines", "enrolment", "inputs"},
    "report": BASE | {"candidates", "rules", "result", "checker", "vision"},
    "archive": BASE | {"checker", "result", "report", "inputs", "candidates", "vision", "settings", "workers"},
    "service": BASE
    | {"checker", "result", "report", "rules", "candidates", "vision", "settings", "workers", "post", "remedy"}
    | {"engines", "enrolment", "roster"},
}
"""Rooms and modules that everything else is built on, and what each may know. What is not named here is on top."""


def modules_of(package: str) -> dict[str, Path]:
    """Return dotted name → file of every module."""
    found = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules_of("vision") | modules_of("candidates")


def only_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imports_of(tree: ast.AST, *, with_types: bool) -> Iterator[str]:
    """Yield the project's modules that a module imports, also those imported inside functions."""
    for node in ast.iter_child_nodes(tree):
        if only_for_types(node) and not with_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                if name in MODULES:
                    yield name
                elif node.module in MODULES:
                    yield str(node.module)
        yield from imports_of(node, with_types=with_types)


def graph(*, with_types: bool) -> dict[str, set[str]]:
    return {
        name: set(imports_of(ast.parse(path.read_text("utf-8")), with_types=with_types)) - {name}
        for name, path in MODULES.items()
    }


def room_of(module: str) -> str:
    """Return the room or top module that a module belongs to: `vision.faces.face` → `faces`."""
    package, _, rest = module.partition(".")
    return package if package == "candidates" or not rest else rest.partition(".")[0]


def test_no_circle() -> None:
    try:
        TopologicalSorter(graph(with_types=False)).prepare()
    except CycleError as error:
        pytest.fail("imports in a circle: " + " → ".join(error.args[1]))


def test_candidates_knows_nothing_of_vision() -> None:
    for name, imported in graph(with_types=True).items():
        if room_of(name) == "candidates":
            assert not {other for other in imported if other.startswith("vision")}, name


def test_imports_point_downward() -> None:
    upward = [
        f"{name} imports {other}"
        for name, imported in graph(with_types=True).items()
        if (allowed := MAY_IMPORT.get(room_of(name))) is not None
        for other in sorted(imported)
        if room_of(other) not in {*allowed, room_of(name)}
    ]
    assert not upward


def test_only_the_command_line_imports_the_command_line() -> None:
    terminals = {"cli", "command"}
    for name, imported in graph(with_types=True).items():
        if room_of(name) not in terminals:
            assert not terminals & {room_of(other) for other in imported}, name


def test_only_the_photo_room_decodes() -> None:
    for name in MODULES:
        if room_of(name) in ("faces", "hands", "rules", "candidates", "checker", "result"):
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
