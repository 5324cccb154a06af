"""What goes wrong, as RFC 9457 problems: one status and title for every code, and the words in the caller's language.

`docs/service.md` lists the codes. Codes of the engine and the gallery keep their names; those that only the service
has are made here. No problem tells a path, a stack, or what a library said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from msgspec import UNSET

from candidates.errors import CandidatesError
from vision.contract.answers.service import FieldProblem, Problem, RejectedPhoto
from vision.errors import FotoNetralError, Language

MEDIA_TYPE = "application/problem+json"

_TITLES: Mapping[str, tuple[str, str]] = {
    "photo": ("Foto tidak dapat diperiksa", "The photo could not be checked"),
    "media": ("Berkas ini tidak dilihat", "This file is not looked at"),
    "post": ("Bukan satu unggahan", "Not one post"),
    "enrolment": ("Foto tidak dapat menjadi acuan", "The photo cannot serve as a reference"),
    "photos": ("Foto tidak dapat menjadi acuan", "The photo cannot serve as a reference"),
    "policy": ("Paket aturan tidak dapat dipakai", "The policy pack cannot be used"),
    "engine": ("Pemeriksaan gagal", "The check failed"),
    "copy": ("Salinan tidak dapat dibuat", "The copy cannot be made"),
    "fix": ("Tidak ada perbaikan yang jujur", "There is no honest way"),
    "gallery": ("Galeri tidak dapat dipakai", "The gallery cannot be used"),
    "calibration": ("Galeri tidak dapat dipakai", "The gallery cannot be used"),
    "candidate": ("Data orang tidak dapat dipakai", "The person's data cannot be used"),
    "candidates": ("Galeri tidak dapat dipakai", "The gallery cannot be used"),
    "election": ("Data pemilu tidak dapat dipakai", "The election's data cannot be used"),
    "region": ("Wilayah tidak dapat dipakai", "The region cannot be used"),
    "table": ("Isian tidak dapat dipakai", "What was filled in cannot be used"),
    "request": ("Permintaan tidak dapat dilayani", "The request cannot be answered"),
    "auth": ("Tidak diizinkan", "Not allowed"),
    "rate": ("Terlalu sering", "Too often"),
    "server": ("Layanan sedang tidak tersedia", "The service is not available"),
}

TITLED = frozenset(_TITLES)
"""Kinds of codes that are answered as problems."""

_STATUS: Mapping[str, int] = {
    "photo.empty": 422,
    "photo.unsupported": 415,
    "media.not_looked_at": 415,
    "photo.too_large": 413,
    "policy.invalid": 500,
    "gallery.not_configured": 409,
    "candidate.unknown": 404,
    "candidate.duplicate": 409,
    "candidate.ambiguous": 409,
    "candidate.has_relatives": 409,
    "election.unknown": 404,
    "election.in_use": 409,
    "engine.crashed": 503,
    "engine.timeout": 503,
    "engine.memory": 503,
    "request.malformed": 400,
    "request.not_found": 404,
    "request.method": 405,
    "request.not_acceptable": 406,
    "request.timeout": 408,
    "request.too_large": 413,
    "request.too_many_photos": 413,
    "request.media_type": 415,
    "request.host": 421,
    "auth.missing": 401,
    "auth.invalid": 401,
    "auth.code": 401,
    "auth.role": 403,
    "auth.csrf": 403,
    "auth.origin": 403,
    "auth.too_many_attempts": 429,
    "rate.limited": 429,
    "server.failed": 500,
}
_STATUS_OF_KIND: Mapping[str, int] = {
    "engine": 500,
    "gallery": 503,
    "calibration": 503,
    "candidates": 503,
    "server": 503,
}
_OTHER_STATUS = 422

_RETRY_SECONDS: Mapping[str, int] = {
    "engine.crashed": 1,
    "engine.memory": 5,
    "gallery.busy": 2,
    "server.busy": 2,
    "server.starting": 3,
    "server.stopping": 5,
}

_GALLERY = (
    "Galeri calon sedang tidak dapat dipakai; wajah tidak dapat dibandingkan. Hubungi pengelola layanan.",
    "The gallery of candidates cannot be used now, so no face can be compared. Tell whoever runs the service.",
)
_ENGINE = (
    "Foto ini gagal diperiksa. Coba lagi; bila terjadi lagi, hubungi pengelola layanan.",
    "The check of this photo failed. Try again; if it happens again, tell whoever runs the service.",
)
_WORDS: Mapping[str, tuple[str, str]] = {
    "engine.failed": _ENGINE,
    "engine.face_model": _ENGINE,
    "engine.missing_library": (
        "Komputer layanan ini belum punya semua pustaka yang diperlukan. Hubungi pengelola layanan.",
        "The service's machine lacks a library that is needed. Tell whoever runs the service.",
    ),
    "engine.crashed": (
        "Proses yang memeriksa foto ini berhenti mendadak. Kirim fotonya lagi.",
        "The process that checked this photo ended abruptly. Send the photo again.",
    ),
    "engine.memory": (
        "Memori server tidak cukup untuk foto ini. Coba lagi sebentar lagi, atau kirim foto yang lebih kecil.",
        "The server is short of memory for this photo. Try again shortly, or send a smaller photo.",
    ),
    "engine.timeout": (
        "Pemeriksaan foto ini terlalu lama dan dihentikan. Perkecil fotonya, lalu kirim lagi.",
        "The check of this photo took too long and was ended. Make the photo smaller and send it again.",
    ),
    "gallery.not_configured": (
        "Layanan ini berjalan tanpa galeri calon.",
        "This service runs without a gallery of candidates.",
    ),
    "gallery.busy": (
        "Galeri sedang dipakai program lain. Coba lagi sebentar lagi.",
        "Another program is using the gallery. Try again shortly.",
    ),
    "gallery.full": (
        "Disk di server penuh, jadi perubahan ini tidak tersimpan. Hubungi pengelola layanan.",
        "The server's disk is full, so this change was not kept. Tell whoever runs the service.",
    ),
    "gallery.read_only": (
        "Galeri di server hanya dapat dibaca, jadi perubahan ini tidak tersimpan. Hubungi pengelola layanan.",
        "The gallery on the server may only be read, so this change was not kept. Tell whoever runs the service.",
    ),
    "policy.invalid": (
        "Paket aturan di layanan ini rusak. Hubungi pengelola layanan.",
        "The policy pack on this service is broken. Tell whoever runs it.",
    ),
    "candidate.has_relatives": (
        "Orang ini masih punya keluarga yang terdaftar. Hapus bersama keluarganya (with_family).",
        "This person still has registered relatives. Remove them together (with_family).",
    ),
    "fix.none": (
        "Tidak ada potongan atau penutup yang jujur untuk foto ini. Pilih foto lain, atau ulangi fotonya.",
        "There is no honest cut or cover for this photo. Choose another photo, or take it again.",
    ),
    "request.malformed": ("Permintaan rusak.", "The request is malformed."),
    "request.not_found": ("Alamat ini tidak ada.", "There is nothing at this address."),
    "request.method": ("Metode ini tidak berlaku di alamat ini.", "This method does not apply at this address."),
    "request.not_acceptable": (
        "Gambar hanya dapat diberikan untuk satu foto. Minta application/json.",
        "A picture can be given for one photo only. Ask for application/json.",
    ),
    "request.invalid": ("Isian permintaan keliru.", "The request says something that cannot be."),
    "request.timeout": (
        "Foto dikirim terlalu lambat. Coba lagi dengan sambungan yang lebih baik, atau foto yang lebih kecil.",
        "The photo came too slowly. Try again on a better connection, or with a smaller photo.",
    ),
    "request.too_large": (
        "Kiriman terlalu besar: paling banyak {most} MB.",
        "Too much was sent: at most {most} MB.",
    ),
    "request.too_many_photos": (
        "Terlalu banyak foto atau isian: paling banyak {most} foto.",
        "Too many photos or fields: at most {most} photos.",
    ),
    "request.media_type": (
        "Kirim foto sebagai multipart/form-data (isian photo), image/*, atau application/octet-stream.",
        "Send the photo as multipart/form-data (field photo), image/*, or application/octet-stream.",
    ),
    "request.host": (
        "Layanan ini tidak dikenal dengan nama itu (Host).",
        "This service does not go by that name (Host).",
    ),
    "policy.unknown": (
        "Tidak ada paket aturan bernama itu di layanan ini.",
        "This service has no policy pack of that name.",
    ),
    "election.unknown": ("Pemilu itu tidak terdaftar.", "That election is not registered."),
    "election.in_use": ("Masih ada orang yang terdaftar pada pemilu ini.", "People still belong to this election."),
    "auth.missing": ("Masuk dulu, atau sertakan kunci.", "Log in first, or send a key."),
    "auth.invalid": ("Kunci ini tidak berlaku.", "This key is not valid."),
    "auth.code": ("Kode salah, sudah dipakai, atau sudah lewat.", "The code is wrong, used up, or over."),
    "auth.role": ("Kunci atau kode ini tidak boleh melakukan itu.", "This key or code may not do that."),
    "auth.csrf": (
        "Sesi tidak cocok. Muat ulang halaman, lalu coba lagi.",
        "The session does not fit. Load the page again and try once more.",
    ),
    "auth.origin": ("Permintaan datang dari situs lain.", "The request comes from another site."),
    "auth.too_many_attempts": (
        "Terlalu banyak percobaan. Tunggu sebentar, lalu coba lagi.",
        "Too many attempts. Wait a moment, then try again.",
    ),
    "rate.limited": (
        "Terlalu banyak permintaan. Tunggu {seconds} detik, lalu coba lagi.",
        "Too many requests. Wait {seconds} seconds, then try again.",
    ),
    "server.busy": (
        "Layanan sedang penuh. Coba lagi sebentar lagi.",
        "The service is full at the moment. Try again shortly.",
    ),
    "server.starting": (
        "Layanan baru dimulai. Coba lagi sebentar lagi.",
        "The service has just started. Try again shortly.",
    ),
    "server.stopping": (
        "Layanan sedang berhenti. Coba lagi sebentar lagi.",
        "The service is stopping. Try again shortly.",
    ),
    "server.failed": (
        "Terjadi kegagalan di layanan. Coba lagi; bila terjadi lagi, hubungi pengelola dengan nomor permintaan ini.",
        "The service failed. Try again; if it happens again, tell whoever runs it the number of this request.",
    ),
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of a request."""

    field: str
    text_id: str
    text_en: str


