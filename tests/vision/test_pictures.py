"""How many pictures a file holds: animations, pages, further photos, videos; and what phones add to a photo."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from vision.media import Media, MediaKind
from vision.media.photo import open_photo

FIRST, SECOND = Image.new("RGB", (96, 64), (200, 40, 40)), Image.new("RGB", (96, 64), (40, 40, 200))
ONE = Media()


def saved(kind: str, *further: Image.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    FIRST.copy().save(buffer, kind, save_all=True, append_images=[one.copy() for one in further], **options)
    return buffer.getvalue()


def jpeg(image: Image.Image = FIRST, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", **options)
    return buffer.getvalue()


def heic(*images: Image.Image, **options: Any) -> bytes:
    file, buffer = pillow_heif.from_pillow(images[0]), io.BytesIO()
    for image in images[1:]:
        file.add_from_pillow(image)
    file.save(buffer, save_all=True, **options)
    return buffer.getvalue()


def with_segment(data: bytes, marker: int, body: bytes) -> bytes:
    return data[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body + data[2:]


def mpo(*further: tuple[int, bytes]) -> bytes:
    """Return a multi-picture file as CIPA DC-007 says, from (type, JPEG) of every picture behind the first."""
    count = 1 + len(further)
    # A directory of three entries, and behind it 16 bytes a picture; offsets count from the byte order on.
    entries = [
        struct.pack("<HHI4s", 0xB000, 7, 4, b"0100"),
        struct.pack("<HHII", 0xB001, 4, 1, count),
        struct.pack("<HHII", 0xB002, 7, 16 * count, 8 + 2 + 36 + 4),
    ]
    head = b"II*\0" + struct.pack("<IH", 8, 3) + b"".join(entries) + struct.pack("<I", 0)
    main = with_segment(jpeg(), 0xE2, b"MPF\0" + head + bytes(16 * count))
    index, at = main.index(b"MPF\0") + 4, len(main)
    rows = [struct.pack("<IIIHH", 0x030000, len(main), 0, 0, 0)]
    for kind, data in further:
        rows.append(struct.pack("<IIIHH", kind, len(data), at - index, 0, 0))
        at += len(data)
    table = index + len(head)
    main = main[:table] + b"".join(rows) + main[table + 16 * count :]
    return main + b"".join(data for _, data in further)


def video(brand: bytes = b"mp42") -> bytes:
    return (
        struct.pack(">I4s4sI4s4s", 24, b"ftyp", brand, 0, b"mp42", b"isom")
        + struct.pack(">I4s", 264, b"mdat")
        + bytes(256)
    )


def helper(marker: int, body: bytes) -> bytes:
    return with_segment(jpeg(FIRST.resize((48, 32))), marker, body)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_animations(kind: str) -> None:
    assert open_photo(saved(kind, SECOND, FIRST, duration=100)).media == Media(MediaKind.ANIMATION, 3)
    assert open_photo(saved(kind)).media == ONE


def test_an_animated_png_whose_still_picture_is_no_frame() -> None:
    assert open_photo(saved("PNG", SECOND, default_image=True)).media.pictures == 2


def test_a_gif_of_one_frame_with_comments_is_a_photo() -> None:
    assert open_photo(saved("GIF", comment=b"x" * 700)).media == ONE


def test_pages() -> None:
    data = saved("TIFF", SECOND, SECOND, SECOND, compression="tiff_lzw")
    assert open_photo(data).media == Media(MediaKind.DOCUMENT, 4)
    assert open_photo(saved("TIFF", compression="tiff_lzw")).media == ONE


@pytest.mark.parametrize("subfile", [1, 4], ids=["a preview", "a mask"])
def test_previews_and_masks_are_no_pages(subfile: int) -> None:
    data = bytearray(saved("TIFF", SECOND, tiffinfo={254: 0}, compression="tiff_lzw"))
    # The last NewSubfileType (tag 254, LONG, one value) of the file is the second page's.
    entry = struct.pack("<HHI", 254, 4, 1)
    at = data.rindex(entry)
    data[at + 8 : at + 12] = struct.pack("<I", subfile)
    assert open_photo(bytes(data)).media == ONE


def test_heic_with_several_photos() -> None:
    assert open_photo(heic(FIRST, SECOND)).media == Media(MediaKind.IMAGE, 2)
    assert open_photo(heic(FIRST)).media == ONE


def test_heic_of_a_phone_with_preview_and_depth_is_one_photo() -> None:
    file = pillow_heif.from_pillow(Image.fromarray(np.zeros((512, 512, 3), np.uint8)))
    file.info["thumbnails"] = [128]
    buffer = io.BytesIO()
    file.save(buffer)
    assert len(pillow_heif.open_heif(buffer.getvalue()).info["thumbnails"]) == 1
    assert open_photo(buffer.getvalue()).media == ONE


def test_heic_motion_photo() -> None:
    film = video()
    assert open_photo(heic(FIRST) + struct.pack(">I4s", 8 + len(film), b"mpvd") + film).media == Media(has_video=True)


MAP = Image.new("L", (48, 32), 90)
APPLE = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><apdi:AuxiliaryImageType>urn:com:apple:photo:2020:aux:hdrgainmap"
ULTRA = b'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><rdf:Description hdrgm:Version="1.0"/>'


@pytest.mark.parametrize(
    ("further", "pictures"),
    [
        pytest.param([(0, jpeg(SECOND))], 2, id="a second photo of no kind"),
        pytest.param([(0x020003, jpeg(SECOND)), (0x020003, jpeg(FIRST))], 3, id="several angles"),
        pytest.param([(0x020002, jpeg(SECOND))], 2, id="two eyes' views"),
        pytest.param([(0x010001, jpeg(SECOND))], 1, id="a camera's VGA preview"),
        pytest.param([(0x010002, jpeg(SECOND))], 1, id="a camera's HD preview"),
        pytest.param([(0, helper(0xE1, APPLE))], 1, id="an iPhone's gain map"),
        pytest.param([(0, helper(0xE1, ULTRA))], 1, id="Android's Ultra HDR"),
        pytest.param([(0, helper(0xE2, b"urn:iso:std:iso:ts:21496:-1\0\0\0\0\0"))], 1, id="a gain map by ISO 21496-1"),
        pytest.param([(0, jpeg(MAP))], 1, id="a map without colours"),
    ],
)
def test_photos_within_a_jpeg(further: list[tuple[int, bytes]], pictures: int) -> None:
    assert open_photo(mpo(*further)).media == Media(MediaKind.IMAGE, pictures)


def test_pillows_own_multi_picture_file() -> None:
    assert open_photo(saved("MPO", SECOND)).media == Media(MediaKind.IMAGE, 2)


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("brand", [b"mp42", b"isom", b"qt  "])
def test_motion_photos(progressive: bool, brand: bytes) -> None:
    assert open_photo(jpeg(progressive=progressive) + video(brand)).media == Media(has_video=True)


@pytest.mark.parametrize("behind", [b"\0" * 4096, b"SEFH" + b"ftyp" * 9 + b"SEFT", b"Image_UTC_Data1700000000000"])
def test_what_else_phones_write_behind_a_photo_is_no_video(behind: bytes) -> None:
    assert open_photo(jpeg() + behind).media == ONE


def test_a_damaged_index_or_rest_leaves_the_first_picture() -> None:
    data = bytearray(mpo((0, jpeg(SECOND))))
    at = data.index(b"MPF\0") + 4
    data[at + 4 : at + 8] = b"\xff\xff\xff\x7f"
    assert open_photo(bytes(data)).media.pictures == 1


def test_a_damaged_further_picture_counts() -> None:
    moving = saved("GIF", SECOND)
    assert open_photo(moving[: len(moving) - 40] + b";").media.pictures == 2
    pages = bytearray(saved("TIFF", SECOND, compression="tiff_lzw"))
    first = struct.unpack_from("<I", pages, 4)[0]
    (entries,) = struct.unpack_from("<H", pages, first)
    struct.pack_into("<I", pages, first + 2 + 12 * entries, len(pages) - 3)  # the next directory is cut off
    assert open_photo(bytes(pages)).media.pictures == 2
