"""The crawl frontier of one run: stores what sources list, and chooses the pages to fetch next."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urljoin

from crawler.classification.outcome import Context, Outcome, judge
from crawler.classification.response import fingerprint
from crawler.config.site import Site
from crawler.dates import sound_date
from crawler.fetch_result import DiscoveredUrl, FetchResult
from crawler.frontier import PageRequest, SourceState
from crawler.revisit.visits import Visit, rank
from crawler.times import iso, now, parse
from crawler.urls.canonical import canonical, in_scope, is_asset, key, trap
from crawler.urls.patterns import UrlPatterns, shape
from storage.bodies import digest_of
from storage.rows import PageRow, Values, VisitRow
from storage.store import Store

Some = TypeVar("Some")

BATCH = 500
IN_ONE_TRANSACTION = 50
"""Pages of a source stored in one transaction; few, so that other sites' runs need not wait."""
WHOLE_EVERY = timedelta(hours=24)
NOT_FOUND_EVERY = timedelta(days=30)
OK = 200
TELLING = {Outcome.ok, Outcome.gone, Outcome.soft_404}
"""Outcomes that show how a site answers for a URL that does not exist."""
MOST_SHAPES, LONGEST_SHAPE = 5, 100  # of traps listed in the message
FILL = 20  # a scheduled run looks at this many pages at least, so that a small site is read whole


