"""What a scan found as files for programs: CSV, JSON Lines, Parquet; written as photos come, in little memory."""

from vision.report.tables.csv_file import COLUMNS, PLACE_COLUMNS, write_csv
from vision.report.tables.json_lines import write_jsonl
from vision.report.tables.parquet import write_parquet

__all__ = ["COLUMNS", "PLACE_COLUMNS", "write_csv", "write_jsonl", "write_parquet"]
