"""Policy packs, findings, verdict and wording. Knows nothing of how anything was detected."""

from vision.rules.evidence import CandidateFacts, ElectionContext, MatchFacts, SeenFace, SeenHand
from vision.rules.findings import Finding, FindingKind, Judgment, Note, Subject, Verdict
from vision.rules.judge import judge
from vision.rules.places import place_in_words
from vision.rules.policy import DEFAULT_POLICY, Policy, available_packs
from vision.rules.schema import PoseRule, Rule, Severity
from vision.rules.wording import describe, headline, next_step, pose_label

__all__ = [
    "DEFAULT_POLICY",
    "CandidateFacts",
    "ElectionContext",
    "Finding",
    "FindingKind",
    "Judgment",
    "MatchFacts",
    "Note",
    "Policy",
    "PoseRule",
    "Rule",
    "SeenFace",
    "SeenHand",
    "Severity",
    "Subject",
    "Verdict",
    "available_packs",
    "describe",
    "headline",
    "judge",
    "next_step",
    "place_in_words",
    "pose_label",
]
