"""How often the pages of a site change, by their age; and each page by a factor of its own.

A page changes at a rate of factor * rate(age). rate(age) is learned for the site; the factor has a Gamma
distribution of mean 1 to begin with, and is learned from visits, which show only whether the page has changed
since the last one (interval-censored data). Everything here takes arrays, one entry a page, or plain numbers.
"""

from __future__ import annotations

from dataclasses import replace
from math import expm1, log1p

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crawler.revisit.records import Page, SiteRates

Array = NDArray[np.float64]

EDGES = np.array([0.0, 0.25, 1.0, 3.0, 10.0, 30.0])
FIRST = np.array([1.2, 0.3, 0.1, 0.03, 0.01, 0.003, 0.05])
"""Changes a day by age of a site of which nothing is known; the last is for pages of unknown age."""
FIRST_WEIGHT = 2.0
"""The first rates count as that many changes seen."""
PRIOR = 0.5
"""Shape and weight of the factor of a page of which nothing is known."""
PAGE_HALF_LIFE, SITE_HALF_LIFE = 60.0, 90.0
LONGEST = 36_500.0
"""A hundred years, in days: longer times are none."""
LEAST_TYPICAL = 1e-9
MOST = 1e12
"""Of what is counted."""
SMALLEST, LARGEST = 1e-3, 1e4
"""Bounds of shape, weight and factor."""


def rates_by_age(site: SiteRates) -> Array:
    """Changes a day in each of the `BUCKETS` ages."""
    changes = np.fmin(np.fmax(site.changes, 0.0), MOST)
    days = np.fmin(np.fmax(site.days, 0.0), MOST)
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


def expected_changes(shape: ArrayLike, weight: ArrayLike, typical: ArrayLike) -> Array:
    """Minus the logarithm of the probability that the page is unchanged.

    The factor is Gamma distributed: P(unchanged) = (1 + typical / weight) ** -shape.
    """
    shape, weight = bounded(shape), bounded(weight)
    return np.asarray(shape * np.log1p(np.asarray(typical) / weight))


def factor(shape: ArrayLike, weight: ArrayLike) -> Array:
    """How often the page changes, as a multiple of an average page of its age."""
    return bounded(bounded(shape) / bounded(weight))


def faded(page: Page, now: float) -> Page:
    """The page with what was learned of it before its last visit at half weight after `PAGE_HALF_LIFE`."""
    left = 0.5 ** (float(_length(now - page.last)) / PAGE_HALF_LIFE)
    shape, weight = float(bounded(page.shape)), float(bounded(page.weight))
    return replace(page, shape=PRIOR + (shape - PRIOR) * left, weight=PRIOR + (weight - PRIOR) * left)


def learned(page: Page, typical: float, *, changed: bool) -> Page:
    """The page after a visit, if an average page would have changed `typical` times since the last one.

    Unchanged multiplies the density of the factor by exp(-factor * typical), and it stays a Gamma. Changed
    multiplies it by one minus that; the Gamma of the same mean and variance takes its place.
    """
    shape, weight = float(bounded(page.shape)), float(bounded(page.weight))
    typical = max(typical, LEAST_TYPICAL)
    if not changed:
        return replace(page, weight=min(weight + typical, LARGEST))
    shrunk = log1p(typical / weight)
    z0, z1, z2 = (-expm1(-(shape + more) * shrunk) for more in (0, 1, 2))
    mean = shape / weight * z1 / z0
    variance = shape * (shape + 1) / weight**2 * z2 / z0 - mean**2
    mean = min(max(mean, SMALLEST), LARGEST)
    variance = max(variance, mean**2 / LARGEST)
    return replace(page, shape=float(bounded(mean**2 / variance)), weight=float(bounded(mean / variance)))


def bounded(values: ArrayLike) -> Array:
    """The shapes, weights or factors, none of them odd."""
    return np.asarray(np.fmin(np.fmax(values, SMALLEST), LARGEST))


def _until(rates: Array, age: Array) -> Array:
    """Changes of an average page from its birth to that age."""
    whole = np.concatenate([[0.0], np.cumsum(rates[: len(EDGES) - 1] * np.diff(EDGES))])
    age = _length(age)
    return np.asarray(np.interp(age, EDGES, whole) + rates[-2] * np.clip(age - EDGES[-1], 0, None))


def _length(days: ArrayLike) -> Array:
    return np.asarray(np.fmin(np.fmax(days, 0.0), LONGEST))  # fmax takes the 0 for nan
