"""What the processes of the service do: jobs that travel to them, and the answers that come back.

A process loads the models once. Whom faces are compared with is read anew when the gallery has changed, and kept for
the few regions and days that are asked for most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Protocol

from msgspec import structs

from vision.contract.answers.check import FailedPhoto, KeptPhoto
from vision.contract.answers.fix import Mended
from vision.contract.answers.gallery import GalleryHealth
from vision.contract.answers.service import PhotoAnswer
from vision.contract.result import CheckError, CheckResult
from vision.errors import FotoNetralError, Language
from vision.messages import Message, say
from vision.service.photos import extras
from vision.service.pool.rosters import Rosters
from vision.settings import CheckerSettings, JudgeSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vision.checker import PhotoChecker
    from vision.enrolment.reference import Enroller, FaceTemplate
    from vision.media import photo as media
    from vision.stages.engines import Engines


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture without metadata."""

    media_type: Literal["image/jpeg", "image/png"]
    size_wh: tuple[int, int]
    data: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    """A job that could not be done, for a reason that is to be told: a stable code, and the words."""

    code: str
    says: Message

    @classmethod
    def of(cls, error: Any) -> Failed:
        """Take code and words from an error of the engine or the gallery."""
        return cls(error.code, error.whole())


@dataclass(frozen=True, slots=True)
class Checked:
    """A checked photo: the answer, the same with `extras` for other programs, and the pictures that were wanted."""

    answer: CheckResult | CheckError
    told: PhotoAnswer | FailedPhoto
    annotated: Picture | None = None
    preview: Picture | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    """What came of mending a photo, and the copy if there is one to give."""

    told: Mended
    copy: Picture | None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A reference photo turned into what a gallery keeps."""

    template: FaceTemplate


@dataclass(frozen=True, slots=True)
class Looked:
    """A gallery's health."""

    told: GalleryHealth


Answer = Checked | Fixed | Enrolled | Looked | Failed


class Job(Protocol):
    """A piece of work for a process; what it raises on purpose becomes a `Failed`."""

    def done_at(self, bench: Bench) -> Answer:
        """Do it with a process's models."""
        ...


@dataclass(frozen=True, slots=True)
class CheckJob:
    """Judge a photo. `gallery_state` tells whether the gallery is still the one that was read."""

    by: CheckerSettings
    gallery_state: str
    photo: bytes
    name: str
    annotated: bool = False
    preview: bool = False

    def done_at(self, bench: Bench) -> Answer:
        """Judge it; a photo that cannot be judged is an answer as well."""
        checker = bench.checker(self.by, self.gallery_state)
        checked = checker.check_file(self.photo, name=self.name)
        if isinstance(checked, CheckError):
            return Checked(checked, checked.to_answer())
        judgment, file = checked
        language, roster, answer = self.by.language, checker.roster, judgment.to_answer()
        told = PhotoAnswer(
            **structs.asdict(answer),
            marks=extras.marks(answer, language),
            bases=extras.bases(judgment.findings, language),
            unread=extras.unread(
                language, has_gallery=roster.revision is not None, has_people=roster.index is not None
            ),
            annotated=None,
            preview=None,
        )
        judged = file.first
        annotated = _annotated(judged, told, language) if self.annotated else None
        preview = _jpeg(judged.shown(extras.PREVIEW_SIDE), extras.PREVIEW_QUALITY) if self.preview else None
        return Checked(judgment, told, annotated, preview)


