"""An ONNX network from aligned chips to vectors, whatever its layout and batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vision.errors import EngineError, FaceModelError
from vision.faces.onnx_file import OnnxGraph
from vision.faces.template import SIDE
from vision.messages import Message, say
from vision.runtime.crew import Crew
from vision.runtime.session import open_session, run_session


class ChipNetwork:
    """A network from (n, 112, 112, 3) float32 to (n, `size`) float32. Safe to share between threads."""

    def __init__(self, model: Path, threads: int) -> None:
        """Load the network and try it on black chips. `threads` is how many it may use.

        Raises FaceModelError for a file that is no network, or one with other inputs or outputs.
        """
        self._name = model.name
        try:
            self._session = open_session(model)
            self._crew = Crew(threads)
        except EngineError as error:
            raise self._unfit(say("faces.network.it_cannot_be_loaded", cause=error.__cause__)) from error
        chips, self._idle = self._told_apart(OnnxGraph.read(model).used_inputs)
        self._input, self._output = chips.name, self._session.get_outputs()[0].name
        shape, kind = chips.shape, chips.type
        self._channels_first = _fits(shape, 3, SIDE, SIDE)
        if kind != "tensor(float)" or not (self._channels_first or _fits(shape, SIDE, SIDE, 3)):
            raise self._unfit(say("faces.network.its_input_is", kind=kind, shape=str(shape)))
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

    def _told_apart(self, used: Sequence[str]) -> tuple[Any, Mapping[str, NDArray[np.float32]]]:
        """Return the input for chips, and zeros for those that are declared and never read (weights' former names)."""
        declared = {one.name: one for one in self._session.get_inputs()}
        wanted = [name for name in declared if name in used] or list(declared)
        idle = [one for name, one in declared.items() if name not in wanted]
        fixed = all(isinstance(length, int) for one in idle for length in one.shape)
        outputs = len(self._session.get_outputs())
        if len(wanted) != 1 or outputs != 1 or not fixed or any(one.type != "tensor(float)" for one in idle):
            raise self._unfit(say("faces.network.it_has_inputs_and_outputs", count=len(wanted), outputs=outputs))
        return declared[wanted[0]], {one.name: np.zeros(one.shape, np.float32) for one in idle}

    def _once(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        return run_session(self._session, [self._output], {self._input: batch, **self._idle})[0]

    def _tried(self) -> int:
        """Return how many numbers a row of the output has."""
        shape = (3, SIDE, SIDE) if self._channels_first else (SIDE, SIDE, 3)
        try:
            came: tuple[int, ...] = self._once(np.zeros((self._batch, *shape), np.float32)).shape
        except EngineError as error:
            raise self._unfit(say("faces.network.it_failed_when_tried", cause=error.__cause__)) from error
        if len(came) == 2 and came[0] == self._batch and came[1] > 1:
            return came[1]
        raise self._unfit(say("faces.network.its_output_is", came=str(list(came))))

    def _unfit(self, came: Message) -> FaceModelError:
        return FaceModelError(say("faces.network.unfit", name=self._name, came=came))


def unit_vectors(raw: NDArray[np.float64], name: str) -> NDArray[np.float32]:
    """Bring (n, d) vectors to length 1, as (n, d) float32.

    Raises EngineError, naming the network's file, for one that has no direction.
    """
    lengths = np.linalg.norm(raw, axis=1, keepdims=True)
    if not (np.isfinite(lengths).all() and lengths.all()):
        raise EngineError(say("faces.network.face_model_gave_empty_vector", name=name))
    unit: NDArray[np.float32] = (raw / lengths).astype(np.float32)
    return unit


def _fits(shape: Sequence[int | str | None], *expected: int) -> bool:
    """Tell whether a network's input of this shape, where a text or None is free, takes a batch of `expected`."""
    return len(shape) == 4 and all(
        actual == size or (not isinstance(actual, int) and size == SIDE)
        for actual, size in zip(shape[1:], expected, strict=True)
    )
