"""Finding hands and naming what they show. This room knows no elections and no rules.

with HandReader() as reader:
    hands = reader.read(photo.pixels, [face.box for face in faces])   # tuple[Hand, ...], reading order
"""

from vision.hands.hand import Hand
from vision.hands.reader import HandReader

__all__ = ["Hand", "HandReader"]
