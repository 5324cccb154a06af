"""Colour profiles cut down to colours: what a profile says of a camera, a screen or its owner stays behind.

A profile (ICC.1) is a header of 128 bytes, a count, a table of tags (name, offset, length) and their data. Profiles of
screens name maker, model, serial number and the day of calibration. Only the tags that turn numbers into colours are
kept, byte for byte, so that every program shows the same colours as before.
"""

from __future__ import annotations

import struct

_HEADER, _ENTRY, _MOST_TAGS, _MOST_BYTES = 128, 12, 100, 4 * 2**20

_MATRIX = frozenset((b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC"))
_TABLES = frozenset((b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2", b"D2B0", b"D2B1", b"D2B2", b"D2B3"))
_COLOURS = _MATRIX | _TABLES | {b"wtpt", b"bkpt", b"chad", b"cicp"}


def colours_only(profile: bytes) -> bytes | None:
    """Return an RGB profile with its colours and a plain name; None when it is none, or damaged.

    Also None for what no photo carries: other colour spaces, other classes than screen, camera and space.
    """
    try:
        tags = _tags(profile)
    except (struct.error, ValueError):
        return None
    kinds = profile[12:16] in (b"mntr", b"scnr", b"spac") and profile[16:20] == b"RGB "
    if not kinds or not (tags.keys() >= _MATRIX or b"A2B0" in tags):
        return None
    version = profile[8]
    kept = {name: data for name, data in tags.items() if name in _COLOURS}
    return _packed(profile, {b"desc": _name("RGB", version), b"cprt": _note("-", version), **kept})


def _tags(profile: bytes) -> dict[bytes, bytes]:
    """Return the tags' data by name. Raises ValueError or struct.error for what is no whole profile."""
    length, count = struct.unpack_from(">I", profile, 0)[0], struct.unpack_from(">I", profile, _HEADER)[0]
    if profile[36:40] != b"acsp" or not _HEADER < length <= len(profile) <= _MOST_BYTES or count > _MOST_TAGS:
        raise ValueError("no profile")
    tags = {}
    for at in range(count):
        name, start, size = struct.unpack_from(">4sII", profile, _HEADER + 4 + at * _ENTRY)
        if size < 8 or start + size > len(profile):
            raise ValueError("a tag beyond the end")
        tags[name] = profile[start : start + size]
    return tags


def _packed(profile: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Lay out a profile with the old one's version, class, spaces, intent and white, and nothing else of its header."""
    table, data = b"", b""
    start = _HEADER + 4 + _ENTRY * len(tags)
    for name, content in tags.items():
        table += struct.pack(">4sII", name, start + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    length = struct.pack(">I", start + len(data))
    day = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    meaning = profile[8:24]
    appearance = profile[64:80]
    header = length + bytes(4) + meaning + day + b"acsp" + bytes(24) + appearance
    return header.ljust(_HEADER, b"\0") + struct.pack(">I", len(tags)) + table + data


def _name(text: str, version: int) -> bytes:
    if version >= 4:
        return _localized(text)
    plain = text.encode("ascii") + b"\0"
    return b"desc" + bytes(4) + struct.pack(">I", len(plain)) + plain + bytes(4 + 4 + 2 + 1 + 67)


def _note(text: str, version: int) -> bytes:
    return _localized(text) if version >= 4 else b"text" + bytes(4) + text.encode("ascii") + b"\0"


def _localized(text: str) -> bytes:
    content = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(content), 28) + content
