"""One photo in, one judged result out: the stages put together. Knows no files, no HTTP, no terminals."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date as Date  # noqa: N812  the argument of `open` is called date
from functools import cached_property, partial
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from candidates.closing import Closing
from vision._version import __version__
from vision.contract.post import PostResult, require_a_post
from vision.contract.result import (
    CheckError,
    CheckResult,
    EngineFacts,
    FaceResult,
    HandResult,
    PhotoFacts,
    ScopeFacts,
    TextResult,
)
from vision.errors import EngineError, FotoNetralError, Language, PhotoTooLargeError
from vision.hands.light import in_plain_light
from vision.media.photo import DETAIL_SIDE, MediaFile, Photo, PhotoLimits, Picture, Source
from vision.messages import say
from vision.models import model_sha256
from vision.rules import (
    DEFAULT_POLICY,
    Finding,
    FindingKind,
    Judgment,
    Policy,
    Remark,
    RemarkKind,
    SeenFace,
    SeenHand,
    SeenPair,
    judge,
    unnamed_hands,
)
from vision.runtime.failures import failure_of
from vision.runtime.libraries import missing_library
from vision.stages.engines import Engines, open_face_model
from vision.stages.roster import NOBODY, Roster
from vision.stages.turning import Turn, look_upright
from vision.stages.words import Words, read_words, word_search

if TYPE_CHECKING:
    from candidates import Match
    from vision.faces import Face, FaceModel
    from vision.hands import Hand
    from vision.rules.words import WordSearch

STAGES = ("load", "decode", "faces", "hands", "match", "words", "judge")
"""Keys of `timings_ms`; `load` is the models' loading, 0 for every photo but the first."""

_GROUP, _SMALL_FACE_PX, _TINY_FACE_PX, _WORTHWHILE = 4, 64, 32, 1.3
"""A photo that was reduced by more than the last is decoded again with more detail where people are small: from so many
people with faces under so many analysis pixels, anybody with faces under the next. Hands are about 0.7 faces tall, and
naming suffers under 48 px (docs/accuracy.md)."""

_VAST_PIXELS, _ELONGATED, _LONG_PX = 12_000_000, 3, 2000
"""The face search's scale follows the long side: it loses faces under about 2% of that, which in these photos (12
megapixels and more; panoramas and long screenshots) are still large enough to be known by."""

USUAL_LIMITS = PhotoLimits()


