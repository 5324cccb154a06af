"""What a scan of an archive found, on one page of HTML that opens offline: totals, charts, pictures, decisions."""

from vision.report.overview.writing import write_overview

__all__ = ["write_overview"]
