"""The numbers of the hub and of a worker for Prometheus."""

from __future__ import annotations

from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from variorum.crawler.cluster.runs import OpenRuns
from variorum.crawler.cluster.state import NUMBERS


class HubMetrics:
    """The metrics of one hub."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._up = self._gauge("variorum_queue_up", "Whether PostgreSQL can be used")
        self._workers = self._gauge("variorum_workers", "Workers that were heard of lately")
        self._runs = self._gauge("variorum_open_runs", "Runs that workers carry out now")
        self._jobs = self._gauge("variorum_jobs", "Jobs in the queue", "queue", "state")
        self._batches = self._gauge("variorum_batches_total", "Batches that were taken in")
        self._bytes = self._gauge("variorum_received_bytes_total", "Bytes of all batches, compressed")

    def _gauge(self, name: str, words: str, *labels: str) -> Gauge:
        return Gauge(name, words, labels, registry=self._registry)

    def text(self, state: dict[str, Any], runs: OpenRuns) -> bytes:
        """The metrics now, as Prometheus reads them."""
        self._up.set(not state["trouble"])
        self._workers.set(sum(not worker["lost"] for worker in state["workers"]))
        self._runs.set(len(state["runs"]))
        for queue in state["queues"]:
            for name in NUMBERS:
                self._jobs.labels(queue["name"], name).set(queue[name])
        self._batches.set(runs.batches)
        self._bytes.set(runs.received)
        return generate_latest(self._registry)


class WorkerMetrics:
    """The metrics of one worker."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.running = Gauge("variorum_worker_runs", "Runs in progress", registry=self.registry)
        self.ended = Counter("variorum_worker_runs_ended", "Runs that ended", ["how"], registry=self.registry)
