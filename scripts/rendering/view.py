"""Where the camera stands: views of the hand and their rotation matrices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .rig import Floats, rotation

UPRIGHT_THUMB = {"thumb_up": 90.0, "thumb_down": -90.0}
"""Poses that are named by where the thumb points, and that direction in the picture (degrees, anticlockwise)."""

LEAN = {"finger_heart": -42.0, "fist": -15.0}
"""Poses that people show with the wrist bent back, so that the fingertips come up: the pitch of it, degrees. Of 77 real
finger hearts hardly one is held upright, and an upright one hides what makes it a heart."""

# Turns (roll, yaw, pitch) that show a pose as people hold it, for a left hand seen from the palm.
_NATURAL = {"ok": (0.0, -30.0, 0.0), "finger_heart": (0.0, 38.0, 0.0)} | dict.fromkeys(
    UPRIGHT_THUMB, (-75.0, 25.0, 0.0)
)

# Wrist frame of the left hand to camera: palm to the viewer, fingers up; x right, y up, z to the viewer.
_PALM_TO_CAMERA = np.array([[-1, 0, 0], [0, 0, -1], [0, -1, 0]], float)


@dataclass(frozen=True, slots=True)
class View:
    """A turn of the hand from the palm view, degrees: about the line of sight, the upright, and the horizontal."""

    roll: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0

    def matrix(self) -> Floats:
        """Return the rotation (3, 3) in the camera frame."""
        return rotation(2, self.roll) @ rotation(0, self.pitch) @ rotation(1, self.yaw)


PALM = View()
BACK = View(yaw=180)


def any_view(pose: str, rng: np.random.Generator) -> View:
    """Draw a view from everywhere a camera may be: any roll, more palms and backs than edges.

    For a pose that is named by its direction (thumb up, thumb down) the roll is the lean from it, up to 45 degrees.
    """
    side = rng.choice(3, p=(0.5, 0.38, 0.12))
    yaw = (rng.normal(0, 32), rng.normal(180, 32), rng.uniform(-180, 180))[side]
    roll = rng.uniform(-45, 45) if pose in UPRIGHT_THUMB else rng.uniform(-180, 180)
    return View(roll, float(yaw), float(np.clip(rng.normal(LEAN.get(pose, 0.0), 24), -65, 65)))


def is_seen(pose: str, view: View) -> bool:
    """Tell whether a view shows the pose: from behind, and straight from the front, a finger heart is a fist."""
    if pose != "finger_heart":
        return True
    return bool(np.cos(np.radians(view.yaw)) > 0.35) and (view.pitch < -12 or 30 < view.yaw % 360 < 180)


def natural_view(pose: str, *, right: bool, view: View = PALM) -> View:
    """Return `view` turned so that palm and back are seen the way people show this pose."""
    roll, yaw, pitch = _NATURAL.get(pose, (0.0, 0.0, 0.0))
    hand = -1 if right else 1
    facing_away = np.cos(np.radians(view.yaw)) < 0
    # Seen from behind the same roll turns the other way, and a turn that opens the palm side would hide it.
    roll, yaw = (-roll, 0.4 * yaw) if facing_away else (roll, yaw)
    return View(view.roll + hand * roll, view.yaw + hand * yaw, view.pitch + pitch)


def to_camera(points: Floats, matrix: Floats, *, right: bool) -> Floats:
    """Turn points (..., 3) of the wrist frame, about its origin, into the camera frame; a right hand is mirrored."""
    seen = points @ _PALM_TO_CAMERA.T
    if right:
        seen = seen * np.array([-1.0, 1.0, 1.0])
    return seen @ matrix.T


def lean_to(pose: str, landmarks: Floats) -> float:
    """Return the roll (degrees) that makes the thumb of camera-frame landmarks (21, 3) point as the pose says."""
    along = landmarks[4] - landmarks[2]
    return UPRIGHT_THUMB[pose] - float(np.degrees(np.arctan2(along[1], along[0])))
