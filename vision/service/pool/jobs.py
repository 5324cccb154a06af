"""The jobs of the worker processes: what is sent to a process, and the outcome that comes back.

A process loads the models once. It keeps the rosters of the last few regions and days (`Rosters`), and reads the
gallery again when it has changed.
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
    from vision.enrolment.reference import Enroller, ReferenceTemplate
    from vision.media import photo as media
    from vision.stages.engines import Engines


@dataclass(frozen=True, slots=True)
class JobPicture:
    """An encoded picture without metadata."""

    media_type: Literal["image/jpeg", "image/png"]
    size_wh: tuple[int, int]
    data: bytes


@dataclass(frozen=True, slots=True)
class JobFailure:
    """A job that failed for a reason to be reported: a stable code, and the message."""

    code: str
    says: Message

    @classmethod
    def of(cls, error: Any) -> JobFailure:
        """Take code and words from an error of the engine or the gallery."""
        return cls(error.code, error.whole())


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """The answer of `CheckJob`: the result, the same for HTTP (with `extras`), and the pictures that were asked for."""

    answer: CheckResult | CheckError
    told: PhotoAnswer | FailedPhoto
    annotated: JobPicture | None = None
    preview: JobPicture | None = None


@dataclass(frozen=True, slots=True)
class FixOutcome:
    """The answer of `FixJob`, and the copy if there is one."""

    told: Mended
    copy: JobPicture | None


@dataclass(frozen=True, slots=True)
class EnrolOutcome:
    """The answer of `EnrolJob`: the template of a reference photo."""

    template: ReferenceTemplate


@dataclass(frozen=True, slots=True)
class HealthOutcome:
    """The answer of `HealthJob`."""

    told: GalleryHealth


JobOutcome = CheckOutcome | FixOutcome | EnrolOutcome | HealthOutcome | JobFailure


class Job(Protocol):
    """A piece of work for a process; errors that it raises on purpose become a `JobFailure`."""

    def run(self, models: JobModels) -> JobOutcome:
        """Do the job with the models of the process."""
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

    def run(self, models: JobModels) -> JobOutcome:
        """Judge the photo; one that cannot be judged is an outcome too, not a failure."""
        checker = models.checker(self.by, self.gallery_state)
        checked = checker.check_file(self.photo, name=self.name)
        if isinstance(checked, CheckError):
            return CheckOutcome(checked, checked.to_answer())
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
        return CheckOutcome(judgment, told, annotated, preview)


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

    def run(self, models: JobModels) -> JobOutcome:
        """Make the copy."""
        from vision.media.photo import MediaFile
        from vision.remedy.copies import Format
        from vision.remedy.remedy import How
        from vision.remedy.repair import repair
        from vision.remedy.wording import answer_of

        checker = models.checker(self.by, self.gallery_state)
        file = MediaFile.open(self.photo, name=self.name)
        form = Format(self.form.upper()) if self.form else Format.PNG if file.format == Format.PNG else Format.JPEG
        outcome = repair(checker, file, form, how=How(self.how), margin=self.margin)
        if outcome.attempt is None or not (outcome.is_clear or self.keep):
            return FixOutcome(answer_of(outcome, None), None)
        after = outcome.attempt.after.photo.size_wh
        name = say("service.jobs.copy_name").text(self.by.language)
        told = answer_of(outcome, f"{name}.{'png' if form is Format.PNG else 'jpg'}")
        media_type: Literal["image/jpeg", "image/png"] = "image/png" if form is Format.PNG else "image/jpeg"
        return FixOutcome(told, JobPicture(media_type, after, outcome.attempt.encoded))


@dataclass(frozen=True, slots=True)
class EnrolJob:
    """Turn a reference photo of a person into a template."""

    photo: bytes
    name: str
    face: str = ""

    def run(self, models: JobModels) -> JobOutcome:
        """Find the one face, or the one that was chosen (`candidates.choosing`), and describe it."""
        from candidates.choosing import FaceChoice

        return EnrolOutcome(models.enroller().describe(self.photo, name=self.name, face=FaceChoice(self.face)))


@dataclass(frozen=True, slots=True)
class HealthJob:
    """Examine the gallery for faults."""

    gallery: str
    language: Language

    def run(self, models: JobModels) -> JobOutcome:
        """Examine the gallery and word the findings."""
        from candidates import Gallery
        from candidates.health import examine
        from vision.contract.health import health_answer

        with Gallery.open(self.gallery, read_only=True) as gallery:
            health = examine(gallery, model_id=models.model_id)
        return HealthOutcome(health_answer(health, self.language))


class JobModels:
    """The loaded models of one process, and its rosters."""

    def __init__(self, spec: JudgeSpec) -> None:
        """Load the models and check an empty picture, so that the first photo takes no longer than the next."""
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
        """Return a checker with this process's models; the gallery is read again when its state differs."""
        from vision.checker import PhotoChecker

        policy, roster = self._rosters.of(by, gallery_state)
        return PhotoChecker(policy, roster, language=by.language, load=self._loaded)

    def enroller(self) -> Enroller:
        """Return the enroller, made at the first call."""
        from vision.enrolment.reference import Enroller

        if self._enroller is None:
            self._enroller = Enroller(threads=self._threads, face_model=self._engines.embedder)
        return self._enroller

    def _loaded(self) -> Engines:
        return self._engines


def load_job_runner(spec: JudgeSpec) -> Callable[[Job], JobOutcome]:
    """Load the models in this process and return the function that runs jobs with them."""
    return partial(_run, JobModels(spec))


def _run(models: JobModels, job: Job) -> JobOutcome:
    from candidates.errors import CandidatesError

    try:
        return job.run(models)
    except (CandidatesError, FotoNetralError) as error:
        return JobFailure.of(error)


def _annotated(judged: media.Picture, told: KeptPhoto, language: Language) -> JobPicture:
    from vision.report.annotate import JPEG_QUALITY, LONGEST_SIDE, annotate

    return _jpeg(annotate(judged.shown(LONGEST_SIDE), told, language), JPEG_QUALITY)


def _jpeg(pixels: NDArray[np.uint8], quality: int) -> JobPicture:
    from vision.report.annotate import encoded

    return JobPicture("image/jpeg", (pixels.shape[1], pixels.shape[0]), encoded(pixels, quality))
