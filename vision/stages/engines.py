"""The detectors behind a check, loaded together and closed together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box
from vision.models import DLIB
from vision.runtime.libraries import missing_library

if TYPE_CHECKING:
    from vision.faces import Face, FaceModel
    from vision.hands import Hand, HandPair
    from vision.stages.words import ReadsText


class FindsFaces(Protocol):
    """Fits `vision.faces.FaceFinder`."""

    def find(self, pixels: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Return the faces of (height, width, 3) uint8 RGB pixels, in reading order."""

    def turn(self, pixels: NDArray[np.uint8], faces: Sequence[Face]) -> int:
        """Return by how many quarters, counterclockwise, the photo must be turned for its faces to stand upright."""

    def close(self) -> None:
        """Free native memory."""


class ReadsHands(Protocol):
    """Fits `vision.hands.HandReader`."""

    def read(self, pixels: NDArray[np.uint8], faces: Sequence[Box]) -> tuple[tuple[Hand, ...], tuple[HandPair, ...]]:
        """Return hands and pairs of hands of (height, width, 3) uint8 RGB pixels; `faces` are boxes in them."""

    def close(self) -> None:
        """Free native memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Engines:
    """The loaded detectors. Not safe to share between threads; close them."""

    faces: FindsFaces
    embedder: FaceModel
    hands: ReadsHands
    texts: ReadsText

    @classmethod
    def load(cls, face_model: FaceModel | None = None, *, threads: int = 2) -> Engines:
        """Load every model; `face_model` takes the place of the face network that comes with the product.

        `threads` is how many the networks may use: one where processes work side by side. Raises EngineError when
        a model file is missing or cannot be loaded, MissingLibraryError when the system lacks a library.
        """
        try:
            return cls._loaded(face_model, threads)
        except (ImportError, OSError) as error:
            if told := missing_library(error):
                raise told from error
            raise

    @classmethod
    def _loaded(cls, face_model: FaceModel | None, threads: int) -> Engines:
        from vision.faces import FaceEmbedder, FaceFinder
        from vision.hands import HandReader
        from vision.text import TextFinder

        faces = FaceFinder(threads=threads)
        try:
            embedder = face_model or FaceEmbedder(threads=threads)
            return cls(faces, embedder, HandReader(threads=threads), TextFinder(threads=threads))
        except BaseException:
            faces.close()
            raise

    def close(self) -> None:
        """Free native memory."""
        self.faces.close()
        self.hands.close()
        self.texts.close()


def open_face_model(model: str | Path, *, threads: int = 2) -> FaceModel:
    """Load another face network than the usual one: `DLIB`, or an ONNX file.

    Raises FaceModelError when the file is none that fits.
    """
    from vision.faces import ArcFaceEmbedder, DlibEmbedder
    from vision.faces.trial import require_recognition

    if str(model) == DLIB:
        return DlibEmbedder(threads=threads)
    embedder = ArcFaceEmbedder(Path(model), threads=threads)
    require_recognition(embedder.embed_chips, Path(model).name)
    return embedder


def face_model_id(model: str | Path | None = None) -> str:
    """Return the id of a network's face vectors without loading it; a gallery must hold vectors of the same.

    `model` is as in `open_face_model`; None is the product's own. Raises FaceModelError when the file cannot be read.
    """
    from vision.faces import MODEL_ID, DlibEmbedder
    from vision.faces.model_file import FaceModelFile

    if model is None:
        return MODEL_ID
    return DlibEmbedder.model_id if str(model) == DLIB else FaceModelFile.read(Path(model)).model_id
