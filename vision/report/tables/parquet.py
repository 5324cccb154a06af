"""Parquet: a row a photo, its findings, hands and faces as nested lists. Needs pyarrow, the extra `parquet`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeAlias

from vision.contract.answers.check import KeptPhoto
from vision.messages import say
from vision.report.cells import encodable
from vision.report.errors import NoParquetError
from vision.report.listing import ListedPhoto, ScanFacts
from vision.report.tables.facts import in_utc
from vision.runtime.whole_files import writing_whole

Kind: TypeAlias = "str | Sequence[Kind] | Mapping[str, Kind]"
"""What a column holds: an Arrow type by name, a list of what stands in [], a structure of what stands in {}."""

ROWS_PER_GROUP: Final = 5_000
"""Rows that are held in memory and written together: some 20 MB of photos with many hands and faces."""

_TEXT, _TEXTS, _NUMBERS, _BOX = "string", ["string"], ["int32"], ["float32"]
_FINDING: Final[Mapping[str, Kind]] = {
    "kind": _TEXT,
    "severity": _TEXT,
    "code": _TEXT,
    "rule": _TEXT,
    "hands": _NUMBERS,
    "faces": _NUMBERS,
    "texts": _NUMBERS,
    "candidates": _TEXTS,
    "numbers": _NUMBERS,
    "message": _TEXT,
}
_HAND: Final[Mapping[str, Kind]] = {
    "box": _BOX,
    "score": "float32",
    "handedness": _TEXT,
    "pose": _TEXT,
    "pose_score": "float32",
    "numbers": _NUMBERS,
    "person": "int32",
}
_MATCH: Final[Mapping[str, Kind]] = {
    "candidate": _TEXT,
    "name": _TEXT,
    "role": _TEXT,
    "ballot_number": "int32",
    "strength": _TEXT,
    "distance": "float32",
    "threshold": "float32",
    "false_alarm_rate": "float64",
    "alternatives": [{"candidate": _TEXT, "name": _TEXT, "role": _TEXT, "ballot_number": "int32"}],
}
_FACE: Final[Mapping[str, Kind]] = {"box": _BOX, "score": "float32", "person": "int32", "match": _MATCH}
_LINE: Final[Mapping[str, Kind]] = {"box": _BOX, "text": _TEXT, "score": "float32", "means": _TEXT}
_DECISION: Final[Mapping[str, Kind]] = {"ruling": _TEXT, "note": _TEXT, "by": _TEXT, "at": "time"}
_COLUMNS: Final[Mapping[str, Kind]] = {
    "key": _TEXT,
    "name": _TEXT,
    "places": _TEXTS,
    "verdict": _TEXT,
    "error_code": _TEXT,
    "error_message": _TEXT,
    "taken": "date32",
    "modified": "time",
    "width": "int32",
    "height": "int32",
    "findings": [_FINDING],
    "hands": [_HAND],
    "faces": [_FACE],
    "next_step": _TEXT,
    "engine_version": _TEXT,
    "policy": _TEXT,
    "gallery": _TEXT,
    "likeness": "uint64",
    "known": "bool_",
    "audited": "bool_",
    "decision": _DECISION,
    "error_kind": _TEXT,
    "texts": [_LINE],
}
"""Columns and what they hold."""


def write_parquet(target: Path, facts: ScanFacts, photos: Iterable[ListedPhoto]) -> None:  # noqa: ARG001
    """Write a row a photo, whole or not at all; points of hands are left out, JSON Lines has them.

    The verdict of a photo that could not be judged is "error". Raises NoParquetError without pyarrow, and OSError.
    """
    try:
        import pyarrow
        from pyarrow.parquet import ParquetWriter
    except ImportError as error:
        raise NoParquetError(say("report.parquet.parquet_needs_library_pyarrow_which")) from error
    schema = pyarrow.schema([(name, _type(kind, pyarrow)) for name, kind in _COLUMNS.items()])
    rows = map(_row, photos)
    with writing_whole(target) as file, ParquetWriter(file, schema, compression="zstd") as writer:
        while group := list(islice(rows, ROWS_PER_GROUP)):
            writer.write_table(pyarrow.Table.from_pylist(group, schema))


def _type(kind: Kind, pyarrow: Any) -> Any:
    if isinstance(kind, str):
        return pyarrow.timestamp("us", tz="UTC") if kind == "time" else getattr(pyarrow, kind)()
    if isinstance(kind, Mapping):
        return pyarrow.struct([(name, _type(part, pyarrow)) for name, part in kind.items()])
    return pyarrow.list_(_type(kind[0], pyarrow))


def _row(photo: ListedPhoto) -> dict[str, Any]:
    result, decision = photo.result, photo.decision
    judged, error = result if isinstance(result, KeptPhoto) else None, result.error
    told = {} if judged is None else judged.to_dict()
    row = {
        "key": photo.key,
        "name": photo.places[0],
        "places": list(photo.places),
        "verdict": result.verdict or "error",
        "error_code": error and error.code,
        "error_message": error and error.message,
        "taken": _day(photo.taken),
        "modified": in_utc(photo.modified),
        "width": judged and judged.photo.width,
        "height": judged and judged.photo.height,
        "findings": told.get("findings", []),
        "hands": told.get("hands", []),
        "faces": told.get("faces", []),
        "next_step": judged.next_step if judged and judged.findings else None,
        "engine_version": judged and judged.engine.version,
        "policy": judged and judged.engine.policy,
        "gallery": judged and judged.engine.gallery,
        "likeness": photo.likeness,
        "known": photo.known,
        "audited": photo.audited,
        "decision": None
        if decision is None
        else {
            "ruling": decision.ruling.value,
            "note": decision.note,
            "by": decision.by,
            "at": in_utc(decision.at),
        },
        "error_kind": photo.unseen,
        "texts": told.get("texts", []),
    }
    return {name: _encodable(value) for name, value in row.items()}


def _encodable(value: Any) -> Any:
    """Replace what is no Unicode text, of names and of everything that quotes them."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, list):
        return [_encodable(one) for one in value]
    return value


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None
