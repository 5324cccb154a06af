"""How many pictures each network is shown during a check: that is what a check costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from vision.faces.embedder import FaceEmbedder
from vision.faces.yunet import YuNet
from vision.hands.landmarker import HandLandmarker
from vision.hands.palms import PalmFinder

NETWORKS = ("face detector", "palm detector", "hand landmarks", "face embedding")


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Count the pictures that each of NETWORKS is shown while the block runs, in all threads."""
    shown: Counter[str] = Counter()
    places: Sequence[tuple[type, str, str, Callable[..., int]]] = (
        # Pictures of any size are counted in squares of 128 pixels, what one face is shown in.
        (YuNet, "detect", NETWORKS[0], lambda pixels: round(pixels.shape[0] * pixels.shape[1] / 128**2)),
        (PalmFinder, "find", NETWORKS[1], lambda _pixels, patches, _least: len(patches)),
        (HandLandmarker, "look", NETWORKS[2], lambda _pixels, patches: len(patches)),
        (FaceEmbedder, "embed_chips", NETWORKS[3], lambda chips: len(chips)),
    )
    saved = [(kind, name, getattr(kind, name)) for kind, name, _, _ in places]
    for kind, name, network, count in places:
        setattr(kind, name, _counting(getattr(kind, name), shown, network, count))
    try:
        yield shown
    finally:
        for kind, name, method in saved:
            setattr(kind, name, method)


def _counting(
    method: Callable[..., Any], shown: Counter[str], network: str, count: Callable[..., int]
) -> Callable[..., Any]:
    def counting(self: object, *arguments: Any) -> Any:
        shown[network] += count(*arguments)
        return method(self, *arguments)

    return counting
