"""The templates in a gallery's file: rows to references and back. What is written here belongs to a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from candidates.choosing import place_of, place_text
from candidates.errors import GalleryModelMismatchError
from candidates.messages import say
from candidates.people import Reference
from candidates.storage.store import GalleryFile

_COLUMNS = "id, person, photo_name, photo_sha256, model_id, embedding, size_px"
_FIRST_WITH_SHARPNESS, _FIRST_WITH_FACES = 2, 3  # schema versions


def read(store: GalleryFile, where: str, *values: Any) -> tuple[Reference, ...]:
    """Return the templates that a condition selects, by person, then in the order they came."""
    sharpness = "sharpness" if store.version >= _FIRST_WITH_SHARPNESS else "NULL"
    faces = "face, place" if store.version >= _FIRST_WITH_FACES else "'', ''"
    columns = f"{_COLUMNS}, {sharpness}, {faces}"
    rows = store.rows(f"SELECT {columns} FROM templates {where} ORDER BY person, id", values)  # noqa: S608
    return tuple(_reference(row) for row in rows)


def chosen_faces(store: GalleryFile, person_id: str) -> dict[str, str]:
    """Return photo sha256 → which face was asked for, of a person's photos where one was."""
    if store.version < _FIRST_WITH_FACES:
        return {}
    return dict(store.rows("SELECT photo_sha256, face FROM templates WHERE person = ? AND face != ''", (person_id,)))


def model_ids(store: GalleryFile) -> tuple[str, ...]:
    """Return the face models that templates come from, sorted."""
    # Each step looks up the next id in the index, so that a million templates take no longer than ten.
    rows = store.rows(
        "WITH RECURSIVE found (id) AS (SELECT min(model_id) FROM templates UNION ALL"
        " SELECT (SELECT min(model_id) FROM templates WHERE model_id > found.id) FROM found WHERE id IS NOT NULL)"
        " SELECT id FROM found WHERE id IS NOT NULL"
    )
    return tuple(str(row[0]) for row in rows)


def add(store: GalleryFile, person_id: str, references: Iterable[Reference], known: dict[str, str]) -> tuple[int, int]:
    """Add templates to those a person has (`known`: photo sha256 → model id); return how many came and how many went.

    A photo that is known with the same model changes nothing, unless another face of it is asked for. Templates of
    other models go as soon as one of a new model comes.
    """
    chosen = chosen_faces(store, person_id)
    fresh = {
        r.photo_sha256: r
        for r in references
        if known.get(r.photo_sha256) != r.model_id or (r.face and r.face != chosen.get(r.photo_sha256))
    }
    _refuse_other_lengths(store, fresh.values())
    models = {r.model_id for r in fresh.values()}
    stale = [sha for sha, model in known.items() if models and (model not in models or sha in fresh)]
    drop(store, person_id, stale)
    if fresh:
        store.forget_vectors()
    for r in fresh.values():
        store.write(
            "INSERT INTO templates"
            " (person, photo_name, photo_sha256, model_id, embedding, size_px, sharpness, face, place)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(person_id, r.photo_name, r.photo_sha256, r.model_id, _bytes(r), r.size_px, r.sharpness),
                *(r.face, place_text(r.place)),
            ),
        )
    return len(fresh), len(stale)


def replace(store: GalleryFile, person_id: str, references: Iterable[Reference]) -> int:
    """Put new embeddings in the place of those that the same photos of a person have; return how many there were.

    The templates' numbers and the photos' names stay.
    """
    fresh = tuple(references)
    _refuse_other_lengths(store, fresh)
    replaced = sum(
        store.write(
            "UPDATE templates SET model_id = ?, embedding = ?, size_px = ?, sharpness = ?, face = ?, place = ?"
            " WHERE person = ? AND photo_sha256 = ?",
            (
                *(r.model_id, _bytes(r), r.size_px, r.sharpness, r.face, place_text(r.place)),
                *(person_id, r.photo_sha256),
            ),
        )
        for r in fresh
    )
    if replaced:
        store.mark_for_purge()
    return replaced


def drop(store: GalleryFile, person_id: str, photos: Iterable[str]) -> int:
    """Remove the templates of a person's photos (sha256); return how many there were."""
    dropped = sum(
        store.write("DELETE FROM templates WHERE person = ? AND photo_sha256 = ?", (person_id, sha256))
        for sha256 in photos
    )
    if dropped:
        store.mark_for_purge()
    return dropped


def _refuse_other_lengths(store: GalleryFile, references: Iterable[Reference]) -> None:
    lengths: dict[str, int] = {}
    for r in references:
        if r.model_id not in lengths:
            rows = store.rows("SELECT length(embedding) / 4 FROM templates WHERE model_id = ? LIMIT 1", (r.model_id,))
            lengths[r.model_id] = int(rows[0][0]) if rows else r.embedding.size
        if r.embedding.size != (expected := lengths[r.model_id]):
            raise GalleryModelMismatchError(
                say(
                    "gallery.templates.templates_of_have_numbers_this",
                    model_id=r.model_id,
                    expected=expected,
                    size=r.embedding.size,
                )
            )


def _reference(row: tuple[Any, ...]) -> Reference:
    import numpy as np  # a fifth of a second, which a list of names does not need

    *identity, embedding, size_px, sharpness, face, place = row
    number, person, photo_name, photo_sha256, model_id = identity
    vector = np.frombuffer(embedding, dtype="<f4").astype(np.float32)
    measured = vector, size_px, sharpness
    return Reference(number, person, photo_name, photo_sha256, model_id, *measured, face, place_of(place))


def _bytes(reference: Reference) -> bytes:
    return reference.embedding.astype("<f4").tobytes()
