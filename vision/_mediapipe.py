"""Importing MediaPipe without what only its plots and microphones need: two thirds of its import time."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_UNUSED = ("matplotlib", "matplotlib.pyplot", "sounddevice")


def import_mediapipe() -> None:
    """Import `mediapipe`, putting off the modules that its drawing and recording helpers import at their top.

    Whoever does draw or record gets them then, on first use. Does nothing for what is already imported.
    """
    if "mediapipe" in sys.modules:
        return
    stand_ins: dict[str, ModuleType] = {name: _Deferred(name) for name in _UNUSED if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        importlib.import_module("mediapipe")
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


class _Deferred(ModuleType):
    """Stands for a module until one of its attributes is asked for."""

    def __getattr__(self, name: str) -> Any:
        # While it stands in, the import system must look for submodules elsewhere; dunders are its own questions.
        if sys.modules.get(self.__name__) is self or name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)
