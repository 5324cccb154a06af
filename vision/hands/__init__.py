"""Hand detection, landmarks, and classifying poses. This room knows no elections and no rules.

with HandReader() as reader:
    hands, pairs = reader.read(photo.pixels, [face.box for face in faces])   # Hand in reading order, HandPair
"""

from vision.hands.hand import Hand, HandPair
from vision.hands.reader import HandReader

__all__ = ["Hand", "HandPair", "HandReader"]
