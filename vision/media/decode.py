"""One picture in memory, from header to upright RGB pixels. `vision.media.photo` owns limits and errors.

Pillow decodes all formats but HEIC (libheif through pillow-heif). Measured on a 12-megapixel JPEG, one thread, where
half the size is enough: Pillow with `draft` 34 ms, OpenCV reduced 30 ms, OpenCV in full 75 ms, Pillow in full 138 ms.
OpenCV is not used here: it answers a cut-off JPEG with a half-grey picture, and libjpeg then writes to standard error.
Embedded colour profiles are ignored: hands and faces are found the same, and lcms on hostile profiles is a risk.
"""

from __future__ import annotations

import io
import math
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import cv2
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import ExifTags, Image, TiffImagePlugin
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile, get_sampling
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from vision.media import Media
from vision.media.jpeg import BrokenDataError, MissingDataError, jpeg_pixels
from vision.media.pictures import media_of
from vision.media.sniff import jpeg_scans, png_bad_chunk, png_exif
from vision.media.strictness import silent_libtiff, strict_pillow

Pixels = NDArray[np.uint8]

_FACTORIES: dict[str, type[ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WebP": WebPImageFile,
    "AVIF": AvifImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
    "BMP": BmpImageFile,
    "GIF": GifImageFile,
}

# Bytes a pixel that the decoders hold besides Pillow's own image; measured at 12 megapixels (peak resident memory).
_DECODER_BYTES = {"WebP": 16, "AVIF": 10, "HEIC": 8, "TIFF": 10}

# Filters of the warnings module are one global list: two threads that change it must not interleave.
_WARNINGS_LOCK = threading.Lock()

_BAND_PIXELS = 4_000_000
_MAX_SCANS = 100  # progressive JPEGs in the wild have about 10; each scan costs a pass over the whole picture
_MAX_ARRAY_MODES = frozenset({"I;16", "I;16L", "I;16B", "I;16N", "I"})
_REDUCED_RESOLUTION = 1  # bit of TIFF's NewSubfileType: this picture is a thumbnail of another one (camera raw)
_TAG_SUBFILE, _TAG_BITS, _TAG_TILE_W, _TAG_TILE_H, _TAG_DNG = 254, 258, 322, 323, 50706


class NotAPhotoError(Exception):
    """The container is known but holds something that is not read; the text says what."""


class DamagedError(Exception):
    """The header or the contents break the format's rules; the text is the decoder's."""


class CutError(Exception):
    """The decoder ran out of bytes before the picture was whole."""


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """What the header tells before any pixel is decoded, and the file's bytes.

    stored_wh : before the turn by `orientation` (1..8). mode : Pillow's name for the kind of pixels. fixed_bytes : what
    the decoder holds at whatever size it decodes. icc_profile : the embedded colour profile, None where the pixels come
    out in other colours than it is for. jpeg_tables, jpeg_sampling : a colour JPEG's quantisation tables and chroma
    subsampling in Pillow's numbers, for a copy of equal quality; else None.
    """

    format: str
    stored_wh: tuple[int, int]
    orientation: int
    taken_at: datetime | None
    data: bytes
    media: Media
    mode: str
    fixed_bytes: int = 0
    icc_profile: bytes | None = None
    jpeg_tables: dict[int, list[int]] | None = None
    jpeg_sampling: int | None = None

    @property
    def upright_wh(self) -> tuple[int, int]:
        """The size as a viewer shows it, in pixels."""
        width, height = self.stored_wh
        return (height, width) if self.orientation >= 5 else (width, height)


def read_header(kind: str, data: bytes) -> ImageHeader:
    """Parse the header of `data`, a file of format `kind`. Raises NotAPhotoError, DamagedError or CutError."""
    with _WARNINGS_LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = _opened(kind, data)
            # Not by Pillow's own reading, which takes XMP's word where EXIF is silent: no viewer does.
            exif = png_exif(data) if kind == "PNG" else image.info.get("exif") or b""
            orientation, taken_at = _exif_of(image if kind == "TIFF" else exif)
            if kind in ("HEIC", "TIFF"):
                # libheif turns the picture as the container says, and its EXIF copy must not turn it twice; Pillow
                # turns a TIFF while loading and already tells its turned size.
                orientation = 1
        except (MemoryError, Image.DecompressionBombError):
            raise
        except Exception as error:
            raise DamagedError(str(error)) from error
        _refuse_oddities(kind, image, data)
        media = media_of(kind, image, data)
    width, height = image.size
    if width <= 0 or height <= 0:
        raise DamagedError(f"{width} x {height}")
    tables, sampling = _jpeg_coding(image) if kind == "JPEG" and image.mode == "RGB" else (None, None)
    return ImageHeader(
        format=kind,
        stored_wh=(width, height),
        orientation=orientation,
        taken_at=taken_at,
        data=data,
        media=media,
        mode=image.mode,
        fixed_bytes=_fixed_bytes(kind, image),
        icc_profile=_rgb_profile(image),
        jpeg_tables=tables,
        jpeg_sampling=sampling,
    )


def _opened(kind: str, data: bytes) -> Any:
    """Return Pillow's or libheif's image of the file, of which only the header is read."""
    if kind == "HEIC":
        return pillow_heif.open_heif(data, convert_hdr_to_8bit=True)
    return _FACTORIES[kind](io.BytesIO(data))


def _exif_of(source: ImageFile | bytes) -> tuple[int, datetime | None]:
    """Return orientation and time; damaged EXIF counts as none, because the pixels are still good."""
    try:
        exif = Image.Exif()
        if not isinstance(source, bytes):
            exif = source.getexif()
        elif source:
            exif.load(source)
        turn = exif.get(ExifTags.Base.Orientation, 1)
        return (turn if turn in range(1, 9) else 1), _taken_at(exif)
    except Exception:
        return 1, None


def _taken_at(exif: Image.Exif) -> datetime | None:
    try:
        stamp = str(exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal, ""))
        return datetime.strptime(stamp.strip("\0 "), "%Y:%m:%d %H:%M:%S")
    except Exception:
        return None


