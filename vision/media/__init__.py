"""Opening and decoding files: what a file is, its pictures, upright pixels. The only place that decodes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MediaKind(StrEnum):
    """What a file is: a photo (some hold further photos), a moving picture, a document of pages."""

    IMAGE = "image"
    ANIMATION = "animation"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Media:
    """`pictures` are those a viewer may show of the file: no previews, no maps of depth or brightness.

    `looked_at` is how many of them were judged. `has_video`: a short video lies beside the photo (a motion photo, live
    photo), which nobody looked at.
    """

    kind: MediaKind = MediaKind.IMAGE
    pictures: int = 1
    looked_at: int = 1
    has_video: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether everything in the file was looked at."""
        return self.looked_at >= self.pictures and not self.has_video


ONE_PICTURE = Media()
"""A file with nothing in it but the photo."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its file a picture stands; None for what does not apply, all of them for the only picture.

    second : from the start of an animation or video. page : of a document, from 1. picture : on its page, or in a file
    of several photos, from 1.
    """

    second: float | None = None
    page: int | None = None
    picture: int | None = None


THE_PICTURE = Place()
"""The place of a file's only picture."""
