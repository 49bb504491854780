"""Runs a policy over a world: what it fetches when, and what that was worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.revisit.worlds import Array, World

AT_ONCE = 16
"""Requests for which the policy is asked at a time, where it is asked all the time."""
DELAY = 5 / 86400
"""Days between two requests of a run."""
RETRY = 1 / 24
SITEMAP_EVERY = 0.25


@dataclass(slots=True)
class Known:
    """What a crawler knows of a site; no policy sees anything else of the world, but the oracle."""

    budget: float
    """Requests a day."""
    every: float
    """Days from one run to the next; 0 where it is asked all the time."""
    claimed: Array
    is_hub: NDArray[np.bool_]
    listed: NDArray[np.bool_]
    """Pages to revisit: known, fetched once, not gone."""
    last: Array
    tried: Array
    failed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one fetch has shown."""

    page: int
    at: float
    first: bool
    changed: bool
    found: int


class Policy(Protocol):
    """Chooses which pages to fetch again. New pages are fetched first by all policies."""

    uses_sitemap: bool

    def choose(self, now: float, most: int) -> Sequence[int]:
        """Return the pages to fetch now, at most `most`."""

    def see(self, seen: Seen) -> bool:
        """Learn from a fetch; whether the page is to be fetched once more at once."""

    def read_sitemap(self, now: float, announced: NDArray[np.bool_]) -> None:
        """Learn which pages the sitemap has dated anew since they were last seen."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a policy has come to on one world."""

    delay: float
    """Mean hours from a change to the fetch that shows it."""
    freshness: float
    """The share of pages, over time, of which the copy was current."""
    kept: float
    """The share of versions that were fetched before the next one came."""
    new_page: float
    """Mean hours from the publication of a page to its first fetch; nan where there are no new ones."""
    noise: float
    """The share of requests that went to noisy pages without a change."""
    requests: float
    """Requests a day."""


