"""The interface that every face network implements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vision.faces.face import Face


class FaceModel(Protocol):
    """Turns found faces into vectors. `FaceEmbedder`, `DlibEmbedder` and `ArcFaceEmbedder` fit it."""

    @property
    def model_id(self) -> str:
        """The id of the vectors; only vectors of one id may be compared."""

    @property
    def size(self) -> int:
        """How many numbers a vector has."""

    @property
    def sha256(self) -> str:
        """The sum of the network's file, 64 hex digits."""

    def embed(self, pixels: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.float32]:
        """Return (len(faces), size) float32, one vector a face.

        `pixels` is the (height, width, 3) uint8 RGB array in which the faces were found. Raises EngineError.
        """

    def embed_carefully(self, pixels: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.float32]:
        """Return the same more exactly, at some times the cost: for references, and faces that come near somebody."""
