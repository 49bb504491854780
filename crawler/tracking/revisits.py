"""When the pages of a site are fetched again: from what is stored, by the functions of
`variorum.crawler.revisit`."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil, nan
from statistics import median

import msgspec
import numpy as np
from numpy.typing import NDArray

from variorum.crawler.config.site import Site
from variorum.crawler.config.timing import duration, next_run
from variorum.crawler.revisit.budget import Limits, choose, gaps, limits, price, waits
from variorum.crawler.revisit.history import PageHistory, begun, decoded, encoded, evidence_of, evidence_text
from variorum.crawler.revisit.learning import after_visit, hub_after, with_pages
from variorum.crawler.revisit.noise import wants_probe
from variorum.crawler.revisit.rates import Array
from variorum.crawler.revisit.records import Page, SiteRates, Visit
from variorum.crawler.revisit.scores import Pages, columns, scores
from variorum.crawler.revisit.trust import KINDS
from variorum.crawler.times import iso, parse
from variorum.storage.queries.revisits import HistoryRow, Sources, histories, listed_by, sources, visits
from variorum.storage.rows import PageRow, Values, VisitRow
from variorum.storage.store import Store

DAY = 86_400
COVERING = ("wordpress", "sitemap")
"""Kinds of sources that list all pages, so that their silence says something; the best first."""
SMOOTHING = 2
"""A scheduled run makes this many times its share of the day's visits at most, so that some are left."""
LEAST = 20
"""The share of a run, where the day's budget would give it fewer visits."""
FOR_PAGES = 0.2
"""The share of the budget that pages have at least, whatever the sources of the site take."""
WITNESSED_AFTER = 45.0
"""Days after which a page is fetched although a source shows that its text is unchanged."""
AT_ONCE = 500
"""Pages whose first numbers are stored in one transaction."""


@dataclass(frozen=True, slots=True)
class Order:
    """The pages of a site that were fetched before, by need; ids, the most urgent first."""

    missing: list[int]
    """What may be gone: it is looked at first."""
    due: list[int]
    others: list[int]
    """What is not due; without those whose text a source has just shown to be unchanged."""


class Revisits:
    """What the visits of one run teach of a site, and in which order its pages are fetched again."""

    def __init__(self, store: Store, site: Site, started: datetime) -> None:
        self._store, self._site, self._started = store, site, started
        self.rates = decoded(store.site(site.name).rates)
        self._lists: dict[int, tuple[Page, str, float]] = {}
        self._sources = self._read_sources()
        self._yield: Counter[str] = Counter()
        self._usual_gap = 1.0
        self.beyond_budget = ""
        """What of `at_least` the budget does not hold, in words; empty where it is held."""
        if not self.rates.faded_at:
            self._begin()

    # ---- what a run asks

    def order(self, *, run: int, left: set[int], witnessed: set[int], tried: set[int]) -> Order:
        """The order of the pages that were fetched before this run."""
        now = day(self._started)
        self._sources = self._read_sources()
        rows = [row for row in visits(self._store.db.conn, self._site.name) if row.id not in tried]
        missing = [row.id for row in rows if row.id in left or _is_missing(row, run)]
        urgent = [row.id for row in rows if _is_urgent(row) and row.id not in {*missing}]
        present = [row for row in rows if row.state != "gone"]
        plan = plan_of(self._site, self.rates, self._sources, present, now)
        self.rates = with_pages(self.rates, plan.pages)
        self._usual_gap = max(len(present) / plan.limits.budget, 1e-3)
        self.beyond_budget = beyond_budget(self._site, self._sources, len(present))
        by_worth = [present[at] for at in np.argsort(-plan.worth, kind="stable")]
        others = by_worth + [row for row in rows if row.state == "gone"]
        waiting = {row.id for row in others if _waits(row, now)}
        due = [present[at].id for at in plan.due] + [row.id for row in rows if row.state == "gone"]
        shown = {row.id for row in rows if row.id in witnessed and now - _day(row.seen_at) < WITNESSED_AFTER}
        first = {*missing, *urgent}
        due = [page for page in due if page not in waiting | shown | first]
        first.update(due, witnessed)
        return Order(missing, urgent + due, [row.id for row in others if row.id not in first])

    def share(self, full: bool, left: int) -> int:
        """How many visits of pages that were fetched before this run may make, of those left for the day."""
        return left if full else _share(self._site, self._started, left)

    # ---- what a run tells

    def after_visit(self, page: PageRow, at: str, *, changed: bool) -> Values:
        """The columns of a page after a fetch that showed it; changed, if its text differs from before."""
        if page.seen_at is None:
            return {}
        listed = listed_by(self._store.db.conn, page.id)
        before, moment = record_of(page, self._sources, listed), day(parse(at))
        if before.is_hub:
            self._lists[page.id] = before, page.url, moment
            return {}
        visit = Visit(moment, changed, usual_gap=self._usual_gap)
        self.rates, after = after_visit(self.rates, before, visit)
        return _columns(after)

    def note_found(self, found_on: str) -> None:
        """A page led to one that was not known."""
        self._yield[found_on] += 1

    def wants_probe(self, page: PageRow) -> bool:
        """Whether to fetch the page again now: it has changed at each visit, and may differ at each fetch."""
        return wants_probe(record_of(page, self._sources, None))

    def redesigned(self, at: str) -> None:
        """The site has a new design: that its pages changed since they were last seen teaches nothing."""
        self.rates = msgspec.structs.replace(self.rates, redesigned_at=day(parse(at)))

    def save(self) -> None:
        """Store what the visits since the last time have taught."""
        lists, self._lists = self._lists, {}
        with self._store.writing():
            for page, (before, url, moment) in lists.items():
                if moment > before.last:
                    after = hub_after(before, self._yield.pop(url, 0), moment - before.last)
                    self._store.update_page(page, _columns(after))
            self._store.save_rates(self._site.name, encoded(self.rates))

    def save_outlook(self) -> None:
        """Store for `variorum status` how often pages are fetched, and how many fall due."""
        following = next_run(self._site, self._started)
        plan = stored_plan(self._store.db.conn, self._site, encoded(self.rates), following)
        every = longest = None
        if plan.ids:
            gaps = plan.gaps.tolist()
            every, longest = round(median(gaps), 4), round(max(gaps), 4)
        outlook: Values = {"due_pages": len(plan.due), "every_days": every, "longest_days": longest}
        outlook["next_pages"] = min(len(plan.due), _share(self._site, following, self._site.budget))
        self._store.save_outlook(self._site.name, outlook)

    # ---- inside

    def _begin(self) -> None:
        """Start the numbers from what the store knows of checks and changes."""
        rows = list(histories(self._store.db.conn, self._site.name))
        if not rows:
            return
        self.rates, pages = begun([_history(row) for row in rows])
        for begin in range(0, len(rows), AT_ONCE):
            with self._store.writing():
                for row, page in zip(
                    rows[begin : begin + AT_ONCE], pages[begin : begin + AT_ONCE], strict=True
                ):
                    values: Values = {"rate_evidence": evidence_text(page)}
                    self._store.update_page(row.id, values)
        self._store.save_rates(self._site.name, encoded(self.rates))

    def _read_sources(self) -> Sources:
        day_ago = iso(self._started - timedelta(days=1))
        return sources(self._store.db.conn, self._site.name, day_ago)