@dataclass(frozen=True, slots=True)
class FixJob:
    """Make a copy of a photo that is cut or covered until clear; `keep`: give the last attempt in any case."""

    by: CheckerSettings
    gallery_state: str
    photo: bytes
    name: str
    how: str
    margin: float
    form: str | None
    keep: bool

    def done_at(self, bench: Bench) -> Answer:
        """Mend it."""
        from vision.media.photo import MediaFile
        from vision.remedy.copies import Format
        from vision.remedy.remedy import How
        from vision.remedy.repair import repair
        from vision.remedy.wording import answer_of

        checker = bench.checker(self.by, self.gallery_state)
        file = MediaFile.open(self.photo, name=self.name)
        form = Format(self.form.upper()) if self.form else Format.PNG if file.format == Format.PNG else Format.JPEG
        outcome = repair(checker, file, form, how=How(self.how), margin=self.margin)
        if outcome.attempt is None or not (outcome.is_clear or self.keep):
            return Fixed(answer_of(outcome, None), None)
        after = outcome.attempt.after.photo.size_wh
        name = say("service.jobs.copy_name").text(self.by.language)
        told = answer_of(outcome, f"{name}.{'png' if form is Format.PNG else 'jpg'}")
        media_type: Literal["image/jpeg", "image/png"] = "image/png" if form is Format.PNG else "image/jpeg"
        return Fixed(told, Picture(media_type, after, outcome.attempt.encoded))


@dataclass(frozen=True, slots=True)
class EnrolJob:
    """Turn a reference photo of a person into a template."""

    photo: bytes
    name: str
    face: str = ""

    def done_at(self, bench: Bench) -> Answer:
        """Find the one face, or the one that was chosen (`candidates.choosing`), and describe it."""
        from candidates.choosing import FaceChoice

        return Enrolled(bench.enroller().describe(self.photo, name=self.name, face=FaceChoice(self.face)))


@dataclass(frozen=True, slots=True)
class HealthJob:
    """Look over the gallery for what is wrong with it."""

    gallery: str
    language: Language

    def done_at(self, bench: Bench) -> Answer:
        """Look, and put it into words."""
        from candidates import Gallery
        from candidates.health import examine
        from vision.contract.health import health_answer

        with Gallery.open(self.gallery, read_only=True) as gallery:
            health = examine(gallery, model_id=bench.model_id)
        return Looked(health_answer(health, self.language))


class Bench:
    """The models of one process, and whom it compares faces with."""

    def __init__(self, spec: JudgeSpec) -> None:
        """Load the models, and look at an empty picture, so that the first photo takes no longer than the next."""
        import numpy as np

        self._threads = spec.threads
        self._engines = spec.load()
        self._rosters = Rosters(self._engines.embedder.model_id)
        self._enroller: Enroller | None = None
        self.checker(CheckerSettings(), "").check(np.full((480, 640, 3), 127, np.uint8))

    @property
    def model_id(self) -> str:
        """The face model in use."""
        return self._engines.embedder.model_id

    def checker(self, by: CheckerSettings, gallery_state: str) -> PhotoChecker:
        """Return a checker with this process's models; its gallery is read anew when its state is another."""
        from vision.checker import PhotoChecker

        policy, roster = self._rosters.of(by, gallery_state)
        return PhotoChecker(policy, roster, language=by.language, load=self._loaded)

    def enroller(self) -> Enroller:
        """Return what describes reference photos."""
        from vision.enrolment.reference import Enroller

        if self._enroller is None:
            self._enroller = Enroller(threads=self._threads, face_model=self._engines.embedder)
        return self._enroller

    def _loaded(self) -> Engines:
        return self._engines


def make_bench(spec: JudgeSpec) -> Callable[[Job], Answer]:
    """Load the models, in the process, and return what does jobs with them."""
    return partial(_done, Bench(spec))


def _done(bench: Bench, job: Job) -> Answer:
    from candidates.errors import CandidatesError

    try:
        return job.done_at(bench)
    except (CandidatesError, FotoNetralError) as error:
        return Failed.of(error)


def _annotated(judged: media.Picture, told: KeptPhoto, language: Language) -> Picture:
    from vision.report.annotate import JPEG_QUALITY, LONGEST_SIDE, annotate

    return _jpeg(annotate(judged.shown(LONGEST_SIDE), told, language), JPEG_QUALITY)


def _jpeg(pixels: NDArray[np.uint8], quality: int) -> Picture:
    from vision.report.annotate import encoded

    return Picture("image/jpeg", (pixels.shape[1], pixels.shape[0]), encoded(pixels, quality))
