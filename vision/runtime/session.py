"""How the ONNX networks are run: ONNX Runtime on the processor, its failures told as ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from vision.errors import EngineError
from vision.messages import say
from vision.runtime.failures import CauseKind, cause_of, out_of_memory


def open_session(model: Path, *, threads: int = 1) -> onnxruntime.InferenceSession:
    """Load a network that runs on the thread which calls it. Raises EngineError.

    More `threads` share the work inside of the network: for one that looks at a large picture once.
    """
    options = onnxruntime.SessionOptions()
    # Mostly the threads are ours (`vision.runtime.crew`): what is done around a network is shared among them as well.
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    # A thread that waits does not spin: the processor belongs to the other networks.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        _refuse_short_memory(error)
        raise EngineError(say("runtime.session.model_cannot_be_loaded", model=model.name, error=error)) from error


def run_session(
    session: onnxruntime.InferenceSession, outputs: Sequence[str], inputs: Mapping[str, NDArray[np.generic]]
) -> list[NDArray[np.float32]]:
    """Return the network's outputs of these names, in this order. Raises EngineError."""
    try:
        answers: list[NDArray[np.float32]] = session.run(list(outputs), dict(inputs))
    # ONNX Runtime's errors have nothing in common but that they are exceptions.
    except Exception as error:
        _refuse_short_memory(error)
        raise EngineError(say("runtime.session.network_failed", error=error)) from error
    return answers


def _refuse_short_memory(error: Exception) -> None:
    """Raise OutOfMemoryError where a network failed for want of memory: nothing is wrong with it then."""
    cause = cause_of(error)
    if cause.kind is CauseKind.MEMORY:
        raise out_of_memory(cause) from error
