"""The crawl frontier of one run: stores what sources list, and gives the pages to fetch next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urljoin

from variorum.crawler.classification.outcome import Context, Outcome, judge
from variorum.crawler.classification.response import fingerprint
from variorum.crawler.config.site import Site
from variorum.crawler.config.timing import LONGEST_JITTER
from variorum.crawler.fetch_result import DiscoveredUrl, FetchResult
from variorum.crawler.frontier import PageRequest, SourceState
from variorum.crawler.times import iso, now, parse
from variorum.crawler.tracking.discovery import Discovery, batches
from variorum.crawler.tracking.revisits import Revisits
from variorum.crawler.tracking.visit_queue import VisitQueue
from variorum.storage.bodies import digest_of
from variorum.storage.rows import PageRow, Values
from variorum.storage.store import Store

BATCH = 500
WHOLE_EVERY = timedelta(hours=24)
NOT_FOUND_EVERY = timedelta(days=30)
OK = 200
BUDGET_DAY = timedelta(days=1) - LONGEST_JITTER
"""Runs that started in this time count against the budget of a day: less than a day, since the next run may
start so much earlier in the day than the last one, and would find nothing left."""
CONCLUSIVE = {Outcome.ok, Outcome.gone, Outcome.soft_404}
"""Outcomes that show how a site answers for a URL that does not exist."""


class RunFrontier:
    """The frontier of one run, kept in the store. A `full` run may fetch every known page."""

    def __init__(self, store: Store, site: Site, run: int, started: datetime, *, full: bool) -> None:
        self.store, self.site, self.run, self.started = store, site, run, started
        self.requests: Callable[[], int] = lambda: 0
        """Returns the number of requests made in this run so far."""
        day_ago = iso(started - BUDGET_DAY)
        self.budget = site.budget - store.requests_since(site.name, day_ago)
        self.batch = BATCH
        """How many requests are given at a time."""
        self.revisits = Revisits(store, site, started)
        self.queue = VisitQueue(store, site.name, run, self.revisits, full=full)
        self._discovery = Discovery(store, site, run, iso(started), self.queue)
        self._again: list[PageRequest] = []
        self.on_planned: Callable[[], None] | None = None
        """Called once, when the sources are read and the first pages are chosen."""
        self._source_troubles: dict[str, str] = {}

    # ---- the protocol of spiders (variorum.crawler.frontier.Frontier)

    def not_found_probe(self) -> str | None:
        """A URL that does not exist, fetched once a month to learn the site's "not found" page; else None."""
        probed = self.store.site(self.site.name).not_found_at
        if probed and self.started - parse(probed) < NOT_FOUND_EVERY:
            return None
        return urljoin(self.site.url, f"variorum-{digest_of(self.site.url.encode())[:12]}-no-such-page/")

    def save_not_found(self, fetched: FetchResult) -> None:
        """Store how the site answers for it, whatever the status; errors are ignored."""
        if judge(fetched, Context("", "")).outcome not in CONCLUSIVE:
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
        self._discovery.add(listed, iso(now()))

    def source_state(self, address: str) -> SourceState:
        """The state of the source at that address as last stored; all None where it was never read."""
        row = self.store.source(self.site.name, address)
        if row is None:
            return SourceState()
        return SourceState(
            row.read_at, row.enumerated_at, row.entries, row.cursor, row.etag, row.last_modified
        )

    def is_stale(self, state: SourceState) -> bool:
        """Whether the source is due to be read completely again, which happens once a day."""
        return is_stale(state, self.started)

    def save_source(self, kind: str, address: str, state: SourceState) -> None:
        """Store the state of a source after reading it."""
        row = self.store.source(self.site.name, address)
        before = row.enumerated_run if row else None
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
        for pages in batches(self.store.no_longer_listed(self.site.name, kind, self.run)):
            with self.store.writing():
                for page in pages:
                    self.store.update_page(page, {"stale_since": iso(now()), "stale_by": None})
                    self.queue.report_left(page)

    def report_source(self, kind: str, message: str) -> None:
        """Keep the message until the end of the run, since a site that fails as a whole is one issue."""
        self._source_troubles[kind] = message

    def next_requests(self) -> Sequence[PageRequest]:
        """The next pages to fetch: those that are due, and those never fetched, as far as the budget goes."""
        planned, self.on_planned = self.on_planned, None
        if planned:
            self.queue.plan(self.requests_left())
            planned()
        again, self._again = self._again, []
        self.revisits.save()
        pages: list[PageRow] = []
        while not pages and (chosen := self._chosen()):
            pages = self.store.some_pages(chosen)
        return again + [_page_request(page) for page in pages]

    def budget_exhausted(self) -> bool:
        """Whether the daily request budget is used up."""
        return self.requests_left() <= 0

    def requests_left(self) -> int:
        """The number of requests left in the daily budget."""
        return max(0, self.budget - self.requests())

    def pages_left(self, done: int) -> int:
        """How many pages the run may still fetch, as far as it knows now, after so many are done."""
        self.queue.plan(self.requests_left())
        return max(0, self.queue.known() - done)

    # ---- what the recording asks and tells

    def raise_issue(self, about: str, message: str) -> None:
        """Raise an issue of this site, or close it if the message is empty."""
        if message:
            self.store.raise_issue(self.site.name, about, message, iso(now()))
        else:
            self.store.close_issue(self.site.name, about, iso(now()))

    def raise_source_issues(self) -> None:
        """Raise or close an issue for each kind of source that was read."""
        for kind, message in self._source_troubles.items():
            self.raise_issue(f"{kind} source", message)

    def page(self, url: str) -> PageRow:
        """The stored page of a URL; a new one if none is known. Waits for no lock if it is known."""
        if found := self._discovery.find(url):
            return found
        with self.store.writing():
            return self._discovery.page_of(DiscoveredUrl(url, "links"), iso(now()))

    def mark_fetched(self, page: int) -> None:
        """Record that the run has fetched the page, so that it is not fetched again."""
        self.queue.mark_fetched(page)

    def record_yield(self, page: PageRow) -> None:
        """Record what the first fetch of a page yielded, to recognise crawler traps."""
        self._discovery.record_yield(page)

    def trap_summary(self) -> str:
        """The message of the issue of crawler traps whose URLs this run did not follow; empty for none."""
        return self._discovery.trap_summary()

    def fetched_all_live(self) -> bool:
        """Whether this run has fetched every live page."""
        return self.queue.fetched_all(self.store.live_pages(self.site.name))

    def request_again(self, page: PageRow) -> None:
        """Request the page once more in this run, without validators."""
        self.queue.mark_fetched(page.id)
        self._again.append(PageRequest(page.url, part_count=page.part_count))

    def has_requested(self, page: int) -> bool:
        """Whether this run has fetched the page, or is about to."""
        return self.queue.is_fetched(page)

    def is_no_longer_listed(self, page: PageRow) -> bool:
        """Whether a source that this run has read from end to end no longer lists the page."""
        return self.queue.has_left(page.id)

    # ---- inside

    def _chosen(self) -> list[int]:
        return self.queue.take(self.batch, left=self.requests_left())


def is_stale(state: SourceState, started: datetime) -> bool:
    """Whether a source is due to be read completely again in a run that started then."""
    return state.enumerated_at is None or started - parse(state.enumerated_at) >= WHOLE_EVERY


def _page_request(page: PageRow) -> PageRequest:
    if page.listed_url:
        return PageRequest(page.listed_url, part_count=page.part_count)
    if page.state != "live":
        return PageRequest(page.url, part_count=page.part_count)
    return PageRequest(page.url, page.etag, page.last_modified, page.part_count)
