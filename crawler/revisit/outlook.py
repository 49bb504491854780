"""What a budget brings: how often pages are fetched, and how late changes are learned of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from variorum.crawler.revisit.budget import Limits, gaps, price
from variorum.crawler.revisit.rates import Array
from variorum.crawler.revisit.records import SiteRates
from variorum.crawler.revisit.scores import Pages, change_rates

NEVER = 1e-12


@dataclass(frozen=True, slots=True)
class Outlook:
    """What to expect of a site at one budget. Lengths of time are in days."""

    budget: float
    """Requests a day for pages."""
    visits: float
    """Those of them that are made: fewer, where pages would be fetched more often than runs begin."""
    delay: float
    """From a change to the fetch that shows it, on average over the changes to be expected."""
    gap: float
    """The median time between two fetches of a page ..."""
    longest: float
    """... and the longest."""


def outlook(site: SiteRates, pages: Pages, now: float, limits: Limits) -> Outlook:
    """What to expect if pages go on to change as they do now; `limits.floor` is the time between two runs."""
    if not len(pages.last):
        return Outlook(limits.budget, 0.0, 0.0, 0.0, 0.0)
    between = gaps(site, pages, now, price(site, pages, now, limits), limits)
    rates = np.where(pages.is_hub | pages.noise, NEVER, change_rates(site, pages, now))
    return Outlook(
        budget=limits.budget,
        visits=min(float((1 / between).sum()), limits.budget),
        delay=float((rates * between / 2).sum() / rates.sum()),
        gap=float(np.median(between)),
        longest=float(between.max()),
    )


def visits_by_day(between: Array, waited: Array, days: int, budget: float) -> list[int]:
    """How many pages fall due on each of the next days; what exceeds the budget waits for the next day."""
    due = np.zeros(days)
    first = np.clip(between - np.clip(waited, 0, None), 0, None)
    for day in range(days):
        left = day + 1 - first
        due[day] = np.clip(np.ceil(left / between), 0, None).sum()
    waiting, found = 0.0, []
    for new in np.diff(due, prepend=0.0):
        made = min(waiting + float(new), budget)
        waiting += float(new) - made
        found.append(round(made))
    return found
