"""When to revisit which page: a fixed interval, Nutch's rule, Cho's estimator, the truth, and ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.revisit.simulation import RETRY, Known, Seen
from benchmarks.revisit.worlds import Array, World
from variorum.crawler.revisit import budget, noise
from variorum.crawler.revisit.learning import after_visit, with_pages
from variorum.crawler.revisit.records import Page, SiteRates, Visit
from variorum.crawler.revisit.scores import NEW_PAGE_WORTH, columns, scores
from variorum.crawler.revisit.trust import KINDS

SITEMAP = KINDS.index("sitemap")
HALF = 0.5


class ByUrgency:
    """A policy that fetches the pages of the highest urgency; the base of the others."""

    uses_sitemap = False

    def __init__(self, known: Known, world: World) -> None:
        self.known = known
        self.count = len(world.born)

    def urgency(self, now: float) -> Array:
        """How urgent each page is; only the order counts."""
        raise NotImplementedError

    def choose(self, now: float, most: int) -> Sequence[int]:
        """The pages to fetch now, the most urgent first."""
        free = self.known.listed & ~(self.known.failed & (now - self.known.tried < RETRY))
        urgency = np.where(free, self.urgency(now), -np.inf)
        most = min(most, int(free.sum()))
        if most <= 0:
            return []
        top = np.argpartition(-urgency, most - 1)[:most]
        return [int(page) for page in top[np.argsort(-urgency[top], kind="stable")]]

    def see(self, seen: Seen) -> bool:
        """Learn nothing, since this policy is fixed."""
        return False

    def read_sitemap(self, now: float, announced: NDArray[np.bool_]) -> None:
        """Learn nothing, since this policy is fixed."""


class Fixed(ByUrgency):
    """Fetches all pages in turn, at a fixed interval."""

    def urgency(self, now: float) -> Array:
        return now - self.known.last


class Trusting(Fixed):
    """What the sitemap dates anew first, always believed; else each page in turn."""

    uses_sitemap = True

    def __init__(self, known: Known, world: World) -> None:
        super().__init__(known, world)
        self._announced = np.zeros(self.count, bool)

    def urgency(self, now: float) -> Array:
        return now - self.known.last + np.where(self._announced, 1e6, 0)

    def see(self, seen: Seen) -> bool:
        self._announced[seen.page] = False
        return False

    def read_sitemap(self, now: float, announced: NDArray[np.bool_]) -> None:
        self._announced |= announced


class TenthOfAge(ByUrgency):
    """Variorum's earlier rule: a tenth of the page's age, between 3 hours and 30 days; a day for hubs."""

    def __init__(self, known: Known, world: World) -> None:
        super().__init__(known, world)
        self._changed = np.full(self.count, -np.inf)

    def urgency(self, now: float) -> Array:
        born = np.where(np.isfinite(self.known.claimed), self.known.claimed, 0.0)
        age = now - np.maximum(born, self._changed)
        gap = np.clip(age / 10, 0.125, np.where(self.known.is_hub, 1.0, 30.0))
        return (now - self.known.last) / gap

    def see(self, seen: Seen) -> bool:
        if seen.changed:
            self._changed[seen.page] = seen.at
        return False


class Nutch(ByUrgency):
    """Nutch's AdaptiveFetchSchedule (0.2 down, 0.4 up), its intervals scaled so that the budget is spent."""

    def __init__(self, known: Known, world: World) -> None:
        super().__init__(known, world)
        self._gap = np.full(self.count, 5.0)

    def urgency(self, now: float) -> Array:
        return (now - self.known.last) / self._gap

    def see(self, seen: Seen) -> bool:
        if not seen.first and seen.found >= 0:
            changed = seen.found > 0 if self.known.is_hub[seen.page] else seen.changed
            self._gap[seen.page] = np.clip(self._gap[seen.page] * (0.8 if changed else 1.4), 1.0, 90.0)
        return False


