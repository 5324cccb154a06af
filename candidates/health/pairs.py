"""Two people who come near each other: one person twice, relatives, or lookalikes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from candidates.calibration import Calibration
from candidates.health.faces import Limits, Near
from candidates.health.finding import Finding, PhotoRef, Severity
from candidates.health.parts import Part, near_of, whole_of
from candidates.people import Candidate, name_key

DECIMALS = 3
"""Of distances in facts."""


def alike(one: Part, other: Part, near: Near, limits: Limits) -> Iterator[Finding]:
    """Tell of two people whose photos come near each other; of relatives `family` does."""
    people = (one.person, other.person)
    if are_family(*people) or (near.typical > max(limits.same, limits.alike) and near.least > limits.possible):
        return
    if are_namesakes(people):
        yield _pair("same_person.other_election", Severity.HINT, one, other, near)
    elif near.typical <= limits.same:
        yield _pair("same_person.faces", Severity.FIX, one, other, near)
    else:
        yield _pair("lookalikes.faces", Severity.LOOK, one, other, near)


def family(parts: Sequence[Part], calibration: Calibration, limits: Limits) -> Iterator[Finding]:
    """Tell of relatives who look alike: they are few, and expected to, so that the limit is wider."""
    families: dict[str, dict[str, list[Part]]] = defaultdict(lambda: defaultdict(list))
    for part in parts:
        if not part.is_odd:
            families[part.person.relative_of or part.person.id][part.person.id].append(part)
    for members in families.values():
        for one, other in combinations(map(whole_of, members.values()), 2):
            near = near_of(one, other, calibration)
            if near.typical <= limits.kin or near.least <= limits.possible:
                yield _pair("lookalikes.family", Severity.HINT, one, other, near)


def are_namesakes(people: Sequence[Candidate]) -> bool:
    """Tell whether people have one name and stand in different elections: the ordinary case of one person twice."""
    return len({name_key(person.name) for person in people}) == 1 and len({person.election for person in people}) > 1


def are_family(one: Candidate, other: Candidate) -> bool:
    """Tell whether two are registered as relatives of each other, or of one candidate."""
    return (one.relative_of or one.id) == (other.relative_of or other.id)


def _pair(code: str, severity: Severity, one: Part, other: Part, near: Near) -> Finding:
    photos = tuple(PhotoRef.of(reference) for part in (one, other) for reference in part.references)
    return Finding(code, severity, (one.person, other.person), photos, {"distance": round(near.typical, DECIMALS)})
