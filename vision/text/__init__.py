"""Words and numbers in a picture: where lines of text are, and what they say. This room does not know whom they name.

finder = TextFinder()
lines = finder.read(photo.pixels)                  # tuple[TextLine, ...], from above

What is read stays in memory: only a line on which a finding rests is told (`vision.rules.words`).
"""

from vision.text.finder import TextFinder
from vision.text.line import TextLine

__all__ = ["TextFinder", "TextLine"]
