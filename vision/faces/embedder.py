"""Face vectors of the product's own network: OpenCV Zoo's SFace, run by ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision.faces.face import Face
from vision.faces.network import ChipNetwork, unit_vectors
from vision.faces.template import SIDE, STRAIGHT, ChipView, template_chip
from vision.models import model_path, model_sha256

EMBEDDING_SIZE: Final = 128
"""Numbers in one face vector."""

CAREFUL_LOOKS: Final = (
    ChipView(degrees=-5.0, mirrored=True),
    ChipView(degrees=5.0),
    ChipView(0.95),
    ChipView(1.05, mirrored=True),
)
"""The chips of which a careful vector is the mean.

Where one straight chip lets 6 of 100 Indonesian strangers be taken for somebody of five, these let 1 to 2, with as many
own faces missed (`python -m scripts.bench faces`, "looks"). More of them, and other turns, gain nothing.
"""

_FILE: Final = "face_embedding_sface.onnx"
_SHA256: Final = model_sha256(_FILE)

MODEL_ID: Final = f"sface-2021dec/sha256:{_SHA256[:8]}"
"""Names the network; only vectors of one id may be compared."""


class FaceEmbedder:
    """Turns faces into vectors of length 1 that lie close together (L2) when the person is the same.

    `model_id` names these vectors, `size` is how many numbers one has, `sha256` is the network's file's. Safe to share
    between threads.
    """

    model_id = MODEL_ID
    size = EMBEDDING_SIZE
    sha256 = _SHA256

    def __init__(self, *, threads: int = 2) -> None:
        """Load the network. `threads` is how many it may use. Raises EngineError without the model file."""
        self._network = ChipNetwork(model_path(_FILE), threads)

    def embed(self, pixels: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.float32]:
        """Return one vector a face, (len(faces), 128) float32, in the order of `faces`, from one look at each.

        `pixels` is the (height, width, 3) uint8 RGB array in which the faces were found.
        """
        return self._from_looks(pixels, faces, (STRAIGHT,))

    def embed_carefully(self, pixels: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.float32]:
        """Return the same from several looks at each face: for references, and faces that come near somebody."""
        return self._from_looks(pixels, faces, CAREFUL_LOOKS)

    def embed_chips(self, chips: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return the vectors, (n, 128) float32, of n aligned chips of (112, 112, 3) uint8 RGB."""
        for chip in chips:
            if chip.shape != (SIDE, SIDE, 3) or chip.dtype != np.uint8:
                raise ValueError(f"a chip is ({SIDE}, {SIDE}, 3) uint8, got {chip.shape} {chip.dtype}")
        if not chips:
            return np.empty((0, EMBEDDING_SIZE), np.float32)
        return unit_vectors(self._network.run(np.stack(chips).astype(np.float32)).astype(np.float64), _FILE)

    def _from_looks(
        self, pixels: NDArray[np.uint8], faces: Sequence[Face], looks: Sequence[ChipView]
    ) -> NDArray[np.float32]:
        chips = [template_chip(pixels, face, look) for face in faces for look in looks]
        vectors = self.embed_chips(chips).reshape(len(faces), len(looks), EMBEDDING_SIZE)
        return unit_vectors(vectors.mean(axis=1, dtype=np.float64), _FILE) if len(faces) else vectors[:, 0]
