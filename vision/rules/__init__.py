"""Policy packs, findings, verdict and wording. Knows nothing of how anything was detected."""

from vision.rules.evidence import CandidateFacts, ElectionContext, ElectionFacts, MatchFacts, SeenFace, SeenHand
from vision.rules.findings import Finding, FindingKind, Judgment, Note, Remark, RemarkKind, Subject, Verdict
from vision.rules.judge import judge
from vision.rules.phases import Phase
from vision.rules.places import place_in_words
from vision.rules.policy import (
    DEFAULT_POLICY,
    PackReading,
    Policy,
    Problem,
    available_packs,
    packs_for,
    read_pack,
)
from vision.rules.schema import Circular, PoseRule, Rule, Severity
from vision.rules.wording import describe, describe_remark, headline, next_step, pose_label

__all__ = [
    "DEFAULT_POLICY",
    "CandidateFacts",
    "Circular",
    "ElectionContext",
    "ElectionFacts",
    "Finding",
    "FindingKind",
    "Judgment",
    "MatchFacts",
    "Note",
    "PackReading",
    "Phase",
    "Policy",
    "PoseRule",
    "Problem",
    "Remark",
    "RemarkKind",
    "Rule",
    "SeenFace",
    "SeenHand",
    "Severity",
    "Subject",
    "Verdict",
    "available_packs",
    "describe",
    "describe_remark",
    "headline",
    "judge",
    "next_step",
    "packs_for",
    "place_in_words",
    "pose_label",
    "read_pack",
]
