"""Two people who come near each other: one person twice, relatives, or lookalikes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations

from candidates.health.faces import HealthLimits, NearPhotos
from candidates.health.finding import GalleryFinding, HealthSeverity, PhotoRef
from candidates.health.parts import PhotoGroup, near_of, whole_of
from candidates.people import Candidate, name_key

DECIMALS = 3
"""Of distances in facts."""

SPELLED_ALIKE = 0.75
"""Part (0..1) of the letters that two spellings of a word share: Soeharto and Suharto 0.8, Muhammad and Mohamad 0.8."""

_INITIALS = 2


def alike(one: PhotoGroup, other: PhotoGroup, near: NearPhotos, limits: HealthLimits) -> Iterator[GalleryFinding]:
    """Tell of two people whose photos come near each other; of relatives `family` does."""
    people = (one.person, other.person)
    same = limits.spelled if are_spelled_alike(*people) else limits.same
    if are_family(*people) or (near.typical > same and near.least > limits.alike):
        return
    if are_namesakes(people):
        yield _pair("same_person.other_election", HealthSeverity.HINT, one, other, near)
    elif near.typical <= same:
        yield _pair("same_person.faces", HealthSeverity.FIX, one, other, near)
    else:
        yield _pair("lookalikes.faces", HealthSeverity.LOOK, one, other, near)


def family(parts: Sequence[PhotoGroup], limits: HealthLimits) -> Iterator[GalleryFinding]:
    """Tell of relatives who look alike: they are few, and expected to, so that the limit is wider."""
    families: dict[str, dict[str, list[PhotoGroup]]] = defaultdict(lambda: defaultdict(list))
    for part in parts:
        if not part.is_odd:
            families[part.person.relative_of or part.person.id][part.person.id].append(part)
    for members in families.values():
        for one, other in combinations(map(whole_of, members.values()), 2):
            near = near_of(one, other)
            if near.least <= limits.kin:
                yield _pair("lookalikes.family", HealthSeverity.HINT, one, other, near)


def are_namesakes(people: Sequence[Candidate]) -> bool:
    """Tell whether people have one name and stand in different elections: the ordinary case of one person twice."""
    return len({name_key(person.name) for person in people}) == 1 and len({person.election for person in people}) > 1


def are_spelled_alike(one: Candidate, other: Candidate) -> bool:
    """Tell whether every word of the shorter name is in the longer one, if only in another spelling.

    Initials and titles of one or two letters are passed over; words in another order are the same name.
    """
    shorter, longer = sorted((_words(one.name), _words(other.name)), key=len)
    return bool(shorter) and all(any(_are_one_word(word, heard) for heard in longer) for word in shorter)


def are_family(one: Candidate, other: Candidate) -> bool:
    """Tell whether two are registered as relatives of each other, or of one candidate."""
    return (one.relative_of or one.id) == (other.relative_of or other.id)


def _pair(code: str, severity: HealthSeverity, one: PhotoGroup, other: PhotoGroup, near: NearPhotos) -> GalleryFinding:
    photos = tuple(PhotoRef.of(reference) for part in (one, other) for reference in part.references)
    return GalleryFinding(
        code, severity, (one.person, other.person), photos, {"distance": round(near.typical, DECIMALS)}
    )


@lru_cache(maxsize=1 << 16)
def _words(name: str) -> frozenset[str]:
    return frozenset(word for word in re.split(r"\W+", name_key(name)) if len(word) > _INITIALS)


@lru_cache(maxsize=1 << 16)
def _are_one_word(one: str, other: str) -> bool:
    return one == other or SequenceMatcher(None, one, other).ratio() >= SPELLED_ALIKE
