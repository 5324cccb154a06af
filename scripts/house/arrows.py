"""The rooms of the house and which way imports point, as `[tool.importlinter]` in pyproject.toml has them."""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

_BETWEEN = re.compile(r"\s*[|:]\s*")


@dataclass(frozen=True)
class Room:
    """A module or package of a house, and the first paragraph of its docstring."""

    name: str
    job: str


@dataclass(frozen=True)
class House:
    """A package and its layers of rooms: a room imports those of lower layers, which come later."""

    package: str
    layers: tuple[tuple[Room, ...], ...]


def houses(root: Path) -> list[House]:
    """Read the layers of every package that has some. Raises FileNotFoundError for a room that is not there."""
    table = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    return [
        House(package, tuple(_layer(root, package, layer) for layer in contract["layers"]))
        for contract in table["contracts"]
        if contract["type"] == "layers"
        for package in contract["containers"]
    ]


def _layer(root: Path, package: str, layer: str) -> tuple[Room, ...]:
    folder = root.joinpath(*package.split("."))
    return tuple(Room(name, _job(folder / name)) for name in _BETWEEN.split(layer.strip()))


def _job(place: Path) -> str:
    file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    told = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    return " ".join(told.split("\n\n")[0].split())
