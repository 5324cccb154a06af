"""Tiny pictures in unusual formats, turned by EXIF, or broken: what a decoder must cope with."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow
from pillow_heif import register_heif_opener

from .scene import Image

CORNERS = {
    "top_left": (220, 40, 40),
    "top_right": (40, 180, 60),
    "bottom_left": (40, 80, 220),
    "bottom_right": (235, 200, 40),
}
"""sRGB of the quarters of the tiny picture: red, green over blue, yellow. Upright it is 48 wide and 32 high."""

SIZE_WH = (48, 32)

# How a picture must be turned before it is stored, so that each EXIF orientation makes it upright again.
_STORED = {
    1: None,
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_90,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_270,
}
_EXIF_ORIENTATION = 0x0112


def quarters() -> Image:
    """Return the tiny picture, (32, 48, 3) uint8 RGB."""
    width, height = SIZE_WH
    out = np.empty((height, width, 3), np.uint8)
    out[: height // 2, : width // 2] = CORNERS["top_left"]
    out[: height // 2, width // 2 :] = CORNERS["top_right"]
    out[height // 2 :, : width // 2] = CORNERS["bottom_left"]
    out[height // 2 :, width // 2 :] = CORNERS["bottom_right"]
    return out


def write_orientations(folder: Path) -> list[Path]:
    """Write `orientation_1.jpg` .. `orientation_8.jpg`; upright, all show `quarters`."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for orientation, turn in _STORED.items():
        stored = Pillow.fromarray(quarters())
        if turn is not None:
            stored = stored.transpose(turn)
        exif = Pillow.Exif()
        exif[_EXIF_ORIENTATION] = orientation
        paths.append(folder / f"orientation_{orientation}.jpg")
        stored.save(paths[-1], quality=95, subsampling=0, exif=exif)
    return paths


def write_formats(folder: Path) -> list[Path]:
    """Write `quarters` in every format that is read, and in the odd modes people's files come in."""
    folder.mkdir(parents=True, exist_ok=True)
    register_heif_opener()
    picture = Pillow.fromarray(quarters())
    clear = picture.copy()
    clear.putalpha(Pillow.new("L", SIZE_WH, 255))
    pictures = {
        "plain.jpg": (picture, {"quality": 95, "subsampling": 0}),
        "progressive.jpg": (picture, {"quality": 95, "subsampling": 0, "progressive": True}),
        "cmyk.jpg": (picture.convert("CMYK"), {"quality": 95}),
        "grey.jpg": (picture.convert("L"), {"quality": 95}),
        "plain.png": (picture, {}),
        "palette.png": (picture.quantize(16, dither=Pillow.Dither.NONE), {}),
        "transparent.png": (clear, {}),
        "lossless.webp": (picture, {"lossless": True}),
        "plain.bmp": (picture, {}),
        "plain.tiff": (picture, {"compression": "tiff_lzw"}),
        "plain.heic": (picture, {"quality": 90, "chroma": 444}),
        "plain.avif": (picture, {"quality": 90, "subsampling": "4:4:4"}),
    }
    for name, (image, options) in pictures.items():
        image.save(folder / name, **options)
    moving = [picture, picture.transpose(Pillow.Transpose.ROTATE_180)]
    moving[0].save(folder / "two_frames.gif", save_all=True, append_images=moving[1:], duration=100)
    # Pillow cannot write colour at 16 bits a channel; OpenCV can.
    deep = (quarters()[..., ::-1].astype(np.uint16) << 8) | quarters()[..., ::-1]
    cv2.imwrite(str(folder / "sixteen_bit.png"), deep)
    return sorted([*(folder / name for name in pictures), folder / "two_frames.gif", folder / "sixteen_bit.png"])


def write_broken(folder: Path, whole_jpeg: bytes) -> list[Path]:
    """Write files that must end in an error: cut off, empty, no picture at all, and a header that asks for 10 GB."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "truncated.jpg": whole_jpeg[: len(whole_jpeg) * 2 // 5],
        "empty.jpg": b"",
        "text_as.jpg": b"Ini bukan foto, melainkan teks biasa.\n" * 4,
        "bomb.png": _png_claiming(60_000, 60_000),
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return sorted(folder / name for name in contents)


def _png_claiming(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
