"""Who is to be recognised, and who stands for what, where and when the user posts: a gallery seen by the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from vision.rules import CandidateFacts, ElectionContext, Policy, Remark, RemarkKind
from vision.stages.engines import face_model_id

if TYPE_CHECKING:
    from candidates import Index
    from candidates.regions import Region
    from candidates.storage.roll import Roll


@dataclass(frozen=True, slots=True, eq=False)
class Roster:
    """The people in scope: `index` matches faces (None without anybody to match), `revision` names the gallery.

    `region` is where the photo is to be posted, None for everywhere; `remarks` say whom the region and day leave out.
    `people` are those in scope by id: their names are looked for in words.
    """

    context: ElectionContext
    index: Index | None = None
    revision: str | None = None
    region: Region | None = None
    remarks: tuple[Remark, ...] = ()
    people: Mapping[str, CandidateFacts] = field(default_factory=dict)

    @classmethod
    def without_gallery(cls, region: str | None = None, *, declared_spouse_of: str | None = None) -> Roster:
        """Return a roster of nobody for a region.

        Raises `candidates.CandidatesError` when there is no such region, ValueError when somebody is declared.
        """
        if declared_spouse_of is not None:
            raise ValueError("declared_spouse_of names somebody of the gallery, but no gallery was given")
        if not region:
            return NOBODY
        from candidates.regions import region_of

        place = region_of(region)
        remark = Remark(RemarkKind.NO_GALLERY, place=place.label)
        return cls(ElectionContext(), region=place, remarks=(remark,))

    @classmethod
    def open(
        cls,
        gallery: str | Path,
        policy: Policy,
        *,
        region: str | None = None,
        day: date | None = None,
        declared_spouse_of: str | None = None,
        model_id: str | None = None,
        false_alarms: float | None = None,
    ) -> Roster:
        """Read the gallery file for a region (a code or a name; None: everywhere) and a day (None: today).

        `declared_spouse_of` is an id or a name; `model_id` the face model that faces will be described with (None: the
        product's own); `false_alarms` how many per 1,000 photos are put up with (None: the default). Raises
        `candidates.CandidatesError` when there is no such region, when the file cannot be used, holds templates of
        another face model or nobody of that name, or when so few false alarms cannot be promised.
        """
        from candidates import Gallery, Index, Scope
        from candidates.regions import region_of

        day = day or date.today()
        scope = Scope(region, day, policy.window.days_before, policy.window.days_after)
        with Gallery.open(gallery, read_only=True) as opened:
            elections, people = opened.elections(), opened.roll(scope)
            spouse = opened.person(declared_spouse_of).id if declared_spouse_of else None
            # Asked for last, since it imports the detectors: a wrong path should be told at once.
            model_id = model_id or face_model_id()
            opened.require_model(model_id)
            index = Index.from_gallery(opened, model_id=model_id, people=people, false_alarms=false_alarms)
            revision = opened.revision
        active = {one.id: one for one in elections if scope.counts(one, one.region)}
        context = ElectionContext(
            ballot_holders=people.ballot_holders(),
            declared_spouse_of=spouse,
            names=people.names,
            elections=active,
            day=day,
        )
        place = region_of(region) if region else None
        compared = len(index)
        remarks = tuple(_remarks(people, compared, has_elections=bool(elections), context=context, place=place))
        return cls(context, index if compared else None, revision, place, remarks, people)


def _remarks(
    people: Roll, compared: int, *, has_elections: bool, context: ElectionContext, place: Region | None
) -> Iterator[Remark]:
    """Yield what the answer has to say of a region and day for which the gallery holds little or nothing."""
    where = "" if place is None else place.label
    if has_elections and not context.elections:
        yield Remark(RemarkKind.NO_ELECTION, context.day, compared, place=where)
    elif not compared:
        yield Remark(RemarkKind.NOBODY, context.day, place=where)
    if people.lost:
        yield Remark(RemarkKind.LOST, count=people.lost, place=where)


NOBODY = Roster(ElectionContext())
"""Without a gallery: no face is compared with anybody."""
