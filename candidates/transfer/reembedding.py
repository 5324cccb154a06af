"""Describing everybody again with another face model, from the photos that their templates came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from candidates.choosing import FaceChoice
from candidates.errors import PhotoLostError
from candidates.gallery import Gallery
from candidates.importing.photos import Describe, RejectedPhoto, RejectionReason, as_reference, described
from candidates.messages import say
from candidates.people import Candidate, Reference
from candidates.transfer.originals import originals


@dataclass(frozen=True, slots=True)
class PersonReembedded:
    """What became of one person's templates of other models.

    `described` : how many were made again. `failed` : the photos that could not be found or described, and why; their
    templates are as they were, or gone if `dropped`. `is_bare` : whether no template is left at all.
    """

    name: str
    described: int
    failed: tuple[RejectedPhoto, ...]
    dropped: bool
    is_bare: bool


@dataclass(frozen=True, slots=True)
class ReembedReport:
    """How many people had templates of another model, and what became of these templates; see `PersonReembedded`."""

    people: int
    described: int
    failed: int


def reembed(
    gallery: Gallery,
    folders: Iterable[Path],
    describe: Describe,
    *,
    model_id: str,
    drop_missing: bool = False,
    on_person: Callable[[PersonReembedded], None] | None = None,
) -> ReembedReport:
    """Describe again, with the model `model_id` of `describe`, every photo whose template is of another model.

    Photos are found under the folders by their contents. What cannot be found or described keeps its old template,
    unless `drop_missing`. Each person is one transaction: an interrupted run goes on where it was.
    Raises `PhotoLostError` when that would drop every template of the gallery: the folders must be wrong.
    """
    wanted = gallery.photos_not_of(model_id)
    found = originals(folders, wanted) if wanted else {}
    if drop_missing and wanted and not found and model_id not in gallery.model_ids():
        raise PhotoLostError(say("transfer.reembedding.not_one_of_photos_was", count=len(wanted)))
    people = gallery.people_not_of(model_id)
    described = failed = 0
    for person_id in people:
        candidate = gallery.get(person_id)
        if candidate is None:  # removed while others were described
            continue
        done = _person(gallery, candidate, found, describe, model_id, drop_missing)
        described += done.described
        failed += len(done.failed)
        if on_person:
            on_person(done)
    return ReembedReport(len(people), described, failed)


def _person(
    gallery: Gallery,
    candidate: Candidate,
    found: dict[str, Path],
    describe: Describe,
    model_id: str,
    drop_missing: bool,
) -> PersonReembedded:
    references = gallery.references(candidate.id)
    fresh: list[Reference] = []
    failed: dict[str, RejectedPhoto] = {}
    for old in references:
        if old.model_id == model_id:
            continue
        try:
            fresh.append(_again(old, found.get(old.photo_sha256), describe))
        except Exception as error:
            # Whatever one photo does, the others are described; the reason is reported.
            failed[old.photo_sha256] = RejectedPhoto(old.photo_name, RejectionReason.of(error))
    drop = tuple(failed) if drop_missing else ()
    if fresh or drop:
        gallery.re_embed(candidate.id, fresh, drop=drop)
    return PersonReembedded(
        candidate.name, len(fresh), tuple(failed.values()), drop_missing, len(references) == len(drop)
    )


def _again(old: Reference, path: Path | None, describe: Describe) -> Reference:
    if path is None:
        raise PhotoLostError(say("transfer.reembedding.photo_was_not_found"))
    # The face that was chosen is the one at the same place, whatever else the new detector finds.
    template = described(describe, path, face=FaceChoice(old.face, old.place))
    return as_reference(template, old.photo_name, old.photo_sha256, old.face)
