"""The parts that the routes share (pool, keys, caches, limits), made once from the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from vision.messages import say
from vision.rules import available_packs, read_pack
from vision.service.callers.keys import KeyStore
from vision.service.callers.sessions import Sessions
from vision.service.gallery.freshness import GalleryState
from vision.service.http.limits import Buckets, MemoryBudget
from vision.service.metrics import Metrics
from vision.service.photos.remembered import CrashCounts, ReplyCache
from vision.service.photos.uploads import UploadLimits
from vision.service.pool.jobs import Job, JobOutcome, load_job_runner
from vision.service.pool.processes import Pool, PoolLimits
from vision.service.settings import MB, ServiceSettings, SettingsError
from vision.settings import CheckerSettings, JudgeSpec

_LEAST_BURST, _BURST_PART = 30, 4
_LOGINS_PER_MINUTE, _ALL_LOGINS_PER_MINUTE = 5, 60

MakeJobRunner = Callable[[], Callable[[Job], JobOutcome]]


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """The parts of a running service. Everything but `keys` and `gallery` belongs to the event loop's thread."""

    settings: ServiceSettings
    policies: Mapping[str, str]
    """Names of the packs that may be asked for, and where each is read from."""
    default_policy: str
    keys: KeyStore
    sessions: Sessions
    requests: Buckets
    logins: Buckets
    all_logins: Buckets
    budget: MemoryBudget
    pool: Pool[Job, JobOutcome]
    replies: ReplyCache
    crashes: CrashCounts
    gallery: GalleryState
    metrics: Metrics
    uploads: UploadLimits
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the gallery is changed."""

    @classmethod
    def of(cls, settings: ServiceSettings, make: MakeJobRunner | None = None) -> Service:
        """Make the parts. `make` is what the processes do, in place of loading the models.

        Raises SettingsError for a policy pack that cannot be used.
        """
        policies, default = _policies(settings)
        face_model = None if settings.face_model is None else str(settings.face_model)
        spec = JudgeSpec(CheckerSettings(face_model=face_model), settings.worker_threads)
        service = cls(
            settings=settings,
            policies=policies,
            default_policy=default,
            keys=KeyStore(settings.keys),
            sessions=Sessions(settings.session_hours),
            requests=Buckets(settings.per_minute, _burst(settings.per_minute)),
            logins=Buckets(_LOGINS_PER_MINUTE, _LOGINS_PER_MINUTE),
            all_logins=Buckets(_ALL_LOGINS_PER_MINUTE, _ALL_LOGINS_PER_MINUTE),
            budget=MemoryBudget(settings.pending_mb * MB, settings.uploads),
            pool=Pool(
                make or partial(load_job_runner, spec),
                PoolLimits(settings.worker_count, settings.waiting, settings.waiting_seconds),
            ),
            replies=ReplyCache(settings.remember_minutes * 60, settings.remember_mb * MB),
            crashes=CrashCounts(),
            gallery=GalleryState(settings.gallery),
            metrics=Metrics(),
            uploads=UploadLimits(
                settings.photo_mb * MB, settings.request_mb * MB, settings.photos, settings.upload_seconds
            ),
        )
        service.metrics.watch(service.pool, service.budget, service.replies)
        return service


def _burst(per_minute: int) -> float:
    """Return how many requests may come at once: a quarter of a minute's, or those of a page that is used in haste."""
    return max(per_minute / _BURST_PART, min(_LEAST_BURST, per_minute))


def _policies(settings: ServiceSettings) -> tuple[dict[str, str], str]:
    """Return the packs by name, the shipped ones and those of the settings, and the name of the usual one."""
    names = {name: name for name in available_packs()}
    own = [str(path) for path in settings.policies]
    is_file = settings.policy not in names
    for file in [*own, *([settings.policy] if is_file else [])]:
        reading = read_pack(file)
        if reading.policy is None:
            first = reading.problems[0]
            raise SettingsError(first.says)
        if reading.policy.id in names and names[reading.policy.id] != file:
            raise SettingsError(say("service.state.two_policy_packs_are_named", id=reading.policy.id))
        names[reading.policy.id] = file
    default = next(name for name, file in names.items() if file == settings.policy)
    return names, default
