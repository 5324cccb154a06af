"""The common recipe that the product is measured against: one full-frame look, a finger is up when its tip is.

This is what tutorials do with MediaPipe: `HandLandmarker` with its defaults over the whole picture, a finger counts as
extended when its tip lies above its middle joint, the thumb by x. It lives here for the benchmarks alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from numpy.typing import NDArray

from scripts import ROOT

_TASK = ROOT / "fixtures" / "hand_landmarker.task"
"""The model as MediaPipe wants it; the product runs the same networks in another form."""

_POSES = {
    "T": "thumb_up",
    "I": "one_index",
    "P": "pinky",
    "IM": "peace_two",
    "TI": "l_two",
    "TP": "call",
    "IMR": "three_imr",
    "MRP": "three_mrp",
    "TIM": "three_tim",
    "TMRP": "ok",
    "TIP": "ily",
    "IP": "rock",
    "IMRP": "four",
    "TIMRP": "palm_five",
    "": "fist",
}


class PlainHands:
    """Full-frame MediaPipe Tasks with its defaults, but for the number of hands."""

    def __init__(self, hands: int = 10) -> None:
        options = vision.HandLandmarkerOptions(base_options=BaseOptions(model_asset_path=str(_TASK)), num_hands=hands)
        self._task: Any = vision.HandLandmarker.create_from_options(options)

    def __call__(self, path: Path) -> list[dict[str, Any]]:
        """Return the hands of a picture file as contract-like dictionaries."""
        picture = cv2.imread(str(path))
        if picture is None:
            raise OSError(f"{path} cannot be read")
        return self.look(np.ascontiguousarray(picture[..., ::-1], dtype=np.uint8))

    def look(self, pixels: NDArray[np.uint8]) -> list[dict[str, Any]]:
        """Return the hands of (height, width, 3) uint8 RGB pixels."""
        height, width = pixels.shape[:2]
        answer = self._task.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=pixels))
        hands = []
        for landmarks, handedness in zip(answer.hand_landmarks, answer.handedness, strict=True):
            points = np.array([(p.x * width, p.y * height) for p in landmarks])
            left, top = points.min(0)
            wide, high = np.ptp(points, axis=0)
            hands.append(
                {
                    "box": [float(left), float(top), float(wide), float(high)],
                    "pose": _name(points, handedness[0].category_name),
                    "pose_score": float(handedness[0].score),
                    "score": float(handedness[0].score),
                }
            )
        return hands

    def close(self) -> None:
        """Free the network."""
        self._task.close()


def _name(points: NDArray[np.float64], side: str) -> str:
    outward = points[4, 0] > points[3, 0]
    shown = "T" if outward == (side == "Right") else ""
    shown += "".join(
        finger for finger, tip in zip("IMRP", (8, 12, 16, 20), strict=True) if points[tip, 1] < points[tip - 2, 1]
    )
    return _POSES.get(shown, "none")
