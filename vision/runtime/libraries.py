"""The libraries of the system that OpenCV and MediaPipe load, and the error that names those a machine lacks.

Wheels bring most of what they need. These few they expect from the system, and a bare Debian or Ubuntu has none of
them. The dynamic loader names only the first that it misses; the error names all, and the line that installs them.
"""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from vision.errors import MissingLibraryError
from vision.messages import say


class Library(NamedTuple):
    """A library of the system: `package` is what holds it on Debian and Ubuntu, `user` the module that loads it."""

    package: str
    user: str


LIBRARIES: Mapping[str, Library] = {
    "libEGL.so.1": Library("libegl1", "mediapipe"),
    "libGLESv2.so.2": Library("libgles2", "mediapipe"),
    "libGL.so.1": Library("libgl1", "opencv"),
    "libglib-2.0.so.0": Library("libglib2.0-0", "opencv"),
    "libgthread-2.0.so.0": Library("libglib2.0-0", "opencv"),
    "libxcb.so.1": Library("libxcb1", "opencv"),
}
"""What `readelf -d` finds asked for and not inside the wheels (2026-11-30: opencv-python 5.0.0.93, mediapipe 1.2.3)."""

APT_LINE = "sudo apt-get install -y " + " ".join(dict.fromkeys(one.package for one in LIBRARIES.values()))
"""Debian 12, 13 and Ubuntu 24.04 alike (the newer two provide libglib2.0-0 through libglib2.0-0t64)."""

# What glibc's loader says, and musl's.
_SAID = (
    re.compile(r"(?:^|\s)(lib[\w.+-]+\.so(?:\.\d+)*): cannot open shared object file"),
    re.compile(r"Error loading shared library (lib[\w.+-]+\.so(?:\.\d+)*): No such file"),
)


def loads(library: str) -> bool:
    """Tell whether the dynamic loader finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def absent(finds: Callable[[str], bool] | None = None) -> list[str]:
    """Return which of `LIBRARIES` this machine lacks; systems other than Linux need none of them."""
    if sys.platform != "linux":
        return []
    return [name for name in LIBRARIES if not (finds or loads)(name)]


def named_by_loader(message: str) -> str | None:
    """Return the library that the dynamic loader missed, None where the message is not about one."""
    return next((match[1] for said in _SAID if (match := said.search(message))), None)


def missing_library(error: BaseException) -> MissingLibraryError | None:
    """Return the error to raise instead of `error` when it, or what led to it, is a library that the loader missed."""
    first = next((name for one in _chain(error) if (name := named_by_loader(str(one)))), None)
    if first is None:
        return None
    names = ", ".join(dict.fromkeys([first, *absent()]))
    if first in LIBRARIES:
        return MissingLibraryError(
            say("runtime.libraries.system_lacks_libraries_on_debian", names=names, apt_line=APT_LINE)
        )
    return MissingLibraryError(say("runtime.libraries.system_lacks_libraries_install_package", names=names))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error that loading may raise, and what led to it."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        if isinstance(following, ImportError | OSError):
            yield following
        following = following.__cause__ or following.__context__
