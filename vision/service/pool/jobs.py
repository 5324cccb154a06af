"""What the processes of the service do: jobs that travel to them, and the answers that come back.

A process loads the models once. Whom faces are compared with is read anew when the gallery has changed, and kept for
the few regions and days that are asked for most.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from vision.contract.result import CheckError, CheckResult
from vision.errors import FotoNetralError, Language
from vision.messages import Message, say
from vision.service.photos import extras
from vision.settings import CheckerSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vision.checker import PhotoChecker
    from vision.enrolment.reference import Enroller, FaceTemplate
    from vision.rules import Policy
    from vision.stages.engines import Engines
    from vision.stages.roster import Roster

_ROSTERS_KEPT = 4
"""Galleries as seen from so many regions and days; each may take as much memory as the gallery's vectors."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture without metadata."""

    media_type: str
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
    """A checked photo: the answer, the same as plain values with `extras`, and the pictures that were wanted."""

    answer: CheckResult | CheckError
    told: dict[str, Any]
    annotated: Picture | None = None
    preview: Picture | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    """What came of mending a photo, as plain values, and the copy if there is one to give."""

    told: dict[str, Any]
    copy: Picture | None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A reference photo turned into what a gallery keeps."""

    template: FaceTemplate


@dataclass(frozen=True, slots=True)
class Looked:
    """A gallery's health, as plain values."""

    told: dict[str, Any]


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
        answer = checker.check_or_error(self.photo, name=self.name)
        told = answer.to_dict()
        if isinstance(answer, CheckError):
            return Checked(answer, told)
        language, roster = self.by.language, checker.roster
        told["marks"] = extras.marks(told, language)
        told["bases"] = extras.bases(answer.findings, language)
        told["unread"] = extras.unread(
            language, has_gallery=roster.revision is not None, has_people=roster.index is not None
        )
        annotated = _annotated(self.photo, told, language) if self.annotated else None
        preview = _jpeg(extras.preview(self.photo), extras.PREVIEW_QUALITY) if self.preview else None
        return Checked(answer, told, annotated, preview)


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
        from vision.media.photo import read_photo
        from vision.media.sniff import sniff
        from vision.remedy.copies import Format
        from vision.remedy.remedy import How
        from vision.remedy.repair import repair
        from vision.remedy.wording import to_dict

        checker = bench.checker(self.by, self.gallery_state)
        data = read_photo(self.photo)
        form = Format(self.form.upper()) if self.form else Format.PNG if sniff(data) == Format.PNG else Format.JPEG
        outcome = repair(checker, data, self.name, form, how=How(self.how), margin=self.margin)
        if outcome.attempt is None or not (outcome.is_clear or self.keep):
            return Fixed(to_dict(outcome, None), None)
        after = outcome.attempt.after.photo.size_wh
        suffix, media_type = ("png", "image/png") if form is Format.PNG else ("jpg", "image/jpeg")
        told = to_dict(outcome, f"{say('service.jobs.copy_name').text(self.by.language)}.{suffix}")
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
        from vision.service.pool.health import facts

        with Gallery.open(self.gallery, read_only=True) as gallery:
            health = examine(gallery, model_id=bench.model_id)
        return Looked(facts(health, self.language))


class Bench:
    """The models of one process, and whom it compares faces with."""

    def __init__(self, face_model: str | None, threads: int) -> None:
        """Load the models, and look at an empty picture, so that the first photo takes no longer than the next."""
        import numpy as np

        from vision.stages.engines import Engines, open_face_model

        own = None if face_model is None else open_face_model(face_model, threads=threads)
        self._own_model = own
        self._threads = threads
        self._engines = Engines.load(own, threads=threads)
        self._rosters: OrderedDict[tuple[object, ...], tuple[Policy, Roster]] = OrderedDict()
        self._gallery_state = ""
        self._enroller: Enroller | None = None
        self.checker(CheckerSettings(), "").check(np.full((480, 640, 3), 127, np.uint8))

    @property
    def model_id(self) -> str:
        """The face model in use."""
        return self._engines.embedder.model_id

    def checker(self, by: CheckerSettings, gallery_state: str) -> PhotoChecker:
        """Return a checker with this process's models; its gallery is read anew when its state is another."""
        from vision.checker import PhotoChecker

        policy, roster = self._roster(by, gallery_state)
        return PhotoChecker(policy, roster, language=by.language, load=self._loaded)

    def enroller(self) -> Enroller:
        """Return what describes reference photos."""
        from vision.enrolment.reference import Enroller

        if self._enroller is None:
            self._enroller = Enroller(threads=self._threads, face_model=self._engines.embedder)
        return self._enroller

    def _loaded(self) -> Engines:
        return self._engines

    def _roster(self, by: CheckerSettings, gallery_state: str) -> tuple[Policy, Roster]:
        from vision.rules import Policy
        from vision.stages.roster import NOBODY, Roster

        if gallery_state != self._gallery_state:
            self._rosters.clear()
            self._gallery_state = gallery_state
        key = (by.gallery, by.policy, by.region, by.day, by.false_alarms)
        if key not in self._rosters:
            policy = Policy.load(by.policy)
            roster = NOBODY
            if by.gallery is not None:
                roster = Roster.open(
                    by.gallery,
                    policy,
                    region=by.region,
                    day=by.day,
                    model_id=self.model_id,
                    false_alarms=by.false_alarms,
                )
            self._rosters[key] = policy, roster
            if len(self._rosters) > _ROSTERS_KEPT:
                self._rosters.popitem(last=False)
        self._rosters.move_to_end(key)
        return self._rosters[key]


def make_bench(face_model: str | None, threads: int) -> Callable[[Job], Answer]:
    """Load the models, in the process, and return what does jobs with them."""
    return partial(_done, Bench(face_model, threads))


def _done(bench: Bench, job: Job) -> Answer:
    from candidates.errors import CandidatesError

    try:
        return job.done_at(bench)
    except (CandidatesError, FotoNetralError) as error:
        return Failed.of(error)


def _annotated(photo: bytes, told: Mapping[str, Any], language: Language) -> Picture:
    from vision.media.photo import open_photo
    from vision.report.annotate import JPEG_QUALITY, annotate

    return _jpeg(annotate(open_photo(photo).pixels, told, language), JPEG_QUALITY)


def _jpeg(pixels: NDArray[np.uint8], quality: int) -> Picture:
    from vision.report.annotate import encoded

    return Picture("image/jpeg", (pixels.shape[1], pixels.shape[0]), encoded(pixels, quality))
