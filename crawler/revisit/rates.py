"""How often the pages of a site change, by their age; and each page by a factor of its own.

A page changes at a rate of factor * rate(age). rate(age) is learned for the site. The factor of a page is one
of `FACTORS`: which one is learned by Bayes' rule from visits, which show only whether the page has changed
since the last one (interval-censored data); the pages of the site as a whole tell how common each factor is
(empirical Bayes). Now and then a page turns quiet or busy: the longer ago it was seen, the less is known of
it (a hidden Markov model whose switches lead to any factor, as common as it is).

Everything here takes arrays, one entry a page, or plain numbers; factors are on the last axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from variorum.crawler.revisit.records import FACTORS, SiteRates

Array = NDArray[np.float64]

EDGES = np.array([0.0, 0.25, 1.0, 3.0, 10.0, 30.0])
FIRST = np.array([1.2, 0.3, 0.1, 0.03, 0.01, 0.003, 0.05])
"""Changes a day by age of a site of which nothing is known; the last is for pages of unknown age."""
FIRST_WEIGHT = 2.0
"""The first rates count as that many changes seen."""
FIRST_PAGES = 30 * np.array([0.14, 0.23, 0.32, 0.26, 0.038, 0.006, 0.004, 0.002])
"""How common the factors are on a site of which nothing is known, as 30 pages: half of all changes come from
a twentieth of the pages."""
FIRST_SWITCHES, FIRST_SWITCH_DAYS = 15.0, 3000.0
"""The first rate at which pages turn quiet or busy, as so many times in so many days of pages."""
SITE_HALF_LIFE = 90.0
LONGEST = 36_500.0
"""A hundred years, in days: longer times are none."""
LEAST_TYPICAL = 1e-9
MOST = 1e12
"""Of what is counted."""
SMALLEST, LARGEST = 1e-6, 1e6
"""Bounds of evidence."""

_FACTORS = np.array(FACTORS)


def rates_by_age(site: SiteRates) -> Array:
    """Changes a day in each of the `BUCKETS` ages."""
    changes, days = (np.fmin(np.fmax(one, 0.0), MOST) for one in (site.changes, site.days))
    return np.asarray((FIRST_WEIGHT + changes) / (FIRST_WEIGHT / FIRST + days))


def rate_at(rates: Array, born: ArrayLike, now: ArrayLike) -> Array:
    """Changes a day of an average page that was born then (nan: unknown), at that moment."""
    age = _length(np.asarray(now, float) - np.asarray(born, float))
    known = rates[np.searchsorted(EDGES, age, side="right") - 1]
    return np.where(np.isfinite(born), known, rates[-1])


def typical_changes(rates: Array, born: ArrayLike, start: ArrayLike, end: ArrayLike) -> Array:
    """Changes of an average page from start to end, by its age meanwhile. 0 where end is before start."""
    start, end, born = (np.asarray(moments, float) for moments in (start, end, born))
    by_age = _until(rates, end - born) - _until(rates, start - born)
    unknown = rates[-1] * _length(end - start)
    return np.clip(np.where(np.isfinite(born), by_age, unknown), 0, None)


def days_by_age(born: float, start: float, end: float) -> Array:
    """How many of the days from start to end the page spent in each of the `BUCKETS` ages."""
    days = np.zeros(len(FIRST))
    if not np.isfinite(born):
        days[-1] = float(_length(end - start))
        return days
    upper = np.append(EDGES[1:], LONGEST)
    young, old = _length(start - born), _length(end - born)
    days[:-1] = np.clip(np.minimum(upper, old) - np.maximum(EDGES, young), 0, None)
    return days


def shares(site: SiteRates) -> Array:
    """How common each factor is among the pages of the site; in sum 1."""
    counts = FIRST_PAGES + np.fmin(np.fmax(site.pages, 0.0), MOST)
    return np.asarray(counts / counts.sum())


def switch_rate(site: SiteRates) -> float:
    """How often a day a page turns into another one, quiet or busy."""
    switches, days = (min(max(one, 0.0), MOST) for one in (site.switches, site.switch_days))
    return float(np.clip((FIRST_SWITCHES + switches) / (FIRST_SWITCH_DAYS + days), 1e-4, 1.0))


def beliefs(site: SiteRates, evidence: ArrayLike) -> Array:
    """The probability of each factor of each page, when it was last seen."""
    likely = bounded(evidence) * shares(site)
    return np.asarray(likely / likely.sum(axis=-1, keepdims=True))


def factors(site: SiteRates, evidence: ArrayLike) -> Array:
    """How much more often than an average page of its age each page is expected to change."""
    return np.asarray(beliefs(site, evidence) @ _FACTORS)


def usual_factor(site: SiteRates) -> float:
    """The mean factor of the pages of the site."""
    return float(shares(site) @ _FACTORS)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a visit has shown."""

    evidence: tuple[float, ...]
    """The evidence of the page, with this visit."""
    changes: float
    """How many changes are expected to lie behind it."""
    switched: float
    """The probability that the page has turned quiet or busy since the last visit."""
    expected: float
    """The probability that was given to a change before the visit."""


def learned(
    site: SiteRates, evidence: Sequence[float], typical: float, days: float, *, changed: bool
) -> Lesson:
    """What a visit shows `days` after the last one, if an average page would have changed `typical` times."""
    usual, stayed = shares(site), float(np.exp(-switch_rate(site) * days))
    before = stayed * beliefs(site, evidence) + (1 - stayed) * usual
    unseen = _FACTORS * max(typical, LEAST_TYPICAL)
    likely = np.clip(-np.expm1(-unseen) if changed else np.exp(-unseen), 1e-12, 1)
    seen = float(before @ likely)
    after = bounded(before * likely / seen / usual)
    return Lesson(
        evidence=tuple(map(float, after)),
        changes=float(before @ unseen) / seen if changed else 0.0,
        switched=(1 - stayed) * float(usual @ likely) / seen,
        expected=seen if changed else 1 - seen,
    )


def bounded(evidence: ArrayLike) -> Array:
    """The evidence, none of it odd."""
    return np.asarray(np.fmin(np.fmax(evidence, SMALLEST), LARGEST))


def _until(rates: Array, age: Array) -> Array:
    """Changes of an average page from its birth to that age."""
    whole = np.concatenate([[0.0], np.cumsum(rates[: len(EDGES) - 1] * np.diff(EDGES))])
    age = _length(age)
    return np.asarray(np.interp(age, EDGES, whole) + rates[-2] * np.clip(age - EDGES[-1], 0, None))


def _length(days: ArrayLike) -> Array:
    return np.asarray(np.fmin(np.fmax(days, 0.0), LONGEST))  # fmax takes the 0 for nan
