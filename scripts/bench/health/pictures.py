"""Photos as a gallery keeps them, and what can be wrong with one: shrunk, recompressed, cropped, blurred."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.bench.faces.vectors import face_of_subject
from vision.enrolment.face_choice import LEAST_SIZE_PX
from vision.enrolment.reference import LEAST_SHARPNESS
from vision.faces import MODEL_ID, FaceEmbedder, FaceFinder
from vision.faces.template import template_chip
from vision.media.photo import open_photo

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A described photo: `embedding` is (128,) float32, `size_px` and `sharpness` as in the gallery."""

    path: Path
    embedding: NDArray[np.float32]
    size_px: float
    sharpness: float


class Describer:
    """Describes photos, as they are and spoiled. Close it."""

    def __init__(self) -> None:
        self._finder, self._embedder = FaceFinder(), FaceEmbedder()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._finder.close()

    def describe(self, path: Path, spoil: Callable[[Pixels], Pixels] | None = None) -> Picture | None:
        """Return the photo of a file, spoiled if asked; None without a face."""
        pixels = np.array(open_photo(path).pixels)
        if spoil:
            pixels = spoil(pixels)
        face = face_of_subject(self._finder.find(pixels), (pixels.shape[1], pixels.shape[0]))
        if face is None:
            return None
        vector = self._embedder.embed_carefully(pixels, [face])[0]
        return Picture(path, vector, face.quality.size_px, face.quality.sharpness)

    def blend(self, path: Path, other: Path, part: float) -> Picture | None:
        """Return a face made of `part` (0..1) of one person and the rest of another: somebody who resembles both."""
        chips = []
        for one in (path, other):
            pixels = np.array(open_photo(one).pixels)
            face = face_of_subject(self._finder.find(pixels), (pixels.shape[1], pixels.shape[0]))
            if face is None:
                return None
            chips.append(template_chip(pixels, face))
        mixed = cv2.addWeighted(chips[0], part, chips[1], 1 - part, 0)
        return Picture(path, self._embedder.embed_chips([mixed])[0], 66.0, 50.0)


def usable_pictures(directory: Path, cache: Path, left_out: frozenset[str]) -> dict[str, list[Picture]]:
    """Return person to the photos that enrolment would take (`<person>/<photo>`), computed once and kept in `cache`.

    The cache holds vectors of faces: keep it in a temporary place and delete it afterwards.
    """
    paths = [path for person in sorted(directory.iterdir()) for path in sorted(person.iterdir())]
    key = hashlib.sha256("\n".join([MODEL_ID, *map(str, paths)]).encode()).hexdigest()[:16]
    stored = cache / f"pictures-{key}.npz"
    if not stored.exists():
        with Describer() as describer:
            found = [picture for path in paths if (picture := describer.describe(path))]
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        facts = np.array([(picture.size_px, picture.sharpness) for picture in found])
        np.savez(
            stored,
            path=np.array([str(picture.path) for picture in found]),
            embedding=np.stack([picture.embedding for picture in found]),
            facts=facts,
        )
    people: dict[str, list[Picture]] = {}
    with np.load(stored) as arrays:
        for path, embedding, (size, sharp) in zip(arrays["path"], arrays["embedding"], arrays["facts"], strict=True):
            picture = Picture(Path(str(path)), embedding, float(size), float(sharp))
            if picture.path.parent.name not in left_out and size >= LEAST_SIZE_PX and sharp >= LEAST_SHARPNESS:
                people.setdefault(picture.path.parent.name, []).append(picture)
    return people


def again(rng: np.random.Generator) -> tuple[str, Callable[[Pixels], Pixels]]:
    """Return one way in which the same picture comes again."""
    factor, quality = float(rng.uniform(0.7, 1.5)), int(rng.integers(70, 93))
    cut = [float(side) for side in rng.uniform(0.0, 0.08, 4)]
    ways: list[tuple[str, Callable[[Pixels], Pixels]]] = [
        ("resized", lambda pixels: resized(pixels, factor)),
        ("recompressed", lambda pixels: recompressed(pixels, quality)),
        ("cropped", lambda pixels: cropped(pixels, cut)),
        ("cropped, resized and recompressed", lambda p: recompressed(resized(cropped(p, cut), max(factor, 1.0)), 90)),
    ]
    return ways[int(rng.integers(len(ways)))]


def spoiled(rng: np.random.Generator, case: str) -> Callable[[Pixels], Pixels]:
    """Return a way to make a photo of a face of about 66 px poor: 25 to 43 px, or blurred by 1.5 to 2.5 px."""
    if case == "small":
        factor = float(rng.uniform(25, 43)) / 66
        return lambda pixels: resized(pixels, factor)
    sigma = float(rng.uniform(1.5, 2.5))
    return lambda pixels: cv2.GaussianBlur(pixels, (0, 0), sigma)


def resized(pixels: Pixels, factor: float) -> Pixels:
    """Return the picture smaller or larger."""
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=how))


def recompressed(pixels: Pixels, quality: int) -> Pixels:
    """Return the picture after JPEG of a quality (0..100)."""
    data = cv2.imencode(".jpg", np.ascontiguousarray(pixels[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    again = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert again is not None, "OpenCV reads what it wrote"
    return np.ascontiguousarray(again[:, :, ::-1], dtype=np.uint8)


def cropped(pixels: Pixels, sides: list[float]) -> Pixels:
    """Return the picture without parts (0..1) of its left, top, right and bottom."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = sides
    kept = pixels[round(top * height) : round((1 - bottom) * height), round(left * width) : round((1 - right) * width)]
    return np.ascontiguousarray(kept)