def _refuse_oddities(kind: str, image: Any, data: bytes) -> None:
    if kind == "JPEG" and image.info.get("progressive") and jpeg_scans(data, _MAX_SCANS) > _MAX_SCANS:
        raise DamagedError(f"> {_MAX_SCANS} scans")
    if kind == "TIFF":
        tags = image.tag_v2
        subfile = tags.get(_TAG_SUBFILE, 0)
        if _TAG_DNG in tags or (isinstance(subfile, int) and subfile & _REDUCED_RESOLUTION):
            raise NotAPhotoError("camera raw (DNG, NEF, ARW …)")
        _refuse_missing_strips(tags, len(data))
    if kind == "PNG" and (chunk := png_bad_chunk(data)):
        raise DamagedError(f"checksum of {chunk}")
    if image.mode in ("F", "LAB", "HSV"):
        raise NotAPhotoError(f"{kind} {image.mode}")


def _refuse_missing_strips(tags: Any, length: int) -> None:
    """Raise CutError when a TIFF's strips or tiles lie beyond the end of the file."""
    for where, how_long in ((273, 279), (324, 325)):  # StripOffsets, StripByteCounts; TileOffsets, TileByteCounts
        starts, counts = tags.get(where, ()), tags.get(how_long, ())
        if isinstance(starts, tuple) and isinstance(counts, tuple):
            needed = max((int(at) + int(size) for at, size in zip(starts, counts, strict=False)), default=0)
            if needed > length:
                raise CutError(f"{needed} > {length}")


def _rgb_profile(image: Any) -> bytes | None:
    profile = image.info.get("icc_profile")
    kept = image.mode in ("RGB", "RGBA", "RGBX", "P", "PA")
    return profile if kept and isinstance(profile, bytes) and profile else None


