"""Decoding: formats, orientation, limits and errors, on pictures that the tests make."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import textwrap
import time
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageFile

from vision.errors import (
    PhotoEmptyError,
    PhotoError,
    PhotoNotFoundError,
    PhotoTooLargeError,
    PhotoTruncatedError,
    PhotoUnreadableError,
    PhotoUnsupportedError,
)
from vision.media.photo import ANALYSIS_SIDE, PhotoLimits, decode_full, open_photo
from vision.media.strictness import strict_pillow

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 200, 30), (30, 30, 220), (250, 250, 250)


def quadrants(width: int = 96, height: int = 64) -> Image.Image:
    """Red, green over blue, white: every turn and mirror image of it is different."""
    array = np.zeros((height, width, 3), np.uint8)
    array[: height // 2, : width // 2], array[: height // 2, width // 2 :] = RED, GREEN
    array[height // 2 :, : width // 2], array[height // 2 :, width // 2 :] = BLUE, WHITE
    return Image.fromarray(array)


def encode(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    if kind == "HEIC":
        pillow_heif.from_pillow(image).save(buffer, quality=90, **options)
    else:
        image.save(buffer, kind, **options)
    return buffer.getvalue()


def corners(pixels: np.ndarray) -> list[tuple[int, ...]]:
    h, w = pixels.shape[:2]
    spots = ((h // 4, w // 4), (h // 4, 3 * w // 4), (3 * h // 4, w // 4), (3 * h // 4, 3 * w // 4))
    return [tuple(int(v) for v in pixels[spot]) for spot in spots]


def assert_near(pixels: np.ndarray, expected: list[tuple[int, int, int]], tolerance: int = 14) -> None:
    got = corners(pixels)
    assert np.abs(np.array(got) - np.array(expected)).max() <= tolerance, got


def noisy(width: int, height: int) -> Image.Image:
    small = np.random.default_rng(5).integers(0, 255, (max(height // 8, 1), max(width // 8, 1), 3), np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BILINEAR)


def sixteen_bit_png(width: int = 96, height: int = 64) -> bytes:
    ramp = np.linspace(0, 65535, width).astype(np.uint16)
    return encode(Image.fromarray(np.tile(ramp, (height, 1))), "PNG")


FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    "JPEG": ("JPEG", {"quality": 95, "subsampling": 0}),
    "JPEG progressive": ("JPEG", {"quality": 95, "progressive": True}),
    "PNG": ("PNG", {}),
    "WebP": ("WEBP", {"quality": 95}),
    "WebP lossless": ("WEBP", {"lossless": True}),
    "HEIC": ("HEIC", {}),
    "AVIF": ("AVIF", {"quality": 95, "speed": 10}),
    "TIFF": ("TIFF", {}),
    "TIFF deflate": ("TIFF", {"compression": "tiff_adobe_deflate"}),
    "BMP": ("BMP", {}),
    "GIF": ("GIF", {}),
}


@pytest.mark.parametrize("label", FORMATS)
def test_every_format_gives_the_same_upright_rgb(label: str) -> None:
    kind, options = FORMATS[label]
    data = encode(quadrants(), kind, **options)
    photo = open_photo(data)
    assert photo.pixels.shape == (64, 96, 3)
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.flags.c_contiguous
    assert not photo.pixels.flags.writeable
    assert photo.format == label.split()[0]
    assert (photo.name, photo.size_wh, photo.scale_xy) == ("<bytes>", (96, 64), (1.0, 1.0))
    assert_near(photo.pixels, [RED, GREEN, BLUE, WHITE], 24)
    assert_near(decode_full(data), [RED, GREEN, BLUE, WHITE], 24)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        pytest.param("P", "PNG", id="palette"),
        pytest.param("P", "GIF", id="palette GIF"),
        pytest.param("CMYK", "JPEG", id="print-shop JPEG, Adobe-inverted"),
        pytest.param("CMYK", "TIFF", id="print-shop TIFF"),
        pytest.param("RGBA", "PNG", id="opaque alpha"),
        pytest.param("RGBA", "WEBP", id="opaque alpha WebP"),
    ],
)
def test_colour_modes(mode: str, kind: str) -> None:
    image = quadrants().quantize(8) if mode == "P" else quadrants().convert(mode)
    assert_near(open_photo(encode(image, kind)).pixels, [RED, GREEN, BLUE, WHITE], 24)


def test_grey_and_bilevel() -> None:
    grey = open_photo(encode(Image.new("L", (10, 8), 90), "JPEG")).pixels
    assert (grey == grey[0, 0]).all()
    assert abs(int(grey[0, 0, 0]) - 90) <= 2
    assert (open_photo(encode(Image.new("1", (9, 7), 1), "PNG")).pixels == 255).all()


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_not_clipped(kind: str) -> None:
    ramp = np.tile(np.linspace(0, 65535, 96).astype(np.uint16), (64, 1))
    row = open_photo(encode(Image.fromarray(ramp), kind)).pixels[3, :, 0].astype(int)
    assert (row[0], row[-1]) == (0, 255)
    assert np.abs(row - np.linspace(0, 255, 96)).max() <= 1


def test_sixteen_bit_colour_png() -> None:
    value = struct.pack(">3H", 0x8000, 0xFFFF, 0x0100) * 4
    raw = b"".join(b"\0" + value for _ in range(4))
    chunks = [(b"IHDR", struct.pack(">2I5B", 4, 4, 16, 2, 0, 0, 0)), (b"IDAT", zlib.compress(raw)), (b"IEND", b"")]
    assert tuple(open_photo(png_of(chunks)).pixels[0, 0]) == (0x80, 0xFF, 0x01)


def png_of(chunks: list[tuple[bytes, bytes]]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_pixels_become_white(mode: str) -> None:
    assert (open_photo(encode(Image.new(mode, (8, 8), 0), "PNG")).pixels == 255).all()


def test_transparent_palette_entry_becomes_white() -> None:
    image = Image.new("P", (8, 8), 0)
    image.putpalette([10, 20, 30] * 256)
    assert (open_photo(encode(image, "PNG", transparency=0)).pixels == 255).all()


def test_first_page_and_first_frame() -> None:
    first, second = Image.new("RGB", (8, 8), RED), Image.new("RGB", (8, 8), BLUE)
    for kind in ("TIFF", "GIF", "WEBP"):
        data = encode(first, kind, save_all=True, append_images=[second])
        assert np.abs(open_photo(data).pixels[4, 4].astype(int) - RED).max() <= 24


TURNS: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, 1),  # how the sensor saw it: stored turned left, shown by turning right
    7: lambda a: np.rot90(a, 2).transpose(1, 0, 2),
    8: lambda a: np.rot90(a, -1),
}


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIC"])
def test_all_eight_orientations_come_out_upright_once(kind: str, orientation: int) -> None:
    stored = Image.fromarray(np.ascontiguousarray(TURNS[orientation](np.asarray(quadrants()))))
    exif = Image.Exif()
    exif[0x0112] = orientation
    # A HEIC says the turn twice, in the container (which libheif follows) and in an EXIF copy, as those of phones do.
    data = encode(stored, kind, exif=exif.tobytes() if kind == "HEIC" else exif)
    photo = open_photo(data)
    assert photo.size_wh == (96, 64)
    assert photo.pixels.flags.c_contiguous
    assert_near(photo.pixels, [RED, GREEN, BLUE, WHITE], 24)
    assert decode_full(data).shape == (64, 96, 3)


@pytest.mark.parametrize(
    ("size", "analysis"),
    [
        pytest.param((4032, 3024), (2016, 1512), id="12 MP phone: half"),
        pytest.param((3024, 4032), (1512, 2016), id="upright phone"),
        pytest.param((3999, 100), (3999, 100), id="just under twice the analysis side: whole"),
        pytest.param((8000, 600), (2000, 150), id="a quarter"),
        pytest.param((4033, 25), (2017, 13), id="odd sizes are rounded up by libjpeg"),
    ],
)
def test_jpegs_are_decoded_reduced(size: tuple[int, int], analysis: tuple[int, int]) -> None:
    data = encode(quadrants(*size), "JPEG")
    photo = open_photo(data)
    assert (photo.pixels.shape[1], photo.pixels.shape[0]) == analysis
    assert photo.size_wh == size
    assert photo.scale_xy == (size[0] / analysis[0], size[1] / analysis[1])
    assert max(analysis) >= ANALYSIS_SIDE
    assert_near(photo.pixels, [RED, GREEN, BLUE, WHITE])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["PNG", "BMP"])
@pytest.mark.parametrize("size", [(6001, 700), (700, 6001), (9000, 1501), (4000, 300)])
def test_other_large_formats_are_shrunk(kind: str, size: tuple[int, int]) -> None:
    photo = open_photo(encode(quadrants(*size), kind))
    height, width = photo.pixels.shape[:2]
    assert 2000 <= max(width, height) < 4000
    assert abs(width / height - size[0] / size[1]) < 0.02 * size[0] / size[1]
    assert_near(photo.pixels, [RED, GREEN, BLUE, WHITE], 1)


@pytest.mark.parametrize(
    ("alpha", "shown"), [(0, RED), (255, RED), (None, (255, 255, 255))], ids=["none", "full", "in part"]
)
def test_the_fourth_byte_of_a_bitmap_is_no_transparency_where_it_is_0_throughout(
    alpha: int | None, shown: tuple[int, int, int]
) -> None:
    rows = np.full((8, 8, 4), (*RED[::-1], alpha or 0), np.uint8)
    if alpha is None:
        rows[7, 7, 3] = 255
    # A header of version 4, whose masks say that the fourth byte is an alpha.
    masks = struct.pack("<4I4s", 0xFF0000, 0xFF00, 0xFF, 0xFF000000, b"BGRs")
    facts = struct.pack("<IiiHHIIiiII", 108, 8, 8, 1, 32, 3, rows.nbytes, 2835, 2835, 0, 0) + masks
    head = struct.pack("<2sIHHI", b"BM", 122 + rows.nbytes, 0, 0, 122)
    pixels = open_photo(head + facts + bytes(108 - len(facts)) + rows.tobytes()).pixels
    assert tuple(pixels[4, 4]) == shown


def test_a_turned_large_photo_keeps_scale_and_orientation() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = open_photo(encode(quadrants(6000, 1000), "PNG", exif=exif))
    assert photo.size_wh == (1000, 6000)
    assert photo.pixels.shape == (2000, 333, 3)
    assert_near(photo.pixels, [BLUE, RED, WHITE, GREEN], 1)


@pytest.mark.parametrize("size", [(1, 1), (1, 50000), (50000, 1), (3, 60001)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_extreme_shapes(kind: str, size: tuple[int, int]) -> None:
    photo = open_photo(encode(Image.new("RGB", size, RED), kind))
    assert photo.size_wh == size
    assert min(photo.pixels.shape) >= 1
    assert max(photo.pixels.shape[:2]) < 4000
    assert decode_full(encode(Image.new("RGB", size, RED), kind)).shape == (size[1], size[0], 3)


def test_array_source() -> None:
    array = np.asarray(quadrants())
    photo = open_photo(array, name="camera")
    assert (photo.name, photo.format, photo.taken_at) == ("camera", "ARRAY", None)
    assert np.array_equal(photo.pixels, array)
    assert photo.pixels is not array
    assert photo.sha256 == open_photo(array.copy()).sha256
    assert photo.sha256 != open_photo(array.reshape(96, 64, 3)).sha256
    large = open_photo(np.zeros((4001, 10, 3), np.uint8))
    assert large.pixels.shape == (2000, 5, 3)


@pytest.mark.parametrize(
    ("array", "error"),
    [
        (np.zeros((4, 4), np.uint8), PhotoUnsupportedError),
        (np.zeros((4, 4, 4), np.uint8), PhotoUnsupportedError),
        (np.zeros((4, 4, 3), np.float32), PhotoUnsupportedError),
        (np.zeros((0, 4, 3), np.uint8), PhotoEmptyError),
    ],
)
def test_wrong_arrays(array: np.ndarray, error: type[PhotoError]) -> None:
    for read in (open_photo, decode_full):
        with pytest.raises(error):
            read(array)


def test_sources_of_the_same_file_agree(tmp_path: Path) -> None:
    path = tmp_path / "foto «1».png"
    data = encode(quadrants(), "PNG")
    path.write_bytes(data)
    with path.open("rb") as file:
        photos = [open_photo(s) for s in (path, str(path), data, bytearray(data), memoryview(data), file)]
    assert {p.sha256 for p in photos} == {photos[0].sha256}
    assert [p.name for p in photos] == [str(path)] * 2 + ["<bytes>"] * 4
    assert open_photo(data, name="a.png").name == "a.png"


@pytest.mark.parametrize("source", [None, 7, [b"x"], io.StringIO("text")])
def test_wrong_types_are_type_errors(source: Any) -> None:
    with pytest.raises(TypeError):
        open_photo(source)


def test_exif_time() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2024:02:14 08:30:00"
    assert open_photo(encode(quadrants(), "JPEG", exif=exif)).taken_at == datetime(2024, 2, 14, 8, 30)
    assert open_photo(encode(quadrants(), "HEIC", exif=exif.tobytes())).taken_at == datetime(2024, 2, 14, 8, 30)
    exif.get_ifd(0x8769)[0x9003] = "0000:00:00 00:00:00"  # cameras whose clock was never set
    assert open_photo(encode(quadrants(), "JPEG", exif=exif)).taken_at is None


def test_damaged_exif_does_not_lose_the_photo() -> None:
    data = encode(quadrants(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\x99" * 40)
    assert_near(open_photo(data).pixels, [RED, GREEN, BLUE, WHITE], 24)


# --- errors ---------------------------------------------------------------------------------------------------------


def test_paths_that_are_no_photo(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe.jpg"
    os.mkfifo(fifo)
    missing = [tmp_path / "none.jpg", tmp_path, fifo, Path("/dev/zero"), "a\0b", "http://example.org/a.jpg", ""]
    for path in missing:
        began = time.perf_counter()
        with pytest.raises(PhotoNotFoundError) as caught:
            open_photo(path)
        assert time.perf_counter() - began < 1, "must not wait on a pipe"
        assert caught.value.text("id") != caught.value.text("en")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(encode(quadrants(), "JPEG"))
    path.chmod(0)
    with pytest.raises(PhotoNotFoundError, match="permission"):
        open_photo(path)


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        pytest.param(b"", PhotoEmptyError, "0 bytes", id="empty"),
        pytest.param(b"hello world, not a photo", PhotoUnsupportedError, "24 bytes", id="text"),
        pytest.param(b"%PDF-1.7 ...", PhotoUnsupportedError, "PDF", id="a PDF"),
        pytest.param(b"\0\0\0\x18ftypisom\0\0\0\0isommp42", PhotoUnsupportedError, "video", id="a video"),
        pytest.param(b"\0" * 4096, PhotoUnsupportedError, "zeros", id="a failed copy: zeros"),
        pytest.param(b"II*\0\x10\0\0\0CR\2\0" + b"\0" * 40, PhotoUnsupportedError, "raw", id="Canon raw"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\x07" * 64, PhotoUnreadableError, "damaged", id="PNG without header"),
        pytest.param(b"\xff\xd8\xff", PhotoTruncatedError, "3", id="only the start of a JPEG"),
    ],
)
def test_bytes_that_are_no_photo(data: bytes, error: type[PhotoError], says: str) -> None:
    with pytest.raises(error, match=says):
        open_photo(data)


def test_raw_thumbnails_are_not_taken_for_the_photo() -> None:
    """DNG, NEF and ARW are TIFFs whose first picture is a thumbnail: judging that would miss small hands."""
    data = encode(quadrants(), "TIFF", tiffinfo={254: 1})
    with pytest.raises(PhotoUnsupportedError, match="raw"):
        open_photo(data)


@pytest.mark.parametrize("label", FORMATS)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.97])
def test_cut_off_files_never_pass(label: str, part: float) -> None:
    kind, options = FORMATS[label]
    data = encode(noisy(256, 192), kind, **options)
    with pytest.raises(PhotoTruncatedError, match=str(int(len(data) * part))):
        open_photo(data[: int(len(data) * part)])


def test_jpeg_filled_up_with_zeros_is_cut_off() -> None:
    data = encode(noisy(256, 192), "JPEG")
    with pytest.raises(PhotoTruncatedError):
        open_photo(data[: len(data) // 2] + bytes(len(data) // 2))


@pytest.mark.parametrize("size", [(256, 192), (4800, 160)], ids=["whole size", "decoded reduced"])
def test_jpeg_closed_early_is_cut_off_though_it_has_an_end(size: tuple[int, int]) -> None:
    """Some programs put the end marker after half of the data; libjpeg fills the rest with grey."""
    data = encode(noisy(*size), "JPEG")
    with pytest.raises(PhotoTruncatedError):
        open_photo(data[: len(data) // 2] + b"\xff\xd9")


def damaged(data: bytes, how: str) -> bytes:
    """Return a JPEG whose data is damaged from 40% on, with its end marker in place."""
    at, end = len(data) * 4 // 10, len(data) - 2
    hole = min(1000, (end - at) // 2)
    changed = {
        "zeros to the end": bytes(end - at),
        "ones to the end": b"\xff" * (end - at),
        "zeros in the middle": bytes(hole) + data[at + hole : end],
        "other data in the middle": bytes(range(128)) * (hole // 128) + data[at + hole // 128 * 128 : end],
        "a piece is gone": data[at + hole : end],
    }
    return data[:at] + changed[how] + data[end:]


@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["plain", "progressive"])
@pytest.mark.parametrize("size", [(512, 384), (4800, 160)], ids=["whole size", "decoded reduced"])
@pytest.mark.parametrize(
    "how",
    ["zeros to the end", "ones to the end", "zeros in the middle", "other data in the middle", "a piece is gone"],
)
def test_concealed_damage_is_an_error(how: str, size: tuple[int, int], options: dict[str, Any]) -> None:
    """Decoders fill the damage with grey or with colours, and show the rest as if nothing were."""
    whole = encode(noisy(*size), "JPEG", **options)
    assert open_photo(whole).pixels.any()
    with pytest.raises((PhotoTruncatedError, PhotoUnreadableError)):
        open_photo(damaged(whole, how))


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_concealed_damage_in_other_colours(mode: str) -> None:
    whole = encode(noisy(512, 384).convert(mode), "JPEG")
    assert open_photo(whole).pixels.any()
    with pytest.raises((PhotoTruncatedError, PhotoUnreadableError)):
        open_photo(damaged(whole, "zeros to the end"))


@pytest.mark.parametrize("padding", [1, 2, 16, 60])
def test_padding_before_the_end_marker_is_harmless(padding: int) -> None:
    """Some cameras pad their data; libjpeg warns of that as well."""
    data = encode(noisy(256, 192), "JPEG")
    padded = open_photo(data[:-2] + bytes(padding) + data[-2:])
    assert np.array_equal(padded.pixels, open_photo(data).pixels)


def test_other_warnings_are_harmless() -> None:
    data = bytearray(encode(noisy(256, 192), "JPEG"))
    assert data[6:11] == b"JFIF\0"
    data[11] = 9  # a revision that does not exist
    assert open_photo(bytes(data)).pixels.shape == (192, 256, 3)


def test_what_lies_behind_a_progressive_jpeg_is_no_scan() -> None:
    data = encode(noisy(256, 192), "JPEG", progressive=True)
    assert open_photo(data + b"\xff\xda" * 500).pixels.shape == (192, 256, 3)


def test_too_many_scans_are_refused_though_an_end_marker_is_hidden_in_a_comment() -> None:
    data = encode(noisy(64, 64), "JPEG", progressive=True)
    first = data.index(b"\xff\xda")
    comment = b"\xff\xfe\0\x04\xff\xd9"
    last = data.rindex(b"\xff\xda")
    many = data[:last] + comment + data[last:-2] * 120 + data[-2:]
    assert first < last
    with pytest.raises(PhotoUnreadableError, match="100 scans"):
        open_photo(many)


def test_a_photo_with_a_really_grey_corner_passes() -> None:
    image = noisy(256, 192)
    image.paste((128, 128, 128), (0, 96, 256, 192))
    for options in ({"quality": 90}, {"quality": 90, "optimize": True}, {"quality": 75, "subsampling": 0}):
        assert open_photo(encode(image, "JPEG", **options)).pixels.shape == (192, 256, 3)
    assert open_photo(encode(Image.new("RGB", (256, 192), (128, 128, 128)), "JPEG")).pixels.shape == (192, 256, 3)


def test_damaged_contents_are_unreadable() -> None:
    data = bytearray(encode(noisy(256, 192), "PNG"))
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    with pytest.raises(PhotoUnreadableError):
        open_photo(bytes(data))


# --- limits ---------------------------------------------------------------------------------------------------------


def bomb(width: int, height: int) -> bytes:
    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    return png_of([(b"IHDR", header), (b"IDAT", zlib.compress(bytes(10_000))), (b"IEND", b"")])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "says"),
    [((60000, 60000), b"3600000000"), ((16000, 12500), b"MB of memory")],
    ids=["too many pixels", "too much memory for this kind"],
)
def test_a_decompression_bomb_costs_nothing(size: tuple[int, int], says: bytes) -> None:
    """Measured in a process of its own, because peak memory never falls."""
    code = """
        import resource, sys, time
        from vision.errors import PhotoTooLargeError
        from vision.media.photo import PhotoLimits, open_photo
        data = sys.stdin.buffer.read()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        try:
            open_photo(data, limits=PhotoLimits(max_working_bytes=500_000_000))
        except PhotoTooLargeError as error:
            print(error.text("en"))
        assert time.perf_counter() - began < 0.1
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        input=bomb(*size),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert says in done.stdout
    assert done.stderr == b""


