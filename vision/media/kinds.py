"""Which kind of file this is: a photo that is read, or something else that may hold pictures and is not looked at.

Contents go before names: a video called `foto.jpg` is a video. A name counts where the first bytes say nothing (a
damaged photo must not go unnoticed) and where several kinds share one form: a camera's raw file is a TIFF, a Live
Photo and a Word document are zips.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping
from enum import StrEnum

from vision.media.sniff import sniff

HEAD_BYTES = 512
"""So many first bytes tell the kind."""

PHOTO_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp", ".gif"}
)
"""Files named like photos are tried even when their header is not one's: a damaged photo must not go unnoticed."""


class FileKind(StrEnum):
    """Kinds of files. Their values are a contract (`kind` of an error); all but PHOTO are not looked at."""

    PHOTO = "photo"
    VIDEO = "video"
    PDF = "pdf"
    OFFICE = "office"
    RAW = "raw"
    JPEG_XL = "jpeg_xl"
    JPEG_2000 = "jpeg_2000"
    DESIGN = "design"
    IMAGE = "image"
    LIVE_PHOTO = "live_photo"
    MAIL = "mail"
    ARCHIVE = "archive"
    HIDDEN = "hidden"
    """A hidden file or folder with any of these in it."""


_NAMED: Mapping[FileKind, str] = {
    FileKind.VIDEO: "mp4 m4v mov qt webm mkv avi wmv asf flv f4v mpg mpeg mpe m2v vob m2ts 3gp 3g2 ogv rm rmvb mxf",
    FileKind.PDF: "pdf",
    FileKind.OFFICE: "doc docx docm dot dotx rtf wps xls xlsx xlsm xlsb xlt xltx ppt pptx pptm pot potx pps ppsx pub "
    "vsd vsdx one odt ott ods ots odp otp odg fodt fods fodp fodg pages numbers epub mobi azw3 djvu djv xps oxps",
    FileKind.RAW: "cr2 cr3 crw nef nrw arw srf sr2 dng raf orf rw2 rwl pef srw x3f 3fr fff iiq mrw erf kdc dcr mos mef "
    "gpr raw",
    FileKind.JPEG_XL: "jxl",
    FileKind.JPEG_2000: "jp2 j2k j2c jpc jpf jpx jpm",
    FileKind.DESIGN: "psd psb ai eps ps cdr xcf indd idml svg svgz sketch fig afdesign afphoto afpub kra clip xd ora",
    FileKind.IMAGE: "ico cur tga pcx ppm pgm pbm pnm pam jxr wdp hdp exr hdr qoi dds wmf emf dcm jls icns",
    FileKind.LIVE_PHOTO: "livp",
    FileKind.MAIL: "eml msg mbox pst ost mht mhtml",
    FileKind.ARCHIVE: "zip rar 7z tar tgz tbz tbz2 txz tzst zst cab arj lzh lha ace iso dmg cbz cbr cb7 z01",
}
_BY_SUFFIX = {f".{suffix}": kind for kind, suffixes in _NAMED.items() for suffix in suffixes.split()}
RAW_SUFFIXES = tuple(f".{suffix}" for suffix in _NAMED[FileKind.RAW].split())

_SOUND = frozenset({".m4a", ".m4b", ".mka", ".wma", ".oga", ".ogg", ".opus"})  # sound in a form that videos share
_PROGRAMS = frozenset(
    {
        *(".jar", ".war", ".ear", ".apk", ".aab", ".ipa", ".xpi", ".crx", ".appx", ".msix", ".vsix"),
        *(".whl", ".egg", ".nupkg", ".npz", ".pt", ".pth", ".keras"),
    }
)
"""Zips that are programs and numbers."""

