"""The pictures of photos with several faces: each face with the number that chooses it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from candidates.importing.photos import Describe, described
from vision.errors import FaceChoiceError, SeveralFacesError

if TYPE_CHECKING:
    from candidates.choosing import FaceChoice
    from candidates.importing.photos import FaceTemplate

_Unclear = SeveralFacesError | FaceChoiceError


def numbered_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add --numbered, where the pictures go."""
    return click.option(
        "--numbered",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="FOLDER",
        help="Bila sebuah foto memuat beberapa wajah, simpan di sini gambarnya dengan wajah bernomor.",
    )(command)


def numbering(describe: Describe, folder: Path | None) -> Describe:
    """Return `describe`, which writes a picture into the folder (if any) when the face that is meant is not clear."""
    if folder is None:
        return describe

    def numbered(photo: Path | bytes, /, *, name: str | None = None, face: FaceChoice | None = None) -> FaceTemplate:
        try:
            return described(describe, photo, name=name, face=face)
        except (SeveralFacesError, FaceChoiceError) as error:
            raise _pictured(error, photo, name, folder) from None

    return numbered


def _pictured(error: _Unclear, photo: Path | bytes, name: str | None, folder: Path) -> _Unclear:
    """Write the photo with its faces numbered; return the error with the picture's path in its words."""
    # Drawing and decoding are only needed here.
    from vision.geometry import Box
    from vision.media.photo import open_photo
    from vision.report.annotate import marked, save_annotated
    from vision.report.marks import Mark

    opened = open_photo(photo, name=name)
    height, width = opened.pixels.shape[:2]
    boxes = [Box(*place).scaled((width, height)) for place in error.places]
    marks = [Mark(box, "review", number, str(number)) for number, box in enumerate(boxes, start=1)]
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{Path(opened.name).stem}-{opened.sha256[:8]}.jpg"
    save_annotated(target, marked(opened.pixels, marks)[0])
    return type(error)(
        f"{error.message_id} Gambar bernomor: {target}.", f"{error.message_en} Numbered picture: {target}."
    )