def test_limits() -> None:
    data = encode(quadrants(), "PNG")
    with pytest.raises(PhotoTooLargeError, match="6144"):
        open_photo(data, limits=PhotoLimits(max_pixels=6143))
    assert open_photo(data, limits=PhotoLimits(max_pixels=6144)).size_wh == (96, 64)
    for source in (data, io.BytesIO(data)):
        with pytest.raises(PhotoTooLargeError, match=str(len(data) - 1)):
            open_photo(source, limits=PhotoLimits(max_bytes=len(data) - 1))
    with pytest.raises(PhotoTooLargeError):
        open_photo(np.zeros((8, 8, 3), np.uint8), limits=PhotoLimits(max_pixels=63))
    with pytest.raises(PhotoTooLargeError, match="memory"):
        decode_full(data, limits=PhotoLimits(max_working_bytes=10_000))


def test_a_large_file_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    with path.open("wb") as file:
        file.truncate(300 * 2**20)
    began = time.perf_counter()
    with pytest.raises(PhotoTooLargeError):
        open_photo(path)
    assert time.perf_counter() - began < 0.2


@pytest.mark.slow
def test_no_bomb_warning_leaks_from_large_honest_photos() -> None:
    """Pillow warns above 89 megapixels; this 100-megapixel scan is within our limits (warnings are errors here)."""
    assert open_photo(encode(Image.new("1", (10000, 10000), 1), "PNG")).pixels.shape == (2000, 2000, 3)


