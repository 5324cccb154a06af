"""Strangers who are named and own people who are not, with the product's own matching, group by group.

FPIR: share of strangers' photos in which somebody is named. FNIR: share of enrolled people's further photos in which
they are not named. Galleries are drawn anew several times; a photo holds one face; strangers are the others of the
same group, so that they are of one place, one wall, one camera where the enrolled are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from candidates import Calibration, Candidate, Index, Match, Reference, Strength
from candidates.matching.calibration import FALSE_ALARMS
from candidates.matching.index import CLOSER_LOOK, KIN_MARGIN, MARGIN
from scripts.bench.faces.vectors import REFERENCES, Faces, People, Vectors, joined, least_distances
from vision.faces import MODEL_ID

WISHES = (2.0, 5.0, 10.0, 20.0, 50.0)
PLAIN_CUT = 0.6
"""The limit that dlib and `face_recognition` propose."""
_PROBES = 6000
_RESAMPLED = 400


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """People who are compared with one another.

    `people` : those who may be enrolled, and strangers when they are not. `strangers` : further ones, with a photo
    each; they fill galleries up where the people are too few. `sizes` : how many are enrolled. `references` : photos of
    each, None: one to three, by chance. `probes` : other faces of the same people's photos in place of their own ones
    (spoilt, covered).
    """

    name: str
    people: People
    strangers: People
    sizes: Sequence[int]
    references: int | None = REFERENCES
    probes: People | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A drawn gallery: who is enrolled with which references, their further photos, and photos of everybody else."""

    references: dict[str, Vectors]
    plain: dict[str, Vectors]
    own: list[tuple[str, Faces]]
    strangers: Mapping[str, Faces]

    def index(self, *, false_alarms: float | None = None) -> Index:
        """Return the product's index of the enrolled people."""
        people = [Candidate(name, name) for name in self.references]
        rows = [
            Reference(0, name, "", f"{at:064}", MODEL_ID, vector, 100.0)
            for name, own in self.references.items()
            for at, vector in enumerate(own)
        ]
        return Index.build(people, rows, model_id=MODEL_ID, false_alarms=false_alarms)


