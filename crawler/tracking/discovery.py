"""Stores the URLs that sources list: as pages, with what the source states about each. Crawler traps are
skipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

from variorum.crawler.config.site import Site
from variorum.crawler.dates import sound_date
from variorum.crawler.fetch_result import DiscoveredUrl
from variorum.crawler.tracking.visit_queue import VisitQueue
from variorum.crawler.urls.canonical import canonical, in_scope, is_asset, key, trap
from variorum.crawler.urls.patterns import UrlPatterns, shape
from variorum.storage.rows import PageRow, Values
from variorum.storage.store import Store

Some = TypeVar("Some")

IN_ONE_TRANSACTION = 50
"""The number of listed pages stored in one transaction; few, so that other sites' runs need not wait."""
MOST_SHAPES, LONGEST_SHAPE = 5, 100  # of traps listed in the message


class Discovery:
    """What sources list in one run. Times are those of the store: UTC, ISO 8601 with Z."""

    def __init__(self, store: Store, site: Site, run: int, started: str, queue: VisitQueue) -> None:
        self._store, self._site, self._run, self._started = store, site, run, started
        self._queue = queue
        self._noted: set[tuple[str, str]] = set()
        self._trapped: Counter[str] = Counter()

    @cached_property
    def _shapes(self) -> UrlPatterns:
        """What the URL patterns of the site have yielded; read when the first link is to be judged."""
        shapes = UrlPatterns()
        for url, words, text_digest, found_on in self._store.fetched_addresses(self._site.name):
            shapes.add(url, words, text_digest)
            if found_on:
                shapes.led(found_on, url)
        return shapes

    def add(self, listed: Sequence[DiscoveredUrl], at: str) -> None:
        """Store the pages that a source lists; report those that it shows to be out of date."""
        listed = [self._soundly_dated(one) for one in listed]
        pages: list[tuple[PageRow, DiscoveredUrl]] = []
        for some in batches([one for one in listed if self._is_news(one)]):
            with self._store.writing():
                pages += [(self.page_of(one, at), one) for one in some]
        dates = (self._store.listed_date(page.id, one.source) for page, one in pages)
        stale = [_shows_change(page, one, date) for (page, one), date in zip(pages, dates, strict=True)]
        believed = not _is_implausible(stale, listed)
        for batch in batches(list(zip(pages, stale, strict=True))):
            with self._store.writing():
                for (page, one), is_stale in batch:
                    self._keep(page, one, at if is_stale and believed else None)

    def find(self, url: str) -> PageRow | None:
        """The stored page of a URL."""
        return self._store.find(self._site.name, key(canonical(url, self._site), self._site))

    def page_of(self, one: DiscoveredUrl, at: str) -> PageRow:
        """The listed page, found by its URL or by the site's own id of it; else a new one."""
        url = canonical(one.url, self._site)
        name, known_as = self._site.name, key(url, self._site)
        if page := self._store.find_exactly(name, known_as):
            return page
        if one.source_id and (page := self._store.find_by_source_id(name, one.source_id)):
            self._store.add_address(name, known_as, page.id)
            self._queue.report(page.id)
            return self._store.update_page(page.id, {"listed_url": url, "stale_since": at, "stale_by": None})
        return self._new_page(url, known_as, one, at)

    def record_yield(self, page: PageRow) -> None:
        """Record what the first fetch of a page yielded, to recognise crawler traps."""
        if page.state == "live" and "_shapes" in self.__dict__:  # else it is read with the others
            version = self._store.last_version(page.id)
            self._shapes.add(page.url, version.words if version else None, page.text_digest)

    def trap_summary(self) -> str:
        """The message of the issue of crawler traps whose URLs this run did not follow; empty for none."""
        most = self._trapped.most_common(MOST_SHAPES)
        named = ", ".join(f"{count} like {form}" for form, count in most)
        if not named:
            return ""
        return (
            f"crawler trap: {named} not followed. If no page is missing, add them to `exclude` in the "
            "site file to close this issue."
        )

    # ---- inside

    def _soundly_dated(self, one: DiscoveredUrl) -> DiscoveredUrl:
        """The same with its dates in the form of `variorum.crawler.dates`; dates in the future are
        dropped."""
        if not (one.published or one.modified):
            return one
        zone, at = self._site.zone, self._started
        return replace(
            one,
            published=sound_date(one.published, zone, seen_at=at),
            modified=sound_date(one.modified, zone, seen_at=at),
        )

    def _is_news(self, one: DiscoveredUrl) -> bool:
        """Whether it belongs to the site, is no trap, and is new from this source in this run."""
        if not in_scope(one.url, self._site) or is_asset(one.url):
            return False
        listing = (key(one.url, self._site), one.source)
        if listing in self._noted:
            return False
        self._noted.add(listing)
        trapped = self._trap(one, listing[0])
        if trapped:
            self._trapped[trapped] += 1
        return not trapped

    def _trap(self, one: DiscoveredUrl, known_as: str) -> str | None:
        """The URL pattern of a crawler trap: endless by itself, or new and of a barren pattern; else None."""
        if endless := trap(canonical(one.url, self._site)):
            return f"{shape(one.url)[:LONGEST_SHAPE]} ({endless})"
        if one.source != "links" or not self._shapes.is_barren(one.url):
            return None
        return None if self._store.find(self._site.name, known_as) else shape(one.url)

    def _new_page(self, url: str, known_as: str, one: DiscoveredUrl, at: str) -> PageRow:
        found_on = canonical(one.on, self._site) if one.on else None
        if found_on and "_shapes" in self.__dict__:
            self._shapes.led(found_on, url)
        values: Values = {
            "site": self._site.name,
            "url": url,
            "source_id": one.source_id,
            "found_at": at,
            "found_by": one.source,
            "found_on": found_on,
            "found_run": self._run,
            "published": one.published,
            "published_by": "listed" if one.published else None,
            "modified": one.modified,
            "source_text_digest": one.source_text_digest,
            "part_count": one.part_count,
        }
        page = self._store.add_page(values, known_as)
        self._queue.forget(page.id)
        if found_on:
            self._queue.note_found(found_on)
        return page

    def _keep(self, page: PageRow, one: DiscoveredUrl, stale_since: str | None) -> None:
        """Store what the source says of the page; `stale_since` where it shows our copy to be out of date."""
        values = _listed_values(page, one)
        if stale_since:
            values |= {"stale_since": stale_since, "stale_by": one.source}
            self._queue.report(page.id)
        elif one.source_text_digest:
            self._queue.witness(page.id)
        if any(getattr(page, name) != value for name, value in values.items()):
            self._store.update_page(page.id, values)
        self._store.list_page(page.id, one.source, self._run, one.modified)


