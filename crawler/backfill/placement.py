"""Decides where an imported capture belongs in the history of its page. Pure: times and digests in.

A history is the page's versions in the order of their captures. In whatever order captures are placed, the
same versions come of them: each run of sights with one text is one version, captured at the first of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VersionSpan:
    """A version: what it says, and between which sights it is known to have stood."""

    digest: str
    """Equal for two sights of one version."""
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The capture shows the version of this index, which has an earlier capture already."""

    index: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """The version of this index stood earlier than was known: its capture is now this one."""

    index: int


@dataclass(frozen=True, slots=True)
class Inserted:
    """The capture makes a new version at this index.

    With `splits`, the version before it was seen again later: it is there a second time, after this one.
    """

    index: int
    splits: bool = False


Place = Seen | Earlier | Inserted


def index_at(firsts: Sequence[str], at: str) -> int:
    """How many versions were captured at that moment or before, given when each was."""
    return sum(first <= at for first in firsts)


def place(spans: Sequence[VersionSpan], at: str, digest: str) -> Place:
    """Where a capture of that moment with that text belongs among the versions, the oldest first."""
    index = index_at([span.first for span in spans], at)
    here = spans[index - 1] if index else None
    if here and here.digest == digest:
        return Seen(index - 1)
    splits = here is not None and at < here.last
    if not splits and index < len(spans) and spans[index].digest == digest:
        return Earlier(index)
    return Inserted(index, splits)