class Cho(ByUrgency):
    """Rates by Cho and Garcia-Molina's estimator, frequencies by their optimum of freshness, once a day."""

    def __init__(self, known: Known, world: World) -> None:
        super().__init__(known, world)
        self._visits, self._changes, self._days = np.zeros((3, self.count))
        self._gap = np.full(self.count, 5.0)
        self._planned = -1.0

    def urgency(self, now: float) -> Array:
        if now - self._planned >= 1:
            self._plan(now)
        return (now - self.known.last) / self._gap

    def see(self, seen: Seen) -> bool:
        if not seen.first and seen.found >= 0:
            changed = seen.found > 0 if self.known.is_hub[seen.page] else seen.changed
            self._visits[seen.page] += 1
            self._changes[seen.page] += changed
        return False

    def _plan(self, now: float) -> None:
        self._planned = now
        first = np.nan_to_num(self.known.last, nan=now)
        self._days = np.maximum(self._days, 0) + 0.0
        spans = np.clip(now - np.minimum(first, self._since(now)), 0.5, None)
        gap = spans / np.maximum(self._visits, 1)
        rates = -np.log((self._visits - self._changes + HALF) / (self._visits + HALF)) / gap
        rates = np.where(self._visits > 0, rates, 0.05)
        listed = self.known.listed
        frequencies = np.full(self.count, 0.01)
        frequencies[listed] = optimal_frequencies(np.clip(rates[listed], 1e-4, 20), self.known.budget)
        self._gap = 1 / np.clip(frequencies, 1 / 10, None)  # what is not worth it is not left for ever

    def _since(self, now: float) -> Array:
        """When each page was first seen."""
        if not hasattr(self, "_first"):
            self._first = np.full(self.count, np.nan)
        unseen = np.isnan(self._first) & np.isfinite(self.known.last)
        self._first[unseen] = self.known.last[unseen]
        return np.nan_to_num(self._first, nan=now)


def optimal_frequencies(rates: Array, total: float) -> Array:
    """Visits a day of each page for the greatest mean freshness: d/df (1 - exp(-r/f)) f/r is the same."""
    low, high = 1e-9, 1 / float(rates.min())
    for _ in range(40):
        middle = np.sqrt(low * high)
        found = _frequencies(rates, middle)
        low, high = (middle, high) if found.sum() > total else (low, middle)
    return _frequencies(rates, high)


def _frequencies(rates: Array, value: float) -> Array:
    """Where one more visit a day brings `value`: (1 - (1 + r/f) exp(-r/f)) / r; 0 for pages not worth it."""
    wanted = np.clip(rates * value, 1e-12, 1 - 1e-9)
    low, high = np.full(len(rates), 1e-6), np.full(len(rates), 60.0)
    for _ in range(40):
        ratio = np.sqrt(low * high)
        more = 1 - (1 + ratio) * np.exp(-ratio) > wanted
        low, high = np.where(more, low, ratio), np.where(more, ratio, high)
    return np.asarray(np.where(rates * value >= 1, 0.0, rates / high))


class Oracle(ByUrgency):
    """Knows each page's true rate, at all times, and which pages are noise; and scores as ours."""

    def __init__(self, known: Known, world: World) -> None:
        super().__init__(known, world)
        self.world = world
        self._hubs = np.flatnonzero(world.is_hub)
        self._brought = np.zeros(self.count)
        for hub in self._hubs:
            born = world.born[world.members[hub]]
            self._brought[hub] = (born > 0).sum() / world.days if hub == self._hubs[0] else 0

    def urgency(self, now: float) -> Array:
        expected = self.world.expected(np.nan_to_num(self.known.last), now)
        worth = (expected + np.expm1(-expected)) / np.clip(self.world.rates(now), 1e-6, None)
        hubs = NEW_PAGE_WORTH * self._brought * (now - self.known.last) ** 2 / 2
        return np.nan_to_num(np.where(self.world.is_hub, hubs, worth))


