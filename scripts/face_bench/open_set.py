"""Strangers who are named and own people who are not, with the product's own matching on people it was not fitted to.

FPIR: share of strangers' photos in which somebody is named. FNIR: share of enrolled people's further photos in which
they are not named. Galleries are drawn anew several times; a photo holds one face.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from candidates import Calibration, Candidate, Index, Reference, Strength
from candidates.calibration import FALSE_ALARMS
from candidates.cohort import Cohort, distances_between
from candidates.fitting import CAUTION, fit
from candidates.matching import KIN_MARGIN, MARGIN
from scripts.face_bench.lfw_groups import ASIAN, DOUBLED, GROUPS
from scripts.lfw_vectors import REFERENCES, Vectors, half, least_distances
from vision.faces import MODEL_ID

GALLERY_SIZES = (10, 100, 500)
WISHES = (2.0, 5.0, 10.0, 20.0, 50.0)
PLAIN_CUT = 0.6
"""The limit that dlib and `face_recognition` propose, on plain distances."""
_HALVES = 6
_DRAWS = {10: 20, 100: 8, 500: 6}


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A drawn gallery: who is enrolled with which references, their further photos, and photos of everybody else."""

    references: dict[str, Vectors]
    own: list[tuple[str, Vectors]]
    strangers: Vectors

    def index(self, *, false_alarms: float | None = None) -> Index:
        """Return the product's index of the enrolled people."""
        people = [Candidate(name, name) for name in self.references]
        rows = [
            Reference(0, name, "", f"{at:064}", MODEL_ID, vector, 100.0)
            for name, own in self.references.items()
            for at, vector in enumerate(own)
        ]
        return Index.build(people, rows, model_id=MODEL_ID, false_alarms=false_alarms)


def held_out(people: Mapping[str, Vectors], strangers: Mapping[str, Vectors]) -> tuple[dict[str, Vectors], ...]:
    """Return the half of the people and of the strangers that nothing was fitted to, each person once."""
    first, second = half(people, held_out=True), half(strangers, held_out=True)
    return first, {name: own for name, own in second.items() if name not in DOUBLED}


def scenes(people: Mapping[str, Vectors], strangers: Mapping[str, Vectors], size: int) -> Iterator[Scene]:
    """Draw galleries of `size`: people with three references, filled up with strangers with one."""
    able = [name for name in sorted(people) if len(people[name]) > REFERENCES]
    for seed in range(_DRAWS.get(size, 6)):
        rng = np.random.default_rng(seed)
        enrolled = list(rng.permutation(able))[:size]
        fillers = list(rng.permutation(sorted(strangers)))[: max(size - len(able), 0)]
        references = {name: people[name][:REFERENCES] for name in enrolled} | {n: strangers[n] for n in fillers}
        outside = [own for name, own in (*strangers.items(), *people.items()) if name not in references]
        yield Scene(references, [(name, people[name][REFERENCES:]) for name in enrolled], np.concatenate(outside))


def rates(people: Mapping[str, Vectors], strangers: Mapping[str, Vectors]) -> None:
    """Print FPIR and FNIR at the shipped defaults, beside the plain recipe."""
    print(
        f"\nOpen set, {FALSE_ALARMS:g} false alarms per 1,000 photos: {len(people)} people, {len(strangers)} strangers"
    )
    header = ("enrolled", "plain 0.6: FPIR", "FNIR", "possible: FPIR", "FNIR", "strong: FPIR", "FNIR")
    print("".join(f"{text:>17}" for text in header))
    for size in GALLERY_SIZES:
        rows = []
        for scene in scenes(people, strangers, size):
            index = scene.index()
            named = [index.match(face[None])[0] for face in scene.strangers]
            found = [(name, index.match(face[None])[0]) for name, own in scene.own for face in own]
            right = [match if match and match.candidate.id == name else None for name, match in found]
            plain_false, plain_missed = _plain(scene)
            rows.append(
                (
                    plain_false,
                    plain_missed,
                    np.mean([match is not None for match in named]),
                    np.mean([match is None for match in right]),
                    np.mean([match is not None and match.strength is Strength.STRONG for match in named]),
                    np.mean([match is None or match.strength is not Strength.STRONG for match in right]),
                )
            )
        print(f"{size:>17}" + "".join(f"{value:>17.2%}" for value in np.mean(rows, axis=0)))


def _plain(scene: Scene) -> tuple[float, float]:
    references = list(scene.references.values())
    false = least_distances(scene.strangers, references).min(axis=1) <= PLAIN_CUT
    places = {name: at for at, name in enumerate(scene.references)}
    missed = []
    for name, own in scene.own:
        distances = least_distances(own, references)
        missed += list((distances.argmin(axis=1) != places[name]) | (distances.min(axis=1) > PLAIN_CUT))
    return float(np.mean(false)), float(np.mean(missed))


def at_fixed_rates(people: Mapping[str, Vectors], strangers: Mapping[str, Vectors]) -> None:
    """Print FNIR where FPIR is 1% and 0.1%, wherever the cut must lie for it: what the distances can tell."""
    cohort = Calibration.load(model_id=MODEL_ID).cohort
    print("\nOwn faces missed (FNIR) where so many strangers are named; in brackets the cut")
    print(f"{'enrolled':>8}" + "".join(f"{text:>24}" for text in ("plain, FPIR 1%", "0.1%", "ours, FPIR 1%", "0.1%")))
    for size in GALLERY_SIZES:
        rows = []
        for scene in scenes(people, strangers, size):
            references = list(scene.references.values())
            places = {name: at for at, name in enumerate(scene.references)}
            cells = []
            for by in (None, cohort):
                false = np.sort(least_distances(scene.strangers, references, by).min(axis=1))
                own = _own_distances(scene, references, places, by)
                for rate in (0.01, 0.001):
                    cut = false[int(rate * len(false))]
                    cells.append((np.mean(own >= cut), cut))
            rows.append(cells)
        shown = (f"{missed:.1%} ({cut:.3f})" for missed, cut in np.mean(rows, axis=0))
        print(f"{size:>8}" + "".join(f"{cell:>24}" for cell in shown))


