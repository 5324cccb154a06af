"""Tries `sh scripts/try.sh` and `sh scripts/test.sh` in bare systems, as root and as a user without sudo.

    sudo python3 -m scripts.proofs install-trial FOLDER                       # Debian 12, Debian 13, Ubuntu 24.04
    sudo python3 -m scripts.proofs install-trial FOLDER --only debian-12/user --tests tests/test_privacy.py

Every trial gets a root of its own under FOLDER, made with debootstrap and holding Python but neither pip nor venv, as a
fresh Debian or Ubuntu does. This machine's way to the network (apt's and pip's settings, certificates, name servers) is
copied in at run time. Where a command ends by asking for an administrator, the trial runs the line that was printed, as
root, and tries again. FOLDER keeps a transcript of each trial; the table for docs/install.md is printed.

Needs debootstrap, and ubuntu-keyring for Ubuntu (taken out of the Debian 13 root where this machine has none).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from scripts import ROOT

SUITES = {"debian-12": "bookworm", "debian-13": "trixie", "ubuntu-24.04": "noble"}
WHO = ("root", "user")
USER_ID = 1000
KEYRING = "usr/share/keyrings/ubuntu-archive-keyring.gpg"
SCRIPTS = Path("/usr/share/debootstrap/scripts")
NETWORK = re.compile(r"(?i)(https?_proxy|no_proxy|pip_\w+|uv_\w+|ssl_cert_\w+|requests_ca_bundle|curl_ca_bundle)")
NETWORK_FILES = ("etc/resolv.conf", "etc/hosts", "etc/pip.conf", "etc/ssl/certs/ca-certificates.crt")
ASKED_FOR = re.compile(r"^ +(sudo apt-get .*)$", re.MULTILINE)
CHROOT = shutil.which("chroot") or "/usr/sbin/chroot"
PREPARED = "python3 ca-certificates"


@dataclass(frozen=True, slots=True)
class Row:
    """What one command came to in one root."""

    trial: str
    command: str
    status: int
    seconds: float
    asked: bool
    grown_mb: int
    said: str

    def cells(self) -> str:
        """Return a line of a Markdown table."""
        asked = "yes" if self.asked else "no"
        told = (self.trial, f"`{self.command}`", asked, self.status, f"{self.seconds:.0f} s", f"{self.grown_mb} MB")
        return " ".join(f"| {cell}" for cell in (*told, self.said)) + " |"


class Root:
    """A bare system in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def copy_network(self) -> None:
        """Give the root this machine's way to the network."""
        for name in NETWORK_FILES:
            if (Path("/") / name).is_file():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(Path("/") / name, self.folder / name)
        settings = subprocess.run(["apt-config", "dump", "Acquire"], capture_output=True, text=True).stdout
        kept = [line for line in settings.splitlines() if re.match(r"Acquire::(https?|Check-)", line)]
        (self.folder / "etc/apt/apt.conf.d/90machine").write_text("\n".join([*kept, ""]))

    @contextmanager
    def mounted(self) -> Iterator[None]:
        """Give the root the processes and devices of this machine for the block."""
        places = [("/proc", "--bind"), ("/dev", "--rbind")]
        for place, how in places:
            subprocess.run(["mount", how, "--make-rprivate", place, self.folder / place[1:]], check=True)
        try:
            yield
        finally:
            for place, _ in reversed(places):
                subprocess.run(["umount", "--recursive", "--lazy", self.folder / place[1:]], check=False)

    def run(self, command: str, out: TextIO, *, as_root: bool = True) -> int:
        """Run a line of shell in the repository's folder, or in / where there is none; its output goes to `out`."""
        home = "/root" if as_root else "/home/user"
        environment = {
            "HOME": home,
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
            if as_root
            else "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            **{name: value for name, value in os.environ.items() if NETWORK.fullmatch(name) and self._holds(value)},
        }
        who = [] if as_root else [f"--userspec={USER_ID}:{USER_ID}"]
        inside = f"cd {home}/fotonetral 2>/dev/null || cd /; {command}"
        done = subprocess.run(
            [CHROOT, *who, self.folder, "sh", "-c", inside],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        return done.returncode

    def _holds(self, value: str) -> bool:
        """Whether a setting can serve in the root: what names a path names one that is there."""
        return not value.startswith("/") or (self.folder / value[1:]).exists()

    def size_mb(self) -> int:
        """Return how much lies in the root itself, in megabytes (10^6 bytes)."""
        told = subprocess.run(["du", "-s", "-x", "-B1", self.folder], check=True, capture_output=True, text=True).stdout
        return int(told.split()[0]) // 10**6


def remove(folder: Path) -> None:
    """Delete a root; what is still mounted in it, this machine's /dev above all, is never touched."""
    subprocess.run(["rm", "-rf", "--one-file-system", folder], check=True)


def mirror(origin: str) -> str:
    """Return where this machine's apt gets packages of this origin; nothing where it has none (then the usual one)."""
    told = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)"], capture_output=True, text=True
    ).stdout
    return next((line.split()[1] for line in told.splitlines() if line.startswith(f"{origin} ")), "")


