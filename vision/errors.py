"""Every error that the engine raises on purpose.

    FotoNetralError
    ├── PhotoError                    the photo could not be turned into pixels
    │   ├── PhotoNotFoundError        photo.not_found
    │   ├── PhotoEmptyError           photo.empty
    │   ├── PhotoUnsupportedError     photo.unsupported
    │   ├── PhotoUnreadableError      photo.unreadable
    │   ├── PhotoTruncatedError       photo.truncated
    │   └── PhotoTooLargeError        photo.too_large
    ├── EnrolmentError                the photo cannot serve as a reference of a person
    │   ├── NoFaceError               enrolment.no_face
    │   ├── SeveralFacesError         enrolment.several_faces
    │   └── PoorFaceError             enrolment.poor_face
    ├── PostError                     post.size
    ├── PolicyError                   policy.invalid
    └── EngineError                   engine.failed
        ├── FaceModelError            engine.face_model
        ├── CrashedError              engine.crashed
        └── TimeLimitError            engine.timeout

Codes are a contract. Every error says what was expected and what came (`message`), and what to do (`advice`), in
Indonesian and English. The gallery has a tree of its own in `candidates.errors`.
"""

from __future__ import annotations

from typing import ClassVar, Literal, Self

Language = Literal["id", "en"]
"""The languages of everything people read: Indonesian and English."""


class FotoNetralError(Exception):
    """Base of all errors. `code` is stable; `message_id`/`message_en` say what is wrong, `advice_*` what to do."""

    code: ClassVar[str] = "engine.failed"
    advice_id: ClassVar[str] = ""
    advice_en: ClassVar[str] = ""

    def __init__(self, message_id: str, message_en: str) -> None:
        super().__init__(message_en)
        self.message_id = message_id
        self.message_en = message_en

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """Travel between processes: exceptions are rebuilt from `args` otherwise, which hold one message alone."""
        return type(self), (self.message_id, self.message_en)

    def text(self, language: Language = "id") -> str:
        """Return message and advice in one line."""
        parts = (self.message_id, self.advice_id) if language == "id" else (self.message_en, self.advice_en)
        return " ".join(part for part in parts if part)


class PhotoError(FotoNetralError):
    """The photo could not be turned into pixels."""

    code = "photo.unreadable"


class PhotoNotFoundError(PhotoError):
    """There is no file at the path, or it may not be read."""

    code = "photo.not_found"
    advice_id = "Periksa nama dan letak berkas."
    advice_en = "Check the file's name and place."


class PhotoEmptyError(PhotoError):
    """The file or array holds nothing."""

    code = "photo.empty"
    advice_id = "Salin atau unduh ulang foto dari sumbernya."
    advice_en = "Copy or download the photo again from its source."


class PhotoUnsupportedError(PhotoError):
    """The bytes are not a photo format that is read."""

    code = "photo.unsupported"
    advice_id = "Simpan sebagai JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP atau GIF."
    advice_en = "Save it as JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP or GIF."


class PhotoUnreadableError(PhotoError):
    """The format is known but the contents are damaged."""

    code = "photo.unreadable"
    advice_id = "Buka foto di aplikasi lain dan simpan ulang, atau ambil dari sumbernya."
    advice_en = "Open the photo in another program and save it again, or take it from its source."


class PhotoTruncatedError(PhotoError):
    """The file ends before the picture does."""

    code = "photo.truncated"
    advice_id = "Berkas terpotong: salin atau unduh ulang sampai selesai."
    advice_en = "The file is cut off: copy or download it again to the end."


class PhotoTooLargeError(PhotoError):
    """More bytes or pixels than the limits allow; found before decoding."""

    code = "photo.too_large"
    advice_id = "Perkecil foto, lalu periksa lagi."
    advice_en = "Make the photo smaller, then check it again."


class EnrolmentError(FotoNetralError):
    """The photo cannot serve as a reference of a person."""

    code = "enrolment.unusable"


class NoFaceError(EnrolmentError):
    """No face was found in the reference photo."""

    code = "enrolment.no_face"
    advice_id = "Gunakan foto wajah yang menghadap ke depan."
    advice_en = "Use a photo with the face toward the camera."


class SeveralFacesError(EnrolmentError):
    """More than one face was found in the reference photo."""

    code = "enrolment.several_faces"
    advice_id = "Potong foto sehingga hanya ada satu wajah."
    advice_en = "Crop the photo so that it shows one face."


class PoorFaceError(EnrolmentError):
    """The face is too small or too blurred to compare with."""

    code = "enrolment.poor_face"
    advice_id = "Gunakan foto yang lebih besar dan tajam."
    advice_en = "Use a larger, sharper photo."


class PostError(FotoNetralError):
    """So many photos are no post; none of them was checked."""

    code = "post.size"
    advice_id = "Berikan hanya foto yang akan diunggah bersama, atau periksa foto satu per satu."
    advice_en = "Give only the photos that go out together, or check the photos one by one."


class PolicyError(FotoNetralError):
    """A policy pack does not exist or breaks its schema; names the file and key."""

    code = "policy.invalid"


class EngineError(FotoNetralError):
    """A model or library failed on this photo; the photo was not judged."""

    code = "engine.failed"
    advice_id = "Jalankan «fotonetral doctor» dan laporkan hasilnya."
    advice_en = "Run “fotonetral doctor” and report what it says."


class FaceModelError(EngineError):
    """The face network that the user brought cannot be used."""

    code = "engine.face_model"
    advice_id = "Periksa berkas yang diberikan dengan --face-model."
    advice_en = "Check the file that was given with --face-model."


class CrashedError(EngineError):
    """The process that checked this photo ended in the middle of it; the photo was not judged."""

    code = "engine.crashed"
    advice_id = "Periksa foto ini sendiri dengan «fotonetral check». Bila terjadi lagi, simpan ulang fotonya."
    advice_en = "Check this photo by itself with “fotonetral check”. If it happens again, save the photo anew."


class TimeLimitError(EngineError):
    """The check of this photo took longer than allowed and was ended; the photo was not judged."""

    code = "engine.timeout"
    advice_id = "Perkecil foto atau naikkan batas waktunya, lalu periksa lagi."
    advice_en = "Make the photo smaller or raise the time limit, then check it again."
