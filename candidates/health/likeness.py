"""What comparing the people of a gallery with one another says: who may be one, and whose photos are mixed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from candidates.health.faces import HealthLimits, NearPhotos, near_pairs
from candidates.health.finding import Fact, GalleryFinding, HealthSeverity, PhotoRef
from candidates.health.pairs import DECIMALS, alike, are_spelled_alike, family
from candidates.health.parts import PhotoGroup, near_of, parts_of, whole_of
from candidates.health.photos import PersonPhotos
from candidates.matching.calibration import Calibration


def of_all(people: Sequence[PersonPhotos], calibration: Calibration) -> Iterator[GalleryFinding]:
    """Yield what comparing the people with one another says: mixed photos, doubled people, lookalikes."""
    parts: list[PhotoGroup] = []
    limits = HealthLimits.of(calibration, [len(person.references) for person in people])
    for person in people:
        parts += parts_of(person, limits)
    near_to: dict[int, list[NearPhotos]] = defaultdict(list)

    def spelled_alike(first: int, second: int) -> bool:
        return are_spelled_alike(parts[first].person, parts[second].person)

    for near in near_pairs([part.embeddings for part in parts], limits, spelled_alike):
        one, other = parts[near.first], parts[near.second]
        if one.person.id == other.person.id:
            continue
        if one.is_odd is False and other.is_odd is False:
            yield from alike(one, other, near, limits)
        else:
            near_to[near.first].append(near)
            near_to[near.second].append(near)
    yield from _mixed(parts, near_to, limits)
    yield from family(parts, limits)


def _mixed(
    parts: Sequence[PhotoGroup], near_to: Mapping[int, Sequence[NearPhotos]], limits: HealthLimits
) -> Iterator[GalleryFinding]:
    """Tell of people whose photos do not belong together, and of whom the odd ones remind."""
    of_person: dict[str, list[int]] = defaultdict(list)
    for number, part in enumerate(parts):
        of_person[part.person.id].append(number)
    for numbers in of_person.values():
        if len(numbers) == 1:
            continue
        own = [parts[number] for number in numbers]
        near = [_others(number, parts, near_to.get(number, ())) for number in numbers]
        if own[0].is_odd is None:
            yield from _undecided(own, near, limits)
        else:
            yield from (_odd(part, others) for part, others in zip(own, near, strict=True) if part.is_odd)


def _undecided(
    own: Sequence[PhotoGroup], near: Sequence[Sequence[PhotoGroup]], limits: HealthLimits
) -> Iterator[GalleryFinding]:
    """Tell of a person with as many photos on one side as on the other; `near` are others whom each part reminds of."""
    whole = whole_of(own)
    certain = {other.person.id: other for others in near for other in others if other.is_odd is False}.values()
    # All could be photos of that other person, and so of one after all.
    told = [
        finding
        for other in certain
        if all(near_of(part, other).least <= limits.apart for part in own)
        for finding in alike(whole, other, near_of(whole, other), limits)
    ]
    odd = [_odd(part, others) for part, others in zip(own, near, strict=True) if others]
    if told:
        yield from told
    elif odd and len(odd) < len(own):
        yield from odd
    else:
        yield _split(own)


def _others(number: int, parts: Sequence[PhotoGroup], near: Iterable[NearPhotos]) -> list[PhotoGroup]:
    """Return the parts of others that come near, the nearest first."""
    ordered = sorted(near, key=lambda one: (one.least, one.first, one.second))
    return [parts[one.second if one.first == number else one.first] for one in ordered]


def _odd(part: PhotoGroup, others: Sequence[PhotoGroup]) -> GalleryFinding:
    photos = tuple(PhotoRef.of(reference) for reference in part.references)
    facts: dict[str, Fact] = {"distance": round(part.distance, DECIMALS)}
    if others:
        return GalleryFinding(
            "mixed_person.of_another", HealthSeverity.FIX, (part.person, others[0].person), photos, facts
        )
    return GalleryFinding("mixed_person.odd_photo", HealthSeverity.FIX, (part.person,), photos, facts)


def _split(parts: Sequence[PhotoGroup]) -> GalleryFinding:
    photos = tuple(PhotoRef.of(reference) for part in parts for reference in part.references)
    facts: dict[str, Fact] = {
        "distance": round(min(part.distance for part in parts), DECIMALS),
        "parts": " / ".join(", ".join(str(reference.id) for reference in part.references) for part in parts),
    }
    return GalleryFinding("mixed_person.split", HealthSeverity.FIX, (parts[0].person,), photos, facts)
