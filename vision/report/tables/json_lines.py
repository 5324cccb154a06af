"""JSON Lines: every photo as the JSON contract has it, one a line, with where it lies and what people decided."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from vision.contract.answers.part import Plain
from vision.report.cells import encodable
from vision.report.listing import ListedPhoto, ScanFacts
from vision.report.tables.facts import decision_dict, time_text
from vision.runtime.whole_files import writing_whole

# What some readers take for the end of a line, and JSON does not.
_BREAKS: Final = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}


def write_jsonl(target: Path, facts: ScanFacts, photos: Iterable[ListedPhoto]) -> None:  # noqa: ARG001
    """Write a line a photo, whole or not at all.

    It is the answer about the photo without timings, and beside it "key", "places" (all of them), "modified",
    "likeness" (16 hexadecimal digits), "known", "audited" and "decision" (null, or ruling, note, by, at). What of a
    name is no Unicode text is "?". Raises OSError.
    """
    with writing_whole(target) as file:
        for photo in photos:
            line = json.dumps(_told(photo), ensure_ascii=False, separators=(",", ":"))
            file.write(encodable(line.translate(_BREAKS)).encode() + b"\n")


def _told(photo: ListedPhoto) -> Plain:
    return photo.result.to_dict() | {
        "key": photo.key,
        "places": list(photo.places),
        "modified": time_text(photo.modified),
        "likeness": None if photo.likeness is None else f"{photo.likeness:016x}",
        "known": photo.known,
        "audited": photo.audited,
        "decision": decision_dict(photo),
    }
