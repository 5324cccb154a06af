"""Face vectors of a network that the user brings: any ONNX file that reads ArcFace's 112 x 112 chips."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision._crew import Crew
from vision._session import open_session, run_session
from vision.errors import EngineError, FaceModelError
from vision.faces.face import Face
from vision.faces.model_file import FaceModelFile
from vision.faces.template import SIDE, template_chip

_EXPECTED_ID = (
    "yang diperlukan jaringan ONNX dengan satu masukan float32 (N, 3, 112, 112) atau (N, 112, 112, 3) dan satu keluaran"
    " (N, D)"
)
_EXPECTED_EN = (
    "needed is an ONNX network with one float32 input (N, 3, 112, 112) or (N, 112, 112, 3) and one output (N, D)"
)


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
        self._network = _Network(model, threads)
        self.model_id, self.sha256, self.size = self._file.model_id, self._file.sha256, self._network.size

    def embed(self, pixels: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.float32]:
        """Return one vector a face, (len(faces), size) float32, in the order of `faces`.

        `pixels` is the (height, width, 3) uint8 RGB array in which the faces were found. Raises EngineError when the
        network fails.
        """
        return self.embed_chips([template_chip(pixels, face) for face in faces])

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
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(lengths).all() and lengths.all()):
            raise EngineError(
                f"Model wajah {self._file.path.name} memberi vektor kosong (nol atau NaN) untuk sebuah wajah.",
                f"The face model {self._file.path.name} gave an empty vector (zeros or NaN) for a face.",
            )
        unit: NDArray[np.float32] = (vectors / lengths).astype(np.float32)
        return unit


class _Network:
    """An ONNX network from (n, 112, 112, 3) float32 to (n, `size`) float32, whatever its layout and batch."""

    def __init__(self, model: Path, threads: int) -> None:
        self._name = model.name
        try:
            self._session = open_session(model)
            self._crew = Crew(threads)
        except EngineError as error:
            raise self._unfit("tidak dapat dimuat", f"it cannot be loaded ({error.__cause__})") from error
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if len(inputs) != 1 or len(outputs) != 1:
            raise self._unfit(
                f"ada {len(inputs)} masukan dan {len(outputs)} keluaran",
                f"it has {len(inputs)} inputs and {len(outputs)} outputs",
            )
        self._input, self._output = inputs[0].name, outputs[0].name
        shape, kind = inputs[0].shape, inputs[0].type
        self._channels_first = _fits(shape, 3, SIDE, SIDE)
        if kind != "tensor(float)" or not (self._channels_first or _fits(shape, SIDE, SIDE, 3)):
            raise self._unfit(f"masukannya {kind} {shape}", f"its input is {kind} {shape}")
        # Not every network that is said to take any number of chips does: some were saved with one in mind.
        self._batch = shape[0] if isinstance(shape[0], int) else 1
        self.size = self._tried()

    def run(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the network's output. Raises EngineError."""
        if self._channels_first:
            images = images.transpose(0, 3, 1, 2)
        missing = -len(images) % self._batch
        filled = np.concatenate([images, np.zeros((missing, *images.shape[1:]), np.float32)])
        parts = self._crew.map(self._once, np.split(np.ascontiguousarray(filled), len(filled) // self._batch))
        return np.concatenate(parts)[: len(images)]

    def _once(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        return run_session(self._session, [self._output], {self._input: batch})[0]

    def _tried(self) -> int:
        """Return how many numbers a row of the output has."""
        shape = (3, SIDE, SIDE) if self._channels_first else (SIDE, SIDE, 3)
        try:
            came: tuple[int, ...] = self._once(np.zeros((self._batch, *shape), np.float32)).shape
        except EngineError as error:
            raise self._unfit("gagal saat dicoba", f"it failed when tried ({error.__cause__})") from error
        if len(came) == 2 and came[0] == self._batch and came[1] > 1:
            return came[1]
        raise self._unfit(f"keluarannya {list(came)}", f"its output is {list(came)}")

    def _unfit(self, came_id: str, came_en: str) -> FaceModelError:
        return FaceModelError(
            f"{self._name}: {_EXPECTED_ID}; berkas ini {came_id}.", f"{self._name}: {_EXPECTED_EN}; {came_en}."
        )


def _fits(shape: Sequence[int | str | None], *expected: int) -> bool:
    """Tell whether a network's input of this shape, where a text or None is free, takes a batch of `expected`."""
    return len(shape) == 4 and all(
        actual == size or (not isinstance(actual, int) and size == SIDE)
        for actual, size in zip(shape[1:], expected, strict=True)
    )
