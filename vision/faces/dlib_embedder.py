"""Face vectors of dlib's face network, the one of `face_recognition`, run by ONNX Runtime: `--face-model dlib`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision.faces.alignment import CHIP_SIDE, face_chip
from vision.faces.face import Face
from vision.models import model_path, model_sha256
from vision.runtime.crew import Crew
from vision.runtime.session import open_session, run_session

EMBEDDING_SIZE: Final = 128
"""Numbers in one face vector."""

_SHA256: Final = model_sha256("face_embedding_dlib.onnx")


class DlibEmbedder:
    """Turns faces into vectors that lie close together (L2) when the person is the same.

    The vector of a face is the mean of the network's output for its chip and for the chip's mirror image, which lowers
    the miss rate at an equal false-alarm rate (see `python -m scripts.bench faces`). `model_id` names these vectors,
    `size` is how many numbers one has, `sha256` is the network's file's. Safe to share between threads.
    """

    model_id = f"dlib-resnet-v1+mirror/sha256:{_SHA256[:8]}"
    size = EMBEDDING_SIZE
    sha256 = _SHA256

    def __init__(self, *, threads: int = 2, model: Path | None = None) -> None:
        """Load the network. `threads` is how many it may use. Raises EngineError without the model file."""
        self._session = open_session(model or model_path("face_embedding_dlib.onnx"))
        self._crew = Crew(threads)

    def embed(self, pixels: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.float32]:
        """Return one vector a face, (len(faces), 128) float32, in the order of `faces`.

        `pixels` is the (height, width, 3) uint8 RGB array in which the faces were found.
        """
        return self.embed_chips([face_chip(pixels, face.landmarks_xy) for face in faces])

    def embed_carefully(self, pixels: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.float32]:
        """Return the same as `embed`: more looks gain nothing here."""
        return self.embed(pixels, faces)

    def embed_chips(self, chips: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return the vectors, (n, 128) float32, of n aligned chips of (150, 150, 3) uint8 RGB."""
        raw = self.network([image for chip in chips for image in (chip, chip[:, ::-1])])
        vectors: NDArray[np.float32] = raw.reshape(len(chips), 2, EMBEDDING_SIZE).mean(axis=1)
        return vectors

    def network(self, chips: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return the network's own output, (n, 128) float32: what dlib and `face_recognition` give for the chips."""
        if not chips:
            return np.empty((0, EMBEDDING_SIZE), np.float32)
        for chip in chips:
            if chip.shape != (CHIP_SIDE, CHIP_SIDE, 3) or chip.dtype != np.uint8:
                raise ValueError(f"a chip is (150, 150, 3) uint8, got {chip.shape} {chip.dtype}")
        return np.stack(self._crew.map(self._row, chips))

    def _row(self, chip: NDArray[np.uint8]) -> NDArray[np.float32]:
        (vectors,) = run_session(self._session, ["desc"], {"chips": np.ascontiguousarray(chip)[None]})
        return vectors.reshape(EMBEDDING_SIZE)
