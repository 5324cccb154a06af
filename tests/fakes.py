"""Detectors that see what a test tells them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vision.faces.face import Face, FaceQuality
from vision.geometry import Box
from vision.hands.hand import Hand, HandPair
from vision.poses import FingerState, Pose
from vision.stages.engines import Engines
from vision.text import TextLine


def a_face(
    box: Box,
    score: float = 0.9,
    *,
    landmarks_xy: NDArray[np.float64] | None = None,
    five_points_xy: NDArray[np.float64] | None = None,
) -> Face:
    """Make a face at a box; its points lie in the corner unless given."""
    landmarks = np.zeros((5, 2)) if landmarks_xy is None else landmarks_xy
    five_points = np.zeros((5, 2)) if five_points_xy is None else five_points_xy
    return Face(box, score, landmarks, five_points, FaceQuality(box.width, 100.0))


def a_hand(pose: Pose, box: Box, **facts: object) -> Hand:
    """Make a hand whose landmarks span a box."""
    points = np.zeros((21, 3))
    points[:, :2] = (box.left, box.top)
    points[20, :2] = (box.right, box.bottom)
    values: dict[str, object] = {"score": 0.98, "handedness": "right", "pose_score": 0.97, "person": 0, **facts}
    fingers = FingerState(0.1, 0.9, 0.9, 0.1, 0.1)
    return Hand(points_xyz=points, world_xyz=np.zeros((21, 3)), fingers=fingers, pose=pose, **values)


@dataclass
class FakeEngines:
    """Detectors that find the same in every photo, and remember how they were used."""

    faces: Sequence[Face] = ()
    vectors: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 128), np.float32))
    hands: Sequence[Hand] = ()
    pairs: Sequence[HandPair] = ()
    lines: Sequence[TextLine] = ()
    breaks: Exception | None = None
    look: Callable[[NDArray[np.uint8]], None] = lambda pixels: None
    loaded: int = 0
    closed: int = 0
    embedded: int = 0
    boxes: list[Box] = field(default_factory=list)

    def load(self, *_: object, **__: object) -> Engines:
        """Stand in for `Engines.load`."""
        self.loaded += 1
        return Engines(_Finder(self), _Embedder(self), _Reader(self), _Texts(self))


@dataclass
class _Finder:
    fake: FakeEngines

    def find(self, pixels: NDArray[np.uint8]) -> tuple[Face, ...]:
        self.fake.look(pixels)
        if self.fake.breaks is not None:
            raise self.fake.breaks
        return tuple(self.fake.faces)

    def turn(self, pixels: NDArray[np.uint8], faces: Sequence[Face]) -> int:
        return 0

    def close(self) -> None:
        self.fake.closed += 1


@dataclass
class _Texts:
    fake: FakeEngines

    def read(self, pixels: NDArray[np.uint8], chests: Sequence[Box] = ()) -> tuple[TextLine, ...]:
        return tuple(self.fake.lines)

    def close(self) -> None:
        pass


@dataclass
class _Embedder:
    fake: FakeEngines
    model_id: str = "fake"
    size: int = 128
    sha256: str = "f" * 64

    def embed(self, pixels: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.float32]:
        self.fake.embedded += 1
        return self.fake.vectors

    def embed_carefully(self, pixels: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.float32]:
        places = [next(at for at, one in enumerate(self.fake.faces) if one is face) for face in faces]
        return self.fake.vectors[places]


@dataclass
class _Reader:
    fake: FakeEngines

    def read(self, pixels: NDArray[np.uint8], faces: Sequence[Box]) -> tuple[tuple[Hand, ...], tuple[HandPair, ...]]:
        self.fake.boxes = list(faces)
        return tuple(self.fake.hands), tuple(self.fake.pairs)

    def close(self) -> None:
        self.fake.closed += 1
