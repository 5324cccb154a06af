"""What tests of the archive room share: answers and judges that need no models."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from vision.archive.journal import RunFacts
from vision.archive.judging import Answer, Task

BY = {"version": "1", "gallery": "", "day": "2026-11-28"}
FACTS = RunFacts(
    language="id",
    policy="skb-2-2022",
    policy_title="SKB",
    people=0,
    day="2026-11-28",
    audit_rate=0.0,
    baseline=None,
)


def an_answer(key: str, verdict: str = "clear", *codes: str) -> Answer:
    """Make an answer with findings of these codes."""
    lists = dict.fromkeys(("hands", "faces", "candidates", "numbers"), ())
    finding = {"kind": "pose", "severity": verdict, "rule": "skb-2-2022", "message": "…", **lists}
    told = {
        "photo": {"name": "", "sha256": key, "width": 4, "height": 3},
        "verdict": verdict,
        "findings": [finding | {"code": code} for code in codes],
        "hands": (),
        "faces": (),
        "engine": {"version": "1", "models": {}, "gallery": None, "policy": "skb-2-2022"},
    }
    if verdict == "error":
        told = {"photo": {"name": ""}, "error": {"code": "photo.empty", "message": "…"}}
    code = "photo.empty" if verdict == "error" else ""
    picture = None if verdict in ("clear", "error") else b"picture"
    return Answer(key, verdict, json.dumps(told).encode(), code, picture, None if picture is None else 2**63 + 5)


@dataclass
class QuickJudges:
    """Judge by the photo's first bytes, without any process; remember what was asked."""

    asked: list[str] = field(default_factory=list)
    stop_after: int | None = None
    closed: bool = False

    def judged(self, tasks: Iterable[Task]) -> Iterator[Answer]:
        for task in tasks:
            if self.stop_after is not None and len(self.asked) >= self.stop_after:
                raise KeyboardInterrupt
            self.asked.append(task.key)
            verdict = {b"F": "flag", b"R": "review", b"E": "error"}.get(task.data[3:4], "clear")
            yield an_answer(task.key, verdict, *(["pose.peace_two"] if verdict in ("flag", "review") else []))

    def close(self) -> None:
        self.closed = True
