"""Which thumbnails the page holds, and how large they are: as many as its budget carries, the most severe first."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from PIL import Image

_SIDES = ((640, 26_000), (480, 17_000), (320, 9_500), (240, 6_200), (200, 5_000))
"""Longer side in pixels and the bytes that such a picture has in the middle. Measured on 192 photos of people in WebP
of quality 65."""

_QUALITY = 65
_SPARE = 1.3
"""So many times more pictures are prepared than fit by the table: photos of sky and wall are smaller than the rest."""

_SIGNATURES = {b"\xff\xd8\xff": "jpeg", b"RIFF": "webp"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with the thumbnails of a report: the longer side in pixels, and how many may come at most.

    Pictures of up to `keep_bytes` stay as they are.
    """

    side: int
    most: int
    keep_bytes: int


def plan(sizes: Sequence[int], budget: int) -> Plan:
    """Choose the largest side at which all pictures fit into `budget` bytes, else the smallest and the first of them.

    `sizes` are the bytes of the pictures as they are, the most important first. The budget counts what stands in the
    page, where four characters carry three bytes.
    """
    carried = budget * 3 // 4
    for side, typical in _SIDES:
        if sum(min(size, typical) for size in sizes) <= carried:
            return Plan(side, len(sizes), typical)
    side, typical = _SIDES[-1]
    ends = accumulate(min(size, typical) for size in sizes)
    return Plan(side, sum(end <= carried * _SPARE for end in ends), typical)


def fitted(thumbnail: bytes, chosen: Plan) -> bytes | None:
    """Return the picture at the size of the plan; None for bytes that are no JPEG or WebP picture."""
    if kind_of(thumbnail) is None:
        return None
    if len(thumbnail) <= chosen.keep_bytes:
        return thumbnail
    try:
        with Image.open(io.BytesIO(thumbnail), formats=("JPEG", "WEBP")) as picture:
            small = picture.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    small.thumbnail((chosen.side, chosen.side), Image.Resampling.BICUBIC, reducing_gap=2.0)
    stream = io.BytesIO()
    small.save(stream, "WEBP", quality=_QUALITY, method=2)
    return stream.getvalue()


def kind_of(thumbnail: bytes) -> str | None:
    """Return "jpeg" or "webp" by the first bytes, None for anything else."""
    return next((kind for start, kind in _SIGNATURES.items() if thumbnail.startswith(start)), None)


def within(sizes: Sequence[int], budget: int) -> int:
    """Return how many pictures of these sizes, in this order, fit into the budget of a page."""
    spent = 0
    for count, size in enumerate(sizes):
        spent += (size + 2) // 3 * 4
        if spent > budget:
            return count
    return len(sizes)