def _jpeg_coding(image: JpegImageFile) -> tuple[dict[int, list[int]] | None, int | None]:
    tables = {at: list(table) for at, table in image.quantization.items()}
    sampling = get_sampling(image)
    return (tables if tables else None), (sampling if sampling in (0, 1, 2) else None)


def _fixed_bytes(kind: str, image: Any) -> int:
    if kind == "JPEG" and image.info.get("progressive"):
        # A progressive picture is kept as 16-bit coefficients of all components until its last scan is read.
        samples = [layer[1] * layer[2] for layer in image.layer]
        return int(2 * image.size[0] * image.size[1] * sum(samples) / (max(samples, default=1) or 1))
    if kind == "TIFF":
        tile = [image.tag_v2.get(tag, 0) for tag in (_TAG_TILE_W, _TAG_TILE_H)]
        return 8 * int(tile[0]) * int(tile[1]) if all(isinstance(side, int) for side in tile) else 0
    return 0


def working_bytes(header: ImageHeader, reduce_by: int, shrink_to_wh: tuple[int, int]) -> int:
    """Estimate the most memory that `decode` will hold at once, besides the file itself, in bytes."""
    width, height = header.stored_wh
    mode = header.mode
    stored = 1 if mode in ("1", "L", "P") else 2 if mode.startswith("I;16") else 4
    pixels = math.ceil(width / reduce_by) * math.ceil(height / reduce_by)
    total = pixels * (stored + _DECODER_BYTES.get(header.format, 0)) + 2 * 3 * shrink_to_wh[0] * shrink_to_wh[1]
    return total + header.fixed_bytes + 30 * min(width * height, _BAND_PIXELS)


def decode(header: ImageHeader, reduce_by: int, target_wh: tuple[int, int]) -> Pixels:
    """Decode to upright RGB, uint8 (height, width, 3), shrunk to `target_wh` (stored orientation, never larger).

    `reduce_by` (1, 2, 4, 8) lets a JPEG be decoded at a part of its size. Raises DamagedError or CutError.
    """
    try:
        pixels = _stored_pixels(header, reduce_by, target_wh)
    except Image.DecompressionBombError as error:
        raise MemoryError(str(error)) from error
    except (MemoryError, CutError):
        raise
    except Exception as error:
        text = str(error)
        if isinstance(error, EOFError) or "runcated" in text:
            raise CutError(text) from error
        raise DamagedError(text) from error
    return np.ascontiguousarray(_turned(pixels, header.orientation))


def _stored_pixels(header: ImageHeader, reduce_by: int, target_wh: tuple[int, int]) -> Pixels:
    if header.format == "HEIC":
        return _shrunk(_heif_bands(_opened(header.format, header.data), target_wh[1]), target_wh)
    if header.format == "JPEG":
        try:
            pixels = jpeg_pixels(header.data, header.stored_wh, reduce_by, cmyk=header.mode == "CMYK")
        except MissingDataError as error:
            raise CutError(str(error)) from error
        except BrokenDataError as error:
            raise DamagedError(str(error)) from error
        if pixels is not None:
            return _shrunk(iter([(0, target_wh[1], pixels)]), target_wh)
    with _WARNINGS_LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image: ImageFile = _opened(header.format, header.data)
    return _pillow_pixels(image, reduce_by, target_wh)


