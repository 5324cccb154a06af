"""The gallery: registered people, elections, family ties, stored embeddings and matching.

The names below are the package's public surface. They are loaded on first use, so that importing the package costs
nothing until faces are compared.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from candidates.errors import CandidatesError
    from candidates.gallery import AuditLine, Gallery, Summary
    from candidates.importing.folders import import_folder
    from candidates.importing.rows import FaceTemplate, ImportReport, RowReport, import_table, register
    from candidates.importing.sheets import import_workbook
    from candidates.matching.calibration import Calibration
    from candidates.matching.index import Index, Match, Strength
    from candidates.people import Candidate, Election, Reference, Relation, Role
    from candidates.scope import Scope, ballot_holders, in_scope
    from candidates.sources import import_source
    from candidates.transfer.archives import import_archive
    from candidates.transfer.export import Exported, export

# ONNX Runtime reports its use to its maker unless this is set before it is imported: nothing leaves the machine.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__all__ = [
    "AuditLine",
    "Calibration",
    "Candidate",
    "CandidatesError",
    "Election",
    "Exported",
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
    "import_folder",
    "import_source",
    "import_table",
    "import_workbook",
    "in_scope",
    "register",
]

_HOMES = {
    "transfer.archives": ("import_archive",),
    "matching.calibration": ("Calibration",),
    "errors": ("CandidatesError",),
    "importing.folders": ("import_folder",),
    "gallery": ("AuditLine", "Gallery", "Summary"),
    "importing.rows": ("FaceTemplate", "ImportReport", "RowReport", "import_table", "register"),
    "matching.index": ("Index", "Match", "Strength"),
    "people": ("Candidate", "Election", "Reference", "Relation", "Role"),
    "scope": ("Scope", "ballot_holders", "in_scope"),
    "importing.sheets": ("import_workbook",),
    "sources": ("import_source",),
    "transfer.export": ("Exported", "export"),
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
