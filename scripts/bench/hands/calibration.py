"""Whether a pose score of 0.8 is right eight times in ten, over hands that are called by a sign.

From labelled pictures of sets never trained on (a hand is right when its picture's label allows the pose; in pictures
without a sign none is right), and from the signs put into group photos (`sizes`).
"""

from __future__ import annotations

from scripts.bench.hands import sizes
from scripts.bench.hands.bench import ENGINE, HandsBenchmark
from scripts.bench.hands.metric import (
    ACCEPTED,
    NEGATIVE,
    QUIET,
    REPORT_SETS,
    SETS_WITHOUT_NEGATIVES,
    labelled_pictures,
    reliability,
)
from scripts.bench.hands.table import table

Scored = list[tuple[float, bool]]


def report(bench: HandsBenchmark) -> None:
    """Print, for the product alone, the reliability of each source and of both."""
    labelled = labelled_scores(bench)
    placed = [pair for outcome in sizes.outcomes(bench)[ENGINE] for pair in outcome.named]
    for title, scored in (("labelled pictures", labelled), ("sizes", placed), ("both", labelled + placed)):
        print(f"-- {title}: {len(scored)} hands called by a sign")
        print(_lines(scored))


def labelled_scores(bench: HandsBenchmark) -> Scored:
    """Return (pose score, was it right) of every sign named in the report sets."""
    scored: Scored = []
    for path in labelled_pictures(bench.data / "hands", REPORT_SETS, bench.every):
        set_name, label = path.parts[-3], path.parts[-2]
        if label == NEGATIVE and set_name in SETS_WITHOUT_NEGATIVES:
            continue
        allowed = ACCEPTED.get(label, set())
        scored += [
            (float(hand["pose_score"]), hand["pose"] in allowed)
            for hand in bench.engine(path)
            if hand["pose"] not in QUIET
        ]
    return scored


def _lines(scored: Scored) -> str:
    result = reliability(scored)
    bins = len(result.count)
    rows = [
        [f"{low / bins:.1f}-{(low + 1) / bins:.1f}", int(count), float(mean), float(right)]
        for low, (count, mean, right) in enumerate(
            zip(result.count, result.mean_score, result.share_right, strict=True)
        )
        if count
    ]
    lines = table(["pose score", "hands", "mean score", "share right"], rows)
    return f"{lines}\nexpected calibration error {result.error:.3f}, Brier {result.brier:.3f}"