class PhotoChecker(Closing):
    """Checks photos, one answer each; the same photo gets the same answer. Close it, or use it in a `with` block.

    Models load at the first check. Threads may share a checker: decoding runs side by side, detection takes turns.
    """

    def __init__(
        self,
        policy: Policy,
        roster: Roster = NOBODY,
        *,
        language: Language = "id",
        limits: PhotoLimits = USUAL_LIMITS,
        load: Callable[[], Engines] | None = None,
    ) -> None:
        """Put a checker together from its parts; `open` does it from names and files, with the shipped models."""
        self.policy = policy
        self.roster = roster
        self.language: Language = language
        self._limits = limits
        self._load = load or Engines.load
        self._engines: Engines | None = None
        self._turn = threading.Lock()

    @classmethod
    def open(
        cls,
        gallery: str | Path | None = None,
        policy: str | Path = DEFAULT_POLICY,
        region: str | None = None,
        date: Date | None = None,
        *,
        language: Language = "id",
        declared_spouse_of: str | None = None,
        limits: PhotoLimits = USUAL_LIMITS,
        face_model: str | Path | None = None,
        false_alarms: float | None = None,
        threads: int = 2,
    ) -> Self:
        """Open a checker.

        gallery : file with the registered candidates; None: no face is compared with anybody.
        policy : name of a shipped pack, or a `.toml` file.
        region, date : where (Kemendagri code or name) and when the photo is to be posted; None: everywhere, today.
        declared_spouse_of : id or name of the candidate whom the user declared to be married to.
        face_model : another face network than the usual: an ONNX file, or "dlib"; the gallery must be of the same.
        false_alarms : per 1,000 photos, in which somebody may be named who is not there; None: 10, without a promise.
        threads : how many the networks may use: one where processes work side by side.

        The gallery is read once, here. Raises `PolicyError`, `FaceModelError`, or `candidates.CandidatesError` for the
        gallery and for a region that there is not.
        """
        pack = Policy.load(policy)
        embedder = None if face_model is None else open_face_model(face_model, threads=threads)
        load = partial(Engines.load, embedder, threads=threads)
        if gallery is None:
            nobody = Roster.without_gallery(region, declared_spouse_of=declared_spouse_of)
            return cls(pack, nobody, language=language, limits=limits, load=load)
        roster = Roster.open(
            gallery,
            pack,
            region=region,
            day=date,
            declared_spouse_of=declared_spouse_of,
            model_id=None if embedder is None else embedder.model_id,
            false_alarms=false_alarms,
        )
        return cls(pack, roster, language=language, limits=limits, load=load)

    def check(self, source: Source | MediaFile, *, name: str | None = None) -> CheckResult:
        """Judge one photo: a path, bytes, a binary file object, or an RGB array of (height, width, 3) uint8.

        `name` stands in the result instead of the path. A file that was opened already (`MediaFile`) has its own name
        and limits, and afterwards shows the pixels that were judged. Raises `PhotoError` when the photo cannot be read
        and `EngineError` when a model fails.
        """
        timings = dict.fromkeys(STAGES, 0.0)
        with _timed(timings, "decode"):
            picture = self._opened(source, name).first
            photo = picture.decode()
        with self._turn:
            engines = self._loaded(timings)
            with _timed(timings, "faces"):
                photo, faces, turn = look_upright(engines.faces, photo)
            if _is_distant(photo, faces):
                with _timed(timings, "decode"):
                    finer = _finer(picture)
                if finer is not None:
                    photo = turn.photo(finer) if turn else finer
                    with _timed(timings, "faces"):
                        faces = engines.faces.find(photo.pixels)
            with _timed(timings, "hands"):
                boxes = [face.box for face in faces]
                hands, pairs = engines.hands.read(in_plain_light(photo.pixels, boxes), boxes)
            with _timed(timings, "match"):
                matches = self._match(engines, photo, faces)
            with _timed(timings, "words"):
                words = read_words(engines.texts, self._words, photo.pixels, boxes)
        with _timed(timings, "judge"):
            judgment = judge(
                [_seen_hand(index, hand) for index, hand in enumerate(hands)],
                [SeenPair((pair.first, pair.second), pair.pose) for pair in pairs],
                [_seen_face(index, match) for index, match in enumerate(matches)],
                self.policy,
                self.roster.context,
                taken_on=None if photo.taken_at is None else photo.taken_at.date(),
                media=photo.media,
                said=words.said,
            )
        sums = _model_sums(engines.embedder)
        result = self._result(photo, hands, faces, matches, words, judgment, sums, timings, turn)
        return turn.back(result) if turn else result

    def check_or_error(self, source: Source, *, name: str | None = None) -> CheckResult | CheckError:
        """Judge one photo of many: what goes wrong with it becomes a `CheckError`, whatever it is."""
        checked = self.check_file(source, name=name)
        return checked if isinstance(checked, CheckError) else checked[0]

    def check_file(self, source: Source, *, name: str | None = None) -> tuple[CheckResult, MediaFile] | CheckError:
        """Judge one photo of many, and return the result with the opened file, for whoever draws what was judged."""
        try:
            file = self._opened(source, name)
            return self.check(file), file
        except Exception as error:
            return self._failed(error, name or _name_of(source))

    def _failed(self, error: Exception, name: str) -> CheckError:
        failure = failure_of(error)
        if isinstance(failure, FotoNetralError):
            return CheckError(name, failure, self.language)
        # A library's surprise on one photo must neither end the batch nor pass for "nothing found".
        what = f"{type(error).__name__}: {error}"
        failed = missing_library(error) or EngineError(say("checking.checker.photo_could_not_be_checked", what=what))
        failed.__cause__ = error
        return CheckError(name, failed, self.language)

    def check_post(self, sources: Sequence[Source], names: Sequence[str] | None = None) -> PostResult:
        """Judge the photos of one post together, in the order of the post; `names` run parallel to `sources`.

        A photo that cannot be judged is a `CheckError` in the answer, and such a post is never clear. Raises
        `PostError` for no photo, or more than a post holds.
        """
        require_a_post(len(sources))
        given = [None] * len(sources) if names is None else names
        return PostResult.of([self.check_or_error(one, name=name) for one, name in zip(sources, given, strict=True)])

    def close(self) -> None:
        """Free the models; a later check loads them again."""
        with self._turn:
            if self._engines is not None:
                self._engines.close()
                self._engines = None

    @cached_property
    def _words(self) -> WordSearch:
        return word_search(self.policy, self.roster.people, self.roster.context)

    def _opened(self, source: Source | MediaFile, name: str | None) -> MediaFile:
        return source if isinstance(source, MediaFile) else MediaFile.open(source, name=name, limits=self._limits)

    def _loaded(self, timings: dict[str, float]) -> Engines:
        if self._engines is None:
            with _timed(timings, "load"):
                self._engines = self._load()
        return self._engines

    def _match(self, engines: Engines, photo: Photo, faces: Sequence[Face]) -> tuple[Match | None, ...]:
        """Compare the faces with the people in scope; where there is nobody, no face is turned into a vector."""
        if self.roster.index is None or not faces:
            return (None,) * len(faces)
        index, poor = self.roster.index, [bool(face.quality.flaws) for face in faces]
        vectors = engines.embedder.embed(photo.pixels, faces).copy()
        if near := index.worth_a_closer_look(vectors):
            vectors[near] = engines.embedder.embed_carefully(photo.pixels, [faces[at] for at in near])
        return index.match(vectors, poor=poor)

    def _unrecognisable(self, faces: Sequence[Face], matches: Sequence[Match | None]) -> tuple[Remark, ...]:
        """Remark how many faces show too poorly to be recognised, where a gallery was compared."""
        if self.roster.index is None:
            return ()
        pairs = zip(faces, matches, strict=True)
        count = sum(match is None and face.quality.is_too_poor for face, match in pairs)
        return (Remark(RemarkKind.TOO_POOR, count=count),) if count else ()

    def _result(
        self,
        photo: Photo,
        hands: Sequence[Hand],
        faces: Sequence[Face],
        matches: Sequence[Match | None],
        words: Words,
        judgment: Judgment,
        sums: Mapping[str, str],
        timings: dict[str, float],
        turn: Turn | None,
    ) -> CheckResult:
        scale_xy = photo.scale_xy
        partners = {one: other for pair in judgment.pairs for one, other in permutations(pair.hands)}
        shown = tuple(
            _hand_result(hand, numbers, partners.get(index), scale_xy)
            for index, (hand, numbers) in enumerate(zip(hands, judgment.hand_numbers, strict=True))
        )
        told = {at for one in judgment.findings if one.kind is FindingKind.POSE for at in one.hands}
        unnamed = unnamed_hands(shown, [face.box.scaled(scale_xy) for face in faces], self.policy, told)
        return CheckResult(
            photo=PhotoFacts(photo.name, photo.sha256, photo.size_wh, photo.taken_at),
            verdict=judgment.verdict,
            findings=judgment.findings,
            hands=shown,
            faces=tuple(
                FaceResult(
                    face.box.scaled(scale_xy),
                    face.score,
                    person,
                    match,
                    tuple(flaw.value for flaw in face.quality.flaws),
                    not face.quality.is_too_poor,
                )
                for person, (face, match) in enumerate(zip(faces, matches, strict=True))
            ),
            texts=_text_results(words, judgment, scale_xy),
            engine=EngineFacts(__version__, sums, self.roster.revision, self.policy.id),
            timings_ms=timings,
            language=self.language,
            remarks=(
                *judgment.remarks,
                *([Remark(RemarkKind.TURNED)] if turn else []),
                *_too_far(photo, faces),
                *self._unrecognisable(faces, matches),
                *self.roster.remarks,
            ),
            reminders=self.policy.reminders(self.language),
            media=photo.media,
            scope=ScopeFacts.of(self.roster),
            unnamed=unnamed,
        )


