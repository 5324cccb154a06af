"""Whose faces are measured: people of several places, in the half that nothing was fitted to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from scripts.bench.faces.lfw_groups import DOUBLED, is_woman
from scripts.bench.faces.open_set import Group
from scripts.bench.faces.vectors import Describer, Faces, People, face_of_subject, half, joined, people_of
from scripts.bench.faces.wear import Wear, open_portraits, surgical_mask
from vision.faces import FaceFinder

_MASKED_PEOPLE = 60


def groups(faces: Path, cache: Path) -> list[Group]:
    """Return the groups; `faces` holds a folder a set, with a folder a person.

    Of the 13 Indonesian students half would be too few to enrol five of: all are shown, and the held-out half by
    itself. Nothing but `farthest` concerns them, and that was set on Labeled Faces in the Wild.
    """
    students, figures = people_of(faces / "indonesians", cache), people_of(faces / "politicians", cache)
    asian, asian_strangers = (_held_out(faces / name, cache) for name in ("asian_celebrities", "asian_strangers"))
    lfw, lfw_strangers = (_held_out(faces / name, cache) for name in ("lfw", "lfw_strangers"))
    everybody = {**lfw, **lfw_strangers}
    women, other_women = (
        {name: own for name, own in people.items() if is_woman(name)} for people in (lfw, lfw_strangers)
    )
    men, other_men = (
        {name: own for name, own in people.items() if not is_woman(name)} for people in (lfw, lfw_strangers)
    )
    bare = dict(list(lfw.items())[:_MASKED_PEOPLE])
    return [
        Group("Indonesian students, all 13", students, {}, (5, 7)),
        Group("Indonesian students, held out", half(students, held_out=True), {}, (3,)),
        Group("Indonesian public figures", figures, {}, (10,), references=1),
        Group("East Asian celebrities", asian, asian_strangers, (5, 10, 40, 100)),
        Group("LFW, one to three references", lfw, lfw_strangers, (10, 100, 500), references=None),
        Group("LFW women", women, other_women, (10, 40), references=None),
        Group("LFW men", men, other_men, (10, 40), references=None),
        Group("LFW bare, for comparison", bare, {}, (10, 40)),
        Group("the same, drawn masks", bare, {}, (10, 40), probes=_masked(faces / "lfw", bare)),
        Group("students among LFW strangers", students, everybody, (7,)),
    ]


def _held_out(folder: Path, cache: Path) -> dict[str, Faces]:
    people = half(people_of(folder, cache), held_out=True)
    return {name: own for name, own in people.items() if name not in DOUBLED}


def _masked(folder: Path, people: People) -> dict[str, Faces]:
    """Return the people's photos with masks drawn on; a face that is not found any more is like nobody's."""
    describer = Describer()
    with FaceFinder() as finder:
        return {name: joined(_worn(finder, describer, folder / name, surgical_mask)) for name in people}


def _worn(finder: FaceFinder, describer: Describer, person: Path, wear: Wear) -> Iterator[Faces]:
    nobody = np.full((1, 128), np.nan, np.float32)
    for at, portrait in enumerate(open_portraits(sorted(person.iterdir()))):
        pixels = wear(portrait, np.random.default_rng(at)).pixels
        face = face_of_subject(finder.find(pixels), (pixels.shape[1], pixels.shape[0]))
        if face is None:
            yield Faces(nobody, nobody, nobody, nobody, np.array([True]))
        else:
            yield describer.describe(pixels, [face])
