"""Reads the workspace: a folder with variorum.toml, the site files in sites/, and the database."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

import msgspec

from variorum.crawler import __version__
from variorum.crawler.config.backup import BACKUP_KEYS, BackupPlan, check_schedule
from variorum.crawler.config.cluster import CLUSTER_KEYS, Cluster
from variorum.crawler.config.notification import NOTIFICATION_KEYS, NotificationRule, check_secret
from variorum.crawler.config.review import REVIEW_KEYS, ReviewSettings
from variorum.crawler.config.schema import Key, Keys, read_table, read_toml, refuse
from variorum.crawler.config.secret import check_reference
from variorum.crawler.config.site import SITE_KEYS, check_time_zone, check_together, web_address
from variorum.crawler.config.timing import age
from variorum.crawler.errors import Misuse

SETTINGS_FILE = "variorum.toml"
PROJECT = "follows web sites and keeps their versions"


@dataclass(frozen=True)
class Workspace:
    """The folder, its paths, and the settings for all sites."""

    root: Path
    database: Path
    contact: str | None
    """How the owner of a site can reach the operator."""
    user_agent: str
    """The user agent of requests: that of the file, else the program, its version and the contact."""
    defaults: Mapping[str, Any]
    """Keys of a site file, for sites that leave them out."""
    sites_folder: Path
    max_run_seconds: int = 6 * 3600
    max_memory_mb: int = 1500
    runs_at_once: int = 4
    processes: int = field(default_factory=lambda: os.cpu_count() or 1)
    """How many processes may read pages at once, in all runs together. With 1, each run reads by itself."""
    notify: tuple[NotificationRule, ...] = ()
    """The notification rules for several sites, or for all."""
    retention: Mapping[str, str] = field(default_factory=dict)
    """The ages up to which `captures` and `bodies` are kept, like "365d"; without an age, all are kept."""
    review_url: str | None = None
    """The address of the review page, for links in notifications."""
    review: ReviewSettings = field(default_factory=ReviewSettings)
    cluster: Cluster | None = None
    """How this machine shares the crawling with others; None where it crawls alone."""

    backup: BackupPlan | None = None
    """Where and when the workspace is backed up; None where it is not."""

    tokens: tuple[str, ...] = ()
    """The environment variables with the tokens of the read API, like "env:VARIORUM_API_TOKEN"."""

    @property
    def backup_folder(self) -> Path | None:
        """The folder for backups; None where none is named."""
        return self.root / self.backup.folder if self.backup else None

    def shared(self, sites: int) -> Workspace:
        """The workspace for each of so many sites: its run has its part of the processes that read."""
        at_once = max(1, min(sites, self.runs_at_once))
        return replace(self, processes=max(1, self.processes // at_once))


def find_workspace(chosen: Path | None, env: Mapping[str, str]) -> Path:
    """The folder named on the command line, else by VARIORUM_HOME, else the present one."""
    return chosen or Path(env.get("VARIORUM_HOME") or ".")


def load_workspace(root: Path) -> Workspace:
    """The workspace that variorum.toml in a folder describes.

    Raises Misuse if there is none, or with a line for every fault in its file.
    """
    root = root.absolute()
    path = root / SETTINGS_FILE
    if not path.exists():
        raise Misuse(
            f"no workspace in {root}: run `variorum init {root}` to make one, "
            "or name another folder with -C or VARIORUM_HOME."
        )
    written, faults = read_toml(path)
    table, more = read_table(written, _KEYS, f"{path}: ")
    refuse(faults + more)
    contact = table.get("contact")
    zone = {"timezone": table["defaults"]["timezone"]} if table.get("defaults", {}).get("timezone") else {}
    return Workspace(
        root=root,
        database=root / table.get("database", "variorum.db"),
        contact=contact,
        user_agent=table.get("user_agent") or _introduction(contact),
        defaults=written.get("defaults", {}),
        sites_folder=root / "sites",
        **{limit: table[limit] for limit in _LIMITS if limit in table},
        retention=table.get("retention", {}),
        review_url=table.get("review_url"),
        review=ReviewSettings(**table.get("review", {})),
        cluster=Cluster(**table["cluster"]) if "cluster" in table else None,
        backup=BackupPlan(**zone | table["backup"]) if "backup" in table else None,
        tokens=table.get("api", {}).get("tokens", ()),
        notify=tuple(msgspec.convert(zone | notice, NotificationRule) for notice in table.get("notify", ())),
    )


def workspace_of(settings: Mapping[str, Any]) -> Workspace:
    """The workspace of a run with these Scrapy settings: the one handed over, else that of the current
    folder.

    Raises Misuse as `load_workspace` does.
    """
    given = settings.get("WORKSPACE")
    if isinstance(given, Workspace):
        return given
    return load_workspace(find_workspace(Path(given) if given else None, os.environ))


def _introduction(contact: str | None) -> str:
    return f"Variorum/{__version__} ({f'+{contact}' if contact else PROJECT})"


def _header(text: str) -> None:
    """Raise ValueError if the text can't be in a request header."""
    if not (text.isascii() and text.isprintable() and text.strip()):
        raise ValueError("not one line of plain ASCII")


_SITE_DEFAULTS: Keys = {name: key for name, key in SITE_KEYS.items() if name not in {"url", "also"}}
_AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]
_Memory = Annotated[int, msgspec.Meta(ge=256)]

_NOTICE: Keys = {
    **NOTIFICATION_KEYS,
    "sites": Key(Annotated[str, msgspec.Meta(min_length=1)], "names of sites", many=True),
    "timezone": Key(str, 'a zone of the IANA list, like "Europe/Tirane"', check_time_zone),
}
_Age = Key(str, 'an age in days, weeks or years, like "365d"', age)
_RETENTION: Keys = {"captures": _Age, "bodies": _Age}
_API: Keys = {
    "tokens": Key(
        str, 'the variables with the tokens, like "env:VARIORUM_API_TOKEN"', check_reference,
        many=True, secret=True,
    ),
}  # fmt: skip
_LIMITS = ("max_run_seconds", "max_memory_mb", "runs_at_once", "processes")
_KEYS: Keys = {
    "database": Key(Annotated[str, msgspec.Meta(min_length=1)], 'a file, like "variorum.db"'),
    "contact": Key(
        str, 'an address in ASCII, like "you@example.org" or "https://example.org/about"', _header
    ),
    "user_agent": Key(str, "one line of ASCII", _header),
    "max_run_seconds": Key(_AtLeastOne, "how many seconds a run may take, 1 or more"),
    "max_memory_mb": Key(_Memory, "how many megabytes a run may use, 256 or more"),
    "runs_at_once": Key(_AtLeastOne, "how many sites may be crawled at once, 1 or more"),
    "processes": Key(_AtLeastOne, "how many processes may read pages at once, 1 or more"),
    "defaults": Key(_SITE_DEFAULTS, "a table of keys as in a site file", check_together),
    "retention": Key(_RETENTION, "a table with captures, bodies or both"),
    "api": Key(_API, "a table with tokens"),
    "backup": Key(BACKUP_KEYS, "a table with a folder", check_schedule),
    "cluster": Key(CLUSTER_KEYS, "a table with database and token"),
    "notify": Key(_NOTICE, "tables with a target", check_secret, many=True, bare="target", secret=True),
    "review": Key(REVIEW_KEYS, f"a table with {', '.join(REVIEW_KEYS)}"),
    "review_url": Key(str, 'a whole web address, like "https://review.example.org"', web_address),
}
