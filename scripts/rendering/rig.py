"""The hand's skeleton: 25 joints of the WebXR generic hand, posed by joint angles.

Wrist frame (metres, left hand): fingers point along -Z, the back of the hand is +Y, the thumb is on +X. A right hand is
the mirror image, made by the camera. Everything is batched: the first axis counts hands.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .glb import Glb, read_glb

Floats = NDArray[np.float64]

RIG_PATH = Path(__file__).resolve().parents[2] / "fixtures" / "rig" / "left.glb"
FINGERS = ("thumb", "index", "middle", "ring", "pinky")
_THUMB_PARTS = ("metacarpal", "phalanx-proximal", "phalanx-distal", "tip")
_FINGER_PARTS = ("metacarpal", "phalanx-proximal", "phalanx-intermediate", "phalanx-distal", "tip")


def _joint_names() -> tuple[str, ...]:
    names = ["wrist"]
    for finger in FINGERS:
        parts = _THUMB_PARTS if finger == "thumb" else _FINGER_PARTS
        names += [joint_name(finger, part) for part in parts]
    return tuple(names)


def joint_name(finger: str, part: str) -> str:
    """Return the rig's name of a joint, e.g. `index-finger-phalanx-distal`."""
    return f"thumb-{part}" if finger == "thumb" else f"{finger}-finger-{part}"


JOINTS = _joint_names()
"""Joint names, parents before children."""

LANDMARK_JOINTS = tuple(index for index, name in enumerate(JOINTS) if not name.endswith("-finger-metacarpal"))
"""The 21 joints that MediaPipe calls landmarks, in MediaPipe's order."""


_THUMB = [1, 2, 3, 4]
_METACARPALS = [5, 10, 15, 20]
_BONES = np.array([[start + 1, start + 2, start + 3] for start in _METACARPALS])


@dataclass(frozen=True, slots=True)
class HandShape:
    """Angles (degrees) and proportions of `n` hands.

    fingers : (n, 4, 4) index..pinky x (MCP, PIP, DIP flexion, spread; the thumb's side is negative), absolute
    thumb : (n, 5) two rotations and a twist of the metacarpal, MCP and IP flexion, relative to the rig's rest
    lengths : (n, 5) factors on the length of thumb..pinky
    palm : (n,) factor on the width of the palm
    """

    fingers: Floats
    thumb: Floats
    lengths: Floats
    palm: Floats

    @classmethod
    def single(cls, fingers: Floats, thumb: Floats) -> HandShape:
        """One hand of the rig's own proportions, from (4, 4) and (5,) angles."""
        return cls(np.asarray(fingers, float)[None], np.asarray(thumb, float)[None], np.ones((1, 5)), np.ones(1))


def rotation(axis: int, degrees: Floats | float) -> Floats:
    """Return rotation matrices (..., 3, 3) about axis 0 (x), 1 (y) or 2 (z), right-handed."""
    radians = np.radians(np.asarray(degrees, float))
    cos, sin = np.cos(radians), np.sin(radians)
    out = np.zeros((*radians.shape, 3, 3))
    first, second = (axis + 1) % 3, (axis + 2) % 3
    out[..., axis, axis] = 1
    out[..., first, first] = out[..., second, second] = cos
    out[..., first, second] = -sin
    out[..., second, first] = sin
    return out


def _quaternion_matrix(quaternion: list[float]) -> Floats:
    x, y, z, w = quaternion
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The rig at rest. `bind` and `local`: (25, 4, 4) in the wrist frame and in the parent's frame."""

    bind: Floats
    local: Floats
    parents: tuple[int, ...]
    rest_flexion: Floats

    def pose(self, shape: HandShape) -> tuple[Floats, Floats]:
        """Return joint rotations (n, 25, 3, 3) and positions (n, 25, 3; metres, wrist frame)."""
        count = len(shape.palm)
        rotations = np.empty((count, len(JOINTS), 3, 3))
        positions = np.zeros((count, len(JOINTS), 3))
        rotations[:, 0] = np.eye(3)
        turns = self._turns(shape)
        steps = np.take(self.stretch(shape), self.parents, axis=1) * self.local[:, :3, 3]
        for joint in range(1, len(JOINTS)):
            parent = self.parents[joint]
            frame = rotations[:, parent]
            positions[:, joint] = positions[:, parent] + (frame @ steps[:, joint, :, None])[:, :, 0]
            rotations[:, joint] = frame @ turns[:, joint]
        return rotations, positions

    def _turns(self, shape: HandShape) -> Floats:
        """Return each joint's rotation (n, 25, 3, 3) in its parent's frame."""
        flexion = np.zeros((len(shape.palm), len(JOINTS)))
        flexion[:, _THUMB[:3]] = shape.thumb[:, [0, 3, 4]]
        flexion[:, _BONES] = shape.fingers[:, :, :3] - self.rest_flexion[_BONES]
        # The two outer metacarpals give way when the fist closes: 4 and 9 degrees at a right angle.
        flexion[:, _METACARPALS[2:]] = shape.fingers[:, 2:, 0] * np.array([4.0, 9.0]) / 90
        turns = self.local[:, :3, :3] @ rotation(0, -flexion)
        knuckles = _BONES[:, 0]
        turns[:, knuckles] = rotation(1, shape.fingers[:, :, 3]) @ turns[:, knuckles]
        root = _THUMB[0]
        twist = rotation(2, shape.thumb[:, 2]) @ rotation(1, shape.thumb[:, 1])
        turns[:, root] = self.local[root, :3, :3] @ twist @ rotation(0, -shape.thumb[:, 0])
        return turns

    def stretch(self, shape: HandShape) -> Floats:
        """Return per-joint scale factors (n, 25, 3) in each joint's own frame: palm width, finger length."""
        out = np.ones((len(shape.palm), len(JOINTS), 3))
        palm = [0, *_METACARPALS]
        out[:, palm, 0] = shape.palm[:, None]
        out[:, _THUMB, 2] = shape.lengths[:, :1]
        out[:, _BONES, 2] = shape.lengths[:, 1:, None]
        out[:, _BONES[:, 2] + 1, 2] = shape.lengths[:, 1:]
        return out


def _affine(turn: Floats, shift: list[float]) -> Floats:
    out = np.eye(4)
    out[:3, :3], out[:3, 3] = turn, shift
    return out


def skeleton_from(glb: Glb) -> Skeleton:
    """Build the skeleton from the rig's nodes, moved into the wrist frame."""
    nodes = {node.get("name"): node for node in glb.tree["nodes"]}
    world = np.stack([_affine(_quaternion_matrix(nodes[n]["rotation"]), nodes[n]["translation"]) for n in JOINTS])
    bind = np.linalg.inv(world[0]) @ world
    starts = {1, *_METACARPALS}
    parents = tuple(0 if joint in starts or joint == 0 else joint - 1 for joint in range(len(JOINTS)))
    local = np.stack([np.linalg.inv(bind[parent]) @ bind[joint] for joint, parent in enumerate(parents)])
    # Flexion at rest: how far a joint's -Z leans from its parent's -Z towards the palm (-Y).
    rest_flexion = np.degrees(np.arctan2(local[:, 1, 2], local[:, 2, 2]))
    return Skeleton(bind, local, parents, rest_flexion)


@lru_cache(maxsize=1)
def load_skeleton() -> Skeleton:
    """Read the skeleton from the committed rig, once."""
    return skeleton_from(read_glb(RIG_PATH))
