"""What single blocks say, in what order they stand, and what is like them on their page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from variorum.crawler.extraction.classifier.facts import Facts
from variorum.crawler.extraction.classifier.trees import Numbers
from variorum.crawler.extraction.html.blocks import Block, Place
from variorum.crawler.extraction.html.counters import is_counter
from variorum.crawler.extraction.html.hints import BYLINE, COOKIES, OFFER, TEASER

WORD = re.compile(r"\w+")
PUNCTUATION = re.compile(r"[.,;:!?،؛؟。，、…»”\"]")
ENDS = re.compile(r"[.!?؟。…:][\"”»')\]]*\s*$")
DATED = re.compile(
    r"\b(19|20)\d\d\b|\b\d{1,2}[:.]\d\d\b|\bago\b"
    r"|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d",
    re.IGNORECASE,
)
PRICE = re.compile(r"[$€£¥₹]\s?\d|\d\s?(€|£|kr|zł|USD|EUR)\b")
FAR = 20
"""So many blocks away is as good as nowhere."""
SHORT = 120
LONG = 2_000
"""The length of a block above which its capitals are not counted."""
GRAM = 3
NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
OWN = 12
"""The number of a block's own numbers that its neighbours also get."""
PEER, TITLE = 0, 1
"""Columns of `position`: what trafilatura has of a block, and what the title has."""
SIMILAR = 0.6
"""A heading of which the title has so much is the title."""

Grams = Sequence[tuple[str, ...]]


class Pool:
    """The words of another text, to measure how much of a block is in it."""

    def __init__(self, text: str) -> None:
        words = WORD.findall(text.lower())
        self.all = f" {' '.join(words)} "
        self.grams = set(zip(words, words[1:], words[2:], strict=False))

    def share(self, words: Sequence[str]) -> float:
        """The share of the words that are in the text, by runs of three."""
        return self.share_of(words, _grams(words))

    def share_of(self, words: Sequence[str], grams: Grams) -> float:
        """The same where the runs of the words are known."""
        if not grams:
            return float(bool(words) and f" {' '.join(words)} " in self.all)
        return sum(map(self.grams.__contains__, grams)) / len(grams)


def _grams(words: Sequence[str]) -> Grams:
    return list(zip(words, words[1:], words[2:], strict=False)) if len(words) >= GRAM else []


def own(blocks: Sequence[Block]) -> Numbers:
    """The numbers of each block by itself. The first `OWN` are given to its neighbours too."""
    texts = Counter(block.text for block in blocks)
    rows = np.empty((len(blocks), 20), np.float32)
    for row, block in zip(rows, blocks, strict=True):
        text = block.text
        size, count = len(text), len(block.words)
        chars = set(text)
        upper = _count(text, filter(str.isupper, chars)) if size < LONG else 0
        digits = _count(text, filter(str.isdigit, chars))
        # A date or a price has a digit, or says `ago`; most blocks have neither, and are not searched.
        dated = (digits or "ago" in block.words) and DATED.search(text) is not None
        row[:] = (
            size, count, block.linked, block.bold, len(PUNCTUATION.findall(text)) / size,
            ENDS.search(text) is not None, block.place.hidden, texts[text] > 1, text.startswith("- "),
            upper / size, digits / size, dated,
            size / max(count, 1), "|" in text or "»" in text or "·" in text, "©" in text,
            digits and PRICE.search(text) is not None, len(block.anchors), text.count("\n"), "@" in text,
            text[:1].islower(),
        )  # fmt: skip
    rows[:, :2] = np.log1p(rows[:, :2])
    rows[:, 16:18] = np.log1p(rows[:, 16:18])
    return rows


def _count(text: str, chars: Iterable[str]) -> int:
    """How often these characters are in a text."""
    return sum(map(text.count, chars))


def position(blocks: Sequence[Block], facts: Facts, peer: str, sizes: Numbers) -> tuple[Numbers, int]:
    """Where each block stands in the order of the page, and what other texts have of it; which is the title.

    `peer` is what trafilatura takes for the text. The title is -1 where no heading is one.
    """
    n = len(blocks)
    pools = [Pool(peer), Pool(f"{facts.title} {facts.headline}"), Pool(facts.description), Pool(facts.body)]
    rows = np.zeros((n, 12), np.float32)
    rows[:, :4] = -1
    known = [(column, pool) for column, pool in enumerate(pools) if len(pool.all) > 2]  # noqa: PLR2004
    for row, block in zip(rows, blocks, strict=True):
        grams = _grams(block.words)
        for column, pool in known:
            row[column] = pool.share_of(block.words, grams)
    title = _title(blocks, rows[:, TITLE])
    order = np.arange(n)
    rows[:, 4] = order / n
    rows[:, 5] = (np.cumsum(sizes) - sizes) / max(sizes.sum(), 1)
    rows[:, 6] = n - order
    rows[:, 7] = np.log1p(np.abs(order - title)) * np.where(order >= title, 1, -1) if title >= 0 else -9
    rows[:, 8] = order == title
    rows[:, 9] = _share_around(rows[:, PEER], sizes, 2)
    rows[:, 10] = _share_around(rows[:, PEER], sizes, 6)
    rows[:, 11] = [block.place.depth for block in blocks]
    return rows, title


