"""FotoNetral: checks, before a photo is posted, whether it can be read as taking sides in an election.

from vision import PhotoChecker

with PhotoChecker.open(gallery="gallery.db", region="34.01") as checker:
    result = checker.check("photo.jpg")     # also bytes, a file object, or an RGB array
    post = checker.check_post(["one.jpg", "two.jpg"])    # photos that go out together, judged as one
result.verdict, result.findings, result.to_dict()

The names below are the package's public surface. They are loaded on first use, so that `import vision` costs nothing.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from vision._version import __version__

if TYPE_CHECKING:
    from vision.checker import PhotoChecker
    from vision.contract.post import PostResult
    from vision.contract.result import CheckError, CheckResult
    from vision.errors import EngineError, FotoNetralError, PhotoError, PolicyError
    from vision.rules import Verdict

# ONNX Runtime reports its use to its maker unless this is set before it is imported: nothing leaves the machine.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__all__ = [
    "CheckError",
    "CheckResult",
    "EngineError",
    "FotoNetralError",
    "PhotoChecker",
    "PhotoError",
    "PolicyError",
    "PostResult",
    "Verdict",
    "__version__",
]

_HOMES = {
    "checker": ("PhotoChecker",),
    "errors": ("EngineError", "FotoNetralError", "PhotoError", "PolicyError"),
    "contract.post": ("PostResult",),
    "contract.result": ("CheckError", "CheckResult"),
    "rules": ("Verdict",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a public name's module when it is first asked for.

    Raises MissingLibraryError, an EngineError, when the system lacks a library that the module needs.
    """
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value = getattr(import_module(f"vision.{_HOME_OF[name]}"), name)
    except (ImportError, OSError) as error:
        from vision.runtime.libraries import missing_library

        if told := missing_library(error):
            raise told from error
        raise
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
