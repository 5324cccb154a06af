"""The face detector on one picture: MediaPipe's full-range BlazeFace."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from vision._mediapipe import import_mediapipe
from vision.errors import EngineError
from vision.geometry import Box
from vision.models import model_path

import_mediapipe()
import mediapipe  # noqa: E402
from mediapipe.tasks.python import BaseOptions, vision  # noqa: E402

_RIGHT_EYE, _LEFT_EYE = 0, 1


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """A face as the detector sees it.

    `box` in pixels, `score` 0..1, `roll_degrees` the eyes' lean (clockwise positive), `keypoints_xy` (6, 2) float64 in
    pixels, in the order of `KEYPOINT_COUNT`.
    """

    box: Box
    score: float
    roll_degrees: float
    keypoints_xy: NDArray[np.float64]

    def moved(self, dx: float, dy: float) -> Detection:
        """Shift the detection by (dx, dy) pixels."""
        points = self.keypoints_xy + np.array([dx, dy])
        return Detection(self.box.moved(dx, dy), self.score, self.roll_degrees, points)

    def scaled(self, scale_xy: tuple[float, float]) -> Detection:
        """Multiply the box by (x, y) factors, which must be nearly equal: the lean is kept."""
        points = self.keypoints_xy * scale_xy
        return Detection(self.box.scaled(scale_xy), self.score, self.roll_degrees, points)


class BlazeFace:
    """MediaPipe's face detector. It looks at a picture as 192 x 192 pixels: small faces need a cut-out.

    One of MediaPipe's detectors serves one thread at a time: as many are loaded as threads shall look at once.
    """

    def __init__(self, *, least_score: float, threads: int = 1, model: Path | None = None) -> None:
        """Load the detector; faces under `least_score` (0..1) are not returned. Raises EngineError."""
        path = model or model_path("face_detector.tflite")
        options = vision.FaceDetectorOptions(
            base_options=BaseOptions(model_asset_path=str(path)), min_detection_confidence=least_score
        )
        self._loaded: list[Any] = []
        self._free: SimpleQueue[Any] = SimpleQueue()
        try:
            for _ in range(threads):
                self._loaded.append(vision.FaceDetector.create_from_options(options))
                self._free.put(self._loaded[-1])
        except (RuntimeError, ValueError) as error:
            self.close()
            raise EngineError("Detektor wajah gagal dimuat.", "The face detector could not be loaded.") from error

    def detect(self, pixels: NDArray[np.uint8]) -> list[Detection]:
        """Find faces in (height, width, 3) uint8 RGB pixels. Raises EngineError when the model fails.

        Safe to share between threads; more of them than the detector was loaded for wait for each other.
        """
        if not self._loaded:  # MediaPipe's own would find nothing, and the photo pass for one without faces
            raise EngineError("Detektor wajah sudah ditutup.", "The face detector is closed.")
        height, width = pixels.shape[:2]
        image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(pixels))
        detector = self._free.get()
        try:
            found = detector.detect(image).detections
        except (RuntimeError, ValueError) as error:
            raise EngineError("Detektor wajah gagal.", "The face detector failed.") from error
        finally:
            self._free.put(detector)
        return [_detection(one, width, height) for one in found]

    def close(self) -> None:
        """Free the detector; closing twice is fine. Left to the interpreter's end it would print an error."""
        while self._loaded:
            self._loaded.pop().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


def _detection(found: Any, width: int, height: int) -> Detection:
    box = found.bounding_box
    points = np.array([(point.x * width, point.y * height) for point in found.keypoints], np.float64)
    across, down = points[_LEFT_EYE] - points[_RIGHT_EYE]
    score = min(max(float(found.categories[0].score), 0.0), 1.0)
    roll = math.degrees(math.atan2(down, across))
    return Detection(Box(box.origin_x, box.origin_y, box.width, box.height), score, roll, points)
