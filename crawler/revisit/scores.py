"""How much is gained by fetching each page now: the days for which its unseen changes have waited in sum.

A page that changes at a rate r and was last seen t days ago has rt unseen changes, which have waited for
rt² / 2 days in sum. With a price for each visit, changes wait least if each page is fetched when that sum has
reached the price: the gap is then (2 * price / r) ** 0.5, so that a page that changes four times as often is
fetched twice as often, and none is given up (for known rates: Azar et al. 2018, Kolobov et al. 2019). For a
rate that alters, with x unseen changes and a rate of r from now on, it is x² / 2r: x changes a day are what
waiting costs now, and (2 * price * r) ** 0.5 what the page costs from the visit on, which is reached at the
same price. No interval is set anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from variorum.crawler.revisit import trust
from variorum.crawler.revisit.rates import (
    LONGEST,
    MOST,
    Array,
    factors,
    rate_at,
    rates_by_age,
    switch_rate,
    typical_changes,
    usual_factor,
)
from variorum.crawler.revisit.records import NO_EVIDENCE, Page, SiteRates, SourceTrust

NEW_PAGE_WORTH = 3.0
"""A page that is not known yet counts as this many that have changed."""
FIRST_FOUND, FIRST_FOUND_DAYS = 0.1, 0.25
"""What a list of pages is expected to bring, before it was visited often."""
LEAST_RATE = 1e-9


@dataclass(slots=True)
class Pages:
    """The same as `Page`, of many pages: an array for each field; kinds of sources as numbers in `KINDS`."""

    last: Array
    born: Array
    evidence: Array
    """Of each page a row, with an entry for each of `FACTORS`."""
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
        evidence=np.array([page.evidence for page in pages], float).reshape(-1, len(NO_EVIDENCE)),
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
    _, then = factors_after(site, pages_factors(site, pages), now - pages.last)
    own = rate_at(rates_by_age(site), pages.born, now) * then
    return np.where(pages.is_hub, new_pages_a_day(pages), own)


def pages_factors(site: SiteRates, pages: Pages) -> Array:
    """The factor to expect of each page when it was last seen; of one that always differs, the usual one."""
    return np.where(pages.noise, usual_factor(site), factors(site, pages.evidence))


def factors_after(site: SiteRates, own: Array, days: Array) -> tuple[Array, Array]:
    """The factors to expect so many days after a page was seen: on average until then, and then.

    With time a page turns into any other.
    """
    usual = usual_factor(site)
    turned = switch_rate(site) * np.clip(np.fmax(days, 0.0), 1e-6, LONGEST)
    stayed, stayed_so_far = np.exp(-turned), -np.expm1(-turned) / turned
    return usual + (own - usual) * stayed_so_far, usual + (own - usual) * stayed


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
    waited = np.fmin(np.fmax(now - pages.last, 0.0), LONGEST)
    so_far, then = factors_after(site, pages_factors(site, pages), waited)
    rates = then * rate_at(rates_by_age(site), pages.born, now)
    unseen = so_far * typical_unseen(site, pages, now) + _announced(site, pages, rates)
    unannounced = rates * (1 - silent_shares(site, pages))
    worth = unseen**2 / 2 / np.clip(unannounced, LEAST_RATE, None)
    return np.where(pages.is_hub, NEW_PAGE_WORTH * new_pages_a_day(pages) * waited**2 / 2, worth)


def _announced(site: SiteRates, pages: Pages, rates: Array) -> Array:
    """The probability that the page has changed as a source says; 0 where none does."""
    recalls, alarms, precisions = _trust(site)
    by = pages.announced_by
    return np.where(by > 0, trust.certainty(recalls[by], alarms[by], precisions[by], rates), 0.0)


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
