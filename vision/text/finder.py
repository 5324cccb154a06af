"""Which lines of text a picture shows: a look at the whole, and where numbers matter one at each person's chest."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box
from vision.runtime.crew import Crew
from vision.text.detector import TextDetector
from vision.text.line import Quad, TextLine, box_around, sides
from vision.text.reader import TextReader, cut_line

_HINT_SIDE, _SIDE, _CHEST_SIDE = 320, 960, 320
"""Pixels of the long side in the first look at a picture, in the second at where it found something, and at a chest.

The first look costs a ninth of the second and may not miss what the second reads. How many lines come out of both, and
how long they take: `python -m scripts.bench text`.
"""

_LEAST_SCORE, _LEAST_HEIGHT_PX = 0.6, 8.0
_MOST_CHESTS = 8
_SAME_LINE_OVERLAP = 0.5


class TextFinder:
    """Finds and reads text. Threads may share one; the same pixels get the same answer."""

    def __init__(self, *, threads: int = 2) -> None:
        """Load the detector. Raises EngineError."""
        self._detector = TextDetector(threads=threads)
        self._crew = Crew(threads)

    @cached_property
    def _reader(self) -> TextReader:
        # Most photos hold no text: it is loaded for the first that does.
        return TextReader()

    def read(self, pixels: NDArray[np.uint8], chests: Sequence[Box] = ()) -> tuple[TextLine, ...]:
        """Read the lines in (height, width, 3) uint8 RGB pixels, from above. Raises EngineError.

        `chests` are looked at more closely, the largest first and so many at most: a lone digit on a shirt is seldom
        seen from afar.
        """
        far: list[Quad] = []
        if (area := self._detector.area(pixels, _HINT_SIDE)) is not None:
            long = max(pixels.shape[:2])
            far = self._near(pixels, area, max(area.width, area.height) * min(1.0, _SIDE / long))
        largest = sorted(chests, key=lambda box: -box.area)[:_MOST_CHESTS]
        near = [quad for chest in largest for quad in self._near(pixels, chest, _CHEST_SIDE)]
        # What is seen from afar comes first: a look at a chest cuts off lines that go on beside it.
        return _once_each([*self._lines(pixels, far), *self._lines(pixels, near)])

    def close(self) -> None:
        """End the threads."""
        self._crew.close()

    def _near(self, pixels: NDArray[np.uint8], part: Box, side: float) -> list[Quad]:
        """Find the lines in a part of the picture, in its pixels, with a long side of the part of about `side`."""
        box = part.clipped((pixels.shape[1], pixels.shape[0]))
        left, top = math.floor(box.left), math.floor(box.top)
        cut = pixels[top : math.ceil(box.bottom), left : math.ceil(box.right)]
        if min(cut.shape[:2]) < _LEAST_HEIGHT_PX:
            return []
        return [quad + np.array([left, top], np.float32) for quad in self._detector.find(cut, round(side))]

    def _lines(self, pixels: NDArray[np.uint8], quads: Iterable[Quad]) -> list[TextLine]:
        """Read lines, the surest first, and leave out what cannot be read."""
        tall = [quad for quad in quads if min(sides(quad)) >= _LEAST_HEIGHT_PX]
        lines = self._crew.map(lambda quad: self._line(pixels, quad), tall) if tall else []
        sure = [line for line in lines if line.text and line.score >= _LEAST_SCORE]
        return sorted(sure, key=lambda line: -line.score)

    def _line(self, pixels: NDArray[np.uint8], quad: Quad) -> TextLine:
        text, score = self._reader.read(cut_line(pixels, quad))
        return TextLine(box_around(quad), text.strip(), score, min(sides(quad)))


def _once_each(lines: Iterable[TextLine]) -> tuple[TextLine, ...]:
    """Return the lines, each once, from above: of two readings of one place the first stays."""
    kept: list[TextLine] = []
    for line in lines:
        if not any(line.box.overlap(other.box) > _SAME_LINE_OVERLAP for other in kept):
            kept.append(line)
    return tuple(sorted(kept, key=lambda line: (line.box.top, line.box.left)))
