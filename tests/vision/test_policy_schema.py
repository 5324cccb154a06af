"""docs/policy.schema.json: in step with the tables that packs are checked by, and of one mind with the product."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from scripts.house.policy_schema import FILE, pack_schema, text
from vision.rules import available_packs, read_pack

VALIDATOR = Draft202012Validator(pack_schema())


def plain(value: Any) -> Any:
    """Return what a TOML file says as JSON has it: dates as texts."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return value.isoformat() if isinstance(value, dt.date) else value


def faults(pack: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(plain(msgspec.toml.decode(pack)))]


def test_the_file_is_in_step() -> None:
    assert FILE.read_text(encoding="utf-8") == text()
    Draft202012Validator.check_schema(pack_schema())


@pytest.mark.parametrize("name", available_packs())
def test_shipped_packs_conform(name: str) -> None:
    pack = (resources.files("vision.rules") / "packs" / f"{name}.toml").read_text("utf-8")
    assert faults(pack) == []


def broken() -> Iterator[str]:
    base = 'extends = "skb-2-2022"\nid = "mine"\n'
    yield base.replace('id = "mine"', "")
    yield 'id = "bare"\n'
    for rest in (
        "poze = 1",
        '[poses.ok]\nseverity = "flagged"',
        '[poses.okay]\nseverity = "flag"',
        "[poses.ok]\nnumbers = [3.5]",
        "[judging]\nunheld_number = true",
        "[window]\ndays_afer = 1",
        '[thresholds]\nflag = "0.6"',
        '[sources]\nX = "page 3"',
        "title_en = 1",
    ):
        yield base + rest + "\n"


@pytest.mark.parametrize("pack", list(broken()))
def test_what_the_schema_refuses_the_product_refuses(pack: str, tmp_path: Path) -> None:
    assert faults(pack)
    path = tmp_path / "mine.toml"
    path.write_text(pack, encoding="utf-8")
    assert read_pack(path).problems
