"""Fonts, and which of them can write a name: Latin first, other scripts with a font of the system that has them."""

from __future__ import annotations

import importlib.util
import os
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby, islice
from pathlib import Path

from PIL import ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_SUFFIXES = (".ttf", ".otf", ".ttc")
_MOST_FONTS = 3000  # that a system's folders are looked through for
_PROBE_PX = 24
_NO_CHARACTER = "\U0010ffff"  # what a font draws for this, it draws for whatever it does not have


def font_folders() -> tuple[Path, ...]:
    """Return where this kind of system keeps its fonts, the user's own included."""
    home = Path.home()
    if sys.platform == "darwin":
        return Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts"
    if sys.platform == "win32":
        return (Path(os.environ.get("SYSTEMROOT", "C:/Windows")) / "Fonts",)
    return Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local" / "share" / "fonts"


@cache
def font(size: int, bold: bool) -> Font:
    """Return DejaVu Sans (full Latin, ✔ ✖) from matplotlib's files, which MediaPipe brings; else Pillow's own font.

    Pillow's Aileron has no accents beyond a few and none of the signs.
    """
    path = _latin_file(bold)
    return ImageFont.load_default(max(size, 6)) if path is None else ImageFont.truetype(str(path), max(size, 6))


@dataclass(frozen=True, slots=True)
class Lettering:
    """How a text is written at a size, in pixels: in the usual font, and what that does not have in one that does."""

    size: int
    bold: bool = False

    def can_write(self, text: str) -> bool:
        """Tell whether every character can be shown as itself."""
        return all(at is not None for at, _ in self._runs(text))

    def getlength(self, text: str) -> float:
        """Return how many pixels wide a text is."""
        return sum((at or font(self.size, self.bold)).getlength(part) for at, part in self._runs(text))

    def write(self, pen: ImageDraw.ImageDraw, xy: tuple[float, float], text: str, ink: tuple[int, int, int]) -> None:
        """Write a text; `xy` is the middle of its left side."""
        x, y = xy
        for at, part in self._runs(text):
            used = at or font(self.size, self.bold)
            pen.text((x, y), part, ink, used, anchor="lm")
            x += used.getlength(part)

    def _runs(self, text: str) -> list[tuple[Font | None, str]]:
        """Return the parts of a text, and a font for each; None where there is no such font."""
        usual = _latin_file(self.bold)
        if text.isascii() or usual is None:
            return [(font(self.size, self.bold), text)] if text else []
        runs: list[tuple[Font | None, str]] = []
        for is_usual, letters in groupby(text, lambda letter: has_glyph(usual, letter)):
            part = "".join(letters)
            if is_usual:
                runs.append((font(self.size, self.bold), part))
            else:
                file = system_font(frozenset(part))
                runs.append((None if file is None else _loaded(file, self.size), part))
        return runs


@lru_cache(256)
def system_font(letters: frozenset[str]) -> Path | None:
    """Return a font of the system that has all these characters; one named after their script is preferred."""
    scripts = {unicodedata.name(letter, "?").split()[0].casefold() for letter in letters}
    files = sorted(_font_files(), key=lambda file: not any(script in file.name.casefold() for script in scripts))
    return next((file for file in files if all(has_glyph(file, letter) for letter in letters)), None)


@lru_cache(65_536)
def has_glyph(file: Path, letter: str) -> bool:
    """Tell whether a font has a character of its own for a letter; False for what is no font."""
    if letter.isspace():
        return True
    try:
        # Shaping would put a dotted circle under a sign that stands alone.
        probe = ImageFont.truetype(str(file), _PROBE_PX, layout_engine=ImageFont.Layout.BASIC)
        return bytes(probe.getmask(letter)) != bytes(probe.getmask(_NO_CHARACTER))
    except (OSError, ValueError):
        return False


@lru_cache(16)
def _loaded(file: Path, size: int) -> Font:
    return ImageFont.truetype(str(file), max(size, 6))


@cache
def _font_files() -> tuple[Path, ...]:
    walks = (walk for folder in font_folders() for walk in os.walk(folder))
    files = (Path(root) / name for root, _, names in walks for name in names if name.casefold().endswith(_SUFFIXES))
    return tuple(sorted(islice(files, _MOST_FONTS)))


@cache
def _latin_file(bold: bool) -> Path | None:
    spec = importlib.util.find_spec("matplotlib")
    if spec is None or spec.origin is None:
        return None
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    path = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / name
    return path if path.is_file() else None
