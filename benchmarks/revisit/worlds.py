"""Made-up sites of which the truth is known: when each page really changes, and which pages link to it.

The intensity of changes of each page is a step function of time, known to the oracle alone. Moments are days;
0 is the beginning of the watch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
STEP = 0.25
"""Days for which an intensity stays the same."""
AGES = np.array([0.0, 0.25, 1.0, 3.0, 10.0, 30.0])
HUBS, REDUNDANT_HUBS = 20, 60


@dataclass(slots=True)
class World:
    """One site over some days. The first rows are articles, then come lists of articles (hubs)."""

    days: float
    born: Array
    claimed: Array
    """The publication that the site states: nan where it states none; some are wrong."""
    gone: Array
    intensity: Array
    """Changes a day of each page in each step of time."""
    noisy: NDArray[np.bool_]
    is_hub: NDArray[np.bool_]
    members: list[list[int]]
    """Of each hub, the articles that it lists, by their birth; empty lists for articles."""
    changes: list[Array]
    failures: float = 0.0
    dated: list[Array] | None = None
    """When the sitemap dates each page anew; None where there is no sitemap."""
    always_now: bool = False
    """Whether the sitemap dates all pages anew at each reading."""
    cumulative: Array = field(init=False)

    def __post_init__(self) -> None:
        """Sum the intensities up, for `expected`."""
        first = np.zeros((len(self.born), 1))
        self.cumulative = np.hstack([first, np.cumsum(self.intensity * STEP, axis=1)])

    def expected(self, start: Array, end: float) -> Array:
        """The changes to be expected of each page between its moment in `start` and `end`."""
        return self._until(np.full(len(self.born), end)) - self._until(start)

    def rates(self, now: float) -> Array:
        """The true changes a day of each page at that moment."""
        return self.intensity[:, min(int(now / STEP), self.intensity.shape[1] - 1)]

    def _until(self, moments: Array) -> Array:
        place = np.clip(moments / STEP, 0, self.intensity.shape[1] - 1e-6)
        whole = place.astype(int)
        rows = np.arange(len(self.born))
        return self.cumulative[rows, whole] + self.intensity[rows, whole] * STEP * (place - whole)


@lru_cache(maxsize=2)
def make(name: str, seed: int, days: float) -> World:
    """The world of that name; the same seed makes the same world. Nobody may alter it."""
    rng = np.random.default_rng([seed, sorted(WORLDS).index(name)])
    return WORLDS[name](rng, days)


def constant(rng: np.random.Generator, days: float) -> World:
    """2,000 pages of rates that never change and have a heavy tail; nothing new."""
    born = np.full(2000, -1000.0)
    rates = np.minimum(rng.lognormal(np.log(0.015), 1.6, 2000), 4.0)
    return _world(rng, days, born, np.repeat(rates[:, None], _steps(days), axis=1), claims=0.0)


def news(rng: np.random.Generator, days: float) -> World:
    """30 articles a day, edited mostly in the hours after publication; 1,500 older ones."""
    born = _births(rng, days, old=1500, a_day=30, oldest=120)
    table = np.array([3.0, 0.8, 0.2, 0.05, 0.01, 0.002]) * rng.lognormal(0, 0.3, 6)
    return _world(rng, days, born, _by_age(rng, born, table, days, spread=1.0))


def mixed(rng: np.random.Generator, days: float) -> World:
    """The other worlds in one: 2,000 pages and 12 more a day, with removals, failures and wrong dates.

    Half of the older pages have rates with a heavy tail that do not depend on their age, the others and the
    new ones are edited mostly after publication; some change daily, some differ at each fetch.
    """
    born = _births(rng, days, old=2000, a_day=12, oldest=700)
    table = np.array([1.0, 0.4, 0.12, 0.04, 0.012, 0.004]) * rng.lognormal(0, 0.5, 6)
    intensity = _by_age(rng, born, table, days, spread=0.5)
    intensity[:1000] = np.minimum(rng.lognormal(np.log(0.015), 1.6, 1000), 4.0)[:, None]
    return _world(
        rng, days, born, intensity, noise=0.04, daily=0.005, removed=0.0005, wrong=0.1, failures=0.02
    )


def noise(rng: np.random.Generator, days: float) -> World:
    """As `constant`, but every tenth page differs at each fetch."""
    world = constant(rng, days)
    world.noisy[: len(world.born) // 10] = True
    return world


def daily(rng: np.random.Generator, days: float) -> World:
    """2,000 pages, of which one in ten changes daily at an hour of its own, and the others hardly ever."""
    born = np.full(2000, -1000.0)
    intensity = np.full((2000, _steps(days)), 0.003)
    return _world(rng, days, born, intensity, daily=0.1, claims=0.0)


def regimes(rng: np.random.Generator, days: float) -> World:
    """2,000 pages that are quiet for some weeks, then change each other day for some days, and so on."""
    born = np.full(2000, -1000.0)
    intensity = np.empty((2000, _steps(days)))
    for row in intensity:
        at, active = 0.0, rng.random() < 0.15
        while at < days:
            length = rng.exponential(5 if active else 30)
            row[int(at / STEP) : int((at + length) / STEP) + 1] = 0.5 if active else 0.004
            at, active = at + length, not active
    return _world(rng, days, born, intensity, claims=0.0)


def _with_sitemap(announced: float, true: float) -> Callable[[np.random.Generator, float], World]:
    def make_world(rng: np.random.Generator, days: float) -> World:
        world = mixed(rng, days)
        total = sum(len(times) for times in world.changes)
        false = total * announced * (1 - true) / true / len(world.born)
        world.dated = [
            np.sort(
                np.concatenate(
                    [times[rng.random(len(times)) < announced], rng.uniform(0, days, rng.poisson(false))]
                )
            )
            for times in world.changes
        ]
        return world

    return make_world


def _sitemap_of_now(rng: np.random.Generator, days: float) -> World:
    world = mixed(rng, days)
    world.dated, world.always_now = [np.empty(0) for _ in world.born], True
    return world


WORLDS: dict[str, Callable[[np.random.Generator, float], World]] = {
    "constant": constant,
    "news": news,
    "mixed": mixed,
    "noise": noise,
    "daily": daily,
    "regimes": regimes,
    "sitemap": _with_sitemap(0.85, 0.9),
    "poor sitemap": _with_sitemap(0.4, 0.4),
    "false sitemap": _sitemap_of_now,
}


def _world(
    rng: np.random.Generator,
    days: float,
    born: Array,
    intensity: Array,
    *,
    noise: float = 0.0,
    daily: float = 0.0,
    removed: float = 0.0,
    wrong: float = 0.0,
    claims: float = 0.8,
    failures: float = 0.0,
) -> World:
    count = len(born)
    gone = np.where(rng.random(count) < removed * days, rng.uniform(0, days, count), np.inf)
    changes = [_times(rng, row, days) for row in intensity]
    for page in np.flatnonzero(rng.random(count) < daily):
        intensity[page] = 1.0
        changes[page] = np.arange(rng.random(), days, 1.0)
    changes = [
        times[(times > begin) & (times < end)] for times, begin, end in zip(changes, born, gone, strict=True)
    ]
    changes = [
        np.append(times, end) if np.isfinite(end) and end > begin else times
        for times, begin, end in zip(changes, born, gone, strict=True)
    ]
    claimed = np.where(rng.random(count) < claims, born, np.nan)
    off = rng.random(count) < wrong
    claimed = np.where(off, claimed + rng.normal(0, 100, count), claimed)
    members = _members(rng, born)
    hubs = len(members)
    return World(
        days=days,
        born=np.append(born, np.full(hubs, -1000.0)),
        claimed=np.append(claimed, np.full(hubs, np.nan)),
        gone=np.append(gone, np.full(hubs, np.inf)),
        intensity=np.vstack([intensity, np.zeros((hubs, intensity.shape[1]))]),
        noisy=np.append(rng.random(count) < noise, np.zeros(hubs, bool)),
        is_hub=np.append(np.zeros(count, bool), np.ones(hubs, bool)),
        members=[[] for _ in born] + members,
        changes=[*changes, *(np.empty(0) for _ in members)],
        failures=failures,
    )


def _steps(days: float) -> int:
    return int(days / STEP) + 1


def _births(rng: np.random.Generator, days: float, *, old: int, a_day: int, oldest: float) -> Array:
    return np.concatenate([rng.uniform(-oldest, 0, old), np.sort(rng.uniform(0, days, int(a_day * days)))])


def _by_age(rng: np.random.Generator, born: Array, table: Array, days: float, *, spread: float) -> Array:
    """Intensities by age, each page's by a factor of its own: Gamma of mean 1 and shape `spread`."""
    middles = (np.arange(_steps(days)) + 0.5) * STEP
    ages = middles[None, :] - born[:, None]
    rates = table[np.clip(np.searchsorted(AGES, ages, side="right") - 1, 0, None)]
    factors = rng.gamma(spread, 1 / spread, len(born))
    return np.asarray(np.where(ages > -STEP / 2, rates, 0.0) * factors[:, None])


def _times(rng: np.random.Generator, intensity: Array, days: float) -> Array:
    counts = rng.poisson(intensity * STEP)
    starts = np.repeat(np.arange(len(intensity)) * STEP, counts)
    times = np.sort(starts + rng.uniform(0, STEP, len(starts)))
    return times[times < days]


def _members(rng: np.random.Generator, born: Array) -> list[list[int]]:
    """A front page that lists all articles, sections of which each lists its own, and redundant tags."""
    if not (born > 0).any():
        return []
    pages = np.argsort(born)
    section = rng.integers(0, HUBS, len(born))
    tags = rng.integers(0, REDUNDANT_HUBS, (len(born), 2))
    sections = [[int(page) for page in pages if section[page] == one] for one in range(HUBS)]
    redundant = [[int(page) for page in pages if one in tags[page]] for one in range(REDUNDANT_HUBS)]
    return [[int(page) for page in pages], *sections, *redundant]
