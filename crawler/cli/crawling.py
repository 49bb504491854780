"""What `variorum crawl` does: run crawls once, print their reports, send notifications."""

from __future__ import annotations

import asyncio
from contextlib import closing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from variorum.crawler.cli.options import names_of, sites_and_faults, sites_named, sites_to_read
from variorum.crawler.config.cluster import Cluster
from variorum.crawler.config.site import Site
from variorum.crawler.config.timing import is_paused
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import VariorumError
from variorum.crawler.health.after_run import remarks
from variorum.crawler.health.haste import warn_of_haste
from variorum.crawler.notify.notify import meet_targets, send_news
from variorum.crawler.output import terminal
from variorum.crawler.output.objects import REKEYED, run_object
from variorum.crawler.output.progress import run_progress
from variorum.crawler.output.run_text import KINDS, run_line
from variorum.crawler.run_report import RunReport
from variorum.crawler.runtime.run import note_site_files, run_sites, unread
from variorum.crawler.times import now
from variorum.storage.errors import StoreError
from variorum.storage.recognition import refuse_foreign
from variorum.storage.store import Store

if TYPE_CHECKING:
    from variorum.crawler.cluster.by_hand import AskedOfHub


def crawl_once(workspace: Workspace, names: tuple[str, ...], *, due: bool, as_json: bool) -> int:
    """The exit code of one crawl of these sites, or of all, after printing the report of each run.

    `due` fetches only pages that are due. Raises VariorumError if nothing can begin.
    """
    chosen = _awake(sites_named(workspace, names, others="not crawled"), names)
    refuse_foreign(workspace.database)
    warn_of_haste(chosen)
    targets = meet_targets(workspace, sites_to_read(workspace))
    runs = _reports(workspace, chosen, full=not due)
    reports = runs + _unread(workspace, names)
    if as_json:
        terminal.json_lines(map(run_object, reports))
    else:
        _print(reports)
    for report in runs:  # the faults of the others were said before
        if waited := run_object(report)["waited"]:
            terminal.note(f"{report.site}: {waited}")
        if report.failed:
            terminal.note(f"{report.site} failed: {report.trouble}")
    for text in remarks(workspace, chosen, reports):
        terminal.note(text)
    if targets and not any(report.reason == "shutdown" for report in reports):
        _send_notifications(workspace)
    return _exit_code(reports)


def _awake(sites: list[Site], names: tuple[str, ...]) -> list[Site]:
    """Return the sites without those that are paused; a site that is named itself is crawled anyway."""
    paused = [site for site in sites if is_paused(site, now())]
    for site in paused:
        what = "paused, and crawled once all the same" if site.name in names else "paused, and not crawled"
        terminal.note(f"{site.name}: {what}; `variorum resume {site.name}` ends the pause")
    return [site for site in sites if site not in paused or site.name in names]


def _reports(workspace: Workspace, sites: list[Site], *, full: bool) -> list[RunReport]:
    """Return the reports of runs here and, in a cluster, of those that workers carry out."""
    wait = _by_workers(workspace.cluster, sites, full) if workspace.cluster else None
    theirs = wait.sites if wait else []
    here = [site for site in sites if site not in theirs]
    found = []
    if here:
        with run_progress() as on_event:
            found = asyncio.run(run_sites(workspace, here, full=full, on_event=on_event))
    return found + wait.reports() if wait else found


def _by_workers(cluster: Cluster, sites: list[Site], full: bool) -> AskedOfHub | None:
    """Let the workers of a cluster crawl those of the sites that they can; None if there is no hub."""
    from variorum.crawler.cluster.by_hand import ask  # noqa: PLC0415 - few have a cluster

    try:
        asked = ask(cluster, sites, full=full)
    except VariorumError as error:
        terminal.note(f"crawled here and by no worker: {error}")
        return None
    if asked.sites:
        names = ", ".join(site.name for site in asked.sites)
        terminal.note(f"crawled by workers: {names}; `variorum status` shows how far they are")
    for site in sites:
        if site not in asked.sites:
            terminal.note(f"{site.name}: no worker is there for it, so it is crawled here")
    return asked


def _unread(workspace: Workspace, names: tuple[str, ...]) -> list[RunReport]:
    """Return reports of the sites whose files can't be read, and raise an issue for each."""
    sites = sites_and_faults(workspace, names_of(workspace, names))
    with suppress(StoreError), closing(Store.open(workspace.database)) as store:  # the runs have reported it
        note_site_files(store, sites)
    return unread(sites)


def _send_notifications(workspace: Workspace) -> None:
    """Send the notifications that are due; one that can't be sent waits, and does not fail the crawl."""
    try:
        messages = send_news(workspace, sites_to_read(workspace), patient=True)
    except VariorumError as error:
        terminal.note(f"notifications wait: {error}")
        return
    for one in messages:
        trouble = f"not sent: {one.trouble}; `variorum notify` tries again" if one.trouble else one.title
        terminal.note(f"{one.target}: {trouble}")


def _print(reports: list[RunReport]) -> None:
    for report in reports:
        numbers = run_object(report)
        terminal.line(run_line(replace(report, failed=False)))
        if anew := terminal.counts({name: numbers[name] for name in REKEYED}):
            terminal.note(f"{report.site}: other rules in its file gave new page addresses: {anew} pages")
    if any(run_object(report)[kind] for report in reports for kind in KINDS):
        terminal.note("Next: variorum changes")


def _exit_code(reports: list[RunReport]) -> int:
    if any(report.failed for report in reports):
        return 1
    return 130 if any(report.reason == "shutdown" for report in reports) else 0
