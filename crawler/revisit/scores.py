"""How much is gained by fetching each page now: the days for which our copy is expected to be out of date.

A copy of a page of rate r that was last seen t days ago is expected to have been out of date for
(x - 1 + exp(-x)) / r days, with x = rt (Cho and Garcia-Molina 2003, of a Poisson process); here, this is
averaged over the rates that the page may have. To fetch the page of the highest score first is the schedule
of least staleness at a given number of requests: each page is fetched when one more visit saves as much as
of any other. No interval is set anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from crawler.revisit import trust
from crawler.revisit.rates import (
    LONGEST,
    MOST,
    PRIOR,
    Array,
    bounded,
    expected_changes,
    factor,
    rate_at,
    rates_by_age,
    typical_changes,
)
from crawler.revisit.records import Page, SiteRates, SourceTrust

NEW_PAGE_WORTH = 3.0
"""A page that is not known yet counts as this many that have changed."""
FIRST_FOUND, FIRST_FOUND_DAYS = 0.1, 0.25
"""What a list of pages is expected to bring, before it was visited often."""
NOISE_WORTH = 0.5
SMALL = 1e-4
"""Where a series is more exact than the formula."""


@dataclass(slots=True)
class Pages:
    """The same as `Page`, of many pages: an array for each field; kinds of sources as numbers in `KINDS`."""

    last: Array
    born: Array
    shape: Array
    weight: Array
    noise: NDArray[np.bool_]
    is_hub: NDArray[np.bool_]
    found: Array
    found_days: Array
    announced_by: NDArray[np.int64]
    covered_by: NDArray[np.int64]
    covered_until: Array

    def some(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Pages:
        """The pages at these places."""
        return Pages(*(getattr(self, field.name)[chosen] for field in fields(self)))


def columns(pages: Sequence[Page]) -> Pages:
    """The arrays of these pages, in their order."""

    def numbers(name: str) -> Array:
        return np.array([getattr(page, name) for page in pages], float)

    def kinds(name: str) -> NDArray[np.int64]:
        known = {kind: number for number, kind in enumerate(trust.KINDS)}
        return np.array([known.get(getattr(page, name), 0) for page in pages], np.int64)

    return Pages(
        last=numbers("last"),
        born=numbers("born"),
        shape=numbers("shape"),
        weight=numbers("weight"),
        noise=numbers("noise") > 0,
        is_hub=numbers("is_hub") > 0,
        found=numbers("found"),
        found_days=numbers("found_days"),
        announced_by=kinds("announced_by"),
        covered_by=kinds("covered_by"),
        covered_until=numbers("covered_until"),
    )


def change_rates(site: SiteRates, pages: Pages, now: float) -> Array:
    """Changes a day of each page at that moment; of lists of pages, the new pages a day that they bring."""
    own = rate_at(rates_by_age(site), pages.born, now) * factor(*factor_of(pages))
    return np.where(pages.is_hub, new_pages_a_day(pages), own)


def typical_unseen(site: SiteRates, pages: Pages, now: float) -> Array:
    """The changes of an average page of the same age since each page was last seen.

    What a source would have announced, and did not, counts for less.
    """
    rates = rates_by_age(site)
    covered = np.fmin(np.fmax(pages.covered_until, pages.last), np.fmax(now, pages.last))
    typical = typical_changes(rates, pages.born, pages.last, now)
    silent = silent_shares(site, pages) * typical_changes(rates, pages.born, pages.last, covered)
    return np.asarray(np.clip(typical - silent, 0, None))


def silent_shares(site: SiteRates, pages: Pages) -> Array:
    """The share of changes that a source would have announced, of each page of which one keeps silent."""
    recalls, _, _ = _trust(site)
    return np.where(pages.announced_by == 0, recalls[pages.covered_by], 0.0)


def scores(site: SiteRates, pages: Pages, now: float) -> Array:
    """What fetching each page now is worth, in days; never negative, never nan."""
    shape, weight = factor_of(pages)
    rates = rate_at(rates_by_age(site), pages.born, now)
    typical = typical_unseen(site, pages, now)
    worth = staleness(shape, weight, typical, rates)
    worth = worth + _announced(site, pages, expected_changes(shape, weight, typical), rates * shape / weight)
    worth = np.where(pages.noise, worth * NOISE_WORTH, worth)
    waited = np.fmin(np.fmax(now - pages.last, 0.0), LONGEST)
    return np.where(pages.is_hub, NEW_PAGE_WORTH * new_pages_a_day(pages) * waited**2 / 2, worth)


def factor_of(pages: Pages) -> tuple[Array, Array]:
    """Shape and weight of the factor of each page; those of a noisy page are of no use."""
    return bounded(np.where(pages.noise, PRIOR, pages.shape)), bounded(
        np.where(pages.noise, PRIOR, pages.weight)
    )


def staleness(shape: Array, weight: Array, typical: Array, rates: Array) -> Array:
    """For how many days each copy is expected to be out of date, if an average page changes at `rates` now.

    The integral of 1 - P(unchanged) over the time since the last visit, with P as in `expected_changes`; the
    same as the mean of (x - 1 + exp(-x)) / r over the possible rates r of the page.
    """
    waited = typical / weight
    small = waited < SMALL
    shrunk, power = np.log1p(np.where(small, 0, waited)), 1 - shape
    level = np.abs(power) < SMALL
    fresh = np.where(level, shrunk, np.expm1(power * shrunk) / np.where(level, 1, power))
    series = shape * waited**2 / 2 * (1 - (shape + 1) * waited / 3)
    return weight * np.where(small, series, waited - fresh) / np.clip(rates, 1e-9, None)


def _announced(site: SiteRates, pages: Pages, expected: Array, rates: Array) -> Array:
    """What the announcement of a change adds to the worth of a visit."""
    recalls, alarms, precisions = _trust(site)
    by = pages.announced_by
    more = expected - np.log1p(-trust.certainty(recalls[by], alarms[by], precisions[by], rates))
    added = (more + np.expm1(-more) - expected - np.expm1(-expected)) / np.clip(rates, 1e-9, None)
    return np.where(by > 0, np.clip(added, 0, None), 0)


def new_pages_a_day(pages: Pages) -> Array:
    """How many new pages a day each list brings."""
    found, days = (np.fmin(np.fmax(one, 0.0), MOST) for one in (pages.found, pages.found_days))
    return (FIRST_FOUND + found) / (FIRST_FOUND_DAYS + days)


def _trust(site: SiteRates) -> tuple[Array, Array, Array]:
    """Recall, false alarms a day and precision of each kind of source; of none, all are 0."""
    known = [(kind, site.trust.get(kind, SourceTrust())) for kind in trust.KINDS[1:]]
    rows = [(trust.recall(one, kind), trust.false_alarms(one), trust.precision(one)) for kind, one in known]
    recalls, alarms, precisions = np.array([(0.0, 0.0, 0.0), *rows]).T
    return recalls, alarms, precisions
