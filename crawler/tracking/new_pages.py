"""Decides whether a page seen for the first time is new, or is older than the watch of its site."""

from __future__ import annotations

from datetime import date, timedelta

from variorum.crawler.dates import span
from variorum.crawler.extraction.extract import Extract
from variorum.crawler.times import parse
from variorum.crawler.tracking.records import published as record_published
from variorum.storage.rows import PageRow
from variorum.storage.store import Store

ZONES = timedelta(days=1)
"""A date without a time is the site's local day, which may be yesterday's in UTC."""


def is_new(store: Store, page: PageRow, extract: Extract, run: int, seen_at: str) -> bool:
    """Whether the page was published since the site is watched; pages that existed before are not new.

    This is certain if a source that lists whole sites was read completely before, without this page, or if
    the page's date of publication lies after the start of the watch and before the page was seen. A page
    without a date that links or a feed lead to is new once a run has followed all of them.
    """
    since = store.known_since(page)
    if since is None:
        return False
    published = publication(page, extract)
    if published and published_between(published, since, seen_at):
        return True
    if page.found_run != run or not store.has_earlier_run(page.site, run):
        return False
    if store.listed_late(page, run):
        return True
    dated_before = published is not None and _day(published) < _day(since) - ZONES
    return store.has_whole_run(page.site, run) and not dated_before


def publication(page: PageRow, extract: Extract) -> str | None:
    """The date of publication that the site gives; none that was only found on the page."""
    known = record_published(page, extract)
    return None if known["published_by"] == "found" else known["published"]


def published_between(published: str, since: str, seen_at: str) -> bool:
    """Whether it was published after the one moment and not after the other, whatever its zone is."""
    return parse(since) < span(published)[0] <= parse(seen_at)


def _day(written: str) -> date:
    return date.fromisoformat(written[:10])
