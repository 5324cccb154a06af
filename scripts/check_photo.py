"""Periksa foto sebelum diunggah: seret foto ke berkas ini, atau `python scripts/check_photo.py FOTO...`.

Memakai galeri `gallery.db` di folder kerja atau di sebelah skrip ini (atau FOTONETRAL_GALLERY). Gambar bertanda
ditulis ke folder `hasil-fotonetral` di sebelah foto pertama. Jendela tetap terbuka sampai Enter ditekan bila skrip
ini dibuka dari desktop Windows. Status keluar sama dengan `fotonetral check`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    # So that the script also runs from a checkout that is not installed.
    sys.path.insert(0, str(here.parent))
    from vision.command.drop import check_dropped

    if len(sys.argv) < 2:
        print("Seret satu foto atau lebih ke skrip ini, atau: python scripts/check_photo.py FOTO...", file=sys.stderr)
        status = 2
    else:
        status = check_dropped(sys.argv[1:], here)
    # Windows gives a dropped-on script a window of its own, which closes with it; PROMPT is set in a real terminal.
    if os.name == "nt" and "PROMPT" not in os.environ:
        input("Tekan Enter untuk menutup.")
    sys.exit(status)
