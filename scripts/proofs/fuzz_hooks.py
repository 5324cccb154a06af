"""What schemathesis sends as a photo: now and then a real one, or a damaged one, beside bytes of its own invention."""

from __future__ import annotations

import schemathesis
from hypothesis import strategies

from scripts import ROOT

_FIXTURES = ROOT / "fixtures"
_PHOTOS = [path.read_bytes() for path in sorted((_FIXTURES / "formats").iterdir())]
_PHOTOS += [path.read_bytes() for path in sorted((_FIXTURES / "broken").iterdir())]
_PHOTOS += [(_FIXTURES / "portraits" / "grace_hopper.jpg").read_bytes()]

_damaged = strategies.builds(
    lambda photo, at, byte: photo[: at % (len(photo) + 1)] + bytes([byte]) + photo[at % (len(photo) + 1) + 1 :],
    strategies.sampled_from(_PHOTOS),
    strategies.integers(0, 100_000),
    strategies.integers(0, 255),
)

schemathesis.openapi.format(
    "binary", strategies.one_of(strategies.binary(max_size=200), strategies.sampled_from(_PHOTOS), _damaged)
)
