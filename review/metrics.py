"""The numbers of this machine for Prometheus: the sites, the daemon, the database, the latest backup."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from variorum.crawler.config.workspace import Workspace
from variorum.crawler.export.workspace_backup import backups
from variorum.crawler.lock import is_held, watch_lock
from variorum.crawler.times import now, parse
from variorum.storage.queries import site_overview
from variorum.storage.queries.site_overview import RunSummary
from variorum.storage.reader import Reader
from variorum.storage.rows import SiteRow

STATES = ("live", "missing", "gone", "frontier")
COUNTS = (
    "requests",
    "fetched",
    "not_modified",
    "new",
    "changed",
    "moved",
    "gone",
    "returned",
    "blocked",
    "failed",
)


class Metrics:
    """The metrics as they are at one moment."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()

    def text(self) -> bytes:
        """The metrics as Prometheus reads them."""
        return generate_latest(self._registry)

    def add_machine(self, database: Path, workspace: Workspace | None) -> None:
        """Add what concerns no single site."""
        self._gauge("variorum_daemon_up", "Whether the daemon runs").set(is_held(watch_lock(database)))
        self._gauge("variorum_database_bytes", "The size of the database").set(database.stat().st_size)
        if workspace and workspace.backup_folder:
            latest = backups(workspace.backup_folder, workspace.root, now())[:1]
            made = [one.made_at.timestamp() for one in latest]
            words = "When the latest backup was made; 0 if there is none"
            self._gauge("variorum_last_backup_timestamp_seconds", words).set(made[0] if made else 0)

    def add_sites(self, reader: Reader) -> None:
        """Add what concerns each site."""
        sites = reader.sites()
        pages = self._gauge("variorum_pages", "Pages by state", "site", "state")
        for site in sites:
            states = Counter[str]()
            for one in site_overview.pages(reader, site.name):
                states[one.state] += one.pages
            for state in STATES:
                pages.labels(site.name, state).set(states[state])
        self._add_numbers("variorum_open_issues", "Open issues", {
            site.name: len(reader.issues(site.name)) for site in sites
        })  # fmt: skip
        self._add_numbers("variorum_failures_in_a_row", "Runs in a row that failed as a whole", {
            site.name: site.failures for site in sites
        })  # fmt: skip
        self._add_times(reader, sites)
        self._add_last_runs({site.name: site_overview.runs(reader, site.name, 1) for site in sites})

    def _add_times(self, reader: Reader, sites: list[SiteRow]) -> None:
        self._add_numbers("variorum_next_run_timestamp_seconds", "When the next run is due", {
            site.name: parse(site.next_due).timestamp() for site in sites if site.next_due
        })  # fmt: skip
        well = {site.name: site_overview.last_well(reader, site.name) for site in sites}
        self._add_numbers("variorum_last_success_timestamp_seconds", "Start of the last run that succeeded", {
            name: parse(run.started_at).timestamp() for name, run in well.items() if run
        })  # fmt: skip

    def _add_last_runs(self, runs: Mapping[str, list[RunSummary]]) -> None:
        counts = self._gauge("variorum_last_run", "Counts of the last run", "site", "count")
        for name, last in runs.items():
            for run in last:
                for count in COUNTS:
                    counts.labels(name, count).set(getattr(run, count))

    def _add_numbers(self, name: str, words: str, numbers: Mapping[str, float]) -> None:
        gauge = self._gauge(name, words, "site")
        for site, number in numbers.items():
            gauge.labels(site).set(number)

    def _gauge(self, name: str, words: str, *labels: str) -> Gauge:
        return Gauge(name, words, labels, registry=self._registry)