class ProblemError(Exception):
    """Something that is answered as a problem; see `docs/service.md` for its members."""

    def __init__(
        self,
        code: str,
        *,
        words: tuple[str, str] | None = None,
        retry_after: float | None = None,
        photos_rejected: Sequence[RejectedPhoto] | None = None,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[FieldError] = (),
        **values: object,
    ) -> None:
        """Make the problem of a code. `words` (Indonesian, English) take the place of the code's own texts.

        `values` fill in the own texts; `photos_rejected` and `errors` are told one by one, `errors` together as well.
        """
        super().__init__(code)
        self.code = code
        self._errors = tuple(errors)
        self._words = words or tuple(text.format(**values) if values else text for text in _WORDS.get(code, _ENGINE))
        self.kind = ""
        self.photos_rejected = photos_rejected
        self.headers = dict(headers or {})
        seconds = _RETRY_SECONDS.get(code) if retry_after is None else max(1, round(retry_after + 0.49))
        if seconds is not None:
            self.headers["Retry-After"] = str(seconds)

    @classmethod
    def of(cls, error: FotoNetralError | CandidatesError) -> Self:
        """Return the problem of an error of the engine or the gallery."""
        problem = cls.told(error.code, error.text("id"), error.text("en"))
        if isinstance(error, FotoNetralError) and error.kind:
            problem.kind = error.kind
        return problem

    @classmethod
    def told(cls, code: str, text_id: str, text_en: str) -> Self:
        """Return the problem of a code of the engine or the gallery, with what it says."""
        if code in _WORDS:
            return cls(code)
        if code.partition(".")[0] in ("gallery", "calibration", "candidates"):
            return cls(code, words=_GALLERY)
        return cls(code, words=(text_id, text_en))

    @property
    def status(self) -> int:
        """The HTTP status."""
        return status_of(self.code)

    def text(self, language: Language) -> str:
        """Return what is wrong and what to do."""
        told = "; ".join(f"{one.field}: {one.message.rstrip('.')}" for one in self._told(language))
        return self._words[language == "en"] + (f" {told}." if told else "")

    def _told(self, language: Language) -> tuple[FieldProblem, ...]:
        return tuple(
            FieldProblem(field=one.field, message=one.text_id if language == "id" else one.text_en)
            for one in self._errors
        )

    def to_answer(self, language: Language, request_id: str) -> Problem:
        """Return what other programs read."""
        title = _TITLES.get(self.code.partition(".")[0], _TITLES["request"])[language == "en"]
        return Problem(
            type=f"/docs#{self.code}",
            title=title,
            status=self.status,
            code=self.code,
            detail=self.text(language),
            request_id=request_id,
            kind=self.kind or UNSET,
            photos_rejected=UNSET if self.photos_rejected is None else tuple(self.photos_rejected),
            errors=self._told(language) or UNSET,
        )


def status_of(code: str) -> int:
    """Return the HTTP status of a code."""
    return _STATUS.get(code) or _STATUS_OF_KIND.get(code.partition(".")[0], _OTHER_STATUS)


def own_codes() -> Mapping[str, tuple[str, str]]:
    """Return the codes that have words here, for the documentation page."""
    return _WORDS
