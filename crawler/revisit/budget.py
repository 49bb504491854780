"""Which pages a run fetches: those whose score has passed the price that the site's budget sets.

The price is the score at which pages are fetched when the budget of a day is just spent: it follows from the
rates of all pages. A larger budget makes for a lower price and shorter gaps between visits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan, sqrt

import numpy as np
from numpy.typing import NDArray

from variorum.crawler.revisit.rates import Array, rate_at, rates_by_age
from variorum.crawler.revisit.records import SiteRates
from variorum.crawler.revisit.scores import (
    LEAST_RATE,
    NEW_PAGE_WORTH,
    Pages,
    factors_after,
    new_pages_a_day,
    pages_factors,
    silent_shares,
)

FLOOR = 10 / 1440
"""Days between two visits of a page, at least."""
CEILING = 45.0
"""Days between two visits of a page, at most; or `CEILING_ROUNDS` rounds of the site if these are longer."""
CEILING_ROUNDS = 5
GONE_AFTER = 7.0
DAILY = 1.0
ROOM = 0.8
"""If fewer pages than this share of a day's requests, each is fetched daily; sources take the rest."""
STEPS = 30
ROUNDS = 3
"""In which a gap is found for a factor that depends on the gap."""
LEAST_BUDGET = 1e-3
SAMPLE = 4000
"""Pages from which the price is reckoned, where there are more."""
HIGHEST, LOWEST = 1e3, 1e-9
"""Bounds of a price, in days."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a site may be asked for: requests a day, and the days between two visits of a page."""

    budget: float
    ceiling: float
    floor: float = FLOOR


def limits(budget: float, pages: int, at_least: float | None = None) -> Limits:
    """The limits of a site with so many pages. `at_least` is the ceiling that its file sets, in days.

    A site that has fewer pages than requests a day is fetched whole each day.
    """
    budget = max(budget, LEAST_BUDGET)
    usual = DAILY if pages <= ROOM * budget else max(CEILING, CEILING_ROUNDS * pages / budget)
    return Limits(budget, ceiling=max(min(usual, at_least or usual), FLOOR))


def gaps(site: SiteRates, pages: Pages, now: float, price: float, limits: Limits) -> Array:
    """Days after which the score of each page reaches the price, at the present rate of its age."""
    speed = rate_at(rates_by_age(site), pages.born, now)
    speed = np.clip(speed * (1 - silent_shares(site, pages)), LEAST_RATE, None)
    own, found = pages_factors(site, pages), np.sqrt(2 * price / speed)
    for _ in range(ROUNDS):
        so_far, then = factors_after(site, own, found)
        found = np.sqrt(2 * price * then / speed) / so_far
    hubs = np.sqrt(2 * price / (NEW_PAGE_WORTH * new_pages_a_day(pages)))
    return np.clip(np.where(pages.is_hub, hubs, found), limits.floor, limits.ceiling)


def price(site: SiteRates, pages: Pages, now: float, limits: Limits) -> float:
    """The score at which pages are fetched when the budget is just spent; 0 where it is more than enough."""
    if len(pages.last) > SAMPLE:
        some = np.arange(0, len(pages.last), -(-len(pages.last) // SAMPLE))
        share = len(some) / len(pages.last)
        return price(site, pages.some(some), now, replace(limits, budget=limits.budget * share))
    low, high = LOWEST, HIGHEST
    for _ in range(STEPS):
        middle = sqrt(low * high)
        if float((1 / gaps(site, pages, now, middle, limits)).sum()) > limits.budget:
            low = middle
        else:
            high = middle
    return 0.0 if high <= LOWEST * 2 else high


def choose(worth: Array, waited: Array, price: float, limits: Limits) -> NDArray[np.int64]:
    """The places of the pages that are due, the most urgent first.

    Due are pages whose score has passed the price, and those that have waited for the ceiling. After the
    clock was set back a page is due, but no more than just due, and in front of no other.
    """
    from_future = waited < 0
    worth = np.where(from_future, price, worth)
    passed = (waited >= limits.floor) & (worth >= price) & (worth > 0)
    late = waited >= limits.ceiling
    order = np.lexsort((-worth, ~late))
    return np.asarray(order[(passed | late | from_future)[order]])


def waits(now: float, seen: float, tried: float, gone: float) -> bool:
    """Whether a page that the last fetch did not show is left for a later run; `gone` is nan, or since when.

    Failures back off: half as long again as it has been failing. A page that is gone is looked at after a
    week, two weeks, four, and so on.
    """
    if not isnan(gone):
        return now - tried < max(GONE_AFTER, tried - gone)
    return tried > seen and now - tried < (tried - seen) / 2
