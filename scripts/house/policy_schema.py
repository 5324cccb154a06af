"""Write docs/policy.schema.json, the JSON Schema of policy packs, from the tables that the product checks them by.

Editors that know TOML and JSON Schema (Even Better TOML, Taplo) complete and check a pack with it while it is written:
put `#:schema policy.schema.json` on its first line. `fotonetral policy check` checks more: names that must exist, both
languages, order of dates.
"""

from __future__ import annotations

import argparse
import inspect
import json
from typing import Any

import msgspec

from scripts import ROOT
from vision.poses import Pose
from vision.rules.checking import REQUIRED_RULES
from vision.rules.policy import Policy

FILE = ROOT / "docs" / "policy.schema.json"


def pack_schema() -> dict[str, Any]:
    """Return the schema: a pack that `extends` another may say parts of a table, a pack of its own must say all."""
    _, tables = msgspec.json.schema_components([Policy], ref_template="#/$defs/{name}")
    tables = {name: _dedented(table) for name, table in tables.items()}
    policy = tables.pop("Policy")
    del tables["Pose"]
    parts = {f"Some{name}": _without(table, "required") for name, table in tables.items() if "properties" in table}
    singles = ("circular", "thresholds", "judging", "window")
    rule_names = {"required": list(REQUIRED_RULES)}
    pose_names = {"required": [pose.value for pose in Pose]}
    some = {
        **policy["properties"],
        **{name: {"$ref": f"#/$defs/Some{name.title()}"} for name in singles},
        "extends": {"type": "string", "description": "A shipped pack, or a file beside this one."},
        "poses": _by_name("SomePoseRule") | {"propertyNames": {"enum": [pose.value for pose in Pose]}},
        "rules": _by_name("SomeRule"),
        "sources": {"type": "object", "additionalProperties": {"type": "string", "pattern": "^https?://"}},
    }
    whole = {name: policy["properties"][name] for name in singles}
    whole |= {"poses": _by_name("PoseRule") | pose_names, "rules": _by_name("Rule") | rule_names}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "FotoNetral policy pack",
        "type": "object",
        "properties": some,
        "additionalProperties": False,
        "required": ["id"],
        "if": {"required": ["extends"]},
        "then": {},
        "else": {"required": policy["required"], "properties": whole},
        "$defs": tables | parts,
    }


def _dedented(table: dict[str, Any]) -> dict[str, Any]:
    """Return the table with its docstring as readers see it; msgspec before 0.23 leaves the source's indentation in."""
    return table | {"description": inspect.cleandoc(table["description"])} if "description" in table else table


def _by_name(table: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": {"$ref": f"#/$defs/{table}"}}


def _without(table: dict[str, Any], key: str) -> dict[str, Any]:
    return {word: value for word, value in table.items() if word != key}


def text() -> str:
    """Return the file's contents."""
    return json.dumps(pack_schema(), ensure_ascii=False, indent=1) + "\n"


def main(arguments: list[str]) -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(prog="python -m scripts.house policy-schema", description=__doc__)
    parser.parse_args(arguments)
    FILE.write_text(text(), "utf-8")
