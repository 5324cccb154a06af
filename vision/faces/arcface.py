"""Face vectors of a network that the user brings: any ONNX file that reads ArcFace's 112 x 112 chips."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision.faces.face import Face
from vision.faces.model_file import FaceModelFile
from vision.faces.network import ChipNetwork, unit_vectors
from vision.faces.template import template_chip


class ArcFaceEmbedder:
    """Turns faces into vectors of length 1 that lie close together (L2) when the person is the same.

    The vector of a face is the mean of the network's output for its chip and for the chip's mirror image, brought to
    length 1. `model_id` names these vectors, `size` is how many numbers one has, `sha256` is the file's. Safe to share
    between threads.
    """

    def __init__(self, model: Path, *, threads: int = 2) -> None:
        """Load the network and try it on black chips. `threads` is how many it may use.

        Raises FaceModelError for a file that is no network, or whose network takes something else than chips or gives
        something else than one row of numbers each.
        """
        self._file = FaceModelFile.read(model)
        self._network = ChipNetwork(model, threads)
        self.model_id, self.sha256, self.size = self._file.model_id, self._file.sha256, self._network.size

    def embed(self, pixels: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.float32]:
        """Return one vector a face, (len(faces), size) float32, in the order of `faces`.

        `pixels` is the (height, width, 3) uint8 RGB array in which the faces were found. Raises EngineError when the
        network fails.
        """
        return self.embed_chips([template_chip(pixels, face) for face in faces])

    def embed_carefully(self, pixels: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.float32]:
        """Return the same as `embed`, which has the mirror image in it."""
        return self.embed(pixels, faces)

    def embed_chips(self, chips: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return the vectors, (n, size) float32, of n chips of (112, 112, 3) uint8 RGB."""
        if not chips:
            return np.empty((0, self.size), np.float32)
        levels = self._file.levels
        images = np.stack([image for chip in chips for image in (chip, chip[:, ::-1])])
        if levels.channels == "bgr":
            images = images[..., ::-1]
        seen = (images - np.array(levels.mean)) / np.array(levels.scale)
        raw = self._network.run(seen.astype(np.float32)).astype(np.float64)
        vectors = raw.reshape(len(chips), 2, self.size).mean(axis=1)
        return unit_vectors(vectors, self._file.path.name)