_OLE_OTHERS = frozenset({".msi", ".msp", ".db", ".suo"})
_STARTS: tuple[tuple[bytes, FileKind], ...] = (
    (b"%PDF-", FileKind.PDF),
    (b"{\\rtf", FileKind.OFFICE),
    (b"AT&TFORM", FileKind.OFFICE),
    (b"FUJIFILMCCD-RAW", FileKind.RAW),
    (b"IIRO", FileKind.RAW),
    (b"IIRS", FileKind.RAW),
    (b"MMOR", FileKind.RAW),
    (b"IIU\0", FileKind.RAW),
    (b"II\x1a\0\0\0HEAPCCDR", FileKind.RAW),
    (b"\0MRM", FileKind.RAW),
    (b"FOVb", FileKind.RAW),
    (b"\xff\x0a", FileKind.JPEG_XL),
    (b"\0\0\0\x0cJXL \r\n\x87\n", FileKind.JPEG_XL),
    (b"\0\0\0\x0cjP  ", FileKind.JPEG_2000),
    (b"\xff\x4f\xff\x51", FileKind.JPEG_2000),
    (b"8BPS", FileKind.DESIGN),
    (b"%!PS", FileKind.DESIGN),
    (b"\xc5\xd0\xd3\xc6", FileKind.DESIGN),
    (b"gimp xcf ", FileKind.DESIGN),
    (b"\x06\x06\xed\xf5\xd8\x1d\x46\xe5", FileKind.DESIGN),
    (b"II\xbc\x01", FileKind.IMAGE),
    (b"v/1\x01", FileKind.IMAGE),
    (b"qoif", FileKind.IMAGE),
    (b"FLV\x01", FileKind.VIDEO),
    (b".RMF", FileKind.VIDEO),
    (b"\0\0\x01\xba", FileKind.VIDEO),
    (b"\0\0\x01\xb3", FileKind.VIDEO),
    (b"\x1aE\xdf\xa3", FileKind.VIDEO),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", FileKind.VIDEO),
    (b"Rar!\x1a\x07", FileKind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", FileKind.ARCHIVE),
    (b"MSCF\0\0\0\0", FileKind.ARCHIVE),
)
_QUICKTIME = frozenset({b"moov", b"mdat", b"wide", b"pnot"})
_RIFF = {b"AVI ": FileKind.VIDEO, b"CDXA": FileKind.VIDEO}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
_OFFICE_PARTS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"xl/", b"ppt/")
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")
_PACKED_SUFFIXES = frozenset({".gz", ".bz2", ".xz", ".zst"})
_SUFFIX = re.compile(r"\.(?=\w*[A-Za-z])\w{1,10}\Z")
_NUMBERED = re.compile(r"\.(7z|zip|rar)\.\d{3}\Z")

_SUBFILE, _SUB_IFDS, _DNG_VERSION = 254, 330, 50706


def kind_of(head: bytes, name: str = "") -> FileKind | None:
    """Return what a file is by its first bytes (`HEAD_BYTES` or more) and its name; None for what holds no picture."""
    suffix = suffix_of(name)
    if sniff(head) is not None:
        return FileKind.RAW if is_raw(head, name) else FileKind.PHOTO
    told, kind = _by_content(head, suffix, name)
    if told:
        return kind
    if suffix in PHOTO_SUFFIXES:
        return FileKind.PHOTO
    return named_kind(name)


def kind_of_content(head: bytes, name: str = "") -> FileKind | None:
    """Return the kind by the first bytes alone, None where only the name would tell. Never PHOTO."""
    if sniff(head) is not None:
        return FileKind.RAW if is_raw(head, name) else None
    return _by_content(head, suffix_of(name), name)[1]


def named_kind(name: str) -> FileKind | None:
    """Return what the name alone says, PHOTO included."""
    suffix = suffix_of(name)
    if suffix in PHOTO_SUFFIXES:
        return FileKind.PHOTO
    if suffix in _PACKED_SUFFIXES and _may_hold_pictures(name[: -len(suffix)]):
        return FileKind.ARCHIVE
    if _NUMBERED.search(name.lower()):
        return FileKind.ARCHIVE
    return _BY_SUFFIX.get(suffix)


def is_raw(head: bytes, name: str = "") -> bool:
    """Tell whether a file that begins like a TIFF is a camera's raw file, whose first picture is but a thumbnail."""
    if not head.startswith((b"II", b"MM")):
        return False
    return suffix_of(name) in RAW_SUFFIXES or _is_raw_tiff(head)


def suffix_of(name: str) -> str:
    """Return the suffix in small letters; empty without one, and for what is a date or a number (`17.08.2019`)."""
    found = _SUFFIX.search(name.rpartition("/")[2])
    return found.group().lower() if found else ""


