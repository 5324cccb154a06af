"""Names in Javanese, Balinese or Sundanese script in Latin letters, for where no font has the script.

By what Unicode calls the letters: these scripts write syllables, whose vowel a sign changes or takes away. Close enough
to know whom a name means; long vowels and letters of honour become plain ones.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

_SCRIPTS: Final = ("JAVANESE", "BALINESE", "SUNDANESE")

_VOWEL_LETTERS: Final[Mapping[str, str]] = {
    "A": "a", "I": "i", "II": "i", "U": "u", "E": "e", "AE": "e", "AI": "ai", "O": "o", "EU": "eu",
    "AKARA": "a", "IKARA": "i", "UKARA": "u", "EKARA": "e", "AIKARA": "ai", "OKARA": "o",
}  # fmt: skip
_SYLLABLES: Final[Mapping[str, str]] = {
    "PA CEREK": "re", "NGA LELET": "le", "RA REPA": "re", "LA LENGA": "le", "REU": "reu", "LEU": "leu",
    "FINAL K": "k", "FINAL M": "m",
}  # fmt: skip
_VOWEL_SIGNS: Final[Mapping[str, str]] = {
    "WULU": "i", "SUKU": "u", "TALING": "e", "DIRGA": "ai", "PEPET": "e", "TARUNG": "a", "TOLONG": "o",
    "ULU": "i", "TEDUNG": "a", "RA": "re", "LA": "le",
    "PANGHULU": "i", "PANYUKU": "u", "PANAELAENG": "e", "PANOLONG": "o", "PAMEPET": "e", "PANEULEUNG": "eu",
}  # fmt: skip
_WHOLE_VOWEL_SIGNS: Final[Mapping[str, str]] = {
    "TALING REPA": "ai", "TALING TEDUNG": "o", "TALING REPA TEDUNG": "au", "PEPET TEDUNG": "eu",
}  # fmt: skip
_MEDIALS: Final[Mapping[str, str]] = {
    "KERET": "re", "PENGKAL": "y", "CAKRA": "r", "PAMINGKAL": "y", "PANYAKRA": "r", "PANYIKU": "l",
    "PASANGAN MA": "m", "PASANGAN WA": "w",
}  # fmt: skip
_FINALS: Final[Mapping[str, str]] = {
    "CECAK": "ng", "LAYAR": "r", "WIGNYAN": "h", "PANYANGGA": "m", "CECEK": "ng", "SURANG": "r", "BISAH": "h",
    "PANYECEK": "ng", "PANGLAYAR": "r", "PANGWISAD": "h",
}  # fmt: skip
_SILENCERS: Final = ("PANGKON", "ADEG ADEG", "SIGN PAMAAEH", "SIGN VIRAMA")
_IGNORED: Final = ("SIGN CECAK TELU", "SIGN REREKAN")  # dots that make a foreign sound of a letter


def latin_name(name: str) -> str | None:
    """Return a name with such letters replaced by Latin ones; None where another script, or an unknown sign, is left.

    Names in Latin letters come back as they are.
    """
    parts: list[str] = []
    for letter in name:
        script, _, called = unicodedata.name(letter, "?").partition(" ")
        if script in _SCRIPTS:
            if not _add(parts, letter, called):
                return None
        elif script == "LATIN" or letter.isascii() or unicodedata.category(letter)[0] in "PZ":
            parts.append(letter)
        else:
            return None
    words = "".join(parts).split()
    return " ".join(word[:1].upper() + word[1:] for word in words) or None


def _add(parts: list[str], letter: str, called: str) -> bool:
    """Add one sign to what was read; False for an unknown one."""
    kind, _, rest = called.partition("SIGN ")
    if (digit := unicodedata.digit(letter, None)) is not None:
        parts.append(str(digit))
    elif called.startswith("LETTER "):
        parts.append(_syllable(called.removeprefix("LETTER ")))
    elif called in _SILENCERS:
        _change_vowel(parts, "")
    elif called in _IGNORED or unicodedata.category(letter) == "Po":
        pass
    elif kind == "VOWEL ":
        sign = _WHOLE_VOWEL_SIGNS.get(rest) or _VOWEL_SIGNS.get(rest.split()[0])
        if sign is None:
            return False
        # Taling and tarung around a letter are one vowel.
        is_o = rest == "TARUNG" and parts and parts[-1].endswith("e")
        _change_vowel(parts, "o" if is_o else sign)
    elif kind == "CONSONANT " and rest in _MEDIALS:
        medial = _MEDIALS[rest]
        _change_vowel(parts, medial if medial.endswith("e") else medial + "a")
    elif not kind and rest in _FINALS:
        parts.append(_FINALS[rest])
    else:
        return False
    return True


def _syllable(called: str) -> str:
    for whole, read in _SYLLABLES.items():
        if called.startswith(whole):
            return read
    first = called.split()[0]
    return _VOWEL_LETTERS.get(first) or {"TTA": "tha", "DDA": "dha"}.get(first) or first.casefold()


def _change_vowel(parts: list[str], vowel: str) -> None:
    """Put a vowel, or nothing, in place of the last syllable's own."""
    if parts:
        parts[-1] = parts[-1].rstrip("aeiou") + vowel
