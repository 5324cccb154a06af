"""`python -m scripts.bench PART ...`; without a part, the list of them."""

from __future__ import annotations

import sys

from scripts.parts import Part, run_part

PARTS = {
    "hands": Part("hands.main", "how well hands are found and named"),
    "faces": Part("faces.main", "how well faces are found and told apart, and how often strangers are named"),
    "check": Part("check.main", "the tables of docs/performance.md: checks, processes, stages, scaling, growth"),
    "gallery": Part("gallery", "search among 300,000 people"),
    "health": Part("health.main", "planted faults that `candidates health` must find"),
    "scan": Part("scan", "a scan: photos a second, scaling, memory, long trees"),
    "cluster": Part("cluster", "a scan on a Ray cluster, and one that loses a machine"),
    "overview": Part("overview", "the report page of 100,000 photos in a browser"),
    "likeness": Part("likeness", "which copies count as the same picture"),
    "sources": Part("sources", "how fast places are listed and read"),
    "tables": Part("tables", "tables of 100,000 photos"),
    "text": Part("text.main", "how well words in photos are read, and what ordinary photos say"),
    "service": Part("service.main", "the service under load, and its memory"),
}

if __name__ == "__main__":
    sys.exit(run_part("scripts.bench", PARTS, sys.argv[1:]))