def make_base(system: str, folder: Path, out: TextIO) -> Root:
    """Make the bare root that the trials of one system are copied from, unless an earlier run left it."""
    base = folder / f"base-{system}"
    if (base / "made").exists():
        return Root(base)
    remove(base)
    suite, ubuntu = SUITES[system], system.startswith("ubuntu")
    command = ["debootstrap", "--variant=minbase"]
    if ubuntu:
        command += ["--components=main,universe", f"--keyring={_ubuntu_keys(folder, out)}"]
    script = SCRIPTS / suite
    command += [suite, str(base), mirror("Ubuntu" if ubuntu else "Debian")]
    # Every Ubuntu is made by the same script; an older debootstrap only lacks the newer names.
    command += [str(script if script.exists() else SCRIPTS / "gutsy")]
    subprocess.run(command, check=True, stdout=out, stderr=subprocess.STDOUT)
    root = Root(base)
    root.copy_network()
    with root.mounted():
        prepare = f"apt-get update && apt-get install -y --no-install-recommends {PREPARED} && apt-get clean"
        if root.run(f"export DEBIAN_FRONTEND=noninteractive; {prepare}", out) != 0:
            raise RuntimeError("apt failed in the new root")
        root.copy_network()  # ca-certificates wrote its own
        root.run(f"useradd --uid {USER_ID} --create-home --shell /bin/sh user; rm -rf /var/lib/apt/lists/*", out)
    (base / "made").touch()
    return root


def _ubuntu_keys(folder: Path, out: TextIO) -> Path:
    """Return the keys of Ubuntu's archive: this machine's, or those that Debian 13 has as a package."""
    own = Path("/") / KEYRING
    if own.exists():
        return own
    base = make_base("debian-13", folder, out)
    fetch = "cd /tmp && apt-get update && apt-get download ubuntu-keyring && dpkg -x ubuntu-keyring_*.deb /tmp/keys"
    with base.mounted():
        base.run(fetch, out)
    return base.folder / "tmp/keys" / KEYRING


def copy_repository(target: Path, owner: int) -> None:
    """Copy what git knows or would take: a fresh clone of the tree as it lies here."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    subprocess.run(["chown", "-R", f"{owner}:{owner}", target], check=True)


def attempt(trial: str, base: Root, folder: Path, commands: Sequence[str]) -> list[Row]:
    """Run the commands one after the other in a fresh copy of the base; the transcript lies beside it."""
    name = trial.replace("/", "-")
    root = Root(folder / name)
    remove(root.folder)
    subprocess.run(["cp", "-a", "--reflink=auto", base.folder, root.folder], check=True)
    as_root = trial.endswith("/root")
    home = root.folder / ("root" if as_root else "home/user")
    copy_repository(home / "fotonetral", 0 if as_root else USER_ID)
    rows = []
    transcript = folder / f"{name}.txt"
    with transcript.open("w", encoding="utf-8") as out, root.mounted():
        for command in commands:
            rows.append(_timed(trial, command, root, out, as_root=as_root))
            print(rows[-1].cells(), flush=True)
    remove(root.folder)
    return rows


def _timed(trial: str, command: str, root: Root, out: TextIO, *, as_root: bool) -> Row:
    """Run one command; where it asks for an administrator, be that one and run it again."""
    before, begun, asked = root.size_mb(), time.monotonic(), False
    status, said = _noted(command, root, out, as_root=as_root)
    line = ASKED_FOR.search(said)
    if line is not None and not as_root:
        asked = True
        _noted(line[1].replace("sudo ", ""), root, out, as_root=True)
        status, said = _noted(command, root, out, as_root=False)
    seconds = time.monotonic() - begun
    last = next((line for line in reversed(said.splitlines()) if line.strip()), "").strip("= ")
    return Row(trial, command, status, seconds, asked, root.size_mb() - before, re.sub(r"\|", "/", last)[:90])


def _noted(command: str, root: Root, out: TextIO, *, as_root: bool) -> tuple[int, str]:
    """Run a command with its line and its end in the transcript; return its status and what it said."""
    start = out.tell()
    out.write(f"\n{'#' if as_root else '$'} {command}\n")
    out.flush()
    begun = time.monotonic()
    status = root.run(command, out, as_root=as_root)
    out.seek(0, os.SEEK_END)
    out.write(f"[status {status}, {time.monotonic() - begun:.0f} s]\n")
    out.flush()
    said = Path(out.name).read_bytes()[start:].decode(errors="replace")
    return status, re.sub(r"\n\[status .*\]\n$", "", said)


def main(arguments: list[str]) -> int:
    """Make the roots, try both commands in each, print the table."""
    parser = argparse.ArgumentParser(prog="python -m scripts.proofs install-trial", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where roots and transcripts go; needs 10 GB")
    parser.add_argument("--only", action="append", metavar="SYSTEM[/WHO]", help="a trial, such as debian-12/user")
    parser.add_argument("--tests", default='-m "not slow"', help="what scripts/test.sh is given (%(default)s)")
    parser.add_argument("--first-look", action="store_true", help="only scripts/try.sh")
    options = parser.parse_args(arguments)
    commands = ["sh scripts/try.sh", *([] if options.first_look else [f"sh scripts/test.sh {options.tests}"])]
    trials = [f"{system}/{who}" for system in SUITES for who in WHO]
    chosen = [one for one in trials if any(one.startswith(only) for only in options.only or [""])]
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    unmade = 0
    for trial in chosen:
        system = trial.partition("/")[0]
        with (folder / f"base-{system}.txt").open("a", encoding="utf-8") as out:
            try:
                base = make_base(system, folder, out)
            except (subprocess.CalledProcessError, RuntimeError, OSError) as error:
                print(f"{trial}: no root could be made ({error}); see {out.name}", flush=True)
                unmade += 1
                continue
        rows += attempt(trial, base, folder, commands)
    print("", "| system, who | command | asked for an administrator | status | time | grew by | last line |", sep="\n")
    print("|---|---|---|---|---|---|---|", *(row.cells() for row in rows), sep="\n")
    return 1 if unmade or any(row.status for row in rows) else 0