@pytest.mark.slow
def test_nothing_on_standard_error(tmp_path: Path) -> None:
    """libjpeg, libtiff and libpng write their complaints to the descriptor, past Python."""
    jpeg = encode(noisy(256, 192), "JPEG")
    tiff = encode(noisy(256, 192), "TIFF", compression="tiff_adobe_deflate")
    cases = [jpeg[:-3], jpeg[:2000] + b"\xff\xd9", jpeg[:2000] + b"\xff\xd8\xff" + jpeg[2000:], tiff[:4000]]
    cases += [tiff[:3000] + bytes(800) + tiff[3800:]]
    lzw = encode(noisy(256, 192), "TIFF", compression="tiff_lzw")
    cases += [lzw[:3000] + b"\xa5" * 800 + lzw[3800:]]
    for number, data in enumerate(cases):
        (tmp_path / f"{number}").write_bytes(data)
    code = """
        import sys
        from vision.errors import PhotoError
        from vision.media.photo import open_photo
        for path in sys.argv[1:]:
            try:
                open_photo(path)
            except PhotoError:
                pass
    """
    paths = [str(path) for path in sorted(tmp_path.iterdir())]
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code), *paths], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_cut_off_photo_is_told_even_where_pillow_was_told_to_make_do(fixtures: Path) -> None:
    """face_recognition, for one, switches Pillow's leniency on for the whole process."""
    whole = (fixtures / "formats" / "plain.png").read_bytes()
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        with pytest.raises(PhotoTruncatedError):
            open_photo(whole[: len(whole) * 2 // 3])
        assert ImageFile.LOAD_TRUNCATED_IMAGES, "what another library wants of Pillow is left as it was"
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def test_settings_of_the_process_are_changed_by_the_first_who_decodes_and_put_back_by_the_last() -> None:
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        with strict_pillow:
            with strict_pillow:
                assert not ImageFile.LOAD_TRUNCATED_IMAGES
            assert not ImageFile.LOAD_TRUNCATED_IMAGES
        assert ImageFile.LOAD_TRUNCATED_IMAGES
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


@pytest.mark.slow
def test_importing_the_checker_and_decoding_leave_pillows_settings_alone(tmp_path: Path) -> None:
    """In a process of its own, where nothing was imported yet."""
    path = tmp_path / "a.tif"
    path.write_bytes(encode(noisy(256, 192), "TIFF", compression="tiff_lzw"))
    code = """
        import ctypes, pathlib, sys
        import PIL
        from PIL import Image, ImageFile
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        (library,) = (pathlib.Path(PIL.__file__).parents[1] / "pillow.libs").glob("libtiff*.so*")
        tiff = ctypes.CDLL(str(library))
        def handlers():
            told = []
            for setter in (tiff.TIFFSetErrorHandler, tiff.TIFFSetWarningHandler):
                setter.argtypes, setter.restype = [ctypes.c_void_p], ctypes.c_void_p
                told.append(setter(None))
                setter(told[-1])
            return told
        before = [*handlers(), ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS]
        import vision.checker
        from vision.media.photo import open_photo
        after_import = [*handlers(), ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS]
        open_photo(sys.argv[1])
        after_decoding = [*handlers(), ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS]
        assert all(before[:2]), before
        assert before == after_import == after_decoding, (before, after_import, after_decoding)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