def _finer(picture: Picture) -> Photo | None:
    """Decode once more with more pixels; None where the memory bound does not allow it."""
    try:
        return picture.decode(DETAIL_SIDE)
    except PhotoTooLargeError:
        return None


def _too_far(photo: Photo, faces: Sequence[Face]) -> tuple[Remark, ...]:
    """Tell of people who may be too small to be seen: none were, in a photo that may hold many."""
    short, long = sorted(photo.size_wh)
    is_vast = short * long >= _VAST_PIXELS or (long >= _ELONGATED * short and long >= _LONG_PX)
    return (Remark(RemarkKind.FAR),) if is_vast and not faces else ()


def _is_distant(photo: Photo, faces: Sequence[Face]) -> bool:
    """Tell whether hands would be lost in the reduced photo: small people, and more pixels to be had."""
    if not faces or max(photo.scale_xy) < _WORTHWHILE:
        return False
    small_px = _SMALL_FACE_PX if len(faces) >= _GROUP else _TINY_FACE_PX
    return float(np.median([face.box.width for face in faces])) < small_px


@contextmanager
def _timed(timings: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    timings[stage] += (time.perf_counter() - start) * 1000


def _text_results(words: Words, judgment: Judgment, scale_xy: tuple[float, float]) -> tuple[TextResult, ...]:
    """Return the lines on which findings rest; of a line, only what was looked for is told."""
    told: dict[int, list[Finding]] = {}
    for finding in judgment.findings:
        for at in finding.texts:
            told.setdefault(at, []).append(finding)
    return tuple(
        TextResult(
            line.box.scaled(scale_xy),
            " · ".join(dict.fromkeys(finding.quote for finding in told[line.index])),
            line.score,
            told[line.index][0].code.partition(".")[2],
        )
        for line in words.lines
    )


def _seen_face(index: int, match: Match | None) -> SeenFace:
    return SeenFace(index, match, () if match is None else match.alternatives)


def _seen_hand(index: int, hand: Hand) -> SeenHand:
    return SeenHand(
        index=index,
        pose=hand.pose,
        score=hand.pose_score,
        person=hand.person,
        posed=hand.posed,
    )


def _hand_result(
    hand: Hand, numbers: tuple[int, ...], partner: int | None, scale_xy: tuple[float, float]
) -> HandResult:
    points = hand.points_xyz[:, :2] * np.array(scale_xy)
    return HandResult(
        box=hand.box.scaled(scale_xy),
        landmarks_xy=tuple((float(x), float(y)) for x, y in points),
        score=hand.score,
        handedness=hand.handedness,
        fingers=hand.fingers,
        pose=hand.pose,
        pose_score=hand.pose_score,
        numbers=numbers,
        person=hand.person,
        partner=partner,
        posed=hand.posed,
    )


def _model_sums(embedder: FaceModel) -> dict[str, str]:
    return {
        "palms": model_sha256("palm_detector.onnx"),
        "hands": model_sha256("hand_landmarks.onnx"),
        "hand_naming": model_sha256("hand_naming.npz"),
        "hand_pixels": model_sha256("hand_pixels.npz"),
        "hand_weights": model_sha256("hand_weights.npz"),
        "faces": embedder.sha256,
        "face_detector": model_sha256("face_yunet.onnx"),
        "text_detector": model_sha256("text_detector.onnx"),
        "text_reader": model_sha256("text_reader.onnx"),
    }


def _name_of(source: object) -> str:
    if isinstance(source, str | os.PathLike):
        return os.fsdecode(source)
    return "<array>" if isinstance(source, np.ndarray) else "<bytes>"
