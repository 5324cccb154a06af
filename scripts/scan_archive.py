"""Periksa seluruh arsip: seret folder ke berkas ini, atau `python scripts/scan_archive.py FOLDER...`.

Hasilnya (jurnal dan laporan) ditulis ke folder `hasil-pindaian` di sebelah folder pertama. Menjalankannya lagi
melanjutkan pindaian yang terhenti dan hanya memeriksa yang baru. Galeri dicari seperti oleh `check_photo.py`. Status
keluar sama dengan `fotonetral scan`, yang punya pilihan lebih banyak.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    # So that the script also runs from a checkout that is not installed.
    sys.path.insert(0, str(here.parent))
    from vision.command.drop import scan_dropped

    if len(sys.argv) < 2:
        print(
            "Seret satu folder atau lebih ke skrip ini, atau: python scripts/scan_archive.py FOLDER...", file=sys.stderr
        )
        sys.exit(2)
    sys.exit(scan_dropped(sys.argv[1:], here))
