"""The curve of a calibration as a picture: what fewer false alarms cost in candidates who go unnoticed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from candidates import Calibration
from candidates.messages.filling import number
from vision.errors import Language
from vision.messages import words_of
from vision.runtime.whole_files import writing_whole

_WISHES = np.geomspace(0.1, 300.0, 200)
_COLORS = ("#0072B2", "#D55E00", "#009E73", "#000000")  # Okabe and Ito
_DASHES = ("-", "--", "-.", ":")


def draw_rates(
    calibration: Calibration,
    target: Path,
    *,
    galleries: Sequence[tuple[int, float]],
    wish: float,
    language: Language = "id",
) -> None:
    """Write the picture (PNG, SVG or PDF by its suffix): one curve for each of `galleries`.

    Each is (people, comparisons), at most four; `wish` is the number of false alarms per 1,000 photos in use. Raises
    `OSError` when the file cannot be written and `ValueError` for another suffix.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    words = words_of("report.rates_picture", language)
    figure = Figure(figsize=(8, 5), dpi=130, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for (people, comparisons), color, dash in zip(galleries, _COLORS, _DASHES, strict=False):
        missed = np.array([100 * calibration.missed_at(calibration.cut(x / 1000, comparisons)) for x in _WISHES])
        sure = calibration.least_false_alarms(comparisons) <= _WISHES
        axes.plot(_WISHES, missed, color=color, linestyle=dash, linewidth=0.8)
        label = words["people"].format(count=number(people, language))
        axes.plot(_WISHES[sure], missed[sure], color=color, linestyle=dash, linewidth=2.4, label=label)
    axes.axvline(wish, color="#555555", linewidth=1)
    axes.annotate(
        words["now"].format(wish=wish), (wish, 0.6), xycoords=("data", "axes fraction"), xytext=(4, -4),
        textcoords="offset points", va="top", color="#333333",
    )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xticks([0.1, 1, 10, 100], [number(tick, language, "g") for tick in (0.1, 1, 10, 100)])
    axes.set_xlim(_WISHES[0], _WISHES[-1])
    axes.set_ylim(0, None)
    axes.set_xlabel(words["x"])
    axes.set_ylabel(words["y"])
    axes.set_title(words["title"], loc="left", fontweight="bold")
    axes.grid(color="#DDDDDD", linewidth=0.6)
    axes.legend(loc="upper right", title=words["extrapolated"].format(people=calibration.people), frameon=False)
    with writing_whole(target) as file:
        figure.savefig(file, format=target.suffix[1:] or "png")
