"""The pages with their true text, as the trainer sees them: described once, kept in a cache."""

from __future__ import annotations

import hashlib
import json
import lzma
import pickle
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.gold.reading import gold_pages
from variorum.crawler.extraction.classifier.block_features import Runs
from variorum.crawler.extraction.classifier.classifier import page_of
from variorum.crawler.extraction.classifier.features import Described, describe
from variorum.crawler.extraction.html.blocks import Block
from variorum.crawler.extraction.html.markup import ExtractionError, parse

SHARED = Path(__file__).resolve().parents[3] / "shared"
PAGES = "pages/wcxb-dev.jsonl.xz"
CAPTURES = "captures/*.jsonl.xz"
POLICY, OURS = "policy", "ours"
A_PAGE = 4
"""So many captures of one page are looked at, and"""
OF_A_SITE = 3
"""so many of one site are learned from."""
SURE = 0.95
"""A capture's own selectors find so much of its text, or it is not learned from."""
FEW = 4
"""A block of fewer words is content only where a longer one near it is."""
NEAR = 4
MARKDOWN = re.compile(r"\]\([^)]*\)|[*_#>`|]|!?\[")


@dataclass
class Example:
    """A page to learn from: its blocks as numbers, and which of them are its text."""

    site: str
    kind: str
    url: str
    texts: list[str]
    counts: Any
    """How many words each block has."""
    described: Described
    content: Any
    """What share of each block is in the true text."""
    gold: str
    peer: str


def shared(default: Path = SHARED) -> Path:
    """Where the pages lie that are no part of the project: `shared` beside its folder."""
    return next(
        (up / "shared" for up in Path(__file__).resolve().parents if (up / "shared/pages").is_dir()), default
    )


def records(folder: Path, *, captures: bool) -> Iterator[dict[str, str]]:
    """The pages, and the captures whose text people's selectors found."""
    with lzma.open(folder / PAGES, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
    if captures:
        seen: Counter[str] = Counter()
        for record in chain.from_iterable(map(_captures, sorted(folder.glob(CAPTURES)))):
            seen[record["site"]] += 1
            if seen[record["site"]] <= OF_A_SITE:
                yield record
        yield from _gold()


def _gold() -> Iterator[dict[str, str]]:
    """Our own gold pages. What is text on them is what Variorum has always taken for text."""
    for page in gold_pages():
        yield {
            "id": page.id, "site": page.system, "type": OURS, "url": page.url, "html": page.body.decode(),
            "gold": "\n".join(page.blocks),
        }  # fmt: skip


def _captures(file: Path) -> Iterator[dict[str, str]]:
    gold: dict[tuple[str, int], str] = {}
    seen: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            if "gold" in record:
                gold[record["seq"], record["v"]] = MARKDOWN.sub(" ", record["gold"])
            elif record["cov"] >= SURE:
                seen[record["seq"]].append(record)
    for name, some in seen.items():
        for record in some[:: max(1, len(some) // A_PAGE)][:A_PAGE]:
            if (name, record["v"]) in gold:
                yield {
                    "id": f"{name}-{record['i']}", "site": name.split("/")[0], "type": POLICY,
                    "url": record.get("url", ""), "html": record["html"], "gold": gold[name, record["v"]],
                }  # fmt: skip


def example(record: dict[str, str]) -> Example | None:
    """The record as a page to learn from; None where it has no block."""
    try:
        tree = parse(record["html"].encode(), record["url"])
    except ExtractionError:
        return None
    page = page_of(tree, record["url"])
    if not page.blocks:
        return None
    return Example(
        site=record["site"], kind=record["type"], url=record["url"],
        texts=[block.text for block in page.blocks],
        counts=np.array([len(block.words) for block in page.blocks]), described=describe(page),
        content=np.array(labels(page.blocks, record["gold"])), gold=record["gold"], peer=page.peer,
    )  # fmt: skip


def labels(some: list[Block], gold: str) -> list[float]:
    """What share of each block the true text has. A short one stands in it only beside a longer one."""
    found = Runs(some).shares(gold)
    shares = [0.0] * len(some) if found is None else found.tolist()
    sure = [share > 0.5 and len(block.words) >= FEW for share, block in zip(shares, some, strict=True)]
    for i, block in enumerate(some):
        if len(block.words) < FEW and shares[i]:
            shares[i] = float(any(sure[max(0, i - NEAR) : i + NEAR + 1]))
    return shares


def fold(site: str, count: int) -> int:
    """In which of so many parts a host falls."""
    return int(hashlib.sha1(site.encode(), usedforsecurity=False).hexdigest(), 16) % count


def cached(folder: Path, cache: Path, *, captures: bool = True) -> list[Example]:
    """All examples, from the cache if it is there."""
    if not cache.exists():
        found = [one for record in records(folder, captures=captures) if (one := example(record))]
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_bytes(pickle.dumps(found, protocol=5))
    loaded: list[Example] = pickle.loads(cache.read_bytes())
    return loaded


FOLDS = 4
"""So many parts are the hosts in; the pages of each are read by weights made from the others."""


def sample_of(folder: Path, count: int | None, largest: int | None = None) -> list[dict[str, Any]]:
    """The pages of `folder` of at most `largest` kB, or so many of them, always the same."""
    found: list[dict[str, Any]] = [
        record
        for record in records(folder, captures=False)
        if largest is None or len(record["html"]) <= largest * 1000
    ]
    if count is None or count >= len(found):
        return found
    chosen = sorted(found, key=lambda record: hashlib.sha1(record["id"].encode()).hexdigest())[:count]
    return sorted(chosen, key=lambda record: str(record["id"]))
