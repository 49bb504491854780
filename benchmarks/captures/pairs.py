"""Neighbouring captures of real pages, of which people's own selectors say whether the text changed."""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any

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
        """Who publishes the page."""
        return self.page.split("/")[0]

    @property
    def name(self) -> str:
        """Names the pair in a report."""
        return f"{self.page} {self.number}"


def pairs(folder: Path, sample: int | None = None) -> Iterator[list[Pair]]:
    """The pairs of each page, in order; of all pages only so many, always the same, where that is given."""
    chosen = _chosen(folder, sample) if sample else None
    for _, some in groupby(_all(folder), key=attrgetter("page")):
        wanted = [pair for pair in some if chosen is None or pair.name in chosen]
        if wanted:
            yield wanted


def _all(folder: Path) -> Iterator[Pair]:
    for old, new in chain.from_iterable(pairwise(_records(file)) for file in sorted(folder.glob(FILES))):
        if _counts(old, new):
            url = new["url"] or f"https://{hashlib.sha1(new['seq'].encode()).hexdigest()[:12]}.example/"
            yield Pair(new["seq"], new["i"], url, old["html"], new["html"], new["kind"] == CHANGED)


def _records(file: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        yield from (record for record in map(json.loads, lines) if "html" in record)


def _counts(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether what is said of a pair can be believed; of a page that says the same, only if found alike."""
    neighbours = old["seq"] == new["seq"] and old["i"] + 1 == new["i"]
    if not neighbours or old["html"] == new["html"] or min(old["cov"], new["cov"]) < SURE:
        return False
    return bool(new["kind"] == CHANGED or (new["kind"] == "" and old["cov"] == new["cov"]))


def _chosen(folder: Path, count: int) -> set[str]:
    """The names of so many pairs, always the same."""
    known = sorted(
        ((pair.name, pair.changed) for pair in _all(folder)),
        key=lambda one: hashlib.sha1(one[0].encode(), usedforsecurity=False).hexdigest(),
    )
    changes = [name for name, changed in known if changed][: count // A_CHANGE]
    others = [name for name, changed in known if not changed]
    return {*changes, *others[: count - len(changes)]}
