"""What can be wrong with the files of a report, besides what the system says of them.

FotoNetralError
└── ReportError
    ├── NoParquetError                report.no_parquet
    └── DecisionsError                decisions.unreadable
        ├── DecisionsTooLargeError    decisions.too_large
        └── DecisionRowError          decisions.bad_row
"""

from __future__ import annotations

from vision.errors import FotoNetralError


class ReportError(FotoNetralError):
    """A file of a report cannot be written or used."""

    code = "report.failed"


class NoParquetError(ReportError):
    """The library that writes Parquet is not installed."""

    code = "report.no_parquet"


class DecisionsError(ReportError):
    """The file as a whole holds no decisions that can be read."""

    code = "decisions.unreadable"


class DecisionsTooLargeError(DecisionsError):
    """The file is larger than any file of decisions, or unpacks to more."""

    code = "decisions.too_large"


class DecisionRowError(DecisionsError):
    """One row cannot be used; the others can."""

    code = "decisions.bad_row"
    has_advice = False
