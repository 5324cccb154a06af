"""Copies as files: no metadata, the same colours, never over the original, whole or not at all."""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from vision.media.photo import FileSource, MediaFile, Original
from vision.remedy import copies
from vision.remedy.copies import Format, Target, encode, target_of, write
from vision.remedy.errors import CopyExistsError, CopyFormatError, CopyIsOriginalError, CopyUnwritableError
from vision.remedy.profile import colours_only

PIXELS = np.random.default_rng(1).integers(0, 256, (48, 64, 3), np.uint8)
PLAIN = Original(PIXELS, None, None, None)


def open_original(source: FileSource) -> Original:
    return MediaFile.open(source).first.original()


def screen_profile() -> bytes:
    """Make an sRGB profile that also names somebody's screen, as calibration programs do."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    count = struct.unpack_from(">I", profile, 128)[0]
    note = b"mmod" + bytes(4) + b"BUDI SANTOSO MONITOR SN-12345678"
    entries = profile[132 : 132 + 12 * count]
    moved = b"".join(
        struct.pack(">4sII", name, start + 12, size) for name, start, size in struct.iter_unpack(">4sII", entries)
    )
    body = profile[132 + 12 * count :]
    table = moved + struct.pack(">4sII", b"mmod", 132 + 12 * (count + 1) + len(body), len(note))
    whole = profile[:48] + b"APPLBUDI" + profile[56:128] + struct.pack(">I", count + 1) + table + body + note
    return struct.pack(">I", len(whole)) + whole[4:]


def telling_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "KameraMerek"
    exif[ExifTags.Base.Artist] = "Budi Santoso"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.BodySerialNumber] = "SN-12345678"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2028:10:01 08:00:00"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "S", (7.0, 49.0, 12.0)
    gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (110.0, 9.0, 33.0)
    return exif


def telling_jpeg() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(PIXELS).save(
        stream, "JPEG", quality=77, exif=telling_exif(), comment=b"Budi Santoso", icc_profile=screen_profile(),
        xmp=b"<x:xmpmeta>Budi Santoso</x:xmpmeta>",
    )  # fmt: skip
    return stream.getvalue()


def telling_png() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Budi Santoso")
    stream = io.BytesIO()
    Image.fromarray(PIXELS).save(stream, "PNG", pnginfo=words, exif=telling_exif(), icc_profile=screen_profile())
    return stream.getvalue()


@pytest.mark.parametrize("form", list(Format))
@pytest.mark.parametrize("data", [telling_jpeg(), telling_png()], ids=["jpeg", "png"])
def test_nothing_that_tells_of_anybody_is_in_the_copy(data: bytes, form: Format) -> None:
    for word in (b"Budi", b"KameraMerek", b"SN-123"):
        assert word in data or data.startswith(b"\x89PNG"), "the original tells (a PNG packs some of it)"
    original = open_original(data)
    copy = encode(original.pixels, form, original)
    for word in (b"Budi", b"BUDI", b"KameraMerek", b"SN-123", b"Exif", b"xmp", b"2028:10"):
        assert word not in copy
    with Image.open(io.BytesIO(copy)) as image:
        image.load()
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "icc_profile"}
        assert b"BUDI" not in image.info["icc_profile"] and b"mmod" not in image.info["icc_profile"]


def test_a_png_has_the_very_pixels() -> None:
    with Image.open(io.BytesIO(encode(PIXELS, Format.PNG, PLAIN))) as image:
        assert (np.asarray(image) == PIXELS).all()


def test_a_jpeg_keeps_its_quality() -> None:
    for quality, sampling in ((60, 2), (77, 0), (98, 1)):
        stream = io.BytesIO()
        Image.fromarray(PIXELS).save(stream, "JPEG", quality=quality, subsampling=sampling)
        original = open_original(stream.getvalue())
        again = open_original(encode(original.pixels, Format.JPEG, original))
        assert (again.jpeg_tables, again.jpeg_sampling) == (original.jpeg_tables, sampling)


def test_other_formats_become_jpegs_of_good_quality() -> None:
    stream = io.BytesIO()
    Image.fromarray(PIXELS).save(stream, "JPEG", quality=copies.JPEG_QUALITY)
    usual = open_original(stream.getvalue())
    assert open_original(encode(PIXELS, Format.JPEG, PLAIN)).jpeg_tables == usual.jpeg_tables


def test_tables_that_few_programs_read_are_not_kept() -> None:
    coarse = Original(PIXELS, None, {0: [300] * 64, 1: [300] * 64}, 2)
    steps = open_original(encode(PIXELS, Format.JPEG, coarse)).jpeg_tables
    assert steps is not None and max(max(table) for table in steps.values()) < 255


def test_too_large_for_the_format() -> None:
    with pytest.raises(CopyUnwritableError, match="70000 x 1"):
        encode(np.zeros((1, 70000, 3), np.uint8), Format.JPEG, PLAIN)


class TestProfile:
    def test_colours_are_the_same(self) -> None:
        profile = screen_profile()
        kept = colours_only(profile)
        assert kept is not None and b"mmod" not in kept and b"BUDI" not in kept and len(kept) < len(profile)
        photo = Image.fromarray(PIXELS)
        lab = ImageCms.createProfile("LAB")
        before, after = (
            ImageCms.applyTransform(
                photo,
                ImageCms.buildTransform(ImageCms.ImageCmsProfile(io.BytesIO(one)), lab, "RGB", "LAB"),
            )
            for one in (profile, kept)
        )
        assert before is not None and after is not None
        assert (np.asarray(before) == np.asarray(after)).all()

    def test_names_are_plain(self) -> None:
        kept = colours_only(screen_profile())
        assert kept is not None
        opened = ImageCms.ImageCmsProfile(io.BytesIO(kept))
        assert ImageCms.getProfileDescription(opened).strip() == "RGB"
        assert opened.profile.manufacturer in (None, "")

    def test_the_older_kind_of_profile(self) -> None:
        """Version 2 has its names in other words; the rest is the same."""
        old = bytearray(screen_profile())
        old[8] = 2
        kept = colours_only(bytes(old))
        assert kept is not None and kept[8] == 2
        assert ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(kept))).strip() == "RGB"

    @pytest.mark.parametrize(
        "damage",
        [
            lambda p: b"",
            lambda p: p[:100],
            lambda p: p[:200],
            lambda p: p[:16] + b"CMYK" + p[20:],
            lambda p: p[:12] + b"prtr" + p[16:],
            lambda p: p[:36] + b"xxxx" + p[40:],
            lambda p: p[:128] + b"\xff\xff\xff\xff" + p[132:],
            lambda p: p[:136] + b"\xff\xff\xff\xf0" + p[140:],
            lambda p: p.replace(b"rXYZ", b"oops"),
        ],
    )
    def test_what_is_no_whole_profile_is_left_out(self, damage: Any) -> None:
        broken = damage(screen_profile())
        assert colours_only(broken) is None
        assert encode(PIXELS, Format.PNG, Original(PIXELS, broken, None, None)) == encode(PIXELS, Format.PNG, PLAIN)

    def test_profiles_of_other_colours_stay_behind(self, fixtures: Path) -> None:
        for name in ("cmyk.jpg", "grey.jpg"):
            assert open_original(fixtures / "formats" / name).icc_profile is None


class TestTarget:
    @pytest.fixture
    def photo(self, tmp_path: Path) -> str:
        path = tmp_path / "foto.jpg"
        path.write_bytes(b"original")
        return str(path)

    @pytest.mark.parametrize(
        ("name", "form"), [("a.jpg", "JPEG"), ("a.JPEG", "JPEG"), ("a.png", "PNG"), ("b.c.Png", "PNG")]
    )
    def test_the_suffix_decides(self, photo: str, tmp_path: Path, name: str, form: str) -> None:
        assert target_of(photo, "HEIC", str(tmp_path / name), force=False) == Target(tmp_path / name, Format(form))

    @pytest.mark.parametrize(("came", "name"), [("PNG", "foto.png"), ("HEIC", "foto.jpg"), ("JPEG", "foto.jpg")])
    def test_in_a_folder_the_photo_decides(self, photo: str, tmp_path: Path, came: str, name: str) -> None:
        (tmp_path / "siap").mkdir()
        assert target_of(photo, came, str(tmp_path / "siap"), force=False).path == tmp_path / "siap" / name

    @pytest.mark.parametrize("name", ["a.heic", "a.webp", "a", "a.", ".jpg"])
    def test_other_suffixes_are_refused(self, photo: str, tmp_path: Path, name: str) -> None:
        with pytest.raises(CopyFormatError):
            target_of(photo, "JPEG", str(tmp_path / name), force=False)

    @pytest.mark.parametrize("force", [False, True])
    @pytest.mark.parametrize("kind", ["same", "hard link", "symlink", "roundabout", "its folder", "link to a link"])
    def test_the_original_is_never_the_target(self, photo: str, tmp_path: Path, kind: str, force: bool) -> None:
        other = tmp_path / "lain.jpg"
        out = photo
        if kind == "hard link":
            other.hardlink_to(photo)
            out = str(other)
        elif kind == "symlink":
            other.symlink_to(photo)
            out = str(other)
        elif kind == "link to a link":
            (tmp_path / "a.jpg").symlink_to(photo)
            other.symlink_to(tmp_path / "a.jpg")
            out = str(other)
        elif kind == "roundabout":
            (tmp_path / "x").mkdir()
            out = str(tmp_path / "x" / ".." / "foto.jpg")
        elif kind == "its folder":
            out = str(tmp_path)
        with pytest.raises(CopyIsOriginalError):
            target_of(photo, "JPEG", out, force=force)
        with pytest.raises(CopyIsOriginalError):
            write(Target(Path(photo if kind == "its folder" else out), Format.JPEG), b"new", photo, force=force)
        assert Path(photo).read_bytes() == b"original"

    def test_the_original_behind_a_link_is_never_the_target(self, photo: str, tmp_path: Path) -> None:
        link = tmp_path / "tautan.jpg"
        link.symlink_to(photo)
        with pytest.raises(CopyIsOriginalError):
            target_of(str(link), "JPEG", photo, force=True)

    def test_another_file_needs_force(self, photo: str, tmp_path: Path) -> None:
        other = tmp_path / "lain.jpg"
        other.write_bytes(b"other")
        with pytest.raises(CopyExistsError):
            target_of(photo, "JPEG", str(other), force=False)
        target = target_of(photo, "JPEG", str(other), force=True)
        with pytest.raises(CopyExistsError):
            write(target, b"new", photo, force=False)
        assert other.read_bytes() == b"other"
        write(target, b"new", photo, force=True)
        assert other.read_bytes() == b"new"

    def test_a_link_to_nowhere_is_a_file_too(self, photo: str, tmp_path: Path) -> None:
        link = tmp_path / "lain.jpg"
        link.symlink_to(tmp_path / "tidak-ada.jpg")
        with pytest.raises(CopyExistsError):
            target_of(photo, "JPEG", str(link), force=False)

    def test_force_replaces_a_link_and_not_what_it_points_to(self, photo: str, tmp_path: Path) -> None:
        other, link = tmp_path / "lain.jpg", tmp_path / "tautan.jpg"
        other.write_bytes(b"other")
        link.symlink_to(other)
        write(target_of(photo, "JPEG", str(link), force=True), b"new", photo, force=True)
        assert (link.read_bytes(), other.read_bytes(), link.is_symlink()) == (b"new", b"other", False)

    def test_a_folder_of_that_name_is_no_file(self, photo: str, tmp_path: Path) -> None:
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "foto.jpg").mkdir()
        with pytest.raises(CopyExistsError):
            target_of(photo, "JPEG", str(tmp_path / "a"), force=True)

    def test_whole_or_not_at_all(self, photo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fails(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", fails)
        with pytest.raises(CopyUnwritableError, match="No space"):
            write(Target(tmp_path / "a.jpg", Format.JPEG), b"new", photo, force=False)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["foto.jpg"]

    def test_where_nothing_can_be_written(self, photo: str, tmp_path: Path) -> None:
        with pytest.raises(CopyUnwritableError):
            write(Target(tmp_path / "tidak" / "ada.jpg", Format.JPEG), b"new", photo, force=False)

    def test_no_links_no_matter(self, photo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def knows_none(_self: Path, _target: Path) -> None:
            raise OSError(1, "Operation not permitted")

        monkeypatch.setattr(Path, "hardlink_to", knows_none)
        target = Target(tmp_path / "a.jpg", Format.JPEG)
        write(target, b"new", photo, force=False)
        with pytest.raises(CopyExistsError):
            write(target, b"newer", photo, force=False)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jpg", "foto.jpg"]

    def test_readable_as_other_files_are(self, photo: str, tmp_path: Path) -> None:
        previous = os.umask(0o022)
        try:
            write(Target(tmp_path / "a.jpg", Format.JPEG), b"new", photo, force=False)
        finally:
            os.umask(previous)
        assert (tmp_path / "a.jpg").stat().st_mode & 0o777 == 0o644
