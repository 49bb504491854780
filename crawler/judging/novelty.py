"""Is a page that is seen for the first time a new one, or was it there before the site was watched?"""

from __future__ import annotations

from datetime import timedelta

from crawler.extract import Extract
from crawler.times import parse
from storage.rows import PageRow
from storage.store import Store

ZONES = timedelta(days=1)
"""A date without a time is the site's local day, which may be yesterday's in UTC."""


def is_new(store: Store, page: PageRow, extract: Extract, run: int) -> bool:
    """Published since the site is watched; what was there before, found in the first run or later, is not.

    Sure where a source that lists whole sites had been read from end to end before, without this page, or
    where the page's publication is dated after the watch began. A page without a date that links or a feed
    lead to is new once a run has followed all of them.
    """
    since = store.site(page.site).watched_since
    published = page.published or extract.published
    if since is None or (published and "T" in published and published > since):
        return since is not None
    if page.found_run != run or not store.has_earlier_run(page.site, run):
        return False
    if store.listed_late(page, run):
        return True
    dated_before = published is not None and parse(published) < parse(since[:10]) - ZONES
    return store.has_whole_run(page.site, run) and not dated_before
