"""A scan's findings as a spreadsheet (.xlsx): pictures with marks, links, and columns in which people decide."""

from vision.report.workbook.writing import write_workbook

__all__ = ["write_workbook"]
