"""Choosing between cutting and covering by what each of them loses."""

from __future__ import annotations

from vision.contract.result import CheckResult
from vision.remedy.cropping import Cut, best_cut
from vision.remedy.remedy import How, NoRemedy, Reason, Remedy
from vision.remedy.scene import MARGIN, Scene
from vision.stages.turning import Turn, stood_up

WORTH_CUTTING = 0.75
"""Signs are cut off when that keeps everybody and this part of the picture that covering would keep; else covered.
A cover leaves a smear that asks what was there; a cut leaves nothing behind, but takes the place along.
"""


def propose(result: CheckResult, how: How | str = How.AUTO, margin: float = MARGIN) -> Remedy | NoRemedy:
    """Return the smallest cut or the covers that should make a checked photo clear, in its pixels as it is stored.

    margin : room around hands and people, in hand lengths and face widths.

    Candidates and their relatives are cut out entirely, or there is no remedy: a covered face does not undo a photo
    together. Signs are cut off when that keeps everybody and `WORTH_CUTTING` of the picture, and are covered otherwise.
    Raises ValueError for another `how` or a negative margin.
    """
    if margin < 0:
        raise ValueError(f"a margin is 0 or more, got {margin}")
    quarters = result.turned_quarters
    remedy = plan(Scene.of(stood_up(result, quarters), margin), How(how))
    if quarters and isinstance(remedy, Remedy):
        return remedy.back(Turn(quarters, result.photo.size_wh))
    return remedy


def plan(scene: Scene, how: How = How.AUTO) -> Remedy | NoRemedy:
    """Return the remedy of a scene, as `propose` does for a result."""
    if scene.leavers and how == How.BLUR:
        answer: Remedy | NoRemedy = NoRemedy(Reason.BLUR_FOR_PERSON)
    else:
        answer = _planned(scene, how)
    if isinstance(answer, NoRemedy) and scene.signs and any(one.excused for one in scene.leavers):
        # The spouse may stay; the sign may not.
        return plan(scene.without_excused(), how)
    return answer


def _planned(scene: Scene, how: How) -> Remedy | NoRemedy:
    heads = scene.heads
    people = [part for one in scene.leavers for part in one.parts]
    cut: Cut | None = None
    if people:
        cut = best_cut(scene.size_wh, people, heads)
        if cut is None:
            return NoRemedy(Reason.PERSON_STAYS)
    signs = [sign for sign in scene.signs if cut is None or sign.box.intersection(cut.box) > 0]
    covered = Remedy(scene.size_wh, None if cut is None else cut.box, tuple(sign.cover for sign in signs))
    if not signs or how == How.BLUR:
        return covered
    off = best_cut(scene.size_wh, [*people, *(sign.box for sign in scene.signs)], heads)
    if how == How.CROP:
        return NoRemedy(Reason.SIGN_STAYS) if off is None else Remedy(scene.size_wh, off.box)
    if off is None:
        return covered
    everybody = sum(head.weight for head in heads) if cut is None else cut.people
    kept = off.box.area / (scene.size_wh[0] * scene.size_wh[1]) / covered.kept
    worth_it = off.people >= everybody - 1e-6 and kept >= WORTH_CUTTING
    return Remedy(scene.size_wh, off.box) if worth_it else covered
