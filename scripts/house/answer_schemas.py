"""Write vision/contract/schema/, the JSON Schemas of the answers, from the structs that the product answers with.

check-1.json, post-1.json, fix-1.json    what the command prints with `--json`
service.json                             the schemas of the OpenAPI document, by their names

A member is required where the struct has no default: it was there from the first version on. What words a member may
hold comes from the enumerations of the rooms that say them.
"""

from __future__ import annotations

import argparse
import inspect
import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import msgspec

from candidates import Relation, Role
from candidates.matching.index import Strength
from candidates.people import Outcome
from scripts import ROOT
from vision.contract.answers import check, fix, gallery, post, service
from vision.contract.answers.check import PhotoOrFailure
from vision.contract.answers.part import Part
from vision.faces.face import Flaw
from vision.media import MediaKind
from vision.media.kinds import FileKind
from vision.poses import Pose
from vision.remedy.remedy import Kind, Reason
from vision.rules import FindingKind, RemarkKind

FOLDER: Final = ROOT / "vision" / "contract" / "schema"

_SERVED: Final[tuple[type[Part], ...]] = (
    *(service.PhotoAnswer, service.PostAnswer, service.FixAnswer, service.Problem, service.Policies),
    *(service.Session, service.Alive, service.Ready),
    *(gallery.People, gallery.Person, gallery.PersonDetails, gallery.ReferencePhotos, gallery.Registered),
    *(gallery.RemovedPeople, gallery.RemovedPhoto, gallery.RemovedElection, gallery.Distinct),
    *(gallery.Election, gallery.Elections, gallery.GalleryHealth),
)

_FINDINGS: Final = ("Finding", "PostFinding", "BriefFinding")
_WORDS: Final[dict[tuple[str, str], Iterable[StrEnum]]] = {
    **{(name, "kind"): FindingKind for name in _FINDINGS},
    ("Media", "kind"): MediaKind,
    ("Hand", "pose"): Pose,
    ("Match", "role"): Role,
    ("Match", "strength"): Strength,
    ("Alternative", "role"): Role,
    **{(name, "kind"): [one for one in FileKind if one is not FileKind.PHOTO] for name in ("NotJudged", "Problem")},
    **{(name, "kind"): Kind for name in ("Mended", "FixAnswer")},
    **{(name, "reason"): Reason for name in ("Mended", "FixAnswer")},
    **{(name, "role"): Role for name in ("Person", "PersonDetails")},
    **{(name, "relation"): Relation for name in ("Person", "PersonDetails")},
    ("Registered", "outcome"): [one for one in Outcome if one is not Outcome.REJECTED],
}
_ABOUT: Final[dict[tuple[str, str], Iterable[str]]] = {
    **{(name, "code"): FindingKind for name in (*_FINDINGS, "FindingInPhoto")},
    **{(name, "code"): {kind.partition(".")[0]: None for kind in RemarkKind} for name in ("Note", "PostNote")},
}
"""Codes: what stands before the dot."""

_CLOSED: Final = ("Face", "Match", "Alternative", "PostFinding", "Picture", "Basis", "Mark", "ReferencePhoto")
"""Structs that get no further members: of faces nothing that could tell a stranger, above all."""

_EITHER: Final = {  # a judged photo has no error, and what has an error is not judged
    **dict.fromkeys(("CheckedPhoto", "PhotoAnswer", "Mended", "FixAnswer"), "error"),
    "FailedPhoto": "verdict",
}
_NEVER_CLEAR: Final = {
    "if": {"properties": {"unjudged": {"minItems": 1}}},
    "then": {"properties": {"verdict": {"not": {"const": "clear"}}}},
    "else": {"properties": {"verdict": {"not": {"const": None}}}},
}


def contract_schemas() -> dict[str, dict[str, Any]]:
    """Return the schemas of the contracts by the names of their files."""
    return {
        "check-1": _document(
            check.SCHEMA, "A line of `fotonetral check --json`.", check.CheckedPhoto, check.FailedPhoto
        ),
        "post-1": _document(post.SCHEMA, "What `fotonetral check --post --json` prints.", post.Post),
        "fix-1": _document(fix.SCHEMA, "What `fotonetral fix --json` prints.", fix.Mended, fix.FailedFix),
    }


