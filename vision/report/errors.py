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
    advice_id = 'Pasang dengan: pip install "fotonetral[parquet]", atau pilih CSV atau JSON Lines.'
    advice_en = 'Install it with: pip install "fotonetral[parquet]", or choose CSV or JSON Lines.'


class DecisionsError(ReportError):
    """The file as a whole holds no decisions that can be read."""

    code = "decisions.unreadable"
    advice_id = (
        "Berikan lembar kerja laporan yang sudah diisi (.xlsx tanpa sandi), CSV-nya, atau berkas keputusan dari "
        "halaman laporan."
    )
    advice_en = (
        "Give the filled-in spreadsheet of a report (.xlsx without a password), its CSV, or the file of decisions from "
        "the report's page."
    )


class DecisionsTooLargeError(DecisionsError):
    """The file is larger than any file of decisions, or unpacks to more."""

    code = "decisions.too_large"
    advice_id = "Hapus gambar dan lembar yang tidak perlu, atau simpan lembar Temuan sebagai CSV."
    advice_en = "Remove pictures and sheets that are not needed, or save the sheet of findings as CSV."


class DecisionRowError(DecisionsError):
    """One row cannot be used; the others can."""

    code = "decisions.bad_row"
    advice_id = ""
    advice_en = ""
