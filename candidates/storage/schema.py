"""The tables of a gallery file, and how a file of an older version gets them."""

from __future__ import annotations

from typing import Final

APPLICATION_ID: Final = 0x464E4731
"""Marks a SQLite file as a gallery ("FNG1")."""

VERSION: Final = 3
"""What is written. 1 knew embeddings of 128 numbers only, no sharpness and no calibrations; 2 did not know which face
of a photo was meant, nor who is not who. Both are still read."""

READABLE: Final = (1, 2, VERSION)

_TEMPLATES = """
CREATE TABLE templates (
    id INTEGER PRIMARY KEY, person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    photo_name TEXT NOT NULL, photo_sha256 TEXT NOT NULL, model_id TEXT NOT NULL,
    embedding BLOB NOT NULL CHECK (length(embedding) > 0 AND length(embedding) % 4 = 0),
    size_px REAL NOT NULL, sharpness REAL,
    face TEXT NOT NULL DEFAULT '', place TEXT NOT NULL DEFAULT '',
    UNIQUE (person, photo_sha256)
);
CREATE INDEX templates_by_photo ON templates (photo_sha256);
CREATE INDEX templates_by_model ON templates (model_id);
CREATE TABLE calibrations (model_id TEXT PRIMARY KEY, at TEXT NOT NULL, data BLOB NOT NULL);
"""

_DISTINCT = """
CREATE TABLE distinct_people (
    one TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    other TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    PRIMARY KEY (one, other), CHECK (one < other)
);
"""

_TABLES = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE elections (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, level TEXT NOT NULL, region TEXT NOT NULL,
    active_from TEXT, active_to TEXT, polling_day TEXT
);
CREATE TABLE people (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, election TEXT REFERENCES elections (id),
    ballot_number INTEGER, region TEXT NOT NULL, party TEXT NOT NULL,
    relative_of TEXT REFERENCES people (id), relation TEXT, name_key TEXT NOT NULL
);
CREATE INDEX people_by_name ON people (name_key);
CREATE INDEX people_by_relative ON people (relative_of);
CREATE INDEX people_by_election ON people (election);
{_TEMPLATES}
{_DISTINCT}
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
    detail TEXT NOT NULL
);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
"""

# SQLite cannot change a CHECK: the table is written anew. The old one's pages are zeroed (`secure_delete`).
_FROM_VERSION_1 = f"""
ALTER TABLE templates RENAME TO templates_1;
DROP INDEX templates_by_photo;
{_TEMPLATES}
INSERT INTO templates (id, person, photo_name, photo_sha256, model_id, embedding, size_px)
    SELECT id, person, photo_name, photo_sha256, model_id, embedding, size_px FROM templates_1;
DROP TABLE templates_1;
{_DISTINCT}
PRAGMA user_version = {VERSION};
"""  # noqa: S608

_FROM_VERSION_2 = f"""
ALTER TABLE templates ADD COLUMN face TEXT NOT NULL DEFAULT '';
ALTER TABLE templates ADD COLUMN place TEXT NOT NULL DEFAULT '';
{_DISTINCT}
PRAGMA user_version = {VERSION};
"""


def _statements(text: str) -> tuple[str, ...]:
    return tuple(statement.strip() for statement in text.split(";\n") if statement.strip())


CREATE: Final = _statements(_TABLES)
"""Statements that make an empty gallery, for one transaction."""

MIGRATE: Final = {1: _statements(_FROM_VERSION_1), 2: _statements(_FROM_VERSION_2)}
"""Statements that bring a file of a version up to `VERSION`, for one transaction."""
