"""`variorum crawl` where workers crawl: the hub hands the runs out, and the command waits for the reports."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from variorum.crawler.cluster.state import HubSilent, ask_hub, hub_state
from variorum.crawler.config.cluster import ANYWHERE, Cluster
from variorum.crawler.config.site import Site
from variorum.crawler.errors import VariorumError
from variorum.crawler.run_report import RunReport
from variorum.crawler.runtime.run import report_of

LOOK_AGAIN = 0.5
"""Seconds between two questions whether a run has ended."""


def ask(cluster: Cluster, sites: Sequence[Site], *, full: bool) -> AskedOfHub:
    """The runs of those sites that a worker is there for. Raises VariorumError if the hub hands out none."""
    state = hub_state(cluster, os.environ)
    if state["trouble"]:
        raise VariorumError(state["trouble"])
    queues = {queue for worker in state["workers"] if not worker["lost"] for queue in worker["queues"]}
    theirs = [site for site in sites if (site.where or ANYWHERE) in queues]
    for site in theirs:
        ask_hub(cluster, os.environ, "/crawls", {"site": site.name, "full": full})
    return AskedOfHub(cluster, theirs)


@dataclass(frozen=True)
class AskedOfHub:
    """Runs that the hub was asked to hand out."""

    cluster: Cluster
    sites: list[Site]

    def reports(self) -> list[RunReport]:
        """How the runs ended, once all have. Raises VariorumError if the hub was started anew meanwhile."""
        return [report_of(site.name, self._end(site.name)) for site in self.sites]

    def _end(self, site: str) -> dict[str, Any]:
        """The last event of the run. A hub that is silent for a while may come back."""
        heard_at = time.monotonic()
        while True:
            try:
                end: dict[str, Any] | None = ask_hub(self.cluster, os.environ, f"/crawls/{site}")["end"]
                heard_at = time.monotonic()
            except HubSilent:
                if time.monotonic() - heard_at > self.cluster.lost_seconds:
                    raise
                end = None
            if end:
                return end
            time.sleep(LOOK_AGAIN)