def _by_content(head: bytes, suffix: str, name: str) -> tuple[bool, FileKind | None]:
    """Return whether the first bytes tell, and what; (True, None) is what holds no picture, whatever its name."""
    for start, kind in _STARTS:
        if head.startswith(start):
            if kind is FileKind.VIDEO and suffix in _SOUND:
                return True, None
            return True, FileKind.DESIGN if suffix == ".ai" else kind
    if head[4:8] == b"ftyp":
        return True, _of_brand(head[8:12])
    for told, kind in (
        (head[8:10] == b"CR" and head.startswith((b"II", b"MM")), FileKind.RAW),
        (head[4:8] in _QUICKTIME, FileKind.VIDEO),
        (head.startswith(b"RIFF") and head[8:12] in _RIFF, FileKind.VIDEO),
        (head.startswith(b"RIFF") and head[8:11] == b"CDR", FileKind.DESIGN),
        (head.startswith(b"OggS") and b"theora" in head[:128], FileKind.VIDEO),
        (_is_transport_stream(head), FileKind.VIDEO),
        (_is_svg(head), FileKind.DESIGN),
        (head[128:132] == b"DICM", FileKind.IMAGE),
        (head[257:262] == b"ustar", FileKind.ARCHIVE),
    ):
        if told:
            return True, kind
    if head.startswith(_ZIP):
        return True, _of_zip(head, suffix)
    if head.startswith(_OLE):
        return True, None if suffix in _OLE_OTHERS else _BY_SUFFIX.get(suffix, FileKind.OFFICE)
    if head.startswith(_PACKED):
        return True, FileKind.ARCHIVE if _packs_pictures(head, suffix, name) else None
    return False, None


def _of_brand(brand: bytes) -> FileKind | None:
    """Tell raw files and sound from videos by the first brand in the `ftyp` box."""
    if brand == b"crx ":
        return FileKind.RAW
    if brand in (b"jp2 ", b"jpx ", b"jpm "):
        return FileKind.JPEG_2000
    return None if brand in (b"M4A ", b"M4B ", b"M4P ") else FileKind.VIDEO


def _of_zip(head: bytes, suffix: str) -> FileKind | None:
    """Tell documents, Live Photos and programs from archives."""
    if suffix in _PROGRAMS:
        return None
    named = _BY_SUFFIX.get(suffix)
    if named is not None:
        return named
    first = head[30:]
    if first.startswith(_OFFICE_PARTS) or b"mimetypeapplication/" in head[:128]:
        return FileKind.OFFICE
    return FileKind.ARCHIVE


def _packs_pictures(head: bytes, suffix: str, name: str) -> bool:
    """Tell whether one packed stream may hold pictures: a gzip by what comes out of it first, others by the name."""
    inner_name = name[: -len(suffix)] if suffix in _PACKED_SUFFIXES else ""
    if head.startswith(b"\x1f\x8b"):
        try:
            inner = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(head, 4 * HEAD_BYTES)
        except zlib.error:
            inner = b""
        if len(inner) >= HEAD_BYTES // 4:
            return kind_of(inner, inner_name) is not None
    return suffix not in _PACKED_SUFFIXES or _may_hold_pictures(inner_name)


def _may_hold_pictures(name: str) -> bool:
    """Tell whether what a name without its `.gz` names may be pictures; nothing else to go by, an archive may be."""
    suffix = suffix_of(name)
    return suffix in PHOTO_SUFFIXES or suffix in _BY_SUFFIX


def _is_svg(head: bytes) -> bool:
    """Tell an SVG from pages with drawings in them."""
    text = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    return text.startswith(b"<svg") or (b"<svg" in text and text.startswith((b"<?xml", b"<!--", b"<!DOCTYPE svg")))


def _is_transport_stream(head: bytes) -> bool:
    """Tell an MPEG transport stream, as it is and as camcorders write it, by the marks of its packets."""
    return any(
        len(head) > at + 2 * step and all(head[at + n * step] == 0x47 for n in range(3))
        for at, step in ((0, 188), (4, 192))
    )


def _is_raw_tiff(head: bytes) -> bool:
    """Tell whether a TIFF's first picture is a thumbnail of others (as in NEF and ARW), or a DNG's."""
    order = "<" if head.startswith(b"II") else ">"
    if len(head) < 8 or head[2:4] not in (b"*\0", b"\0*"):
        return False
    (at,) = struct.unpack_from(f"{order}I", head, 4)
    if at + 2 > len(head):
        return False
    (count,) = struct.unpack_from(f"{order}H", head, at)
    tags: dict[int, int] = {}
    for entry in range(at + 2, min(at + 2 + 12 * count, len(head) - 11), 12):
        tag, _, _, value = struct.unpack_from(f"{order}HHII", head, entry)
        tags[tag] = value
    is_thumbnail = bool(tags.get(_SUBFILE, 0) & 1)
    return _DNG_VERSION in tags or (is_thumbnail and _SUB_IFDS in tags)
