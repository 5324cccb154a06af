"""Registering the people of an exported archive: by its templates, or by its photos where the model is another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from candidates.choosing import FaceChoice
from candidates.errors import BadRowError, GalleryError, GalleryModelMismatchError
from candidates.gallery import Gallery
from candidates.importing.photos import (
    Describe,
    RejectedPhoto,
    RejectionReason,
    RowTemplates,
    as_reference,
    described,
    refuse_face_of_another,
)
from candidates.importing.rows import ImportReport, RowReport, import_people
from candidates.importing.tables import PeopleTable, PersonRow
from candidates.messages import say
from candidates.people import Reference
from candidates.transfer.archive_file import GalleryCopy


def import_archive(
    gallery: Gallery,
    path: Path,
    describe: Describe | None = None,
    *,
    model_id: str | None = None,
    on_row: Callable[[RowReport], None] | None = None,
    on_total: Callable[[int | None], None] | None = None,
    passphrase: Callable[[], str] | None = None,
) -> ImportReport:
    """Register the people of an exported archive; people of the same name and election are taken for the same.

    `model_id`, if given, is the model that templates must be of: people with others are described again from the
    photos in the archive (by `describe`; the photos never touch the disk). `passphrase` is asked for one if the
    archive is encrypted. Raises the `GalleryCopyError`s, and `GalleryModelMismatchError` when there are templates of
    another model and no photo of any of them.
    """
    with GalleryCopy(path, passphrase) as archive:
        people = PeopleTable(archive.people)
        photos = ArchivePhotos(gallery, archive, describe, model_id)
        photos.refuse_other_model()
        photos.take_calibrations()
        return import_people(
            gallery,
            people,
            archive.elections,
            photos,
            on_row=on_row,
            on_total=on_total,
            ids_are_foreign=True,
            distinct=archive.distinct,
        )


@dataclass(frozen=True, slots=True)
class ArchivePhotos:
    """Templates that came with the archive, by the id the person had there."""

    gallery: Gallery
    archive: GalleryCopy
    describe: Describe | None
    model_id: str | None

    def refuse_other_model(self) -> None:
        """Raise `GalleryModelMismatchError` when there are templates of another model and no photo of any."""
        foreign = {model: has_photos for model, has_photos in self.archive.models.items() if not self._is_ours(model)}
        if foreign and not (self.describe and any(foreign.values())):
            raise _other_model(self.archive.name, ", ".join(foreign), self.model_id)

    def take_calibrations(self) -> None:
        """Keep the archive's calibration of our model, unless the gallery has its own."""
        for model, data in self.archive.calibrations.items():
            if self._is_ours(model) and self.gallery.calibration(model) is None:
                self.gallery.put_calibration(model, data)

    def gather(self, row: PersonRow, person_id: str) -> RowTemplates:
        """Return the row's templates that are not registered yet. Raises `BadRowError` when it has none."""
        own = self.archive.templates(row.id)
        if not own:
            raise BadRowError(say("transfer.archives.archive_holds_no_reference_face", row=row.name))
        known = self.gallery.photos(person_id)
        fresh: list[Reference] = []
        rejected: list[RejectedPhoto] = []
        for reference in own:
            wanted = reference.model_id if self._is_ours(reference.model_id) else self.model_id
            if known.get(reference.photo_sha256) == wanted:
                continue
            try:
                translated = self._translated(reference)
                refuse_face_of_another(self.gallery, row.name, translated)
                fresh.append(translated)
            except GalleryModelMismatchError as error:
                rejected.append(RejectedPhoto(reference.photo_name, RejectionReason.of(error)))
            except GalleryError:
                raise
            except Exception as error:
                # As with photos beside a table: none stops the others.
                rejected.append(RejectedPhoto(reference.photo_name, RejectionReason.of(error)))
        return RowTemplates(tuple(fresh), len(own) - len(fresh) - len(rejected), tuple(rejected))

    def _translated(self, reference: Reference) -> Reference:
        """Return a template of our model: the archive's own, or one made from the photo in it."""
        if self._is_ours(reference.model_id):
            return replace(reference, id=0)
        if self.describe is None or not self.archive.has_photo(reference.photo_sha256):
            raise _other_model(self.archive.name, reference.model_id, self.model_id)
        photo, choice = self.archive.photo(reference.photo_sha256), FaceChoice(reference.face, reference.place)
        template = described(self.describe, photo, name=reference.photo_name, face=choice)
        return as_reference(template, reference.photo_name, reference.photo_sha256, reference.face)

    def _is_ours(self, model_id: str) -> bool:
        return self.model_id in (None, model_id)


def _other_model(name: str, theirs: str, ours: str | None) -> GalleryModelMismatchError:
    return GalleryModelMismatchError(
        say("transfer.archives.was_made_with_face_model", name=name, theirs=theirs, ours=ours)
    )