def margins(people: Mapping[str, Vectors], strangers: Mapping[str, Vectors]) -> None:
    """Print the share of surely recognised own faces whose runner-up is so near that the match is only possible."""
    size = GALLERY_SIZES[-1]
    told: list[float] = []
    for scene in scenes(people, strangers, size):
        index = scene.index()
        found = ((name, index.match(face[None])[0]) for name, own in scene.own for face in own)
        told += [
            np.inf if match.margin is None else match.margin
            for name, match in found
            if match and match.candidate.id == name and match.distance <= index.cuts().strong
        ]
    shares = "; ".join(f"under {least:g}: {np.mean(np.array(told) < least):.1%}" for least in (MARGIN, KIN_MARGIN))
    print(f"\nRunner-up of {len(told)} own faces within the strong cut, {size} enrolled: {shares}")


def halves(people: Mapping[str, Vectors], strangers: Mapping[str, Vectors], like: NDArray[np.floating]) -> None:
    """Print how often false matches come in one random half, of what a table fitted on the other half tells.

    Takes everybody; `like` is the mean of the people whom the product is for. Without the table's caution.
    """
    rates_meant, everybody, ratios = (1e-3, 3e-4, 1e-4, 3e-5, 1e-5), {**people, **strangers}, []
    names = np.array(sorted(set(everybody) - DOUBLED))
    for seed in range(_HALVES):
        order = np.random.default_rng(seed).permutation(names)
        fitted, judging = order[: len(order) // 2], order[len(order) // 2 :]
        table = fit([{name: everybody[name] for name in fitted}], model_id=MODEL_ID, source="", like=like)
        first = np.concatenate([everybody[name][:1] for name in judging])
        distances = distances_between(first, first, table.cohort)[np.triu_indices(len(first), 1)]
        ratios.append([CAUTION * np.mean(distances <= table.cut(rate, 1)) / rate for rate in rates_meant])
    means = np.exp(np.mean(np.log(np.maximum(ratios, 0.1)), axis=0))
    shown = "  ".join(f"{rate:g}: {mean:.2f}" for rate, mean in zip(rates_meant, means, strict=True))
    print(f"\nFalse matches in {_HALVES} random halves, times what the other half tells (geometric means): {shown}")


def _own_distances(
    scene: Scene, references: list[Vectors], places: Mapping[str, int], cohort: Cohort | None
) -> NDArray[np.float64]:
    """Return each own face's distance to its own person, infinite where somebody else is nearer."""
    return np.array(
        [
            distances.min() if distances.argmin() == places[name] else np.inf
            for name, vectors in scene.own
            for distances in least_distances(vectors, references, cohort)
        ]
    )


def promises(people: Mapping[str, Vectors], strangers: Mapping[str, Vectors]) -> None:
    """Print the false alarms that were asked for beside those that came, and what they cost in misses."""
    print("\nFalse alarms per 1,000 photos: asked for → measured (own faces missed)")
    print(f"{'enrolled':>8}" + "".join(f"{wish:>20g}" for wish in WISHES))
    calibration = Calibration.load(model_id=MODEL_ID)
    for size in GALLERY_SIZES:
        rows = []
        for scene in scenes(people, strangers, size):
            references = list(scene.references.values())
            comparisons = calibration.comparisons([len(own) for own in references])
            cuts = np.array([calibration.cut(wish / 1000, comparisons) for wish in WISHES])
            false = least_distances(scene.strangers, references, calibration.cohort).min(axis=1)
            places = {name: at for at, name in enumerate(scene.references)}
            own = _own_distances(scene, references, places, calibration.cohort)
            rows.append([[np.mean(false <= cut) * 1000, np.mean(own > cut)] for cut in cuts])
        cells = (f"{came:.1f} ({missed:.1%})" for came, missed in np.mean(rows, axis=0))
        print(f"{size:>8}" + "".join(f"{cell:>20}" for cell in cells))


def by_group(people: Mapping[str, Vectors], strangers: Mapping[str, Vectors]) -> None:
    """Print false match rates within groups, one photo a person, at two cuts of everybody's rates."""
    everybody = {**people, **strangers}
    calibration = Calibration.load(model_id=MODEL_ID)
    print("\nFalse matches within groups, one photo a person; times what the shipped table says")
    print(f"{'':28}{'people':>8}{'1 in 1,000 meant':>20}{'1 in 10,000 meant':>20}{'plain, at 0.5':>16}")
    for group, belongs in GROUPS.items():
        names = [name for name in sorted(everybody) if belongs(name)]
        vectors = [everybody[name][:1] for name in names]
        probes, others = np.concatenate(vectors), ~np.eye(len(names), dtype=bool)
        distances = least_distances(probes, vectors, calibration.cohort)[others]
        plain = least_distances(probes, vectors)[others]
        cells = [f"{np.mean(distances <= calibration.cut(rate, 1)) / rate:.1f} x" for rate in (1e-3, 1e-4)]
        print(
            f"{group:28}{len(names):>8}" + "".join(f"{cell:>20}" for cell in cells) + f"{np.mean(plain <= 0.5):>16.2%}"
        )
    known = [name for name in everybody if name in ASIAN]
    print(f"(names tell of {len(known)} that they are East or South-East Asian; skin, age and dress are not known)")
