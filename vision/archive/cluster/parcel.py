"""The files that a checker reads, packed on one machine and laid out on another for as long as they are in use there.

A gallery holds templates of faces. So the folder that a parcel is laid out in is its owner's alone, all processes of
the machine that use the same parcel share it, and it goes with the last of them, however that one ends.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from candidates.closing import Closing
from vision.archive.cluster.errors import ClusterError
from vision.messages import say
from vision.models import DLIB
from vision.settings import CheckerSettings

_LOCK, _COMPLETE = "lock", "complete"

# It outlives the process that holds the parcel, also one that is killed: then its standard input ends. Ray kills the
# children of a process that it ends, so it is nobody's child.
_SWEEPER = """
import fcntl, os, shutil, sys
if os.fork():
    os._exit(0)
sys.stdin.buffer.read()
try:
    fcntl.flock(int(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    sys.exit()
shutil.rmtree(sys.argv[2], ignore_errors=True)
"""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Settings whose paths are names in `files`, and the bytes of these files by name (with `/` between folders)."""

    settings: CheckerSettings
    files: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def pack(cls, settings: CheckerSettings) -> Parcel:
        """Read the gallery, the policy file and the face model; the settings must be such as a checker opens with.

        Raises OSError and sqlite3.Error where a file cannot be read.
        """
        files: dict[str, bytes] = {}
        if settings.gallery is not None:
            files |= _gallery(Path(settings.gallery))
            settings = replace(settings, gallery="gallery/gallery.db")
        if settings.face_model is not None and settings.face_model != DLIB:
            model = Path(settings.face_model)  # its name is part of what its vectors are called
            files[f"face-model/{model.name}"] = model.read_bytes()
            if (beside := model.with_suffix(".toml")).exists():
                files[f"face-model/{beside.name}"] = beside.read_bytes()
            settings = replace(settings, face_model=f"face-model/{model.name}")
        if packs := settings.own_packs():
            above = Path(os.path.commonpath([pack.parent for pack in packs]))
            names = [f"policy/{pack.relative_to(above).as_posix()}" for pack in packs]
            files |= {name: pack.read_bytes() for name, pack in zip(names, packs, strict=True)}
            settings = replace(settings, policy=names[0])
        return cls(settings, files)

    @property
    def digest(self) -> str:
        """A name of the files' contents."""
        total = hashlib.sha256()
        for name, data in sorted(self.files.items()):
            total.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(data).digest())
        return total.hexdigest()[:32]


class UnpackedParcel(Closing):
    """A parcel as files on this machine; `settings` name them. Without files there is no folder either.

    Raises ClusterError when somebody else owns the folder, OSError when it cannot be written.
    """

    def __init__(self, parcel: Parcel, *, beside: Path | None = None) -> None:
        """Lay out the files in a folder of `beside` (None: where temporary files are), or share what lies there."""
        self.settings = parcel.settings
        self.folder: Path | None = None
        self._sweeper: subprocess.Popen[bytes] | None = None
        if not parcel.files:
            return
        temporary = Path(tempfile.gettempdir()) if beside is None else beside
        self.folder = temporary / f"fotonetral-{os.getuid()}-{parcel.digest}"
        lock = _held(self.folder, parcel.files)
        try:
            command = [sys.executable, "-I", "-S", "-c", _SWEEPER, str(lock), str(self.folder)]
            self._sweeper = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[lock], start_new_session=True
            )
            self._sweeper.wait()
        finally:
            os.close(lock)
        own = parcel.settings
        self.settings = replace(
            own,
            gallery=self._path(own.gallery, parcel),
            face_model=self._path(own.face_model, parcel),
            policy=self._path(own.policy, parcel) or own.policy,
        )

    def _path(self, name: str | None, parcel: Parcel) -> str | None:
        return name if self.folder is None or name is None or name not in parcel.files else str(self.folder / name)

    def close(self) -> None:
        """Give the files up; they are removed unless another process uses them."""
        if self._sweeper is not None:
            self._sweeper.communicate()  # until the sweeper's standard output ends with it
            self._sweeper = None


def _gallery(path: Path) -> dict[str, bytes]:
    """Return a gallery as it is at one moment, also while another program writes to it, and the file beside it.

    Should the second one be newer or older than the first, the checker sees that they do not belong together and does
    without it.
    """
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        files = {"gallery/gallery.db": connection.serialize()}
    real = path.resolve()
    with suppress(FileNotFoundError):
        files["gallery/gallery.db.vectors"] = real.with_name(f"{real.name}.vectors").read_bytes()
    return files


def _held(folder: Path, files: Mapping[str, bytes]) -> int:
    """Write the files unless they are there, and return a descriptor whose lock keeps them there."""
    while True:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
            raise ClusterError(say("archive.parcel.is_not_folder_of_this", folder=folder))
        try:
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:  # it was removed just now
            continue
        try:
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if _is_at(lock, folder) and not (folder / _COMPLETE).exists():
                    _write(folder, files)
            # Whoever holds it shared keeps the files; between the two locks they may have been removed.
            fcntl.flock(lock, fcntl.LOCK_SH)
            if _is_at(lock, folder) and (folder / _COMPLETE).exists():
                return lock
        except BaseException:
            os.close(lock)
            raise
        os.close(lock)


def _is_at(lock: int, folder: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(lock), (folder / _LOCK).stat())
    except FileNotFoundError:
        return False


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_bytes(data)
        (folder / _COMPLETE).touch(mode=0o600)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
