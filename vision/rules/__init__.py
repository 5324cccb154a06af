"""Policy packs, findings, verdict and wording. Knows nothing of how anything was detected."""

from vision.rules.evidence import (
    CandidateFacts,
    ElectionContext,
    ElectionFacts,
    MatchFacts,
    SeenFace,
    SeenHand,
    SeenPair,
)
from vision.rules.findings import (
    Finding,
    FindingKind,
    Judgment,
    Note,
    Remark,
    RemarkKind,
    Subject,
    Verdict,
)
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
from vision.rules.post import JudgedPhoto, PostFinding, PostJudgment, PostRemark, judge_post
from vision.rules.post_wording import describe_in_post, describe_remark_in_post, post_headline, post_next_step
from vision.rules.raised import unnamed_hands
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
    "JudgedPhoto",
    "Judgment",
    "MatchFacts",
    "Note",
    "PackReading",
    "Phase",
    "Policy",
    "PoseRule",
    "PostFinding",
    "PostJudgment",
    "PostRemark",
    "Problem",
    "Remark",
    "RemarkKind",
    "Rule",
    "SeenFace",
    "SeenHand",
    "SeenPair",
    "Severity",
    "Subject",
    "Verdict",
    "available_packs",
    "describe",
    "describe_in_post",
    "describe_remark",
    "describe_remark_in_post",
    "headline",
    "judge",
    "judge_post",
    "next_step",
    "packs_for",
    "place_in_words",
    "pose_label",
    "post_headline",
    "post_next_step",
    "read_pack",
    "unnamed_hands",
]
