"""Fit the cohort that distances are normalised with: `candidates/cohort.npz`.

    python scripts/fit_cohort.py --people DIRECTORY --strangers DIRECTORY [--cache DIRECTORY] [--out FILE]

Folders as for `fit_matching.py`; every second person of each is used. The file holds k-means centroids of strangers'
vectors (means of several people each) and two numbers for the scale: nobody's face.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from lfw_vectors import half, vectors_by_person
from sklearn.cluster import KMeans

from candidates.cohort import SHIPPED, Cohort
from vision.faces import MODEL_ID

CENTROIDS, NEAREST = 200, 40
"""Missed fewest at an equal false-alarm rate, against the 100 nearest of 800 strangers themselves."""


def main() -> None:
    """Parse, fit, write."""
    parser = argparse.ArgumentParser(description="Fit the cohort that distances are normalised with.")
    parser.add_argument("--people", type=Path, required=True, help="folders of people; set the scale")
    parser.add_argument("--strangers", type=Path, required=True, help="folders of other people; make the centroids")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "fotonetral-vectors")
    parser.add_argument("--out", type=Path, default=Path(str(SHIPPED)))
    options = parser.parse_args()
    people = half(vectors_by_person(options.people, options.cache), held_out=False)
    strangers = half(vectors_by_person(options.strangers, options.cache), held_out=False)
    fitted = KMeans(CENTROIDS, n_init=4, random_state=0).fit(np.concatenate(list(strangers.values())))
    centroids = fitted.cluster_centers_.astype(np.float32)
    unscaled = Cohort(MODEL_ID, centroids.astype(np.float64), NEAREST, 0.0, 1.0)
    middle, spread = unscaled.statistics(np.concatenate(list(people.values()))).mean(axis=0)
    np.savez(
        options.out,
        model_id=np.array(MODEL_ID),
        centroids=centroids,
        nearest=np.int64(NEAREST),
        middle=np.float64(middle),
        spread=np.float64(spread),
    )
    print(f"{CENTROIDS} centroids of {len(strangers)} strangers; middle {middle:.4f}, spread {spread:.4f}")


if __name__ == "__main__":
    main()