def _pillow_pixels(image: ImageFile, reduce_by: int, target_wh: tuple[int, int]) -> Pixels:
    if reduce_by > 1:
        width, height = image.size
        image.draft(None, (max(width // reduce_by, 1), max(height // reduce_by, 1)))
    bits = 16
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        declared = image.tag_v2.get(_TAG_BITS, (16,))
        bits = int(declared[0]) if isinstance(declared, tuple) else int(declared)
        with strict_pillow, silent_libtiff, _WARNINGS_LOCK, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image.load()
    else:
        with strict_pillow:
            image.load()
        if image.format == "BMP" and image.mode == "RGBA" and image.getchannel("A").getextrema() == (0, 0):
            # Programs leave the fourth byte at 0, and viewers take it for unused.
            return _shrunk(_pillow_bands(image.convert("RGB"), bits, target_wh[1]), target_wh)
    return _shrunk(_pillow_bands(image, bits, target_wh[1]), target_wh)


def _bands(width: int, height: int, out_height: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield (source top, source bottom, target top, target bottom): slices of about four megapixels."""
    rows = max(round(_BAND_PIXELS / max(width, 1) * out_height / height), 1)
    for top in range(0, out_height, rows):
        bottom = min(top + rows, out_height)
        yield round(top * height / out_height), round(bottom * height / out_height), top, bottom


def _pillow_bands(image: Image.Image, bits: int, out_height: int) -> Iterator[tuple[int, int, Pixels]]:
    width, height = image.size
    for start, stop, top, bottom in _bands(width, height, min(out_height, height)):
        band = image if (start, stop) == (0, height) else image.crop((0, start, width, stop))
        yield top, bottom, _rgb(band, bits)


def _heif_bands(image: Any, out_height: int) -> Iterator[tuple[int, int, Pixels]]:
    stored: NDArray[Any] = np.asarray(image)
    for start, stop, top, bottom in _bands(stored.shape[1], stored.shape[0], min(out_height, stored.shape[0])):
        yield top, bottom, _rgb(Image.fromarray(stored[start:stop]), 8) if stored.shape[-1] != 3 else stored[start:stop]


def _shrunk(bands: Iterator[tuple[int, int, Pixels]], target_wh: tuple[int, int]) -> Pixels:
    """Put the bands together at the target size, area-averaged; a single band of the right size is not copied."""
    width, height = target_wh
    out: Pixels | None = None
    for top, bottom, band in bands:
        part = band
        if part.shape[:2] != (bottom - top, width):
            part = cv2.resize(band, (width, bottom - top), interpolation=cv2.INTER_AREA)
        if bottom - top == height:
            return part
        if out is None:
            out = np.empty((height, width, 3), np.uint8)
        out[top:bottom] = part
    if out is None:
        raise DamagedError("no pixels")
    return out


def _rgb(band: Image.Image, bits: int) -> Pixels:
    """Return a Pillow image as RGB on white; 16-bit greys are scaled, not clipped."""
    if band.mode in _MAX_ARRAY_MODES:
        grey = np.asarray(band).astype(np.float32) * (255 / (2**bits - 1))
        eight = np.clip(grey + 0.5, 0, 255).astype(np.uint8)
        return np.asarray(cv2.cvtColor(eight, cv2.COLOR_GRAY2RGB), dtype=np.uint8)
    if band.mode in ("La", "RGBa"):
        band = band.convert("LA" if band.mode == "La" else "RGBA")
    if "A" in band.mode or "transparency" in band.info:
        paper = Image.new("RGBA", band.size, "white")
        paper.alpha_composite(band.convert("RGBA"))
        band = paper
    return np.asarray(band if band.mode == "RGB" else band.convert("RGB"))


def _turned(pixels: Pixels, orientation: int) -> Pixels:
    """Turn by EXIF orientation 1..8 to upright."""
    turns: dict[int, Any] = {
        2: lambda a: cv2.flip(a, 1),
        3: lambda a: cv2.rotate(a, cv2.ROTATE_180),
        4: lambda a: cv2.flip(a, 0),
        5: cv2.transpose,
        6: lambda a: cv2.rotate(a, cv2.ROTATE_90_CLOCKWISE),
        7: lambda a: cv2.rotate(cv2.transpose(a), cv2.ROTATE_180),
        8: lambda a: cv2.rotate(a, cv2.ROTATE_90_COUNTERCLOCKWISE),
    }
    turn = turns.get(orientation)
    return pixels if turn is None else np.asarray(turn(pixels), dtype=np.uint8)