def scenes(group: Group, size: int) -> Iterator[Scene]:
    """Draw galleries of `size` out of a group."""
    able = [name for name in sorted(group.people) if len(group.people[name]) > 1]
    for seed in range(max(3, min(40, 400 // size))):
        rng = np.random.default_rng(seed)
        chosen = list(rng.permutation(able))[:size]
        references, plain, own = {}, {}, []
        for name in chosen:
            everything = group.people[name]
            order = rng.permutation(len(everything))
            wanted = int(rng.integers(1, REFERENCES + 1)) if group.references is None else group.references
            kept, others = order[: min(wanted, len(order) - 1)], order[min(wanted, len(order) - 1) :]
            references[name], plain[name] = everything.careful[kept], everything.plain[kept]
            own.append((name, everything[others] if group.probes is None else group.probes[name][others]))
        for name in list(rng.permutation(sorted(group.strangers)))[: size - len(chosen)]:
            references[name], plain[name] = group.strangers[name].careful[:1], group.strangers[name].plain[:1]
        everybody = {**group.strangers, **(group.people if group.probes is None else group.probes)}
        outside = {name: faces for name, faces in everybody.items() if name not in references}
        yield Scene(references, plain, own, outside)


def answers(index: Index, faces: Faces) -> list[Match | None]:
    """Name each face as a check of a photo of it alone does: from one look, and from several where that comes near."""
    vectors = faces.quick.copy()
    near = index.worth_a_closer_look(vectors)
    vectors[near] = faces.careful[near]
    return [index.match(vector[None], poor=[bool(poor)])[0] for vector, poor in zip(vectors, faces.poor, strict=True)]


@dataclass(frozen=True, slots=True)
class Rates:
    """What came of a group's galleries of one size: shares (0..1), and how many people were strangers and enrolled."""

    fpir: float
    strong_fpir: float
    fnir: float
    strong_fnir: float
    misnamed: float
    plain_fpir: float
    plain_fnir: float
    fpir_interval: tuple[float, float]
    fnir_interval: tuple[float, float]
    missed_at_any_cut: float


def measured(group: Group, size: int) -> Rates:
    """Return the rates of a group at the shipped defaults; intervals (95%) by drawing the people again."""
    false, own = _Tally(), _Tally()
    for scene in scenes(group, size):
        index = scene.index()
        places = {name: at for at, name in enumerate(scene.references)}
        references, plain = list(scene.references.values()), list(scene.plain.values())
        for name, faces in scene.strangers.items():
            named = answers(index, faces)
            usual = least_distances(faces.plain, plain).min(axis=1) <= PLAIN_CUT
            false.add(name, [one is not None for one in named], [_is_strong(one) for one in named], usual)
        for name, faces in scene.own:
            named = answers(index, faces)
            right = [one is not None and one.candidate.id == name for one in named]
            strong = [fine and _is_strong(one) for fine, one in zip(right, named, strict=True)]
            wrong = [one is not None and one.candidate.id != name for one in named]
            distances = least_distances(faces.plain, plain)
            usual = (distances.argmin(axis=1) == places[name]) & (distances.min(axis=1) <= PLAIN_CUT)
            nearest = least_distances(faces.careful, references).argmin(axis=1) == places[name]
            own.add(name, right, strong, usual, wrong, nearest)
    fpir, strong_fpir, plain_fpir = false.means()
    found, strong_found, plain_found, misnamed, nearest_is_own = own.means()
    low, high = own.interval()
    return Rates(
        fpir=fpir,
        strong_fpir=strong_fpir,
        fnir=1 - found,
        strong_fnir=1 - strong_found,
        misnamed=misnamed,
        plain_fpir=plain_fpir,
        plain_fnir=1 - plain_found,
        fpir_interval=false.interval(),
        fnir_interval=(1 - high, 1 - low),
        missed_at_any_cut=1 - nearest_is_own,
    )


class _Tally:
    """Sums of answers by person, so that people, not photos, are drawn again for an interval."""

    def __init__(self) -> None:
        self._sums: dict[str, NDArray[np.float64]] = {}

    def add(self, name: str, *columns: Sequence[bool] | NDArray[np.bool_]) -> None:
        row = np.array([len(columns[0]), *(np.sum(column) for column in columns)], np.float64)
        self._sums[name] = self._sums.get(name, np.zeros(len(row))) + row

    def means(self) -> list[float]:
        total = np.sum(list(self._sums.values()), axis=0)
        return [float(value) for value in total[1:] / total[0]]

    def interval(self) -> tuple[float, float]:
        rows = np.array(list(self._sums.values()))
        rng = np.random.default_rng(0)
        drawn = (rows[rng.integers(0, len(rows), len(rows))].sum(axis=0) for _ in range(_RESAMPLED))
        low, high = np.quantile([sums[1] / sums[0] for sums in drawn], (0.025, 0.975))
        return float(low), float(high)


def _is_strong(match: Match | None) -> bool:
    return match is not None and match.strength is Strength.STRONG


def rates(groups: Sequence[Group]) -> None:
    """Print FPIR and FNIR of every group at the shipped defaults, beside the plain recipe."""
    print(f"\nOpen set, {FALSE_ALARMS:g} false alarms per 1,000 photos; in brackets 95% by drawing people again")
    header = ("FPIR", "FNIR", "any cut", "misnamed", "strong FPIR", "strong FNIR", "plain FPIR", "plain FNIR")
    widths = (21, 21, *(12 for _ in header[2:]))
    titles = "".join(f"{text:>{width}}" for text, width in zip(header, widths, strict=True))
    print(f"{'':34}{'enrolled':>9}{'people':>8}{titles}")
    for group in groups:
        for size in group.sizes:
            if size >= len(group.people) + len(group.strangers):
                continue
            row = measured(group, size)
            wide = [
                f"{value:.1%} ({low:.1%}-{high:.1%})"
                for value, (low, high) in ((row.fpir, row.fpir_interval), (row.fnir, row.fnir_interval))
            ]
            narrow = (
                row.missed_at_any_cut,
                row.misnamed,
                row.strong_fpir,
                row.strong_fnir,
                row.plain_fpir,
                row.plain_fnir,
            )
            people = len(group.people) + len(group.strangers)
            cells = "".join(f"{cell:>21}" for cell in wide) + "".join(f"{value:>12.2%}" for value in narrow)
            print(f"{group.name:34}{size:>9}{people:>8}{cells}", flush=True)


def promises(groups: Sequence[Group]) -> None:
    """Print the false alarms that were asked for beside those that came, and what they cost in misses."""
    print("\nFalse alarms per 1,000 photos: asked for → measured (own faces missed)")
    print(f"{'':34}{'enrolled':>9}" + "".join(f"{wish:>20g}" for wish in WISHES))
    for group in groups:
        for size in group.sizes:
            rows = []
            for scene in scenes(group, size):
                index, references = scene.index(), list(scene.references.values())
                false = least_distances(_sampled(scene.strangers).careful, references).min(axis=1)
                own = own_distances(scene)
                cuts = [_cut(index.calibration, wish, index.comparisons) for wish in WISHES]
                rows.append([[np.mean(false <= cut) * 1000, np.mean(own > cut)] for cut in cuts])
            cells = (f"{came:.1f} ({missed:.1%})" for came, missed in np.mean(rows, axis=0))
            print(f"{group.name:34}{size:>9}" + "".join(f"{cell:>20}" for cell in cells), flush=True)


def _cut(calibration: Calibration, wish: float, comparisons: float) -> float:
    return min(calibration.cut(wish / 1000, comparisons), calibration.farthest)


def _sampled(people: Mapping[str, Faces]) -> Faces:
    every = joined(people.values())
    step = max(len(every) // _PROBES, 1)
    return every[slice(None, None, step)]


def own_distances(scene: Scene) -> NDArray[np.float64]:
    """Return each own face's distance to its own person, infinite where somebody else is nearer."""
    references = list(scene.references.values())
    places = {name: at for at, name in enumerate(scene.references)}
    return np.array(
        [
            distances.min() if distances.argmin() == places[name] else np.inf
            for name, faces in scene.own
            for distances in least_distances(faces.careful, references)
        ]
    )


def looks(group: Group, size: int) -> None:
    """Print what several looks gain over one, and what the screening with one look loses."""
    print(f"\nLooks: {group.name}, {size} enrolled: FPIR / FNIR by cosine of the cut")
    cuts = (0.48, 0.5, 0.52, 0.54)
    print(f"{'':12}" + "".join(f"{cut:>16}" for cut in cuts))
    for name, pick in (("one look", "quick"), ("several", "careful")):
        rows = []
        for scene in scenes(group, size):
            references = list(scene.references.values())
            false = least_distances(getattr(_sampled(scene.strangers), pick), references).min(axis=1)
            own = np.array(
                [
                    row[list(scene.references).index(person)]
                    for person, faces in scene.own
                    for row in least_distances(getattr(faces, pick), references)
                ]
            )
            limits = [np.sqrt(2 - 2 * cut) for cut in cuts]
            rows.append([[np.mean(false <= limit), np.mean(own > limit)] for limit in limits])
        print(f"{name:12}" + "".join(f"{f'{a:.2%} / {b:.1%}':>16}" for a, b in np.mean(rows, axis=0)))
    lost = []
    for scene in scenes(group, size):
        index, references = scene.index(), list(scene.references.values())
        for _, faces in scene.own:
            within = least_distances(faces.careful, references).min(axis=1) <= index.cuts().possible
            near = np.isin(np.arange(len(faces)), index.worth_a_closer_look(faces.quick))
            lost += list(within & ~near)
    share = f"{np.mean(lost):.2%} of own faces"
    print(f"within the cut by several looks, but not within {CLOSER_LOOK:g} of it by one: {share}")


def margins(group: Group, size: int) -> None:
    """Print how often the runner-up of a face that is rightly named, or wrongly, is as near as the margins."""
    told: dict[bool, list[float]] = {True: [], False: []}
    for scene in scenes(group, size):
        index = scene.index()
        for name, faces in scene.own:
            for match in answers(index, faces):
                if match is not None:
                    told[match.candidate.id == name].append(np.inf if match.margin is None else match.margin)
    for right, values in told.items():
        shares = "; ".join(
            f"under {least:g}: {np.mean(np.array(values) < least):.1%}" for least in (MARGIN, KIN_MARGIN)
        )
        which = "rightly" if right else "wrongly"
        print(f"Runner-up of {len(values)} own faces {which} named, {group.name}, {size} enrolled: {shares}")
