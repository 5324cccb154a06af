"""Files of every kind that is not looked at, made small: what tells them is in their first bytes or their name."""

from __future__ import annotations

import io
import struct
import zipfile

ZIP_DATE = (2026, 11, 30, 0, 0, 0)


def zip_of(*members: tuple[str, bytes]) -> bytes:
    """Return a zip of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, ZIP_DATE), data)
    return out.getvalue()


def tiff_of(*tags: tuple[int, int], order: str = "<") -> bytes:
    """Return the beginning of a TIFF whose first directory has these tags, as (tag, value)."""
    entries = b"".join(struct.pack(f"{order}HHII", tag, 4, 1, value) for tag, value in tags)
    start = b"II*\0" if order == "<" else b"MM\0*"
    return start + struct.pack(f"{order}IH", 8, len(tags)) + entries + bytes(512)


def ftyp(brand: bytes) -> bytes:
    """Return the first box of an MP4 and its kin."""
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0isommp42" + bytes(64)


VIDEO = ftyp(b"isom")
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
DOCX = zip_of(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"))
ODT = zip_of(("mimetype", b"application/vnd.oasis.opendocument.text"))
NEF = tiff_of((254, 1), (330, 4096), order=">")
DNG = tiff_of((254, 1), (50706, 1025))
RAR = b"Rar!\x1a\x07\x01\0" + bytes(64)

KINDS: dict[str, tuple[str, bytes]] = {
    "klip.mp4": ("video", VIDEO),
    "klip.mov": ("video", ftyp(b"qt  ")),
    "lama.mov": ("video", b"\0\0\0\x08wide\0\0\0\0mdat" + bytes(64)),
    "klip.webm": ("video", b"\x1aE\xdf\xa3" + bytes(64)),
    "klip.3gp": ("video", ftyp(b"3gp4")),
    "klip.avi": ("video", b"RIFF\x40\0\0\0AVI LIST" + bytes(64)),
    "klip.mts": ("video", (b"\0\0\0\0G" + bytes(187)) * 3),
    "klip.wmv": ("video", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + bytes(64)),
    "nol.mp4": ("video", bytes(600)),
    "surat.pdf": ("pdf", PDF),
    "surat.docx": ("office", DOCX),
    "tanpa_akhiran_docx": ("office", DOCX),
    "paparan.odp": ("office", ODT),
    "lama.doc": ("office", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64)),
    "catatan.rtf": ("office", b"{\\rtf1 x}"),
    "kamera.CR2": ("raw", b"II*\0\x10\0\0\0CR\2\0" + bytes(64)),
    "kamera.cr3": ("raw", ftyp(b"crx ")),
    "kamera.NEF": ("raw", NEF),
    "kamera_nef.tif": ("raw", NEF),
    "kamera.dng": ("raw", DNG),
    "kamera.ARW": ("raw", tiff_of((256, 100))),
    "gambar.jxl": ("jpeg_xl", b"\xff\x0a" + bytes(64)),
    "gambar_jxl": ("jpeg_xl", b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(64)),
    "gambar.jp2": ("jpeg_2000", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(64)),
    "spanduk.psd": ("design", b"8BPS\0\1" + bytes(64)),
    "spanduk.cdr": ("design", b"RIFF\x40\0\0\0CDRA" + bytes(64)),
    "logo.svg": ("design", b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'),
    "ikon.ico": ("image", b"\0\0\1\0\1\0" + bytes(64)),
    "IMG_0001.livp": ("live_photo", zip_of(("IMG_0001.HEIC.heic", b"x"), ("IMG_0001.mov", b"y"))),
    "surat.eml": ("mail", b"From: a@example.org\r\n"),
    "album.rar": ("archive", RAR),
    "album.7z": ("archive", b"7z\xbc\xaf\x27\x1c" + bytes(64)),
    "album.7z.001": ("archive", b"?"),
    "album.zip": ("archive", zip_of(("a.jpg", b"x"))),
    "album.dat": ("archive", zip_of(("a.jpg", b"x"))),
    "nol.zip": ("archive", bytes(4096)),
    "foto.jpg.gz": ("archive", b"\x1f\x8b\x08\0\0\0\0\0\0\x03"),
}
"""Name → the kind it is told as, and its bytes."""

SILENT: dict[str, bytes] = {
    "catatan.txt": b"bukan foto",
    "data.csv": b"a,b\n",
    "skrip.py": b'START = b"%PDF-"\n',
    "halaman.html": b"<!DOCTYPE html><html><svg></svg></html>",
    "pangkalan.db": b"SQLite format 3\0",
    "Thumbs.db": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64),
    "lagu.m4a": ftyp(b"M4A "),
    "lagu.wma": b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + bytes(64),
    "program.jar": zip_of(("META-INF/MANIFEST.MF", b"")),
    "catatan.log.gz": b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
    "kode.ts": b"export const a = 1;\n",
    "kosong": b"",
}
"""Files that hold no picture, and of which nothing is said."""
