"""The gallery: registered people, elections, family ties, stored embeddings and matching.

The names below are the room's public surface. They are loaded on first use, so that importing the package costs
nothing until faces are compared.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from candidates.calibration import Calibration
    from candidates.errors import CandidatesError
    from candidates.gallery import AuditLine, Gallery, Summary
    from candidates.importing import FaceTemplate, ImportReport, RowReport, import_table, register
    from candidates.matching import Index, Match, Strength
    from candidates.people import Candidate, Election, Reference, Relation, Role
    from candidates.scope import Scope, ballot_holders, in_scope
    from candidates.transfer import export, import_archive

__all__ = [
    "AuditLine",
    "Calibration",
    "Candidate",
    "CandidatesError",
    "Election",
    "FaceTemplate",
    "Gallery",
    "ImportReport",
    "Index",
    "Match",
    "Reference",
    "Relation",
    "Role",
    "RowReport",
    "Scope",
    "Strength",
    "Summary",
    "ballot_holders",
    "export",
    "import_archive",
    "import_table",
    "in_scope",
    "register",
]

_HOMES = {
    "calibration": ("Calibration",),
    "errors": ("CandidatesError",),
    "gallery": ("AuditLine", "Gallery", "Summary"),
    "importing": ("FaceTemplate", "ImportReport", "RowReport", "import_table", "register"),
    "matching": ("Index", "Match", "Strength"),
    "people": ("Candidate", "Election", "Reference", "Relation", "Role"),
    "scope": ("Scope", "ballot_holders", "in_scope"),
    "transfer": ("export", "import_archive"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a public name's module when it is first asked for."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"candidates.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
