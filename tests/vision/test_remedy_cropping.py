"""The best cut, on made-up boxes with exact answers, and against trying every rectangle there is."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from vision.geometry import Box
from vision.remedy.cropping import LEAST_KEPT, SLENDEREST, Cut, Head, best_cut


def box(left: float, top: float, right: float, bottom: float) -> Box:
    return Box.from_corners(left, top, right, bottom)


def head(
    left: float, top: float, right: float, bottom: float, *, chest: float | None = None, weight: float = 1
) -> Head:
    """Make a head whose chest ends at `chest`, by default with the head."""
    return Head(box(left, top, right, bottom), box(left, top, right, bottom if chest is None else chest), weight)


@pytest.mark.parametrize(
    ("avoid", "heads", "wanted"),
    [
        ([], [], box(0, 0, 1200, 900)),
        ([box(0, 300, 200, 500)], [], box(200, 0, 1200, 900)),
        ([box(1000, 300, 1200, 500)], [], box(0, 0, 1000, 900)),
        ([box(400, 0, 800, 100)], [], box(0, 100, 1200, 900)),
        ([box(400, 700, 800, 900)], [], box(0, 0, 1200, 700)),
        ([box(500, 400, 600, 500)], [], box(600, 0, 1200, 900)),
        # two hands in opposite corners: what is left between them
        ([box(0, 0, 100, 300), box(1100, 600, 1200, 900)], [], box(100, 0, 1100, 900)),
        # fractions of a pixel count as whole ones
        ([box(0, 300, 199.2, 500)], [], box(200, 0, 1200, 900)),
        # people before picture: the larger part has nobody in it
        ([box(400, 0, 500, 900)], [head(100, 100, 200, 200)], box(0, 0, 400, 900)),
        # a person beside the hand is worth more than the same picture without
        ([box(500, 400, 600, 500)], [head(50, 50, 150, 150)], box(0, 0, 1200, 400)),
        # nobody is cut in half: the cut ends before the head that the hand touches, and its chest
        ([box(900, 100, 1000, 200)], [head(850, 150, 950, 250), head(100, 100, 200, 200)], box(0, 0, 850, 900)),
        # nor left without a head: below the chest there is picture again
        (
            [box(500, 0, 600, 100)],
            [head(480, 50, 620, 200, chest=400), head(100, 500, 200, 600)],
            box(0, 400, 1200, 900),
        ),
        # people count by the size of their faces
        (
            [box(550, 0, 650, 900)],
            [head(100, 100, 300, 300), *(head(700 + 50 * n, 10, 730 + 50 * n, 40, weight=0.1) for n in range(3))],
            box(0, 0, 550, 900),
        ),
    ],
)
def test_best_cut(avoid: list[Box], heads: list[Head], wanted: Box) -> None:
    cut = best_cut((1200, 900), avoid, heads)
    assert cut is not None and cut.box == wanted


def test_a_strip_is_shortened_to_what_keeps_most_people() -> None:
    # free is only the lower part, 3000 x 400: a cut is at most 1200 wide, and two of the three people fit
    heads = [head(100, 700, 200, 800), head(1900, 700, 2000, 800), head(2500, 700, 2600, 800)]
    cut = best_cut((3000, 1000), [box(0, 0, 3000, 600)], heads)
    assert cut is not None
    assert (cut.box.width, cut.box.height, cut.people) == (1200, 400, 2)
    assert cut.box.left <= 1900 and cut.box.right >= 2600


def test_a_panorama_may_stay_as_slender_as_it_is() -> None:
    cut = best_cut((5000, 1000), [box(0, 0, 100, 100)], [])
    assert cut is not None and cut.box == box(100, 0, 5000, 1000)


@pytest.mark.parametrize(
    ("size_wh", "avoid", "heads", "why"),
    [
        ((1200, 900), [box(0, 0, 1200, 900)], [], "everything is in the way"),
        ((1200, 900), [box(0, 0, 1200, 700)], [], "200 pixels are too few"),
        ((4000, 3000), [box(0, 0, 4000, 2600)], [], "400 pixels are too few for a photo of 3000"),
        ((1200, 900), [box(100, 100, 900, 900)], [head(400, 400, 500, 500)], "nobody would be left"),
    ],
)
def test_no_cut(size_wh: tuple[int, int], avoid: list[Box], heads: list[Head], why: str) -> None:
    assert best_cut(size_wh, avoid, heads) is None, why


def test_small_photos_may_leave_a_third() -> None:
    cut = best_cut((300, 240), [box(0, 0, 200, 240)], [])
    assert cut is not None and cut.box == box(200, 0, 300, 240)


def test_equal_cuts_have_one_answer() -> None:
    middle = [box(500, 0, 700, 900)]
    assert best_cut((1200, 900), middle, []) == Cut(box(0, 0, 500, 900), 0)


def allowed(cut: Box, avoid: list[Box], heads: list[Head], size_wh: tuple[int, int]) -> bool:
    """Say by the rules alone whether a rectangle may be a cut."""
    long, short = max(cut.width, cut.height), min(cut.width, cut.height)
    if short < min(size_wh) / 3 or long > SLENDEREST * short or cut.area < LEAST_KEPT * size_wh[0] * size_wh[1]:
        return False
    if any(cut.intersection(one) > 0 for one in avoid):
        return False
    return all(one.box.intersection(cut) == one.box.area or one.chest.intersection(cut) == 0 for one in heads)


def every_rectangle(size_wh: tuple[int, int]) -> list[Box]:
    width, height = size_wh
    return [
        box(left, top, right, bottom)
        for left, right in combinations(range(width + 1), 2)
        for top, bottom in combinations(range(height + 1), 2)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_no_rectangle_is_better(seed: int) -> None:
    chance, size_wh = random.Random(seed), (12, 9)

    def somewhere(most: int) -> Box:
        left, top = chance.randrange(size_wh[0]), chance.randrange(size_wh[1])
        return Box(left, top, chance.randint(1, most), chance.randint(1, most)).clipped(size_wh)

    avoid = [somewhere(3) for _ in range(chance.randint(0, 3))]
    heads = []
    for _ in range(chance.randint(0, 4)):
        face = somewhere(2)
        chest = box(face.left, face.top, face.right, min(face.bottom + chance.randint(0, 3), size_wh[1]))
        heads.append(Head(face, chest, chance.choice((1.0, 0.5))))

    def rank(one: Box) -> tuple[float, float]:
        return sum(head.weight for head in heads if head.box.intersection(one) == head.box.area), one.area

    fair = [rank(one) for one in every_rectangle(size_wh) if allowed(one, avoid, heads, size_wh)]
    wanted = max((one for one in fair if not heads or one[0] > 0), default=None)
    cut = best_cut(size_wh, avoid, heads)
    assert (None if cut is None else rank(cut.box)) == wanted
    assert cut is None or allowed(cut.box, avoid, heads, size_wh)


def test_a_head_has_hair_and_a_chest_and_ends_at_the_rim() -> None:
    made = Head.of(Box(100, 30, 100, 100), 200, (1000, 800))
    assert (made.box, made.chest) == (box(83, 0, 217, 150), box(83, 0, 217, 330))
    assert made.weight == 0.5
