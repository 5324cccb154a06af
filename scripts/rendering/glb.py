"""Reading the one kind of file the renderer needs: a binary glTF (GLB) with a single skinned mesh."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_JSON_CHUNK = 0x4E4F534A
_COMPONENTS = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


@dataclass(frozen=True, slots=True)
class Glb:
    """The JSON part of a GLB and its binary buffer."""

    tree: dict[str, Any]
    buffer: bytes

    def accessor(self, index: int) -> NDArray[Any]:
        """Return accessor `index` as an array of shape (count, components), in the file's own dtype."""
        accessor = self.tree["accessors"][index]
        view = self.tree["bufferViews"][accessor["bufferView"]]
        start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
        dtype = np.dtype(_COMPONENTS[accessor["componentType"]])
        width, count = _WIDTHS[accessor["type"]], accessor["count"]
        stride = view.get("byteStride", 0) or dtype.itemsize * width
        return np.ndarray((count, width), dtype, self.buffer, start, (stride, dtype.itemsize))


def read_glb(path: Path) -> Glb:
    """Read a GLB file with one JSON and one binary chunk.

    Raises ValueError when the file is no GLB or lacks a chunk.
    """
    data = path.read_bytes()
    if data[:4] != b"glTF":
        raise ValueError(f"{path.name} is no GLB file: it starts with {data[:4]!r}")
    tree: dict[str, Any] | None = None
    buffer: bytes | None = None
    offset = 12
    while offset < len(data):
        length, kind = struct.unpack_from("<II", data, offset)
        chunk = data[offset + 8 : offset + 8 + length]
        if kind == _JSON_CHUNK:
            tree = json.loads(chunk)
        else:
            buffer = chunk
        offset += 8 + length
    if tree is None or buffer is None:
        raise ValueError(f"{path.name} lacks its JSON or its binary chunk")
    return Glb(tree, buffer)
