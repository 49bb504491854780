"""Decides which old captures and bodies of a page are deleted, and which are kept for good. Pure.

A capture is kept if a version was made of it, if it is an end of the interval of a change, or if it shows how
long a version lasted or a page was missing: the first and the last of each row of equal captures. So every
version, every change with its evidence and every interval stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

SEEN = frozenset({"ok", "not modified", "moved"})
MISSING = frozenset({"gone", "soft 404"})
READ_BACK = frozenset({"ok", "moved"})
"""Outcomes of captures whose bodies a crawl extracts again."""
LATEST = 2
"""The number of latest versions of a page that keep their bodies, however old they are."""


@dataclass(frozen=True, slots=True)
class RetentionLimits:
    """The times before which captures, and bodies, are deleted; None keeps them for ever."""

    captures: str | None = None
    bodies: str | None = None


@dataclass(frozen=True, slots=True)
class RetainedCapture:
    """A capture, with what retention needs to know of it."""

    id: int
    at: str
    outcome: str
    body: str | None = None
    version: int | None = None
    """The id of the version that was made from it."""
    imported: bool = False


@dataclass(frozen=True, slots=True)
class Removal:
    """What is deleted of a page: captures, and the bodies of captures that stay."""

    captures: tuple[RetainedCapture, ...] = ()
    bodies: tuple[RetainedCapture, ...] = ()


def removal(
    shots: Sequence[RetainedCapture],
    moments: Collection[str],
    latest: Sequence[int],
    marked: Collection[int],
    to: RetentionLimits,
) -> Removal:
    """What can be deleted of the captures of a page, given in the order of time.

    `moments` are the ends of the intervals of its changes and when they were found; `latest` are its
    versions, the latest first; `marked` are those before or after a change that a reviewer marked as
    important.
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
    """Group consecutive captures that show the same: the page missing, or the same version."""
    breaks = [
        after.version is not None or (before.outcome in SEEN) != (after.outcome in SEEN)
        for before, after in pairwise(shots)
    ]
    numbers = accumulate(breaks, initial=0)
    for _, row in groupby(zip(numbers, shots, strict=False), key=lambda one: one[0]):  # of none there is one
        yield [shot for _, shot in row]


def _last_bodies(shots: Sequence[RetainedCapture]) -> list[RetainedCapture]:
    """The captures whose bodies are still needed: the next one is packed against them, or the template is
    learned from them."""
    kept = [shot for shot in shots if shot.body]
    good = [shot for shot in kept if shot.outcome in READ_BACK]
    last = [max(kept, key=lambda shot: shot.id)] if kept else []
    return last + ([max(good, key=lambda shot: (not shot.imported, shot.id))] if good else [])
