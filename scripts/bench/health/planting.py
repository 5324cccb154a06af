"""Making galleries in which every fault is known."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from candidates.gallery import Gallery
from candidates.health import GalleryFinding, Health, HealthKind, HealthSeverity
from candidates.matching.calibration import FALSE_ALARMS, Calibration, MatchThresholds
from candidates.people import Candidate, Election, Reference, Relation, Role
from candidates.search.distances import distances_between
from scripts.bench.health.pictures import Describer, Picture, again, spoiled
from vision.faces import MODEL_ID

PLANTS = (
    "same person",
    "same person, one photo each",
    "same person, two spellings",
    "mixed, stranger's photo",
    "mixed, photo of one registered",
    "lookalike",
    "lookalike, family",
    "same picture again",
    "small",
    "blurred",
    "no template",
    "other model",
    "ballot number twice",
)
KIND_OF = {
    "same person": HealthKind.SAME_PERSON,
    "same person, one photo each": HealthKind.SAME_PERSON,
    "same person, two spellings": HealthKind.SAME_PERSON,
    "mixed, stranger's photo": HealthKind.MIXED_PERSON,
    "mixed, photo of one registered": HealthKind.MIXED_PERSON,
    "lookalike": HealthKind.LOOKALIKES,
    "lookalike, family": HealthKind.LOOKALIKES,
    "same picture again": HealthKind.NEAR_DUPLICATE,
    "small": HealthKind.POOR_REFERENCE,
    "blurred": HealthKind.POOR_REFERENCE,
    "no template": HealthKind.MISSING_PHOTO,
    "other model": HealthKind.OTHER_MODEL,
    "ballot number twice": HealthKind.DATA,
}

ELECTION = Election("pilkada", "Pilkada", region="34")
_REFERENCES = 3  # at most, for people without a fault
_TWIN_PART = (0.65, 0.85)


@dataclass(frozen=True, slots=True)
class Plant:
    """A planted fault: what, with whom, in which photos; `detail` tells its sort."""

    what: str
    people: frozenset[str]
    photos: frozenset[str] = frozenset()
    detail: str = ""

    def is_told_by(self, finding: GalleryFinding) -> bool:
        """Tell whether a finding is about this fault."""
        people = {person.id for person in finding.people}
        kind = KIND_OF[self.what]
        # Whether two alike are one or two people is for those who know them: either way both are named.
        kinds = {HealthKind.LOOKALIKES, HealthKind.SAME_PERSON} if self.what == "lookalike" else {kind}
        if finding.kind not in kinds or finding.code == "poor_reference.only_one":
            return False
        if kind is HealthKind.OTHER_MODEL:
            return True
        return self.people <= people and self.photos <= {photo.name for photo in finding.photos}


@dataclass(slots=True)
class Planted:
    """A gallery in the making: its people, their photos, and the faults in it."""

    people: dict[str, tuple[Candidate, list[tuple[str, Picture]]]] = field(default_factory=dict)
    plants: list[Plant] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)

    def add(self, person_id: str, pictures: Sequence[Picture], **fields: object) -> str:
        """Register somebody, with a name like no other; photo names are unique."""
        values = {"name": _name(person_id), "election": ELECTION.id, **fields}
        candidate = Candidate(person_id, **values)  # type: ignore[arg-type]
        named = [(f"{person_id}-{number}.jpg", picture) for number, picture in enumerate(pictures)]
        self.people[person_id] = candidate, named
        return person_id

    def plant(self, what: str, *people: str, photos: Sequence[str] = (), detail: str = "") -> None:
        """Note a fault."""
        self.plants.append(Plant(what, frozenset(people), frozenset(photos), detail))
        self.touched.update(people)

    def write(self, path: Path) -> None:
        """Make the gallery file."""
        with Gallery.open(path, create=True) as gallery:
            gallery.put_election(ELECTION)
            for person_id, (candidate, pictures) in self.people.items():
                model = "another-model" if person_id in self.foreign else MODEL_ID
                gallery.put(candidate, [_reference(name, picture, model) for name, picture in pictures])


def _name(person_id: str) -> str:
    return "".join(chr(ord("a") + byte % 26) for byte in hashlib.sha256(person_id.encode()).digest()[:9])


def _reference(name: str, picture: Picture, model: str) -> Reference:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return Reference(0, "", name, digest, model, picture.embedding, picture.size_px, picture.sharpness)


@dataclass(slots=True)
class Planter:
    """Plants faults among people with several photos and strangers with one."""

    people: Mapping[str, Sequence[Picture]]
    strangers: Mapping[str, Sequence[Picture]]
    describer: Describer
    rng: np.random.Generator

    def gallery(self, size: int, sorts: Sequence[str], calibration: Calibration) -> Planted:
        """Return a gallery of `size` people with a fault of each of the sorts (those named twice, twice)."""
        planted = Planted()
        several = [str(name) for name in self.rng.permutation(sorted(self.people))]
        single = [str(name) for name in self.rng.permutation(sorted(self.strangers))]
        for what in sorts:
            self._plant(what, planted, several, single, calibration, size)
        while len(planted.people) < size:
            name = several.pop() if several and len(planted.people) % 2 else single.pop()
            own = self._shuffled(self.people.get(name) or self.strangers[name])
            planted.add(name, own[: int(self.rng.integers(1, _REFERENCES + 1))])
        return planted

    def _plant(
        self,
        what: str,
        planted: Planted,
        several: list[str],
        single: list[str],
        calibration: Calibration,
        size: int,
    ) -> None:
        if what.startswith("same person"):
            self._doubled(planted, several, what)
        elif what == "mixed, stranger's photo":
            self._mixed(planted, several, self.strangers[single.pop()][0], what)
        elif what == "mixed, photo of one registered":
            # Of whom a photo went astray to somebody else has no fault themselves.
            owner = self._with(several, 4)
            pictures = self._shuffled(self.people[owner])
            planted.add(owner, pictures[1:3])
            self._mixed(planted, several, pictures[0], what)
        elif what.startswith("lookalike"):
            self._twin(planted, several, single.pop(), calibration, size, what)
        elif what == "same picture again":
            self._again(planted, single)
        elif what in ("small", "blurred"):
            self._poor(planted, single, what)
        elif what == "no template":
            planted.plant(what, planted.add(single.pop(), []))
        elif what == "other model":
            name = single.pop()
            planted.foreign.add(planted.add(name, self.strangers[name]))
            planted.plant(what, name)
        else:
            pair = single.pop(), single.pop()
            for name in pair:
                planted.add(name, self.strangers[name], ballot_number=len(planted.people) // 2 * 2 + 1, region="34")
            planted.plant(what, *pair)

    def _with(self, names: list[str], least: int) -> str:
        name = next(name for name in names if len(self.people[name]) >= least)
        names.remove(name)
        return name

    def _shuffled(self, pictures: Sequence[Picture]) -> list[Picture]:
        return [pictures[index] for index in self.rng.permutation(len(pictures))]

    def _doubled(self, planted: Planted, names: list[str], what: str) -> None:
        one_each = what != "same person"
        name = self._with(names, 2 if one_each else 4)
        pictures = self._shuffled(self.people[name])
        half = 1 if one_each else len(pictures) // 2
        first, second = pictures[:half], pictures[half : 2 * half if one_each else half + _REFERENCES]
        detail = f"{len(first)} and {len(second)} photos"
        again = f"{name}-again"
        spelled = _name(name)[:-1] if what.endswith("two spellings") else _name(again)
        planted.plant(what, planted.add(name, first), planted.add(again, second, name=spelled), detail=detail)

    def _mixed(self, planted: Planted, names: list[str], stray: Picture, what: str) -> None:
        name = self._with(names, 3)
        own = self._shuffled(self.people[name])[: int(self.rng.integers(2, 4))]
        planted.add(name, [stray, *own])
        planted.plant(what, name, photos=[f"{name}-0.jpg"], detail=f"{len(own)} own photos")

    def _twin(
        self, planted: Planted, names: list[str], other: str, calibration: Calibration, size: int, what: str
    ) -> None:
        """Add somebody and one who resembles them; a fault only if photos outside the gallery are mixed up."""
        name = self._with(names, 5)
        pictures, second = self._shuffled(self.people[name]), self.strangers[other][0]
        part = float(self.rng.uniform(*_TWIN_PART))
        blends = [self.describer.blend(one.path, second.path, part) for one in pictures[2:]]
        made = [blend for blend in blends if blend]
        planted.add(name, pictures[:2])
        is_tied = what == "lookalike, family"
        tie = {"role": Role.FAMILY, "relative_of": name, "relation": Relation.SIBLING} if is_tied else {}
        planted.add(f"{name}-twin", made[:2], **tie)
        planted.touched.update((name, f"{name}-twin"))
        cut = MatchThresholds.of(calibration, float(size), false_alarms=FALSE_ALARMS).possible
        probes, own = np.stack([one.embedding for one in made[2:]]), np.stack([one.embedding for one in pictures[:2]])
        mixed_up = distances_between(probes, own).min(axis=1) <= cut
        if mixed_up.mean() >= 0.5:
            planted.plant(what, name, f"{name}-twin")

    def _again(self, planted: Planted, names: list[str]) -> None:
        name = names.pop()
        how, change = again(self.rng)
        copy = self.describer.describe(self.strangers[name][0].path, change)
        if copy:
            planted.add(name, [self.strangers[name][0], copy])
            photos = [f"{name}-0.jpg", f"{name}-1.jpg"]
            planted.plant("same picture again", name, photos=photos, detail=how)

    def _poor(self, planted: Planted, names: list[str], case: str) -> None:
        name = names.pop()
        if poor := self.describer.describe(self.strangers[name][0].path, spoiled(self.rng, case)):
            planted.add(name, [poor])
            planted.plant(case, name, photos=[f"{name}-0.jpg"])


@dataclass(slots=True)
class Score:
    """Faults planted and found, by what and by detail; people without a fault, and those told to have one, by kind."""

    planted: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    found: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    clean: int = 0
    false: dict[HealthKind, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, planted: Planted, health: Health) -> None:
        """Count one gallery."""
        for plant in planted.plants:
            self.planted[plant.what, plant.detail] += 1
            self.found[plant.what, plant.detail] += any(plant.is_told_by(finding) for finding in health.findings)
        clean = planted.people.keys() - planted.touched
        self.clean += len(clean)
        for kind in HealthKind:
            told = {
                person.id
                for finding in health.findings
                if finding.kind is kind and finding.code != "data.election_undated" and _counts(finding)
                for person in _blamed(finding)
            }
            self.false[kind] += len(clean & told)

    def share(self, what: str) -> tuple[int, int]:
        """Return how many faults of a sort were found, and how many there were."""
        return tuple(sum(n for (w, _), n in counts.items() if w == what) for counts in (self.found, self.planted))  # type: ignore[return-value]


def _counts(finding: GalleryFinding) -> bool:
    return finding.severity is not HealthSeverity.HINT


def _blamed(finding: GalleryFinding) -> Sequence[Candidate]:
    """Return whose data is said to be wrong: not the person of whom a stray photo reminds."""
    return finding.people[:1] if finding.kind is HealthKind.MIXED_PERSON else finding.people