def _title(blocks: Sequence[Block], titled: Numbers) -> int:
    """The first heading of which the title has much; else the first `h1`."""
    heading: dict[Place, str] = {}
    for place in dict.fromkeys(block.place for block in blocks):
        heading[place] = next((p.tag for p in place.around() if p.tag in ("h1", "h2")), "")
    tags = [heading[block.place] for block in blocks]
    found = [i for i, tag in enumerate(tags) if tag and titled[i] > SIMILAR]
    return next(iter(found or [i for i, tag in enumerate(tags) if tag == "h1"]), -1)


def _share_around(peer: Numbers, sizes: Numbers, reach: int) -> Numbers:
    """The share of the text within so many blocks that another program extracts."""
    kernel = np.ones(2 * reach + 1)
    n = len(sizes)
    taken = np.convolve(np.maximum(peer, 0) * sizes, kernel)[reach : reach + n]
    there = np.convolve(sizes, kernel)[reach : reach + n]
    return np.asarray(taken / np.maximum(there, 1), np.float32)


def lines(blocks: Sequence[Block], url: str) -> Numbers:
    """Numbers of single lines: a label, a byline, a counter; and the targets of their links."""
    rows = np.zeros((len(blocks), 13), np.float32)
    host = host_of(url)
    since, seen = FAR, set[str]()
    for row, block in zip(rows, blocks, strict=True):
        text = block.text.removeprefix("- ")
        label = TEASER.match(text) if len(text) < LONG else None
        row[0] = 0 if label is None else 2 if label.end() == len(text) else 1
        row[1] = since
        since = 0 if label else min(since + 1, FAR)
        short = len(text) < SHORT
        row[2:6] = (
            BYLINE.match(text) is not None, short and is_counter(text),
            COOKIES.search(text) is not None, short and _is_offer(text),
        )  # fmt: skip
        row[6] = text in seen
        seen.add(text)
        row[7] = block.place.above.alike.get(block.place.kind, 1) if block.place.above else 1
        if block.anchors:
            row[8:12] = _targets(block, host)
            row[12] = block.anchors[0].find(".//img") is not None
    rows[:, 7] = np.log1p(rows[:, 7])
    return rows


@lru_cache(maxsize=2**12)
def _is_offer(line: str) -> bool:
    """Whether a line offers something to do, as in menus; these are the same on all pages of a site."""
    return OFFER.search(line) is not None


def _targets(block: Block, host: str) -> tuple[float, float, float, float]:
    """The share of a block's links within the page, within the site, to other sites, and to no page."""
    here = site = away = other = 0
    for anchor in block.anchors:
        href = (anchor.get("href") or "").strip()
        if href.startswith("#") or not href:
            here += 1
        elif href.startswith(("mailto:", "tel:", "javascript:")):
            other += 1
        elif "//" in href[:8] and host_of(href) != host:
            away += 1
        else:
            site += 1
    count = len(block.anchors)
    return here / count, site / count, away / count, other / count


@lru_cache(maxsize=2**12)
def host_of(url: str) -> str:
    """The host of an address, without `www.`."""
    return url.partition("//")[2].partition("/")[0].removeprefix("www.").lower()


def beside(blocks: Sequence[Block], own: Numbers, where: Numbers) -> Numbers:
    """What stands at the same block path; then the neighbours' own numbers, and whether they do."""
    at: dict[str, int] = {}
    path = np.array([at.setdefault(block.path, len(at)) for block in blocks], np.int32)
    some = np.hstack([own[:, :OWN], where[:, :2]])
    n, reach = len(blocks), max(NEIGHBOURS)
    around = np.pad(some, ((reach, reach), (0, 0)))
    paths = np.pad(path, reach, constant_values=-1)
    columns = [_at_path(path, own, where[:, PEER])]
    for step in NEIGHBOURS:
        of = slice(reach + step, reach + step + n)
        columns += [around[of], (paths[of] == path)[:, None]]
    return np.hstack(columns).astype(np.float32)


def _at_path(path: NDArray[np.int32], own: Numbers, peer: Numbers) -> Numbers:
    """The contents at the same block path: how much, how long, how linked, how much of it others extract."""
    sizes = np.expm1(own[:, 0])
    facts: Mapping[str, Numbers] = {
        "chars": sizes, "linked": own[:, 2] * sizes, "taken": np.maximum(peer, 0) * sizes, "ends": own[:, 5]
    }  # fmt: skip
    count = np.bincount(path)
    chars, linked, taken, ends = (np.bincount(path, fact) for fact in facts.values())
    about = [
        np.log1p(count), np.log1p(chars / count), linked / chars, taken / chars, ends / count,
        chars / sizes.sum(),
    ]  # fmt: skip
    return np.asarray(np.stack(about, axis=1)[path], np.float32)
