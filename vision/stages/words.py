"""The look at words: lines of text where they matter, what they say, and only those that say something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box
from vision.rules import CandidateFacts, ElectionContext, Policy
from vision.rules.words import Said, SeenText, WordSearch

if TYPE_CHECKING:
    from vision.text import TextLine

_CHEST_WIDTHS, _CHEST_HEIGHTS = 3.2, 3.5
"""A chest lies below the chin: so many face widths broad, so many face heights tall."""
_WITHIN, _ON_A_FACE, _LARGEST = 0.5, 0.2, 1.4
"""A number on a chest lies in it by this part, by less than the next on any face, and is so many faces tall at most."""


class ReadsText(Protocol):
    """Fits `vision.text.TextFinder`."""

    def read(self, pixels: NDArray[np.uint8], chests: Sequence[Box] = ()) -> tuple[TextLine, ...]:
        """Return the lines of (height, width, 3) uint8 RGB pixels; `chests` are looked at more closely."""

    def close(self) -> None:
        """Free native memory."""


@dataclass(frozen=True, slots=True)
class Words:
    """What words say, and the lines that say it: `said` counts in `lines`, nothing else that was read is kept."""

    said: tuple[Said, ...] = ()
    lines: tuple[SeenText, ...] = ()


def word_search(policy: Policy, people: Mapping[str, CandidateFacts], context: ElectionContext) -> WordSearch:
    """Return what is looked for: the words of the policy, the names of the people in scope, the numbers they hold."""
    return WordSearch(policy.words, people.values(), context.ballot_holders)


def read_words(reader: ReadsText, search: WordSearch, pixels: NDArray[np.uint8], faces: Sequence[Box]) -> Words:
    """Read a photo's text and say what it means. Raises EngineError."""
    chests = [_chest(face) for face in faces] if search.wants_bare_numbers else []
    lines = [
        SeenText(at, line.text, line.box, line.height, _is_worn(line, faces), line.score)
        for at, line in enumerate(reader.read(pixels, chests))
    ]
    return _with_meaning(search.said_by(lines), lines)


def _with_meaning(said: Iterable[Said], lines: Sequence[SeenText]) -> Words:
    """Keep the lines that say something, numbered anew."""
    told = tuple(said)
    kept = sorted({at for one in told for at in one.texts})
    places = {old: new for new, old in enumerate(kept)}
    return Words(
        tuple(replace(one, texts=tuple(places[at] for at in one.texts)) for one in told),
        tuple(replace(lines[old], index=new) for new, old in enumerate(kept)),
    )


def _is_worn(line: TextLine, faces: Sequence[Box]) -> bool:
    """Tell whether a line stands on somebody's chest: of a size that clothes have, and on nobody's face."""
    on_a_face = any(face.overlap(line.box) > _ON_A_FACE for face in faces)
    return not on_a_face and any(
        _chest(face).overlap(line.box) > _WITHIN and line.height <= _LARGEST * face.height for face in faces
    )


def _chest(face: Box) -> Box:
    width, (x, _) = _CHEST_WIDTHS * face.width, face.center_xy
    return Box(x - width / 2, face.bottom, width, _CHEST_HEIGHTS * face.height)