class RunFrontier:
    """The frontier of one run, kept in the store. A `full` run may fetch every known page."""

    def __init__(self, store: Store, site: Site, run: int, started: datetime, *, full: bool) -> None:
        self.store, self.site, self.run, self.started = store, site, run, started
        self.requests: Callable[[], int] = lambda: 0
        """Returns the number of requests made in this run so far."""
        day_ago = iso(started - timedelta(days=1))
        self.budget = site.budget - store.requests_since(site.name, day_ago)
        self.fill = self.budget if full else FILL
        self._tried: set[int] = set()
        self._witnessed: set[int] = set()
        self._again: list[PageRequest] = []
        self._shapes = _shapes(store, site.name)
        self._trapped: Counter[str] = Counter()
        self._left: set[int] = set()
        self._due: deque[int] | None = (
            None  # None until it is planned, and again after a source reports a change
        )
        self._others: deque[int] = deque()
        self._missing: set[int] = set()
        self.batch = BATCH
        """How many requests are given at a time."""
        self._noted: set[tuple[str, str]] = set()
        self._source_troubles: dict[str, str] = {}

    # ---- the protocol of spiders (crawler.frontier.Frontier)

    def not_found_probe(self) -> str | None:
        """A URL that does not exist, fetched once a month to learn the site's "not found" page; else None."""
        probed = self.store.site(self.site.name).not_found_at
        if probed and self.started - parse(probed) < NOT_FOUND_EVERY:
            return None
        return urljoin(self.site.url, f"variorum-{digest_of(self.site.url.encode())[:12]}-no-such-page/")

    def save_not_found(self, fetched: FetchResult) -> None:
        """Store how the site answers for it, with status 200 or without; ignore errors."""
        if judge(fetched, Context("", "")).outcome not in TELLING:
            return
        seen = fingerprint(fetched) if fetched.status == OK else None
        values: Values = {
            "not_found_at": fetched.fetched_at,
            "not_found_title": seen.title if seen else None,
            "not_found_digest": seen.digest if seen else None,
        }
        self.store.know_not_found(self.site.name, values)

    def add_discovered(self, listed: Sequence[DiscoveredUrl]) -> None:
        """Store the pages that a source lists; mark as stale those that it shows to be out of date."""
        listed = [self._soundly_dated(one) for one in listed]
        pages: list[tuple[PageRow, DiscoveredUrl]] = []
        for some in _batches([one for one in listed if self._is_news(one)]):
            with self.store.writing():
                pages += [(self._page_of(one), one) for one in some]
        dates = (self.store.listed_date(page.id, one.source) for page, one in pages)
        stale = [_shows_change(page, one, date) for (page, one), date in zip(pages, dates, strict=True)]
        believed = not _is_implausible(stale, listed)
        for batch in _batches(list(zip(pages, stale, strict=True))):
            with self.store.writing():
                for (page, one), is_stale in batch:
                    self._keep(page, one, stale=is_stale and believed)

    def source_state(self, address: str) -> SourceState:
        """The state of the source at that address as last stored; all None where it was never read."""
        for row in self.store.sources(self.site.name):
            if row.address == address:
                return SourceState(
                    row.read_at, row.enumerated_at, row.entries, row.cursor, row.etag, row.last_modified
                )
        return SourceState()

    def is_stale(self, state: SourceState) -> bool:
        """Whether the source is due to be read from end to end again, which it is once a day."""
        return state.enumerated_at is None or self.started - parse(state.enumerated_at) >= WHOLE_EVERY

    def save_source(self, kind: str, address: str, state: SourceState) -> None:
        """Store the state of a source after reading it."""
        before = {row.address: row.enumerated_run for row in self.store.sources(self.site.name)}.get(address)
        values: Values = {
            "kind": kind,
            "read_at": state.read_at,
            "enumerated_at": state.enumerated_at,
            "entries": state.entries,
            "cursor": state.cursor,
            "etag": state.etag,
            "last_modified": state.last_modified,
            "enumerated_run": before or (self.run if state.enumerated_at else None),
        }
        self.store.save_source(self.site.name, address, values)

    def mark_enumerated(self, kind: str) -> None:
        """Request the pages that sources of this kind listed before and do not list now."""
        for pages in _batches(self.store.no_longer_listed(self.site.name, kind, self.run)):
            with self.store.writing():
                for page in pages:
                    self.store.update_page(page.id, {"stale_since": iso(now())})
                    self._left.add(page.id)
                    self._due = None

    def report_source(self, kind: str, message: str) -> None:
        """Keep the message for the end of the run, since a site that fails as a whole is one issue."""
        self._source_troubles[kind] = message

    def next_requests(self) -> Sequence[PageRequest]:
        """The next pages to fetch: those that are due, and those never fetched, as far as the budget goes."""
        again, self._again = self._again, []
        pages: list[PageRow] = []
        while not pages and (chosen := self._chosen()):
            self._tried.update(chosen)
            pages = self.store.some_pages(chosen)
        return again + [_page_request(page) for page in pages]

    def budget_exhausted(self) -> bool:
        """Whether the daily request budget is used up."""
        return self.requests_left() <= 0

    def requests_left(self) -> int:
        """The number of requests left in the daily budget."""
        return max(0, self.budget - self.requests())

    # ---- what the recording asks and tells

    def raise_issue(self, about: str, message: str) -> None:
        """Raise an issue of this site, or close it where the message is empty."""
        if message:
            self.store.raise_issue(self.site.name, about, message, iso(now()))
        else:
            self.store.close_issue(self.site.name, about, iso(now()))

    def raise_source_issues(self) -> None:
        """Raise or close an issue for each kind of source that was read."""
        for kind, message in self._source_troubles.items():
            self.raise_issue(f"{kind} source", message)

    def page(self, url: str) -> PageRow:
        """The stored page of a URL; a new one where none is known. Waits for no lock if it is known."""
        if found := self.store.find(self.site.name, key(canonical(url, self.site), self.site)):
            return found
        with self.store.writing():
            return self._page_of(DiscoveredUrl(url, "links"))

    def mark_fetched(self, page: int) -> None:
        """Record that the run has fetched the page, so that it is not fetched again."""
        self._tried.add(page)

    def record_yield(self, page: PageRow) -> None:
        """Record what the first fetch of a page yielded, to recognise crawler traps."""
        if page.state == "live":
            version = self.store.last_version(page.id)
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

    def fetched_all_live(self) -> bool:
        """Whether this run has fetched every live page."""
        return all(page in self._tried for page in self.store.live_pages(self.site.name))

    def request_again(self, page: PageRow) -> None:
        """Request the page once more in this run, without validators."""
        self._tried.add(page.id)
        self._again.append(PageRequest(page.url, part_count=page.part_count))

    def has_requested(self, page: int) -> bool:
        """Whether this run has fetched the page, or is about to."""
        return page in self._tried

    def is_no_longer_listed(self, page: PageRow) -> bool:
        """Whether a source that this run has read from end to end no longer lists the page."""
        return page.id in self._left

    # ---- inside

    def _chosen(self) -> list[int]:
        """The pages to fetch next.

        Missing pages come first and alone: their fate must be known before new pages are read. Then follow
        never fetched, those that are due, and others, until the run has looked at as many as it should.
        """
        left = self.requests_left()
        if self._due is None:
            self._plan(left)
        assert self._due is not None
        if missing := [page for page in self._due if page in self._missing and page not in self._tried]:
            return missing[:left]
        room = min(left, self.batch)
        waiting = self.store.never_fetched(self.site.name, room + len(self._tried))
        chosen = [page for page in waiting if page not in self._tried][:room]
        chosen += _taken(self._due, self._tried, room - len(chosen))
        unfilled = self.fill - len(self._tried) - len(chosen)
        return chosen + _taken(self._others, self._tried, min(room - len(chosen), unfilled))

    def _plan(self, most: int) -> None:
        """Order the pages that were fetched before, after the sources were read."""
        visits = (self._visit(row) for row in self.store.visits(self.site.name) if row.id not in self._tried)
        due, others = rank(self._remembering(visits), self.started, most=most)
        self._due, self._others = deque(due), deque(others)

    def _remembering(self, visits: Iterable[Visit]) -> Iterator[Visit]:
        self._missing.clear()
        for visit in visits:
            if visit.missing:
                self._missing.add(visit.page)
            yield visit

    def _soundly_dated(self, one: DiscoveredUrl) -> DiscoveredUrl:
        """The same with its dates in a form of `crawler.dates`; dates in the future are dropped."""
        if not (one.published or one.modified):
            return one
        zone, at = self.site.zone, iso(self.started)
        return replace(
            one,
            published=sound_date(one.published, zone, seen_at=at),
            modified=sound_date(one.modified, zone, seen_at=at),
        )

    def _visit(self, page: VisitRow) -> Visit:
        missing = page.id in self._left or (page.state == "missing" and page.missing_run != self.run)
        return visit_of(page, missing=missing, witnessed=page.id in self._witnessed)

    def _is_news(self, one: DiscoveredUrl) -> bool:
        """Whether it belongs to the site, is no trap, and is new from this source in this run."""
        if not in_scope(one.url, self.site) or is_asset(one.url):
            return False
        listing = (key(one.url, self.site), one.source)
        if listing in self._noted:
            return False
        self._noted.add(listing)
        trapped = self._trap(one, listing[0])
        if trapped:
            self._trapped[trapped] += 1
        return not trapped

    def _trap(self, one: DiscoveredUrl, known_as: str) -> str | None:
        """The URL pattern of a crawler trap: endless by itself, or new and of a barren pattern; else None."""
        if endless := trap(canonical(one.url, self.site)):
            return f"{shape(one.url)[:LONGEST_SHAPE]} ({endless})"
        if one.source != "links" or not self._shapes.is_barren(one.url):
            return None
        return None if self.store.find(self.site.name, known_as) else shape(one.url)

    def _page_of(self, one: DiscoveredUrl) -> PageRow:
        """The listed page, found by its URL or by the site's own id of it; else a new one."""
        url = canonical(one.url, self.site)
        page = self.store.find_exactly(self.site.name, key(url, self.site))
        if (
            page is None
            and one.source_id
            and (page := self.store.find_by_source_id(self.site.name, one.source_id))
        ):
            self.store.add_address(self.site.name, key(url, self.site), page.id)
            self._due = None
            return self.store.update_page(page.id, {"listed_url": url, "stale_since": iso(now())})
        return page or self._new_page(url, one)

    def _new_page(self, url: str, one: DiscoveredUrl) -> PageRow:
        found_on = canonical(one.on, self.site) if one.on else None
        if found_on:
            self._shapes.led(found_on, url)
        values: Values = {
            "site": self.site.name,
            "url": url,
            "source_id": one.source_id,
            "found_at": iso(now()),
            "found_by": one.source,
            "found_on": found_on,
            "found_run": self.run,
            "published": one.published,
            "published_by": "listed" if one.published else None,
            "modified": one.modified,
            "source_text_digest": one.source_text_digest,
            "part_count": one.part_count,
        }
        page = self.store.add_page(values, key(url, self.site))
        for numbers in (self._tried, self._witnessed, self._left):
            numbers.discard(page.id)  # SQLite gives the number of a page that was merged away once more
        return page

    def _keep(self, page: PageRow, one: DiscoveredUrl, *, stale: bool) -> None:
        values: Values = {
            n: v for n in ("source_id", "published", "source_text_digest") if (v := getattr(one, n))
        }
        if one.published:
            values["published_by"] = "listed"
        if one.modified and (
            one.source_id or not page.source_id
        ):  # an API that knows the page by its id dates it best
            values["modified"] = one.modified
        if one.source_text_digest:  # such a source knows the whole text
            values["part_count"] = one.part_count
        if stale:
            values["stale_since"] = iso(now())
            self._due = None
        elif one.source_text_digest:
            self._witnessed.add(page.id)
        if any(getattr(page, name) != value for name, value in values.items()):
            self.store.update_page(page.id, values)
        self.store.list_page(page.id, one.source, self.run, one.modified)