class Simulation:
    """One policy on one world."""

    def __init__(self, world: World, known: Known, warm: float, seed: int) -> None:
        self.world, self.known, self.warm = world, known, warm
        self._rng = np.random.default_rng(seed)
        count = len(world.born)
        self._pointer = [0] * count
        self._unseen = [0] * count  # changes of each page that were seen
        self._found = world.born <= 0
        order = np.flatnonzero(self._found)
        self._waiting = [int(page) for page in order[np.argsort(world.born[order])]]
        self._delays: list[float] = []
        self._kept: list[bool] = []
        self._new: list[float] = []
        self._stale = 0.0
        self._requests = self._wasted = 0
        self._announced_from = np.full(count, np.inf)

    def run(self, policy: Policy) -> Result:
        """The result at the end of the world."""
        step = self.known.every or AT_ONCE / self.known.budget
        share = self.known.budget * step
        now, owed, next_sitemap = 0.0, 0.0, 0.0
        while now < self.world.days:
            owed = min(owed + share, self.known.budget) if self.known.every else owed + share
            if policy.uses_sitemap and self.world.dated is not None and now >= next_sitemap:
                self._read_sitemap(policy, now)
                owed, next_sitemap = owed - 1, now + SITEMAP_EVERY
            owed -= self._run(policy, now, int(owed))
            now += step
        return self._result()

    def _run(self, policy: Policy, now: float, most: int) -> int:
        """Fetch new pages, then what the policy chooses, then what is to be fetched once more; how many."""
        done = 0
        again: list[int] = []
        new = self._take_new(most)
        chosen = [*new, *policy.choose(now, most - len(new))] if most > len(new) else new
        for page in chosen:
            done += 1
            if policy.see(self._fetch(page, now + done * DELAY)):
                again.append(page)
        while self._waiting and done < most:
            for page in self._take_new(most - done):
                done += 1
                policy.see(self._fetch(page, now + done * DELAY))
        for page in again:
            done += 1
            if policy.see(self._fetch(page, now + 2 / 1440 + done * DELAY)):
                done += 1
                policy.see(self._fetch(page, now + 4 / 1440 + done * DELAY))
        return done

    def _take_new(self, most: int) -> list[int]:
        return [self._waiting.pop() for _ in range(min(most, len(self._waiting)))]

    def _fetch(self, page: int, at: float) -> Seen:
        world, known = self.world, self.known
        counted = at >= self.warm
        self._requests += counted
        known.tried[page] = at
        if world.failures and self._rng.random() < world.failures:
            known.failed[page] = True
            if not known.listed[page]:
                self._waiting.insert(0, page)
            return Seen(page, at, first=False, changed=False, found=-1)
        first = bool(np.isnan(known.last[page]))
        changed = self._note_changes(page, at, first=first)
        if world.noisy[page]:
            self._wasted += counted and not changed
            changed = True
        if first and world.born[page] >= self.warm:
            self._new.append(at - world.born[page])
        known.failed[page], known.last[page] = False, at
        known.listed[page] = world.gone[page] > at
        self._forget_announcements(page, at)
        return Seen(page, at, first, changed and not first, self._follow(page, at))

    def _note_changes(self, page: int, at: float, *, first: bool) -> bool:
        """Account for the changes that this fetch shows; whether there are any."""
        times = self.world.changes[page]
        begin = self._unseen[page]
        end = int(np.searchsorted(times, at, side="right"))
        self._unseen[page] = end
        if end == begin or first:
            return end > begin
        self._stale += max(at - max(times[begin], self.warm), 0.0)
        for number in range(begin, end):
            if times[number] >= self.warm:
                self._delays.append(at - times[number])
                self._kept.append(number == end - 1)
        return True

    def _follow(self, page: int, at: float) -> int:
        members, found = self.world.members[page], 0
        pointer = self._pointer[page]
        while pointer < len(members) and self.world.born[members[pointer]] <= at:
            one = members[pointer]
            pointer += 1
            if not self._found[one] and self.world.gone[one] > at:
                self._found[one] = True
                self._waiting.append(one)
                found += 1
        self._pointer[page] = pointer
        return found

    def _forget_announcements(self, page: int, at: float) -> None:
        if self.world.dated is not None:
            times = self.world.dated[page]
            place = int(np.searchsorted(times, at, side="right"))
            self._announced_from[page] = times[place] if place < len(times) else np.inf

    def _read_sitemap(self, policy: Policy, now: float) -> None:
        """The sitemap lists new pages, too."""
        self._requests += now >= self.warm
        fresh = np.flatnonzero(~self._found & (self.world.born <= now) & (self.world.gone > now))
        self._found[fresh] = True
        self._waiting += [int(page) for page in fresh]
        announced = np.full(len(self._found), True) if self.world.always_now else self._announced_from <= now
        policy.read_sitemap(now, announced & self.known.listed)

    def _result(self) -> Result:
        end = self.world.days
        for page, times in enumerate(self.world.changes):
            left = times[self._unseen[page] :]
            if np.isnan(self.known.last[page]) or not len(left):
                continue
            self._stale += end - max(left[0], self.warm)
            self._delays += [end - at for at in left if at >= self.warm]
        alive = np.clip(np.minimum(self.world.gone, end) - np.maximum(self.world.born, self.warm), 0, None)
        days = end - self.warm
        return Result(
            delay=24 * float(np.mean(self._delays)),
            freshness=1 - self._stale / float(alive[~self.world.is_hub].sum()),
            kept=float(np.mean(self._kept)),
            new_page=24 * float(np.mean(self._new)) if self._new else float("nan"),
            noise=self._wasted / max(self._requests, 1),
            requests=self._requests / days,
        )


def known_of(world: World, budget: float, every: float) -> Known:
    """What a crawler knows of the world before its first request."""
    count = len(world.born)
    return Known(
        budget=budget,
        every=every,
        claimed=world.claimed,
        is_hub=world.is_hub,
        listed=np.zeros(count, bool),
        last=np.full(count, np.nan),
        tried=np.full(count, -np.inf),
        failed=np.zeros(count, bool),
    )
