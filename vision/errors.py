"""Every error that the engine raises on purpose.

    FotoNetralError
    ├── PhotoError                    the photo could not be turned into pixels
    │   ├── PhotoNotFoundError        photo.not_found
    │   ├── PhotoEmptyError           photo.empty
    │   ├── PhotoUnsupportedError     photo.unsupported
    │   │   └── NotLookedAtError      media.not_looked_at (vision.media.unseen)
    │   ├── PhotoUnreadableError      photo.unreadable
    │   ├── PhotoTruncatedError       photo.truncated
    │   └── PhotoTooLargeError        photo.too_large
    ├── EnrolmentError                the photo cannot serve as a reference of a person
    │   ├── NoFaceError               enrolment.no_face
    │   ├── SeveralFacesError         enrolment.several_faces
    │   ├── FaceChoiceError           enrolment.face_choice
    │   └── PoorFaceError             enrolment.poor_face
    ├── PostError                     post.size
    ├── PolicyError                   policy.invalid
    └── EngineError                   engine.failed
        ├── FaceModelError            engine.face_model
        ├── MissingLibraryError       engine.missing_library
        ├── OutOfMemoryError          engine.memory
        ├── CrashedError              engine.crashed
        └── TimeLimitError            engine.timeout

Codes are a contract. Every error says what was expected and what came (`message`), and what to do (`advice`), in
Indonesian and English. What the system refuses (a full disk, a folder without permission) has a tree of its own in
`vision.runtime.failures`, the gallery one in `candidates.errors`.
"""

from __future__ import annotations

from typing import ClassVar

from candidates.messages import Language as Language
from candidates.messages.errors import CodedError


class FotoNetralError(CodedError):
    """Base of all errors. `code` is stable; `message` says what is wrong, `advice` what to do, `text` both."""

    code: ClassVar[str] = "engine.failed"
    book: ClassVar[str] = "vision.messages"


class PhotoError(FotoNetralError):
    """The photo could not be turned into pixels."""

    code = "photo.unreadable"


class PhotoNotFoundError(PhotoError):
    """There is no file at the path, or it may not be read."""

    code = "photo.not_found"


class PhotoEmptyError(PhotoError):
    """The file or array holds nothing."""

    code = "photo.empty"


class PhotoUnsupportedError(PhotoError):
    """The bytes are not a photo format that is read."""

    code = "photo.unsupported"


class PhotoUnreadableError(PhotoError):
    """The format is known but the contents are damaged."""

    code = "photo.unreadable"


class PhotoTruncatedError(PhotoError):
    """The file ends before the picture does."""

    code = "photo.truncated"


class PhotoTooLargeError(PhotoError):
    """More bytes or pixels than the limits allow; found before decoding."""

    code = "photo.too_large"


Places = tuple[tuple[float, float, float, float], ...]


class EnrolmentError(FotoNetralError):
    """The photo cannot serve as a reference of a person."""

    code = "enrolment.unusable"


class NoFaceError(EnrolmentError):
    """No face was found in the reference photo."""

    code = "enrolment.no_face"


class SeveralFacesError(EnrolmentError):
    """More than one face was found in the reference photo.

    `places` are the faces' boxes in the order of their numbers: left, top, width and height as parts of the photo. They
    stay behind when the error travels to another process.
    """

    code = "enrolment.several_faces"
    places: Places = ()


class FaceChoiceError(EnrolmentError):
    """The photo has no such face as the one that was chosen; `places` as in `SeveralFacesError`."""

    code = "enrolment.face_choice"
    places: Places = ()


class PoorFaceError(EnrolmentError):
    """The face is too small or too blurred to compare with."""

    code = "enrolment.poor_face"


class PostError(FotoNetralError):
    """So many photos are no post; none of them was checked."""

    code = "post.size"


class PolicyError(FotoNetralError):
    """A policy pack does not exist or breaks its schema; names the file and key."""

    code = "policy.invalid"


class EngineError(FotoNetralError):
    """A model or library failed on this photo; the photo was not judged."""

    code = "engine.failed"


class FaceModelError(EngineError):
    """The face network that the user brought cannot be used."""

    code = "engine.face_model"


class MissingLibraryError(EngineError):
    """The system lacks a library that OpenCV or MediaPipe loads; the message names it and the line that installs it."""

    code = "engine.missing_library"


class OutOfMemoryError(EngineError):
    """There was too little memory for a network, a photo or a library; the photo was not judged."""

    code = "engine.memory"


class CrashedError(EngineError):
    """The process that checked this photo ended in the middle of it; the photo was not judged."""

    code = "engine.crashed"


class TimeLimitError(EngineError):
    """The check of this photo took longer than allowed and was ended; the photo was not judged."""

    code = "engine.timeout"
