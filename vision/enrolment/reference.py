"""Turning a reference photo of a candidate into the template that the gallery keeps."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from candidates.choosing import FaceChoice, Place
from candidates.closing import Closing
from vision.enrolment.face_choice import LEAST_SIZE_PX, chosen_face, place_in
from vision.errors import FaceChoiceError, PoorFaceError, SeveralFacesError
from vision.faces import Face, FaceEmbedder, FaceFinder, FaceModel
from vision.geometry import Box
from vision.media.photo import Photo, open_photo
from vision.messages import say
from vision.stages.turning import Turn, look_upright

LEAST_SHARPNESS = 5.0
"""The least sharpness (`vision.faces.quality`) of the face.

The same benchmark: a blur of 1 px (sharpness 7 to 10) puts 7% further than 0.5, one of 2 px (4) 37%.
Sharp faces of 32 px measure 9 and more.
"""


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceTemplate:
    """The template of a reference photo, and where it comes from.

    `embedding` is (d,) float32, comparable within `model_id`; `box` and `size_px` (the side of the box) are in
    pixels of the full-size upright photo, `place` is the box as parts of it; `sharpness` as in `vision.faces.quality`.
    """

    embedding: NDArray[np.float32]
    model_id: str
    photo_sha256: str
    photo_name: str
    box: Box
    size_px: float
    sharpness: float
    place: Place


class Enroller(Closing):
    """Describes reference photos. Holds native memory: use it in a `with` block or close it."""

    def __init__(self, *, threads: int = 2, face_model: FaceModel | None = None) -> None:
        """Load the models; `face_model` takes the place of the face network that comes with the product.

        Raises EngineError without a model file.
        """
        self._embedder: FaceModel = face_model or FaceEmbedder(threads=threads)
        self._finder = FaceFinder(threads=threads)

    def describe(
        self,
        photo: str | os.PathLike[str] | bytes | Photo,
        *,
        name: str | None = None,
        face: FaceChoice | None = None,
    ) -> ReferenceTemplate:
        """Return the template of the one person whom the photo shows, or of the one whose face was chosen.

        Raises PhotoError when the photo cannot be read, NoFaceError, SeveralFacesError (another face is at least half
        as large, and none was chosen), FaceChoiceError (there is no such face), PoorFaceError (too small or too
        blurred) and EngineError.
        """
        opened = photo if isinstance(photo, Photo) else open_photo(photo, name=name)
        # A face that lies on its side looks like nobody, its own person included.
        upright, faces, turn = look_upright(self._finder, opened)
        wanted = face or FaceChoice()
        if turn is None:
            return self._template(upright, chosen_face(faces, upright, wanted))
        if wanted.place is not None:
            wanted = replace(wanted, place=_turned(wanted.place, 4 - turn.quarters))
        try:
            subject = chosen_face(faces, upright, wanted)
        except (SeveralFacesError, FaceChoiceError) as error:
            error.places = tuple(_turned(place, turn.quarters) for place in error.places)
            raise
        template = self._template(upright, subject)
        return replace(template, box=turn.box(template.box), place=_turned(template.place, turn.quarters))

    def _template(self, opened: Photo, face: Face) -> ReferenceTemplate:
        height, width = opened.pixels.shape[:2]
        scale_x, scale_y = opened.scale_xy
        _require_quality(face, opened.name, scale_x)
        return ReferenceTemplate(
            embedding=self._embedder.embed_carefully(opened.pixels, [face])[0],
            model_id=self._embedder.model_id,
            photo_sha256=opened.sha256,
            photo_name=opened.name,
            box=face.box.scaled((scale_x, scale_y)),
            size_px=face.quality.size_px * scale_x,
            sharpness=face.quality.sharpness,
            place=place_in(face.box, (width, height)),
        )

    def close(self) -> None:
        """Free the models; closing twice is fine."""
        self._finder.close()


def is_reference_quality(face: Face, scale: float) -> bool:
    """Tell whether a face would do as a reference; `scale` turns its pixels into those of the full-size photo."""
    return face.quality.size_px * scale >= LEAST_SIZE_PX and face.quality.sharpness >= LEAST_SHARPNESS


def _turned(place: Place, quarters: int) -> Place:
    """Turn a place, in parts of the photo, with the photo: by `quarters` (1..3), clockwise."""
    box = Turn(quarters, (1, 1)).box(Box(*place))
    return box.left, box.top, box.width, box.height


def _require_quality(face: Face, name: str, scale: float) -> None:
    size = face.quality.size_px * scale
    if size < LEAST_SIZE_PX:
        raise PoorFaceError(
            say("enrolment.reference.face_in_is_only_pixels", name=name, size=size, least_size_px=LEAST_SIZE_PX)
        )
    if face.quality.sharpness < LEAST_SHARPNESS:
        raise PoorFaceError(
            say(
                "enrolment.reference.face_in_is_too_blurred",
                name=name,
                sharpness=face.quality.sharpness,
                least_sharpness=LEAST_SHARPNESS,
            )
        )
