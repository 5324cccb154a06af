"""The pinned versions: one list in two files, whole, without addresses, and fit for every Python that is promised."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import ROOT
from scripts.house.pins import mirrored, read_pins, with_pins, without_pins

PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
PYTHONS = ("3.11", "3.12", "3.13")
NOT_PINNED = {"opencv-contrib-python"}
"""pyproject.toml gives its one version itself, and uv never installs it."""


def applicable(python: str) -> dict[str, list[Requirement]]:
    """Return package → its pins on Linux with this Python."""
    place = {"python_version": python, "python_full_version": f"{python}.5", "sys_platform": "linux"}
    place |= {"platform_python_implementation": "CPython", "implementation_name": "cpython"}
    found: dict[str, list[Requirement]] = {}
    for line in CONSTRAINTS.splitlines():
        if line and not line.startswith("#"):
            pin = Requirement(line)
            if pin.marker is None or pin.marker.evaluate(place):
                found.setdefault(canonicalize_name(pin.name), []).append(pin)
    return found


def direct_dependencies() -> list[Requirement]:
    table = tomllib.loads(PYPROJECT)
    project = table["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values(), table["dependency-groups"]["dev"]]
    lines = [line for one in lists for line in one]
    found = [Requirement(line) for line in lines]
    return [one for one in found if canonicalize_name(one.name) not in NOT_PINNED]


def test_both_files_tell_the_same() -> None:
    pins = read_pins(CONSTRAINTS)
    assert pins
    assert mirrored(PYPROJECT) == pins
    assert with_pins(PYPROJECT, pins) == PYPROJECT, "uv run python -m scripts.house pins"


def test_a_drift_is_seen() -> None:
    pins = read_pins(CONSTRAINTS)
    drifted = [*pins[1:], "numpy==1.0"]
    assert with_pins(PYPROJECT, drifted) != PYPROJECT
    assert mirrored(with_pins(PYPROJECT, drifted)) == drifted
    bare = without_pins(PYPROJECT)
    assert mirrored(bare) == []
    assert with_pins(bare, pins) == PYPROJECT


def test_no_addresses_and_no_extras() -> None:
    assert not re.search(r"://|\[|--|@", CONSTRAINTS)


@pytest.mark.parametrize("python", PYTHONS)
def test_every_dependency_has_one_pin_that_fits(python: str) -> None:
    pins = applicable(python)
    faults = []
    for wanted in direct_dependencies():
        of_it = pins.get(canonicalize_name(wanted.name), [])
        versions = [next(iter(pin.specifier)).version for pin in of_it]
        if len(versions) != 1 or not wanted.specifier.contains(versions[0], prereleases=True):
            faults.append(f"{wanted}: {versions}")
    assert not faults
    assert all(len(of_it) == 1 for of_it in pins.values())
