"""The open issues of the sites that are watched, each with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from variorum.crawler.config.site import Site
from variorum.crawler.config.timing import is_paused
from variorum.crawler.times import now
from variorum.crawler.tracking.issue_kinds import (
    BROKE_DOWN,
    CUT_SHORT,
    RETRY_AFTER,
    SITE_FILE,
    SITE_MOVED,
    UNREACHABLE,
)
from variorum.storage.reader import Reader

_SOURCE = "open the source in a browser; `discover` in {file} names the kinds of sources to read"
REMEDIES: Mapping[str, str] = {
    UNREACHABLE: "open the site in a browser; if it is there, `variorum check {site}` shows how it answers",
    BROKE_DOWN: "run `variorum crawl {site}`; if it breaks down again, report the last lines of its log",
    CUT_SHORT: "nothing if it happened once; the next run goes on",
    SITE_MOVED: "change {file} as the issue says, then run `variorum crawl {site}`",
    RETRY_AFTER: "raise `delay` in {file}: the site wants fewer requests",
    "many missing": "open some of the pages that `variorum pages {site} --state missing` lists in a browser",
    "many changed": "read some of the changes: `variorum changes --site {site}`; the next run goes on",
    "many blocked": "open some of the pages in a browser; `variorum pages {site}` says what each answered",
    "no article": "`variorum check {site}` shows what is read of a few pages",
    "unlike expected": "look at the site; if it is in order, change `expect` in {file}",
    "at_least": "change {file} as the issue says",
    "silence": "look for newer pages on the site; `variorum status {site}` shows what its sources list",
    "trap": "change `exclude` in {file} as the issue says",
    "broken pages": "report the error: it is a fault of Variorum",
    "wordpress source": _SOURCE,
    "sitemap source": _SOURCE,
    "feed source": _SOURCE,
    "links source": _SOURCE,
}
"""What to do about an issue, by its kind."""
OTHER = "`variorum status {site}` shows the state of the site"


@dataclass(frozen=True, slots=True)
class SiteIssue:
    """An open issue of a site: since when, how many runs had it, when the last one was, and what to do."""

    site: str
    kind: str
    since: str
    last_at: str
    times: int
    message: str
    remedy: str


def open_issues(reader: Reader, sites: Mapping[str, Site]) -> list[SiteIssue]:
    """The open issues of these sites, the latest first; without those of paused sites and of site files."""
    watched = {name for name, site in sites.items() if not is_paused(site, now())}
    return [
        SiteIssue(
            *(row.site, row.kind, row.since, row.last_at, row.times, row.message),
            remedy=REMEDIES.get(row.kind, OTHER).format(site=row.site, file=f"sites/{row.site}.toml"),
        )
        for row in reader.issues()
        if row.site in watched and row.kind != SITE_FILE
    ]