def _taken(waiting: deque[int], tried: set[int], room: int) -> list[int]:
    """At most `room` of the first waiting pages that were not tried; they are removed from `waiting`."""
    found: list[int] = []
    while waiting and len(found) < room:
        page = waiting.popleft()
        if page not in tried:
            found.append(page)
    return found


def _batches(some: Sequence[Some]) -> Iterator[Sequence[Some]]:
    return (some[at : at + IN_ONE_TRANSACTION] for at in range(0, len(some), IN_ONE_TRANSACTION))


def _shapes(store: Store, site: str) -> UrlPatterns:
    """The URL patterns of the site, with what its fetched pages have yielded so far."""
    shapes = UrlPatterns()
    for url, words, text_digest, found_on in store.fetched_addresses(site):
        shapes.add(url, words, text_digest)
        if found_on:
            shapes.led(found_on, url)
    return shapes


def visit_of(page: PageRow | VisitRow, *, missing: bool, witnessed: bool = False) -> Visit:
    """The facts about a page that `crawler.revisit` needs to plan its next visit."""
    return Visit(
        page=page.id,
        checked_at=_moment(page.checked_at),
        born=parse(min(filter(None, [page.published, page.found_at]))),
        changed_at=_moment(page.changed_at),
        listing=page.kind == "listing",
        missing=missing,
        told=page.stale_since is not None,
        witnessed=witnessed,
    )


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


def _page_request(page: PageRow) -> PageRequest:
    if page.listed_url:
        return PageRequest(page.listed_url, part_count=page.part_count)
    if page.state != "live":
        return PageRequest(page.url, part_count=page.part_count)
    return PageRequest(page.url, page.etag, page.last_modified, page.part_count)


def _moment(text: str | None) -> datetime | None:
    return parse(text) if text else None