@dataclass(frozen=True, slots=True)
class Plan:
    """The pages of a site that were fetched before, with what a visit of each is worth now."""

    rates: SiteRates
    ids: Sequence[int]
    records: Sequence[Page]
    pages: Pages
    now: float
    limits: Limits
    price: float
    apart: Limits
    """The limits, with the time between two runs, which is the least between two fetches of a page."""

    @property
    def gaps(self) -> Array:
        """The days from one fetch of each page to the next, as runs begin now and then only."""
        return gaps(self.rates, self.pages, self.now, self.price, self.apart)

    @property
    def worth(self) -> Array:
        """The score of each page."""
        return scores(self.rates, self.pages, self.now)

    @property
    def waited(self) -> Array:
        """The days since each page was seen; up to `WITNESSED_AFTER`, since a source showed its text."""
        since_seen = self.now - self.pages.last
        swept = (self.pages.covered_by == KINDS.index("wordpress")) & (self.pages.announced_by == 0)
        shown = swept & (since_seen < WITNESSED_AFTER)
        waited = np.where(shown, np.minimum(since_seen, self.now - self.pages.covered_until), since_seen)
        # What a source announces need not wait, however lately the page was seen.
        return np.where(self.pages.announced_by > 0, np.maximum(waited, self.limits.floor), waited)

    @property
    def due(self) -> NDArray[np.int64]:
        """The places of the pages that are due, the most urgent first."""
        return choose(self.worth, self.waited, self.price, self.limits)


def plan_of(
    site: Site, rates: SiteRates, sources: Sources, rows: Sequence[VisitRow], now: float, budget: float = 0
) -> Plan:
    """What a visit of each of these pages is worth, and the price that the budget of the site sets.

    `budget`, where it is given, takes the place of that of the site's file.
    """
    total = budget or float(site.budget)
    records = [record_of(row, sources, row.listed_by) for row in rows]
    pages = columns(records)
    left = pages_budget(total, sources)
    ceiling = ceiling_of(site)
    bounds = limits(left, len(rows), ceiling if ceiling and len(rows) / ceiling <= left else None)
    apart = replace(bounds, floor=max(bounds.floor, between_runs(site, now)))
    worth = price(rates, pages, now, apart) if rows else 0.0
    return Plan(rates, [row.id for row in rows], records, pages, now, bounds, worth, apart)


