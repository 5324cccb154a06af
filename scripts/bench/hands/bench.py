"""What every part of the benchmark is given: the recipes that are measured, the data, and how much of it to take."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scripts.bench.hands.metric import Answer, SignOutcome
from vision.faces import FaceFinder
from vision.geometry import Box
from vision.hands import HandReader
from vision.media.photo import open_photo

Pixels = NDArray[np.uint8]
"""(height, width, 3) uint8, RGB."""


class Recipe(Protocol):
    """A way from a photo to named hands."""

    def __call__(self, path: Path) -> Answer:
        """Return the hands of a picture file, boxes in full-size pixels."""

    def look(self, pixels: Pixels) -> Answer:
        """Return the hands of pixels."""

    def close(self) -> None:
        """Free what it holds."""


class Engine:
    """The product's own path: faces first, then hands."""

    def __init__(self, finder: FaceFinder | None = None, reader: HandReader | None = None) -> None:
        self.finder, self.reader = finder or FaceFinder(), reader or HandReader()

    def __call__(self, path: Path) -> Answer:
        """Return the hands of a picture file, boxes in full-size pixels."""
        return self.people_and_hands(path)[1]

    def people_and_hands(self, path: Path) -> tuple[list[Box], Answer]:
        """Return the faces and the hands of a picture file, boxes in full-size pixels."""
        photo = open_photo(path)
        faces = self.faces(photo.pixels)
        return [face.scaled(photo.scale_xy) for face in faces], self.hands(photo.pixels, faces, photo.scale_xy)

    def look(self, pixels: Pixels) -> Answer:
        """Return the hands of pixels."""
        return self.hands(pixels, self.faces(pixels))

    def faces(self, pixels: Pixels) -> list[Box]:
        """Return the face boxes of pixels."""
        return [face.box for face in self.finder.find(pixels)]

    def hands(self, pixels: Pixels, faces: Sequence[Box], scale_xy: tuple[float, float] = (1.0, 1.0)) -> Answer:
        """Return the hands of pixels with known faces, boxes multiplied by `scale_xy`."""
        return [
            {
                "box": hand.box.scaled(scale_xy).as_ltwh(),
                "pose": hand.pose.value,
                "pose_score": round(hand.pose_score, 3),
                "score": round(hand.score, 3),
            }
            for hand in self.reader.read(pixels, faces)[0]
        ]

    def close(self) -> None:
        """Free the networks."""
        self.finder.close()
        self.reader.close()


ENGINE = "fotonetral"
PLAIN = "plain recipe"


@dataclass(frozen=True)
class HandsBenchmark:
    """One run of the benchmark.

    data : the folder with `hands`, `groups` and `faces`; recipes : by title, ENGINE among them; every : take every n-th
    case; out : folder for answers and contact sheets, or None; kept : outcomes that a later part needs as well
    """

    data: Path
    recipes: dict[str, Recipe]
    every: int = 1
    out: Path | None = None
    kept: dict[str, dict[str, list[SignOutcome]]] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        """The product."""
        engine = self.recipes[ENGINE]
        assert isinstance(engine, Engine)
        return engine

    def group_photos(self, *folders: str) -> list[Path]:
        """Return the photos of some folders of `groups`, sorted."""
        return sorted(path for name in folders for path in (self.data / "groups" / name).glob("*.jpg"))

    def titled(self) -> Iterator[tuple[str, Recipe]]:
        """Give every recipe under its own heading."""
        for title, recipe in self.recipes.items():
            print(f"== {title}")
            yield title, recipe

    def keep_lines(self, name: str, title: str, lines: Sequence[str]) -> None:
        """Write lines to `<out>/<name>.jsonl`, or `<name>-plain.jsonl` for the plain recipe; without `out` nothing."""
        if self.out is not None:
            self.out.mkdir(parents=True, exist_ok=True)
            file = self.out / (f"{name}.jsonl" if title == ENGINE else f"{name}-plain.jsonl")
            file.write_text("".join(line + "\n" for line in lines), "utf-8")


def answer_line(name: str, hands: Answer, faces: Sequence[Box] = ()) -> str:
    """Return an answer as a `fotonetral.check/1`-like JSON line."""
    people = [{"box": face.as_ltwh()} for face in faces]
    return json.dumps({"photo": {"name": name}, "hands": hands, "faces": people})
