"""What `serving` runs: a server with the settings given as JSON; prints its address."""

from __future__ import annotations

import json
import os
import sys

import click

if __name__ == "__main__":
    from tests.vision.service import serving
    from vision.service.server import serve
    from vision.service.settings import load_settings

    kind, settings = sys.argv[1], json.loads(sys.argv[2])
    if os.environ.get("FORBID_FILES"):
        serving.forbid_files()
    make = None if kind == "real" else serving.make_obedient
    serve(load_settings(**settings), click.echo, make=make)
