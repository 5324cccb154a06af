"""Joining a Ray cluster and leaving it again, without Ray's noise on the terminal and without word to its makers."""

from __future__ import annotations

import importlib
import logging
import os
import shutil
import signal
import socket
import tempfile
import threading
from types import ModuleType
from typing import Any

from vision.archive.cluster.errors import ClusterError, NoClusterExtraError
from vision.messages import say

LOCAL_STORE_BYTES = 512 * 2**20
"""Shared memory of a Ray that is started for one scan on this machine alone: twice what photos under way hold."""

_PRINT = "print_to_stdstream"
_KNOCK_SECONDS = 10.0
AUTO, LOCAL = "auto", "local"

_QUIET = {"logging_level": logging.ERROR, "log_to_driver": False}


def import_ray() -> ModuleType:
    """Return Ray. Raises NoClusterExtraError."""
    # Read while Ray is imported. What a Ray that we start tells its makers, and hints about accelerators.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    # Started by `uv run`, Ray would send the current folder with all that lies in it to every machine, and start its
    # processes in a new environment there that has nothing installed: none would ever judge.
    os.environ["RAY_ENABLE_UV_RUN_RUNTIME_ENV"] = "0"
    try:
        import ray
    except ImportError as error:
        raise NoClusterExtraError(say("archive.ray_cluster.scanning_on_cluster_needs_ray")) from error
    return ray


class Membership:
    """Belonging to a cluster, with this process as a driver, from its making until `close`.

    `address` is `host:port`, `ray://host:port`, "local": a Ray on this machine alone, for as long as the membership
    lasts, or "auto": the cluster that this machine is part of, or else "local". Raises NoClusterExtraError and
    ClusterError.
    """

    def __init__(self, address: str) -> None:
        self.ray: Any = import_ray()
        self._own_folder: str | None = None
        self._joined = not self.ray.is_initialized()
        if not self._joined:
            return  # somebody else's, who also leaves
        # Ray writes what happens to machines on standard output whatever is set; no option of it stops that.
        private = importlib.import_module("ray._private.worker")
        if hasattr(private, _PRINT):
            setattr(private, _PRINT, _print_nothing)
        # Ray would end the process on SIGTERM in its own way.
        in_main_thread = threading.current_thread() is threading.main_thread()
        before = signal.getsignal(signal.SIGTERM)
        try:
            self._join(address)
        except BaseException:
            self.close()
            raise
        finally:
            if in_main_thread:
                signal.signal(signal.SIGTERM, before)

    def close(self) -> None:
        """Leave the cluster; a Ray of our own ends, and its folder is removed."""
        if self._joined:
            self._joined = False
            self.ray.shutdown()
        if self._own_folder is not None:
            shutil.rmtree(self._own_folder, ignore_errors=True)
            self._own_folder = None

    def _join(self, address: str) -> None:
        try:
            if address != LOCAL:
                _knock(address)
                self.ray.init(address=address, **_QUIET)
                return
        # What Ray raises has no common base: also RuntimeError, ValueError, and its client's ImportError.
        except Exception as error:
            if address != AUTO or not isinstance(error, ConnectionError):
                raise _unreachable(address, error) from error
        self._own_folder = tempfile.mkdtemp(prefix="fn-")  # the paths of Ray's sockets must stay short
        try:
            self.ray.init(
                address="local",
                include_dashboard=False,
                object_store_memory=LOCAL_STORE_BYTES,
                _temp_dir=self._own_folder,
                **_QUIET,
            )
        except Exception as error:
            raise _unreachable(LOCAL, error) from error


def _print_nothing(*_: object, **__: object) -> None:
    """Stand in for what prints messages of the cluster in the driver."""


def _knock(address: str) -> None:
    """See whether anything listens at an address, since Ray takes minutes to find out. Raises OSError, ValueError."""
    if address == AUTO:
        return
    host, _, port = address.removeprefix("ray://").rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=_KNOCK_SECONDS):
        pass


def _unreachable(address: str, error: Exception) -> ClusterError:
    why = " ".join(str(error).split())[:300] or type(error).__name__
    return ClusterError(say("archive.ray_cluster.ray_cluster_at_cannot_be", address=address, why=why))
