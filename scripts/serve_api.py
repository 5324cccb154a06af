"""Jalankan layanan dan halaman web FotoNetral: `python scripts/serve_api.py`, opsi seperti `fotonetral serve`."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # So that the script also runs from a checkout that is not installed.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from vision.command.main import run
    from vision.command.serve import serve

    sys.exit(run(serve, None, name="serve_api.py"))
