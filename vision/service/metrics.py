"""Metrics for Prometheus: counts, times and sizes, labelled by the service's own routes and codes alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from vision.service.http.limits import MemoryBudget
from vision.service.photos.remembered import ReplyCache
from vision.service.pool.processes import Pool, held_bytes

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


class Metrics:
    """The service's metrics, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "fotonetral_requests", "Requests answered.", ("route", "method", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "fotonetral_request_seconds",
            "Time from request to answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._photos = Counter(
            "fotonetral_photos", "Photos checked, by verdict or error code.", ("verdict",), registry=self.registry
        )
        self._replies = Counter("fotonetral_remembered", "Answers that were given from memory.", registry=self.registry)
        ProcessCollector(registry=self.registry)

    def watch(self, pool: Pool[Any, Any], budget: MemoryBudget, replies: ReplyCache) -> None:
        """Add what is read off the parts of the service when Prometheus asks."""
        self.registry.register(_CurrentState(pool, budget, replies))

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request; `route` is a template of the service's own, never a path as it came."""
        self._requests.labels(route, method if method in _METHODS else "other", str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def photo(self, verdict: str) -> None:
        """Count a checked photo."""
        self._photos.labels(verdict).inc()

    def remembered(self) -> None:
        """Count an answer given from memory."""
        self._replies.inc()

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)


class _CurrentState(Collector):
    """Gauges that are read when Prometheus asks."""

    def __init__(self, pool: Pool[Any, Any], budget: MemoryBudget, replies: ReplyCache) -> None:
        self._pool, self._budget, self._replies = pool, budget, replies

    def collect(self) -> Iterable[Metric]:
        pool, budget = self._pool, self._budget
        values = {
            "workers_ready": (pool.ready, "Processes that can take photos, or are at it."),
            "workers": (pool.limits.workers, "Processes that should be there."),
            "running": (pool.running, "Photos that are being worked on."),
            "waiting": (pool.waiting, "Requests that wait for a process."),
            "uploads": (budget.uploads, "Uploads in progress."),
            "held_bytes": (budget.held_bytes, "Bytes of photos in memory."),
            "remembered_bytes": (self._replies.held_bytes, "Bytes of answers in memory."),
            "workers_resident_bytes": (sum(map(held_bytes, pool.pids())), "Memory of the processes."),
        }
        for name, (value, told) in values.items():
            yield GaugeMetricFamily(f"fotonetral_{name}", told, value=value)
        yield CounterMetricFamily(
            "fotonetral_worker_restarts", "Processes started in the place of others.", value=pool.restarts
        )
