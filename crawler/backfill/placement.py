"""Decides where an imported capture belongs in the history of its page. Pure: times and digests in.

A history is the page's versions in the order of their captures. In whatever order captures are placed, the
result is the same: each run of captures with one text is one version, captured at the first of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VersionSpan:
    """A version, and the first and last capture known to show it."""

    digest: str
    """Equal for two captures of the same version."""
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The capture shows the version at this index, which has an earlier capture already."""

    index: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """The capture is earlier than that of the version at this index, and takes its place."""

    index: int


@dataclass(frozen=True, slots=True)
class Inserted:
    """The capture makes a new version at this index.

    With `splits`, the version before it was seen again later, and appears a second time after this one.
    """

    index: int
    splits: bool = False


Place = Seen | Earlier | Inserted


def index_at(firsts: Sequence[str], at: str) -> int:
    """The number of versions captured at that time or before, given the times of all."""
    return sum(first <= at for first in firsts)


def place(spans: Sequence[VersionSpan], at: str, digest: str) -> Place:
    """Where a capture of that time and text belongs among the versions, the oldest first.

    Times have seconds: of two texts of one second, the one that the page had before it is the earlier.
    """
    index = index_at([span.first for span in spans], at)
    here = spans[index - 1] if index else None
    if here and here.digest == digest:
        return Seen(index - 1)
    if here and here.first == at and index > 1 and spans[index - 2].digest == digest:
        return Seen(index - 2)
    splits = here is not None and at < here.last
    if not splits and index < len(spans) and spans[index].digest == digest:
        return Earlier(index)
    return Inserted(index, splits)
