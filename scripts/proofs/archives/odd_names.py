"""Names that files may have, and that programs stumble over."""

from __future__ import annotations

LONGEST = 255
"""Bytes that a name may have."""

NAMES = (
    "Upacara 17 Agustus.jpg",
    "Ngayogyakarta ꦔꦪꦺꦴꦒꦾꦏꦂꦠ.jpg",
    "عيد مبارك.jpg",
    "祝你好运.jpg",
    "Ωμέγα й ё ß ñ.jpg",
    "ภาพถ่าย.jpg",
    "தமிழ் देवनागरी 한국어.jpg",
    "👩‍👩‍👧‍👦🇮🇩.jpg",
    "e\u0301 and \u00e9.jpg",
    "\u202egpj.exe.jpg",
    "zero\u200bwidth\ufeff.jpg",
    "new\nline.jpg",
    "tab\tand\rreturn.jpg",
    "\x1b[31mred\x1b[0m.jpg",
    "\x01\x02\x7f\x85.jpg",
    "-rf.jpg",
    "--json.jpg",
    "@list.jpg",
    " spaces .jpg",
    "dot. .jpg",
    "'quote\" `tick` $HOME ; rm -rf ~ | & .jpg",
    "%s %d {0} {name} \\n.jpg",
    "<script>alert(1)<\u2215script>.jpg",
    "=cmd|' C'!A0.jpg",
    "foto[1]*?.jpg",
    "a.zip!",
    "CON.jpg",
    "NUL",
    "s3:",
    "x" * (LONGEST - 4) + ".jpg",
)
RAW_NAMES = (b"caf\xe9.jpg", b"\xff\xfe.jpg", b"lone \xed\xa0\x80.jpg", b"\x80\x81", b"cut \xe2\x82")