def between_runs(site: Site, now: float) -> float:
    """Days from the next run of the site to the one after it: no page is fetched more often."""
    first = next_run(site, datetime.fromtimestamp(now * DAY, UTC))
    return (next_run(site, first) - first).total_seconds() / DAY


def _share(site: Site, started: datetime, left: int) -> int:
    """How many visits of known pages a scheduled run may make that starts then, of those left for the
    day."""
    until_next = (next_run(site, started) - started).total_seconds() / DAY
    return min(left, max(LEAST, ceil(SMOOTHING * site.budget * until_next)))


def pages_budget(budget: float, sources: Sources) -> float:
    """What of the requests of a day is left for pages."""
    return max(budget - sources.overhead, FOR_PAGES * budget)


def stored_plan(
    conn: sqlite3.Connection, site: Site, rates: str | None, at: datetime, budget: float = 0
) -> Plan:
    """The plan of a site as it is stored, for a run that would begin at that time."""
    known = sources(conn, site.name, iso(at - timedelta(days=1)))
    rows = [row for row in visits(conn, site.name) if row.state != "gone"]
    return plan_of(site, decoded(rates), known, rows, day(at), budget)


def beyond_budget(site: Site, sources: Sources, pages: int) -> str:
    """What of `at_least` the budget of the site does not hold, in words; empty where it is held."""
    ceiling, left = ceiling_of(site), pages_budget(site.budget, sources)
    if not ceiling or pages / ceiling <= left:
        return ""
    needed = ceil(pages / ceiling)
    enough = needed + sources.overhead
    return (
        f'at_least = "{site.at_least}" takes {needed:,} requests a day for {pages:,} pages, and of budget = '
        f"{site.budget} {left:,.0f} are left for pages: raise budget to {enough:,}, or say a longer time. "
        "Until then pages are fetched as if `at_least` was left out."
    )


def ceiling_of(site: Site) -> float | None:
    """Days after which each page is fetched at least, as the site's file sets them."""
    return duration(site.at_least).total_seconds() / DAY if site.at_least else None


def record_of(row: VisitRow | PageRow, sources: Sources, listed: str | None) -> Page:
    """What is known of a page, from its row; `listed` are the kinds of sources that date it."""
    covering = [kind for kind in COVERING if kind in (listed or "").split(",") and kind in sources.read_at]
    return Page(
        last=_day(row.seen_at or row.checked_at),
        born=_born(row, sources.whole_since),
        evidence=evidence_of(row.rate_evidence),
        suspicion=row.suspicion,
        probe_after=row.probe_after,
        hits=row.probe_hits,
        noise=row.noise,
        is_hub=row.kind == "listing",
        found=row.links_found,
        found_days=row.links_days,
        announced_by=(row.stale_by or "") if row.stale_since else "",
        covered_by=covering[0] if covering else "",
        covered_until=_day(sources.read_at[covering[0]]) if covering else nan,
    )


def day(moment: datetime) -> float:
    """The moment in days since 1970."""
    return moment.timestamp() / DAY


def _columns(page: Page) -> Values:
    return {
        "rate_evidence": evidence_text(page),
        "suspicion": page.suspicion,
        "probe_after": page.probe_after,
        "probe_hits": page.hits,
        "noise": page.noise,
        "links_found": page.found,
        "links_days": page.found_days,
    }


def _born(row: VisitRow | PageRow, whole_since: str | None) -> float:
    """When the page was published; if that is not known, when it was found, if it was not there before."""
    if row.published:
        return day(parse(min(row.published, row.found_at)))
    return day(parse(row.found_at)) if whole_since and row.found_at > whole_since else nan


def _history(row: HistoryRow) -> PageHistory:
    changes = [_day(at) for at in (row.changes or "").split(",") if at]
    return PageHistory(_day(row.published), _day(row.found_at), _day(row.seen_at), changes)


def _is_missing(row: VisitRow, run: int) -> bool:
    return row.state == "missing" and row.missing_run != run


def _is_urgent(row: VisitRow) -> bool:
    """Whether the page is to be fetched whatever it is worth: it is suspect, or it may be back."""
    return row.stale_since is not None and (not row.stale_by or row.state == "gone")


def _waits(row: VisitRow, now: float) -> bool:
    """Whether the page is left for a later run, since it has failed or is gone."""
    seen, tried = _day(row.seen_at or row.checked_at), _day(row.checked_at)
    return waits(now, seen, tried, _day(row.changed_at) if row.state == "gone" else nan)


def _day(text: str | None) -> float:
    return day(parse(text)) if text else nan
