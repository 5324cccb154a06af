"""What the hands of a group make of one doubtful hand: probabilities made by hand, named as the reader does."""

from __future__ import annotations

import numpy as np
import pytest

from vision.hands.company import gains
from vision.hands.shapes import SHAPES

MANY = 12


def shows(**shares: float) -> np.ndarray:
    """Return one hand's probabilities: as given, the rest `none`."""
    row = np.zeros(len(SHAPES))
    for shape, share in shares.items():
        row[SHAPES.index(shape)] = share
    row[SHAPES.index("none")] += 1 - row.sum()
    return row


THUMB = shows(thumb_up=0.9)
FIST = shows(fist=0.9)
REST = shows(none=0.9, palm_five=0.1)
DOUBT = shows(thumb_up=0.5, fist=0.3)


def share(hands: list[np.ndarray], shape: str, *, people: int = MANY, low: tuple[int, ...] = ()) -> float:
    """Return how likely the first hand shows a shape, in the company of the others."""
    rows = np.array(hands)
    raised = np.array([at not in low for at in range(len(hands))])
    weighed = rows * gains(rows, raised, people)
    return float(weighed[0, SHAPES.index(shape)] / weighed[0].sum())


@pytest.mark.parametrize(
    ("hands", "is_named"),
    [
        pytest.param([DOUBT], False, id="alone"),
        pytest.param([DOUBT, REST, REST, REST, REST, REST], False, id="alone among hands at rest"),
        pytest.param([DOUBT, *[DOUBT] * 9], False, id="nine that are as doubtful say nothing"),
        pytest.param([DOUBT, *[shows(peace_two=0.9)] * 5], False, id="others show something else"),
        pytest.param([DOUBT, THUMB], True, id="one other surely does"),
        pytest.param([DOUBT, *[THUMB] * 5, *[REST] * 6], True, id="five others surely do"),
        pytest.param([DOUBT, *[FIST] * 5, THUMB], False, id="others clench their fists"),
        pytest.param([shows(thumb_up=0.25), *[THUMB] * 5], True, id="a poor one among many"),
        pytest.param([shows(thumb_up=0.25), THUMB], False, id="a poor one beside one"),
        pytest.param([shows(thumb_up=0.08), *[THUMB] * 40], False, id="a hand at rest does not follow any crowd"),
        pytest.param([THUMB], True, id="a sure one needs nobody"),
        pytest.param([shows(thumb_up=0.97), *[FIST] * 20], True, id="nor does a sure one among fists"),
        pytest.param([shows(thumb_up=0.8, fist=0.15), *[FIST] * 20], False, id="a less sure one there is a fist"),
        pytest.param(
            [DOUBT, shows(thumb_up=0.8, fist=0.15), *[FIST] * 9], False, id="which vouches for no other either"
        ),
    ],
)
def test_a_thumb_is_named_by_what_others_show(hands: list[np.ndarray], is_named: bool) -> None:
    assert (share(hands, "thumb_up") >= 0.45) is is_named


def test_among_fewer_than_three_people_a_hand_stands_for_itself() -> None:
    for people in (0, 1, 2):
        assert share([DOUBT, *[FIST] * 3], "thumb_up", people=people) == pytest.approx(0.5)
    assert share([DOUBT], "thumb_up", people=3) < 0.3


def test_low_hands_neither_vouch_nor_are_vouched_for() -> None:
    doubt = [shows(thumb_up=0.4), *[THUMB] * 5]
    assert share(doubt, "thumb_up") > 0.7
    assert share(doubt, "thumb_up", low=(0,)) == pytest.approx(0.4)
    assert share(doubt, "thumb_up", low=(1, 2, 3, 4, 5)) == pytest.approx(share([doubt[0]], "thumb_up"))


@pytest.mark.parametrize("shape", ["palm_five", "four", "finger_heart", "ok"])
def test_loose_hands_are_made_no_likelier_by_others(shape: str) -> None:
    doubt, sure = shows(**{shape: 0.4}), shows(**{shape: 0.9})
    assert share([doubt, *[sure] * 20], shape) == pytest.approx(0.4)
    assert share([doubt], shape) < 0.2


def test_what_is_none_or_clutter_stays_as_likely_against_each_other() -> None:
    row = shows(clutter=0.2, one_index=0.3)
    factors = gains(np.array([row, *[shows(one_index=0.9)] * 4]), np.ones(5, bool), MANY)
    assert factors[:, [SHAPES.index("none"), SHAPES.index("clutter")]] == pytest.approx(1.0)


def test_no_hands() -> None:
    assert gains(np.zeros((0, len(SHAPES))), np.zeros(0, bool), MANY).shape == (0, len(SHAPES))


def test_the_order_of_the_hands_does_not_matter() -> None:
    rows = np.array([DOUBT, THUMB, FIST, REST, shows(thumb_up=0.8)])
    order = [3, 0, 4, 2, 1]
    raised = np.array([True, True, False, True, True])
    assert gains(rows, raised, MANY)[order] == pytest.approx(gains(rows[order], raised[order], MANY))
