"""What to say of runs that have just ended: what is left and when it goes on, and what was not kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import timedelta
from itertools import islice

from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.health.page_list import why_not_kept
from variorum.crawler.output.terminal import quantity
from variorum.crawler.run_report import RunReport
from variorum.crawler.times import iso, now, parse
from variorum.storage.queries.page_list import found_in_run
from variorum.storage.reader import Reader

MOST_REASONS = 10
"""The most lines on pages that were not kept."""


def remarks(workspace: Workspace, sites: Iterable[Site], reports: Iterable[RunReport]) -> Iterator[str]:
    """The remarks on these runs, a line each."""
    by_name = {site.name: site for site in sites}
    runs = [(by_name[report.site], report) for report in reports if report.counts.get("run")]
    if not runs:
        return
    with closing(Reader.open(workspace.database)) as reader:
        for site, report in runs:
            yield from _left(reader, site, report)
            yield from _not_kept(reader, site, report)
            yield from _forbidden(report)


def _left(reader: Reader, site: Site, report: RunReport) -> Iterator[str]:
    """What a run has left that stopped at the budget, and when there are requests again."""
    if report.reason != "budget":
        return
    begun = reader.first_run_since(site.name, iso(now() - timedelta(days=1)))
    again = iso(parse(begun) + timedelta(days=1)) if begun else "now"
    left, waiting = report.counts.get("left", 0), reader.status(site.name)["waiting"]
    never = f", {waiting:,} of them never so far" if waiting else ""
    what = f"{quantity(left, 'page')} not fetched in this run{never}" if left else "it may have more pages"
    yield (
        f"{site.name}: {what}. Requests are left again from {again} on; `variorum watch` goes on by itself"
    )


def _not_kept(reader: Reader, site: Site, report: RunReport) -> Iterator[str]:
    """Which pages the run has found and fetched and not kept, by the reason.

    Lists of pages are named only where there is nothing else, and of many reasons the first ones.
    """
    any_kept = report.counts.get("baseline") or report.counts.get("new")
    pages: dict[str, list[str]] = {}
    for page in found_in_run(reader, report.counts["run"]):
        reason = why_not_kept(page, site)
        if reason and page.outcome != "robots" and not (any_kept and page.kind == "listing"):
            pages.setdefault(reason, []).append(page.url)
    for reason, urls in islice(pages.items(), MOST_REASONS):
        others = f" and {quantity(len(urls) - 1, 'other')}" if len(urls) > 1 else ""
        yield f"{site.name}: fetched and not kept: {urls[0]}{others}: {reason}"
    if more := sum(map(len, islice(pages.values(), MOST_REASONS, None))):
        see = f"see `variorum pages {site.name} --not-kept`"
        yield f"{site.name}: fetched and not kept: {quantity(more, 'other')}, {see}"


def _forbidden(report: RunReport) -> Iterator[str]:
    """How many URLs the run did not request because of robots.txt, with one example."""
    if (count := report.counts["forbidden"]) and not report.failed:
        example = report.counts["forbidden_example"].removeprefix("robots: ")
        like = "" if count == 1 else ", for example"
        yield f"{report.site}: {quantity(count, 'URL')} not requested because of robots.txt{like}: {example}"
