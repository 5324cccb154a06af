"""How often a photo is decoded for one answer that is also drawn and written as a page."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

_COUNTING = """
import sys
import cv2, simplejpeg
from PIL import ImageFile

count = 0

def counted(decode):
    def decode_and_count(*args, **kwargs):
        global count
        decoded = decode(*args, **kwargs)
        count += 1
        return decoded
    return decode_and_count

load = ImageFile.ImageFile.load

def load_and_count(self):
    global count
    count += bool(self.tile)
    return load(self)

simplejpeg.decode_jpeg = counted(simplejpeg.decode_jpeg)
cv2.imdecode, cv2.imread = counted(cv2.imdecode), counted(cv2.imread)
ImageFile.ImageFile.load = load_and_count
try:
    if COMMAND_MODULE:
        from vision.command.main import main
    else:
        from vision.cli import main
    main()
finally:
    print(f"decodes: {count}", file=sys.stderr)
"""


def decodes(root: Path, photo: Path) -> int:
    """Return how often `fotonetral check --annotate --html` of the tree at `root` decodes this photo.

    Counted are the decoders of simplejpeg, OpenCV and Pillow, in a process of its own. Raises RuntimeError when the
    check ends otherwise than by telling what it found.
    """
    command_module = (root / "vision/command/main.py").is_file()
    with tempfile.TemporaryDirectory() as out:
        words = ["check", str(photo), "--annotate", out, "--html", str(Path(out) / "page.html")]
        done = subprocess.run(
            [sys.executable, "-c", _COUNTING.replace("COMMAND_MODULE", str(command_module)), *words],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=False,
        )
    told = done.stderr.rpartition("decodes: ")[2].strip()
    if done.returncode not in (0, 1) or not told.isdigit():
        raise RuntimeError(done.stderr)
    return int(told)
