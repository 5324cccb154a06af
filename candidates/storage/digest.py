"""A digest of what a gallery holds: the same people and templates give the same text on every machine."""

from __future__ import annotations

import hashlib
from dataclasses import fields

from candidates.people import Election
from candidates.storage.roll import PERSON_COLUMNS
from candidates.storage.store import GalleryFile

FIRST_WITH_CALIBRATIONS = 2
"""The schema version from which a gallery holds calibrations."""

_DIGITS = 16


def contents_digest(store: GalleryFile) -> str:
    """Return 16 hex digits. Calibrations count, since they decide who is named; sharpness decides nothing."""
    tables = [
        ("people", PERSON_COLUMNS),
        ("elections", ", ".join(field.name for field in fields(Election))),
        ("templates", "person, photo_sha256, photo_name, model_id, size_px, embedding"),
    ]
    if store.version >= FIRST_WITH_CALIBRATIONS:
        tables.append(("calibrations", "model_id, data"))
    digest = hashlib.sha256()
    for table, columns in tables:
        for row in store.stream(f"SELECT {columns} FROM {table} ORDER BY 1, 2"):  # noqa: S608
            digest.update(repr((table, *row)).encode())
    return digest.hexdigest()[:_DIGITS]
