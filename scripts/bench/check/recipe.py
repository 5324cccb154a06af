"""The plain recipe of a whole check: faces by `face_recognition` as documented, hands by one full-frame look."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path


class PlainRecipe:
    """The recipe in one warm process."""

    def __init__(self) -> None:
        warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
        import face_recognition

        from scripts.bench.hands.plain_recipe import PlainHands

        self._faces = face_recognition
        self._hands = PlainHands(hands=10)

    def check(self, path: Path) -> tuple[int, int]:
        """Return how many faces and hands it finds."""
        pixels = self._faces.load_image_file(str(path))
        places = self._faces.face_locations(pixels)
        vectors = self._faces.face_encodings(pixels, places)
        return len(vectors), len(self._hands.look(pixels))

    def close(self) -> None:
        """Free the network."""
        self._hands.close()


def main() -> None:
    """Run the recipe once, as a program of its own would."""
    once = PlainRecipe()
    once.check(Path(sys.argv[1]))
    once.close()


if __name__ == "__main__":
    main()