def service_schemas() -> dict[str, Any]:
    """Return the components of the OpenAPI document by their names."""
    return _components(_SERVED, "#/components/schemas/{name}")


def _document(title: str, description: str, *kinds: type[Part]) -> dict[str, Any]:
    template = "#/$defs/{name}"
    fields = "Fields may be added; those named here keep their names and meanings."
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": f"{description} {fields}",
        "oneOf": [{"$ref": template.format(name=kind.__name__)} for kind in kinds],
        "$defs": _components(kinds, template),
    }


def _components(kinds: Iterable[type[Part]], template: str) -> dict[str, Any]:
    named: list[type[Part]] = list(kinds)

    def either(kind: type[Any]) -> dict[str, Any]:
        if PhotoOrFailure not in kind.__mro__:
            raise NotImplementedError(kind)
        both = (kind.judged, check.FailedPhoto)
        named.extend(one for one in both if one not in named)
        return {"anyOf": [{"$ref": template.format(name=one.__name__)} for one in both]}

    msgspec.json.schema_components(kinds, schema_hook=either, ref_template=template)  # finds what `either` names
    _, found = msgspec.json.schema_components(named, schema_hook=either, ref_template=template)
    return {name: _finished(name, _with_plain_lists(found[name])) for name in sorted(found)}


def _finished(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    members = {key: _member(name, key, one) for key, one in schema["properties"].items()}
    always = {key for key, one in members.items() if "const" in one} | set(schema["required"])
    finished: dict[str, Any] = {
        "title": name,
        "description": inspect.cleandoc(schema["description"]),
        "type": "object",
        "required": [key for key in members if key in always],
        "properties": members,
    }
    if name in _CLOSED:
        finished["additionalProperties"] = False
    if name in _EITHER:
        finished["not"] = {"required": [_EITHER[name]]}
    return finished | (_NEVER_CLEAR if name in ("Post", "PostAnswer") else {})


def _member(name: str, key: str, schema: dict[str, Any]) -> dict[str, Any]:
    schema = {word: value for word, value in schema.items() if word != "default"}
    if len(schema.get("enum", ())) == 1:
        return {"type": "string", "const": schema["enum"][0]}
    if (name, key) == ("Face", "flaws"):
        return schema | {"items": _words(schema["items"], Flaw)}
    if about := _ABOUT.get((name, key)):
        return schema | {"pattern": rf"^({'|'.join(about)})\.[a-z_]+$"}
    return _words(schema, _WORDS[name, key]) if (name, key) in _WORDS else schema


def _with_plain_lists(node: Any) -> Any:
    """Say of a tuple, whose items are all of one type, that it is a list of so many: makers of clients know no more."""
    if isinstance(node, list):
        return [_with_plain_lists(one) for one in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _with_plain_lists(value) for key, value in node.items()}
    if "prefixItems" in plain:
        plain["items"] = {"type": plain.pop("prefixItems")[0]["type"]}
    return plain


def _words(schema: dict[str, Any], words: Iterable[str]) -> dict[str, Any]:
    """Name the words that a text may be, where it stands alone or beside null."""
    if "anyOf" in schema:
        return schema | {"anyOf": [_words(one, words) for one in schema["anyOf"]]}
    return schema | {"enum": [str(one) for one in words]} if schema.get("type") == "string" else schema


def texts() -> dict[Path, str]:
    """Return the contents of every file."""
    schemas = contract_schemas() | {"service": service_schemas()}
    return {
        FOLDER / f"{name}.json": json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
        for name, schema in schemas.items()
    }


def main(arguments: list[str]) -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(prog="python -m scripts.house answer-schemas", description=__doc__)
    parser.parse_args(arguments)
    FOLDER.mkdir(exist_ok=True)
    for path, text in texts().items():
        path.write_text(text, "utf-8")
