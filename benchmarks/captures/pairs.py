"""Neighbouring captures of real pages, of which people's own selectors say whether the text changed."""

from __future__ import annotations

import hashlib
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from operator import attrgetter
from pathlib import Path

import msgspec

FILES = "captures/*.jsonl.xz"
SURE = 0.9
"""A capture's own selectors find so much of its text, or what they say of it is not believed."""
CHANGED = "text"
A_CHANGE = 5
"""In a sample one pair of so many, at least, is a change: there are few of them."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two neighbouring captures of one page."""

    page: str
    number: int
    """That of the later capture."""
    url: str
    old: str
    new: str
    changed: bool
    """Whether the words of the text did."""

    @property
    def site(self) -> str:
        """The name of the site that publishes the page."""
        return self.page.split("/")[0]

    @property
    def name(self) -> str:
        """Names the pair in a report."""
        return f"{self.page} {self.number}"


def pairs(folder: Path, sample: int | None = None, largest: int | None = None) -> Iterator[list[Pair]]:
    """The pairs of each page, in order; of all pages only so many, always the same, where that is given.

    Those whose two captures together have more than `largest` kB are left out.
    """
    chosen = _chosen(folder, sample, largest) if sample else None
    for _, some in groupby(_all(folder, largest), key=attrgetter("page")):
        wanted = [pair for pair in some if chosen is None or pair.name in chosen]
        if wanted:
            yield wanted


def _all(folder: Path, largest: int | None) -> Iterator[Pair]:
    for old, new in chain.from_iterable(pairwise(_records(file)) for file in sorted(folder.glob(FILES))):
        if _counts(old, new) and not _is_larger(largest, old, new):
            url = new.url or f"https://{hashlib.sha1(new.seq.encode()).hexdigest()[:12]}.example/"
            yield Pair(new.seq, new.i, url, old.html or "", new.html or "", new.kind == CHANGED)


class _Capture(msgspec.Struct):
    """A line of the files; those without `html` hold the text of a version."""

    seq: str
    i: int = 0
    url: str = ""
    html: str | None = None
    kind: str = ""
    cov: float = 0.0


def _records(file: Path) -> Iterator[_Capture]:
    read = msgspec.json.Decoder(_Capture).decode
    with lzma.open(file) as lines:
        yield from (capture for capture in map(read, lines) if capture.html is not None)


def _counts(old: _Capture, new: _Capture) -> bool:
    """Whether what is said of a pair can be believed; of a page that says the same, only if found alike."""
    neighbours = old.seq == new.seq and old.i + 1 == new.i
    if not neighbours or old.html == new.html or min(old.cov, new.cov) < SURE:
        return False
    return new.kind == CHANGED or (new.kind == "" and old.cov == new.cov)


def _is_larger(largest: int | None, *captures: _Capture) -> bool:
    return largest is not None and sum(len(one.html or "") for one in captures) > largest * 1000


def _chosen(folder: Path, count: int, largest: int | None) -> set[str]:
    """The names of so many pairs, always the same."""
    known = sorted(
        ((pair.name, pair.changed) for pair in _all(folder, largest)),
        key=lambda one: hashlib.sha1(one[0].encode(), usedforsecurity=False).hexdigest(),
    )
    changes = [name for name, changed in known if changed][: count // A_CHANGE]
    others = [name for name, changed in known if not changed]
    return {*changes, *others[: count - len(changes)]}
