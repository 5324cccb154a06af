"""Register people: `python scripts/register_candidates.py SOURCE [gallery.db]`.

SOURCE is a table (CSV or .xlsx), a folder with one folder per person, or what `candidates export` made. The same as
`fotonetral candidates import SOURCE --gallery gallery.db`.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # So that the script also runs from a checkout that is not installed.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from vision.command.candidates import candidates
    from vision.command.candidates.shared import DEFAULT_GALLERY
    from vision.command.main import run

    arguments = sys.argv[1:]
    if not 1 <= len(arguments) <= 2 or arguments[0].startswith("-"):
        usage = "python scripts/register_candidates.py SUMBER [gallery.db]   (SUMBER: .csv, .xlsx, folder, .zip)"
        print(usage, file=sys.stderr)
        sys.exit(2)
    source, gallery = (*arguments, DEFAULT_GALLERY)[:2]
    sys.exit(run(candidates, ["import", source, "--gallery", gallery], name="register_candidates.py"))
