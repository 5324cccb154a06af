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

from typing import ClassVar, Literal, Self

Language = Literal["id", "en"]
"""The languages of everything people read: Indonesian and English."""


class FotoNetralError(Exception):
    """Base of all errors. `code` is stable; `message_id`/`message_en` say what is wrong, `advice_*` what to do."""

    code: ClassVar[str] = "engine.failed"
    advice_id: str = ""
    advice_en: str = ""
    kind: str = ""
    """What kind of file was not looked at (`vision.media.kinds.FileKind`); empty for what is no such error."""

    def __init__(self, message_id: str, message_en: str, advice: tuple[str, str] | None = None) -> None:
        """Take what is wrong, and what to do (Indonesian, English) where the kind's own advice does not fit."""
        super().__init__(message_en)
        self.message_id = message_id
        self.message_en = message_en
        if advice is not None:
            self.advice_id, self.advice_en = advice

    def __reduce__(self) -> tuple[type[Self], tuple[str, str, tuple[str, str]]]:
        """Travel between processes: exceptions are rebuilt from `args` otherwise, which hold one message alone."""
        return type(self), (self.message_id, self.message_en, (self.advice_id, self.advice_en))

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


Places = tuple[tuple[float, float, float, float], ...]


class EnrolmentError(FotoNetralError):
    """The photo cannot serve as a reference of a person."""

    code = "enrolment.unusable"


class NoFaceError(EnrolmentError):
    """No face was found in the reference photo."""

    code = "enrolment.no_face"
    advice_id = "Gunakan foto wajah yang menghadap ke depan."
    advice_en = "Use a photo with the face toward the camera."


class SeveralFacesError(EnrolmentError):
    """More than one face was found in the reference photo.

    `places` are the faces' boxes in the order of their numbers: left, top, width and height as parts of the photo. They
    stay behind when the error travels to another process.
    """

    code = "enrolment.several_faces"
    advice_id = (
        "Pilih wajahnya: kiri, kanan, terbesar, atau nomornya (perintah: --face kiri; tabel: kolom wajah); atau potong "
        "fotonya."
    )
    advice_en = (
        "Choose the face: left, right, largest, or its number (command: --face left; table: the column face); or crop "
        "the photo."
    )
    places: Places = ()


class FaceChoiceError(EnrolmentError):
    """The photo has no such face as the one that was chosen; `places` as in `SeveralFacesError`."""

    code = "enrolment.face_choice"
    advice_id = "Periksa pilihan wajahnya; kosongkan bila foto itu hanya memuat satu orang."
    advice_en = "Check which face was chosen; leave that empty if the photo shows one person."
    places: Places = ()


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


class MissingLibraryError(EngineError):
    """The system lacks a library that OpenCV or MediaPipe loads; the message names it and the line that installs it."""

    code = "engine.missing_library"
    advice_id = "Lalu ulangi; «fotonetral doctor» memeriksa apakah semuanya ada."
    advice_en = "Then try again; “fotonetral doctor” checks whether everything is there."


class OutOfMemoryError(EngineError):
    """There was too little memory for a network, a photo or a library; the photo was not judged."""

    code = "engine.memory"
    advice_id = "Tutup program lain, kurangi banyaknya proses, atau naikkan batas memorinya (ulimit -v, kontainer)."
    advice_en = "Close other programs, run fewer processes, or raise the limit of memory (ulimit -v, the container)."


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
