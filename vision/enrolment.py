"""Turning a reference photo of a candidate into the template that the gallery keeps."""

from __future__ import annotations

import os
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from vision.errors import NoFaceError, PoorFaceError, SeveralFacesError
from vision.faces import Face, FaceEmbedder, FaceFinder, FaceModel
from vision.geometry import Box
from vision.photo import Photo, open_photo

LEAST_SIZE_PX = 40.0
"""The least side of the face box, in pixels of the photo.

`scripts/bench_faces.py`, "quality": of faces of 48 px 3% come to lie further than 0.5 from the same person's
references, of 32 px 6%, of 24 px 19%, of 16 px 64% (of 66 px: 2%).
"""

LEAST_SHARPNESS = 5.0
"""The least sharpness (`vision.faces.quality`) of the face.

The same benchmark: a blur of 1 px (sharpness 7 to 10) puts 7% further than 0.5, one of 2 px (4) 37%.
Sharp faces of 32 px measure 9 and more.
"""

SECOND_FACE_PART = 0.5
"""A second face counts as somebody else in the portrait when its side is at least this part of the largest one's.

Posters and press portraits show small faces in the background; who is meant is clear as long as one face is at least
twice as large as every other.
"""


@dataclass(frozen=True, slots=True, eq=False)
class FaceTemplate:
    """What is kept of a reference photo.

    `embedding` is (d,) float32, comparable within `model_id`; `box` and `size_px` (the side of the box) are in
    pixels of the full-size upright photo; `sharpness` as in `vision.faces.quality`.
    """

    embedding: NDArray[np.float32]
    model_id: str
    photo_sha256: str
    photo_name: str
    box: Box
    size_px: float
    sharpness: float


class Enroller:
    """Describes reference photos. Holds native memory: use it in a `with` block or close it."""

    def __init__(self, *, threads: int = 2, face_model: FaceModel | None = None) -> None:
        """Load the models; `face_model` takes the place of the face network that comes with the product.

        Raises EngineError without a model file.
        """
        self._embedder: FaceModel = face_model or FaceEmbedder(threads=threads)
        self._finder = FaceFinder(threads=threads)

    def describe(self, photo: str | os.PathLike[str] | bytes | Photo, *, name: str | None = None) -> FaceTemplate:
        """Return the template of the one person whom the photo shows.

        Raises PhotoError when the photo cannot be read, NoFaceError, SeveralFacesError (another face is at least half
        as large), PoorFaceError (too small or too blurred) and EngineError.
        """
        opened = photo if isinstance(photo, Photo) else open_photo(photo, name=name)
        face = _subject(self._finder.find(opened.pixels), opened)
        scale_x, scale_y = opened.scale_xy
        _require_quality(face, opened.name, scale_x)
        return FaceTemplate(
            embedding=self._embedder.embed(opened.pixels, [face])[0],
            model_id=self._embedder.model_id,
            photo_sha256=opened.sha256,
            photo_name=opened.name,
            box=face.box.scaled((scale_x, scale_y)),
            size_px=face.quality.size_px * scale_x,
            sharpness=face.quality.sharpness,
        )

    def close(self) -> None:
        """Free the models; closing twice is fine."""
        self._finder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


def _subject(faces: tuple[Face, ...], photo: Photo) -> Face:
    width, height = photo.size_wh
    if not faces:
        raise NoFaceError(
            f"Tidak ada wajah yang ditemukan di {photo.name} ({width} x {height} piksel); perlu tepat satu.",
            f"No face was found in {photo.name} ({width} x {height} pixels); exactly one is needed.",
        )
    largest = max(faces, key=lambda face: face.quality.size_px)
    least = SECOND_FACE_PART * largest.quality.size_px
    comparable = [face for face in faces if face.quality.size_px >= least]
    if len(comparable) > 1:
        sizes = ", ".join(f"{face.quality.size_px * photo.scale_xy[0]:.0f}" for face in comparable)
        raise SeveralFacesError(
            f"Ada {len(comparable)} wajah yang sebanding di {photo.name} (lebar {sizes} piksel); perlu tepat satu.",
            f"{photo.name} shows {len(comparable)} comparable faces ({sizes} pixels wide); exactly one is needed.",
        )
    return largest


def is_reference_quality(face: Face, scale: float) -> bool:
    """Tell whether a face would do as a reference; `scale` turns its pixels into those of the full-size photo."""
    return face.quality.size_px * scale >= LEAST_SIZE_PX and face.quality.sharpness >= LEAST_SHARPNESS


def _require_quality(face: Face, name: str, scale: float) -> None:
    size = face.quality.size_px * scale
    if size < LEAST_SIZE_PX:
        raise PoorFaceError(
            f"Wajah di {name} hanya selebar {size:.0f} piksel; perlu paling sedikit {LEAST_SIZE_PX:.0f}.",
            f"The face in {name} is only {size:.0f} pixels wide; at least {LEAST_SIZE_PX:.0f} are needed.",
        )
    if face.quality.sharpness < LEAST_SHARPNESS:
        raise PoorFaceError(
            f"Wajah di {name} terlalu kabur: ketajaman {face.quality.sharpness:.1f}, perlu {LEAST_SHARPNESS:.0f}.",
            f"The face in {name} is too blurred: sharpness {face.quality.sharpness:.1f}, {LEAST_SHARPNESS:.0f} needed.",
        )
