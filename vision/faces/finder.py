"""Every face of a photo, from a portrait to a crowd."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from vision.faces.alignment import face_chip, find_landmarks
from vision.faces.detector import BlazeFace, Detection
from vision.faces.face import Face, FaceQuality
from vision.faces.quality import sharpness


class FaceFinder:
    """Finds faces. Holds native memory: use it in a `with` block or close it. Not safe to share between threads."""

    def __init__(self) -> None:
        """Load the detector. Raises EngineError without the model file."""
        self._detector = BlazeFace(least_score=0.5)

    def find(self, pixels: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Find the faces of a photo of (height, width, 3) uint8 RGB, in reading order (rows, then left to right).

        Raises EngineError when the detector fails.
        """
        return tuple(self._face(pixels, detection) for detection in self._detector.detect(pixels))

    def _face(self, pixels: NDArray[np.uint8], detection: Detection) -> Face:
        landmarks = find_landmarks(pixels, detection.box, detection.roll_degrees)
        quality = FaceQuality(detection.box.width, sharpness(face_chip(pixels, landmarks)))
        return Face(detection.box, detection.score, landmarks, quality)

    def close(self) -> None:
        """Free the detector; closing twice is fine."""
        self._detector.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()