def batches(some: Sequence[Some]) -> Iterator[Sequence[Some]]:
    """The same in parts that are each stored in one transaction."""
    return (some[at : at + IN_ONE_TRANSACTION] for at in range(0, len(some), IN_ONE_TRANSACTION))


def _listed_values(page: PageRow, one: DiscoveredUrl) -> Values:
    """The columns of the page that the source knows."""
    values: Values = {
        n: v for n in ("source_id", "published", "source_text_digest") if (v := getattr(one, n))
    }
    if one.published:
        values["published_by"] = "listed"
    if one.modified and (one.source_id or not page.source_id):
        values["modified"] = one.modified  # an API that knows the page by its id dates it best
    if one.source_text_digest:  # such a source knows the whole text
        values["part_count"] = one.part_count
    return values


def _shows_change(page: PageRow, one: DiscoveredUrl, dated: str | None) -> bool:
    """Whether the source shows that our copy is out of date; `dated` is its earlier date of the page."""
    if page.checked_at is None:
        return False
    if page.state in ("gone", "missing") and one.source in ("wordpress", "sitemap", "feed"):
        return True
    if (
        one.source_text_digest
        and page.source_text_digest
        and one.source_text_digest != page.source_text_digest
    ):
        return True
    return bool(one.modified and dated and one.modified > dated)


def _is_implausible(stale: list[bool], listed: Sequence[DiscoveredUrl]) -> bool:
    """Whether a source reports most pages as changed at once, by dates alone: then its dates mean nothing."""
    return sum(stale) > max(10, len(stale) / 2) and not any(one.source_text_digest for one in listed)
