"""What of a page may go when it is old, and what stays for good. Pure: captures and moments in, numbers out.

A capture stays that made a version, that is an end of the interval of a change, or that shows how long a
version stood or a page was missing: the first and the last of each row of like sights. So whatever is taken
away, every version, every change with its evidence, and every place in time stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

SEEN = frozenset({"ok", "not modified", "moved"})
MISSING = frozenset({"gone", "soft 404"})
READ_BACK = frozenset({"ok", "moved"})
"""Outcomes of captures whose bodies a crawl reads again."""
LATEST = 2
"""So many of a page's versions keep their bodies, however old they are."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Before which moments captures, and bodies, may go; None where they never may."""

    captures: str | None = None
    bodies: str | None = None


@dataclass(frozen=True, slots=True)
class RetainedCapture:
    """A capture as retention sees it."""

    id: int
    at: str
    outcome: str
    body: str | None = None
    version: int | None = None
    """The id of the version that was made of it."""
    imported: bool = False


@dataclass(frozen=True, slots=True)
class Removal:
    """What of a page goes: captures, and captures that stay but lose their bodies."""

    captures: tuple[RetainedCapture, ...] = ()
    bodies: tuple[RetainedCapture, ...] = ()


def removal(
    shots: Sequence[RetainedCapture],
    moments: Collection[str],
    latest: Sequence[int],
    marked: Collection[int],
    to: Limits,
) -> Removal:
    """What may go of the captures of a page, given in the order of time.

    `moments` are the ends of the intervals of its changes and when they were found; `latest` its versions,
    the latest first; `marked` those on a side of a change that somebody has called important.
    """
    if not shots:
        return Removal()
    bodies = _last_bodies(shots)
    evidence = {shot.id for shot in _evidence(shots, moments)} | {shot.id for shot in bodies}
    gone = tuple(s for s in shots if to.captures and s.at < to.captures and s.id not in evidence)
    needed = {*latest[:LATEST], *marked}
    digests = {shot.body for shot in (*bodies, *(s for s in shots if s.version in needed))}
    lost = tuple(
        shot
        for shot in shots
        if to.bodies and shot.at < to.bodies and shot.body and shot.body not in digests and shot not in gone
    )
    return Removal(gone, lost)


def _evidence(shots: Sequence[RetainedCapture], moments: Collection[str]) -> Iterator[RetainedCapture]:
    yield max(shots, key=lambda shot: shot.id)  # exports count on the number of the last capture
    yield from (shot for shot in shots if shot.version is not None or shot.at in moments)
    for row in _rows([shot for shot in shots if shot.outcome in SEEN | MISSING]):
        yield row[0]
        yield row[-1]


def _rows(shots: Sequence[RetainedCapture]) -> Iterator[list[RetainedCapture]]:
    """Captures that say the same one after another: that the page is missing, or that its version stands."""
    breaks = [
        after.version is not None or (before.outcome in SEEN) != (after.outcome in SEEN)
        for before, after in pairwise(shots)
    ]
    numbers = accumulate(breaks, initial=0)
    for _, row in groupby(zip(numbers, shots, strict=False), key=lambda one: one[0]):  # of none there is one
        yield [shot for _, shot in row]


def _last_bodies(shots: Sequence[RetainedCapture]) -> list[RetainedCapture]:
    """Whose body the next capture is packed against, and whose the boilerplate is learned from."""
    kept = [shot for shot in shots if shot.body]
    good = [shot for shot in kept if shot.outcome in READ_BACK]
    last = [max(kept, key=lambda shot: shot.id)] if kept else []
    return last + ([max(good, key=lambda shot: (not shot.imported, shot.id))] if good else [])
