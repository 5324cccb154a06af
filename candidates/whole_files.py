"""Atomic file writes: a file is there whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def writing_whole(
    path: str | os.PathLike[str],
    *,
    half: Path | None = None,
    mode: int = 0o600,
    replace: bool = True,
    durable: bool = False,
) -> Iterator[IO[bytes]]:
    """Open a file beside `path` for as much as is to come; it takes the name when the block ends well.

    `half` is that file: one of the name that a killed process left is removed first. None gives it a name of its own,
    so that several may write at the same time. `mode` is the new file's, less the process's mask. Without `replace`
    a file of the name stays, also one that came since a moment ago: FileExistsError. `durable` waits until the disk
    has it. Raises OSError, which names `path`; whatever is raised inside, nothing is left behind.
    """
    target = Path(path)
    if half is None:
        half = target.with_name(f".{target.name[:40]}.{secrets.token_hex(6)}.tmp")
    else:
        half.unlink(missing_ok=True)
    try:
        descriptor = os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        try:
            with os.fdopen(descriptor, "w+b") as file:
                yield file
                if durable:
                    file.flush()
                    os.fsync(descriptor)
            _take_name(half, target, replace=replace)
        finally:
            with suppress(FileNotFoundError):
                half.unlink()
    except OSError as error:
        if error.filename is None or Path(os.fsdecode(error.filename)) == half:
            error.filename = str(target)  # the system names the half file, or nothing
        raise


def _take_name(half: Path, target: Path, *, replace: bool) -> None:
    if replace:
        half.replace(target)
        return
    try:
        target.hardlink_to(half)
    except FileExistsError:
        raise
    except OSError:  # a stick's file system knows no links
        if os.path.lexists(target):
            raise FileExistsError from None
        half.replace(target)
