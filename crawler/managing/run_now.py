"""Asks the daemon for a run of a site, by storing that the next one is due."""

from __future__ import annotations

from contextlib import closing

from variorum.crawler.config.site import Site
from variorum.crawler.config.timing import is_paused, out_of_quiet, schedule_text
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.lock import is_held, run_lock, watch_lock
from variorum.crawler.times import iso, now
from variorum.storage.reader import Reader
from variorum.storage.store import Store


def run_now(workspace: Workspace, site: Site) -> None:
    """Make the site's next run due now. Raises Misuse if the site is paused, or is being crawled."""
    if is_paused(site, now()):
        raise Misuse(f"{site.name} is paused: resume it first.")
    if is_held(run_lock(workspace.database, site.name)):
        raise Misuse(f"{site.name} is being crawled now.")
    with closing(Store.open(workspace.database)) as store:
        store.enrol(site.name, site.url)
        row = store.site(site.name)
        store.set_next_due(site.name, iso(now()), schedule_text(site), row.failures)


def start_of_run(workspace: Workspace, site: Site) -> str:
    """When a run that is due now starts, in words."""
    if not is_held(watch_lock(workspace.database)):
        return (
            "No `variorum watch` runs in this workspace: the run starts as soon as one does."
            f" `variorum crawl {site.name}` starts one by itself."
        )
    with closing(Reader.open(workspace.database)) as reader:
        row = reader.site(site.name)
    at = now()
    if row and row.rest_until and row.rest_until > iso(at):
        return f"The site sent Retry-After: the run starts after {row.rest_until}."
    awake = out_of_quiet(site, at)
    return "The run starts now." if awake <= at else f"The run starts after the quiet hours, at {iso(awake)}."
