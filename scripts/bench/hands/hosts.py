"""Group photos that people and hands are put into, and where their faces are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from scripts.bench.hands.bench import Engine, Pixels
from scripts.bench.hands.metric import PlacedSign
from vision.geometry import Box
from vision.media.photo import open_photo


@dataclass(frozen=True, slots=True, eq=False)
class Host:
    """A group photo and the faces that the face finder sees in it."""

    name: str
    pixels: Pixels
    faces: tuple[Box, ...]

    @property
    def face_px(self) -> float:
        """The middle face height, pixels; 0 without faces."""
        return float(np.median([face.height for face in self.faces])) if self.faces else 0.0

    def shrunk(self, part: float) -> Host:
        """Return the photo at `part` of its size, 0..1."""
        if part == 1:
            return self
        size = max(round(self.pixels.shape[1] * part), 1), max(round(self.pixels.shape[0] * part), 1)
        pixels = cv2.resize(self.pixels, size, interpolation=cv2.INTER_AREA)
        return Host(self.name, pixels.astype(np.uint8), tuple(face.scaled((part, part)) for face in self.faces))


_QUALITY = 80
"""JPEG quality of a photo that has been sent about."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A made photo and the signs that were put into it."""

    name: str
    pixels: Pixels
    signs: tuple[PlacedSign, ...]

    def sent(self) -> Scene:
        """Return the photo as it comes out of a JPEG file: what was put in bears the same traces as the rest."""
        return Scene(self.name, as_jpeg(self.pixels, _QUALITY), self.signs)


def as_jpeg(pixels: Pixels, quality: int) -> Pixels:
    """Compress and open again."""
    _, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))[..., ::-1], np.uint8)


def open_hosts(paths: Iterable[Path], engine: Engine, least_side: int = 0) -> list[Host]:
    """Open the photos whose longer side has at least `least_side` pixels and that show a face."""
    hosts = []
    for path in paths:
        pixels = open_photo(path).pixels
        if max(pixels.shape) >= least_side and (faces := engine.faces(pixels)):
            hosts.append(Host(f"{path.parent.name}/{path.name}", pixels, tuple(faces)))
    return hosts