class Ours(ByUrgency):
    """The product's functions; in runs, with the price of the budget, as `variorum watch` uses them."""

    uses_sitemap = True

    def __init__(self, known: Known, world: World) -> None:
        super().__init__(known, world)
        self.site = SiteRates()
        self.records = [
            Page(last=0.0, born=float(born), is_hub=bool(hub))
            for born, hub in zip(known.claimed, known.is_hub, strict=True)
        ]
        self.pages = columns(self.records)
        self._counted = 0.0

    def urgency(self, now: float) -> Array:
        if now - self._counted >= 1:
            self._count(now)
        worth = scores(self.site, self.pages, now)
        waited = now - self.known.last
        limits = self._limits()
        return np.where(waited < limits.floor, -1.0, np.where(waited > limits.ceiling, 1e6, worth))

    def choose(self, now: float, most: int) -> Sequence[int]:
        if not self.known.every:
            return super().choose(now, most)
        listed = np.flatnonzero(self.known.listed & ~(self.known.failed & (now - self.known.tried < RETRY)))
        if not len(listed):
            return []
        most = min(most, round(2 * self.known.budget * self.known.every))
        self._count(now)
        some, limits = self.pages.some(listed), self._limits()
        apart = replace(limits, floor=max(limits.floor, self.known.every))
        present = budget.price(self.site, some, now, apart)
        chosen = budget.choose(scores(self.site, some, now), now - some.last, present, limits)
        return [int(page) for page in listed[chosen[:most]]]

    def see(self, seen: Seen) -> bool:
        if seen.found < 0:
            return False
        before = self.records[seen.page]
        if seen.first:
            self._keep(seen.page, Page(last=seen.at, born=self._born(before, seen.at), is_hub=before.is_hub))
            return False
        gap = float(self.known.listed.sum()) / self.known.budget
        visit = Visit(seen.at, seen.changed, seen.found, usual_gap=gap)
        self.site, after = after_visit(self.site, before, visit)
        self._keep(seen.page, after)
        return noise.wants_probe(after)

    def read_sitemap(self, now: float, announced: NDArray[np.bool_]) -> None:
        listed = self.known.listed & ~self.known.is_hub
        fresh = announced & (self.pages.announced_by == 0) & listed
        if fresh.sum() > max(10, listed.sum() / 2):
            return
        for page in np.flatnonzero(listed):
            record = self.records[page]
            by = "sitemap" if announced[page] else record.announced_by
            self.records[page] = _covered(record, by, now)
        self.pages.announced_by[listed & announced] = SITEMAP
        self.pages.covered_by[listed] = SITEMAP
        self.pages.covered_until[listed] = now

    def _born(self, page: Page, at: float) -> float:
        """The date that the site states; at most that of the find, of what is found after the first pass."""
        first_pass = self.known.listed.sum() / self.known.budget
        later = at >= 2 + first_pass
        return float(np.fmin(page.born, at)) if later or page.born > at else page.born

    def _count(self, now: float) -> None:
        self.site, self._counted = with_pages(self.site, self.pages.some(self.known.listed)), now

    def _limits(self) -> budget.Limits:
        return budget.limits(self.known.budget, int(self.known.listed.sum()))

    def _keep(self, page: int, record: Page) -> None:
        self.records[page], pages = record, self.pages
        for name in ("last", "born", "evidence", "found", "found_days"):
            getattr(pages, name)[page] = getattr(record, name)
        pages.noise[page] = record.noise > 0
        pages.announced_by[page] = pages.covered_by[page] = 0


def _covered(page: Page, by: str, now: float) -> Page:
    return replace(page, announced_by=by, covered_by="sitemap", covered_until=now)


POLICIES: dict[str, Callable[[Known, World], ByUrgency]] = {
    "fixed interval": Fixed,
    "dates always believed": Trusting,
    "tenth of the age": TenthOfAge,
    "Nutch, fitted": Nutch,
    "Cho, freshness-optimal": Cho,
    "ours": Ours,
    "oracle": Oracle,
}
