"""Send the service what its OpenAPI document allows, and what it does not: `python -m scripts.proofs fuzz-api`.

Starts a server of its own with the sample gallery. No answer may be a 5xx or lie outside of the document; exit status 0
when that holds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time

from scripts import ROOT
from scripts.bench.service.running import running

OPERATIONS = 20
"""About how many operations the document has: `--cases` are spread over them."""

CONFIG = ROOT / "scripts" / "proofs" / "schemathesis.toml"

LEFT_OUT = "positive_data_acceptance"
"""The check that valid data is accepted: any bytes are a valid photo to OpenAPI, and few are one."""


def main(arguments: list[str]) -> int:
    """Run the cases and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.proofs fuzz-api", description=__doc__)
    parser.add_argument("--cases", type=int, default=5000, help="about how many requests are sent")
    parser.add_argument("--phases", default="examples,coverage,fuzzing", help="of schemathesis")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with running(workers=1) as server:
        command = [
            *(
                sys.executable,
                "-m",
                "schemathesis.cli",
                "--config-file",
                str(CONFIG),
                "run",
                f"{server.url}/openapi.json",
            ),
            *("--header", f"Authorization: {server.headers['Authorization']}"),
            *("--exclude-checks", LEFT_OUT, "--seed", str(options.seed), "--phases", options.phases),
            *("--max-examples", str(max(options.cases // OPERATIONS, 1)), "--warnings", "off", "--no-shrink"),
            *("--suppress-health-check", "all", "--request-timeout", "30"),
        ]
        environment = {**os.environ, "SCHEMATHESIS_HOOKS": "scripts.proofs.fuzz_hooks"}
        environment["PYTHONPATH"] = str(ROOT)  # it runs in a folder of its own
        began = time.monotonic()
        status = subprocess.run(command, env=environment, cwd=server.folder, check=False).returncode
        print(f"{server.log.read_text('utf-8').count('request')} requests in {time.monotonic() - began:.0f} s")
    return status
