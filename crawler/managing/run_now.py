"""Asks the daemon for a run of all pages of a site, as `variorum crawl SITE` makes it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from variorum.crawler.config.site import Site
from variorum.crawler.config.timing import is_paused, out_of_quiet, schedule_text
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.lock import is_held, run_lock, watch_lock
from variorum.crawler.times import iso, now
from variorum.storage.reader import Reader
from variorum.storage.store import Store


@dataclass(frozen=True, slots=True)
class AskedRun:
    """A run that was asked for and has not begun."""

    watched: bool
    """Whether a daemon runs that starts it."""
    rest_until: str | None
    """The time before which the site accepts no requests, by its Retry-After."""
    quiet_until: str | None
    """The end of the quiet hours, if it is in them."""
    pages: int
    """How many pages the run looks at, as far as they are known."""
    requests_left: int
    """How many requests the budget leaves today."""


def run_now(workspace: Workspace, site: Site) -> None:
    """Make a run of all pages due now. Raises Misuse if the site is paused, or is being crawled."""
    if is_paused(site, now()):
        raise Misuse(f"{site.name} is paused: resume it first.")
    if is_held(run_lock(workspace.database, site.name)):
        raise Misuse(f"{site.name} is being crawled now.")
    with closing(Store.open(workspace.database)) as store:
        store.enrol(site.name, site.url)
        row = store.site(site.name)
        with store.writing():
            store.ask_for_run(site.name, iso(now()))
            store.set_next_due(site.name, iso(now()), schedule_text(site), row.failures)


def asked_run(workspace: Workspace, site: Site) -> AskedRun | None:
    """What is known of a run that was asked for: when it starts, and what it looks at; None once it was
    made."""
    at = now()
    awake = out_of_quiet(site, at)
    with closing(Reader.open(workspace.database)) as reader:
        row, state = reader.site(site.name), reader.status(site.name)
    if row is None or row.asked_at is None:
        return None
    resting = row.rest_until is not None and row.rest_until > iso(at)
    return AskedRun(
        watched=is_held(watch_lock(workspace.database)),
        rest_until=row.rest_until if resting else None,
        quiet_until=iso(awake) if awake > at else None,
        pages=sum(state[name] for name in ("waiting", "live", "missing", "gone")),
        requests_left=max(0, site.budget - state["requests_last_day"]),
    )
