"""What single blocks say, in what order they stand, and what is like them on their page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from variorum.crawler.extraction.classifier.facts import Facts
from variorum.crawler.extraction.classifier.trees import Numbers
from variorum.crawler.extraction.html.blocks import Block
from variorum.crawler.extraction.html.counters import is_counter
from variorum.crawler.extraction.html.hints import (
    BYLINE,
    OFFER,
    TEASER,
    may_mention_cookies,
    mentions_cookies,
)

WORD = re.compile(r"\w+")
PUNCTUATION = frozenset('.,;:!?،؛؟。，、…»”"')
ENDS = re.compile(r"[.!?؟。…:][\"”»')\]]*\s*$")
YEAR_OR_TIME = re.compile(r"\d(?<!\w\d)(?:(?<=1)9\d\d\b|(?<=2)0\d\d\b|\d?[:.]\d\d\b)")
"""Begins with its digit, which is searched fast, and looks back for the beginning of a word."""
AGO = re.compile(r"\bago\b", re.IGNORECASE)
MONTHS = frozenset(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
DAY = re.compile(rf"\b({'|'.join(sorted(MONTHS))})[a-z]*\.?\s+\d", re.IGNORECASE)
PRICE = re.compile(r"[$€£¥₹\d](?:(?<=\d)\s?(€|£|kr|zł|USD|EUR)\b|(?<!\d)\s?\d)")
"""Begins with one of a set of characters, which is searched fast, too."""
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
NO_TARGETS = (0.0,) * 5
SIMILAR = 0.6
"""A heading of which the title has so much is the title."""


class Runs:
    """The words of some blocks as numbers, to measure how much of each block is in another text."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        words = [block.words for block in blocks]
        every = list(chain.from_iterable(words))
        self._numbers = {word: number for number, word in enumerate(dict.fromkeys(every), 1)}
        """A word of none of the blocks is 0."""
        self._numbered = self._as_numbers(every)
        self._sizes = np.array([len(own) for own in words], np.int64)
        self._starts = np.cumsum(self._sizes) - self._sizes

    def shares(self, text: str) -> NDArray[np.float64] | None:
        """The share of each block that is in a text, by its runs of three words; None for an empty text.

        A block of one or two words is in it or not.
        """
        other = self._as_numbers(WORD.findall(text.lower()))
        if not len(other):
            return None
        found = np.zeros(len(self._sizes))
        for length in range(1, GRAM):
            short = np.flatnonzero(self._sizes == length)
            found[short] = self._are_in(other, self._starts[short], length)
        long = np.flatnonzero(self._sizes >= GRAM)
        are = self._are_in(other, np.arange(len(self._numbered) - GRAM + 1), GRAM)
        before = np.append(0, np.cumsum(are))
        starts, counts = self._starts[long], self._sizes[long] - GRAM + 1
        found[long] = (before[starts + counts] - before[starts]) / counts
        return found

    def _as_numbers(self, words: Sequence[str]) -> NDArray[np.int64]:
        return np.fromiter(map(self._numbers.get, words, repeat(0)), np.int64, len(words))

    def _are_in(self, other: NDArray[np.int64], starts: NDArray[np.int64], length: int) -> NDArray[np.bool_]:
        """Whether the runs of so many words that begin at these words of the blocks are in another text."""
        own = self._runs(self._numbered, starts, length)
        there = np.sort(self._runs(other, np.arange(len(other) - length + 1), length))
        if not len(there):
            return np.zeros(len(own), bool)
        return np.asarray(there[np.searchsorted(there, own) % len(there)] == own)

    def _runs(self, numbers: NDArray[np.int64], starts: NDArray[np.int64], length: int) -> NDArray[np.int64]:
        """A number for the run of so many words from each of these on, the same for the same words."""
        runs = np.zeros(len(starts), np.int64)
        for step in range(length):
            runs = runs * (len(self._numbers) + 1) + numbers[starts + step]
        return runs


def own(blocks: Sequence[Block]) -> Numbers:
    """The numbers of each block by itself. The first `OWN` are given to its neighbours too."""
    texts = [block.text for block in blocks]
    often = Counter(texts)
    sizes, counts = (np.array([len(one) for one in some]) for some in (texts, [b.words for b in blocks]))
    upper, digits, marks = _characters(texts)
    some = zip(texts, blocks, digits > 0, strict=True)
    said = [
        (
            block.linked, block.bold, ENDS.search(text) is not None, block.place.hidden, often[text] > 1,
            text.startswith("- "), _is_dated(text, block, numbered=numbered),
            "|" in text or "»" in text or "·" in text, "©" in text,
            numbered and PRICE.search(text) is not None, len(block.anchors), text.count("\n"), "@" in text,
            text[:1].islower(),
        )
        for text, block, numbered in some
    ]  # fmt: skip
    said_of = _numbers(said).T
    rows = np.stack(
        [
            sizes, counts, *said_of[:2], marks / sizes, *said_of[2:6],
            np.where(sizes < LONG, upper, 0) / sizes,
            digits / sizes, said_of[6], sizes / np.maximum(counts, 1), *said_of[7:],
        ],
        axis=1,
    ).astype(np.float32)  # fmt: skip
    rows[:, :2] = np.log1p(rows[:, :2])
    rows[:, 16:18] = np.log1p(rows[:, 16:18])
    return rows


def _numbers(rows: Sequence[tuple[float, ...]]) -> NDArray[np.float64]:
    """Rows of numbers as an array."""
    count = len(rows) * len(rows[0])
    return np.fromiter(chain.from_iterable(rows), np.float64, count).reshape(len(rows), -1)


def _characters(texts: Sequence[str]) -> Iterator[NDArray[np.int64]]:
    """How many capitals, digits and punctuation marks each text has; none may be empty."""
    whole = "".join(texts)
    codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.intp)
    starts = np.cumsum([0, *map(len, texts[:-1])])
    chars = set(whole)
    for kind in (str.isupper, str.isdigit, PUNCTUATION.__contains__):
        are = np.zeros(ord(max(chars)) + 1, np.uint8)
        are[[ord(char) for char in filter(kind, chars)]] = 1
        yield np.add.reduceat(are.take(codes), starts, dtype=np.int64)


def _is_dated(text: str, block: Block, *, numbered: bool) -> bool:
    """Whether a block has a date. That needs a digit or the word `ago`, and most blocks have neither."""
    if numbered and YEAR_OR_TIME.search(text):
        return True
    if "ago" in block.words and AGO.search(text):
        return True
    named = numbered and not MONTHS.isdisjoint([word[:3] for word in block.words])
    return named and DAY.search(text) is not None


def position(
    blocks: Sequence[Block], facts: Facts, peer: str, sizes: Numbers, headings: Sequence[str]
) -> tuple[Numbers, int]:
    """Where each block stands in the order of the page, and what other texts have of it; which is the title.

    `peer` is what trafilatura takes for the text; `headings` are the tags of the headings in which blocks
    stand. The title is -1 where no heading is one.
    """
    n = len(blocks)
    rows = np.zeros((n, 12), np.float32)
    runs = Runs(blocks)
    for column, text in enumerate((peer, f"{facts.title} {facts.headline}", facts.description, facts.body)):
        shares = runs.shares(text)
        rows[:, column] = -1 if shares is None else shares
    title = _title(headings, rows[:, TITLE])
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


def _title(headings: Sequence[str], titled: Numbers) -> int:
    """The first heading of which the title has much; else the first `h1`."""
    found = [i for i, tag in enumerate(headings) if tag and titled[i] > SIMILAR]
    return next(iter(found or [i for i, tag in enumerate(headings) if tag == "h1"]), -1)


def _share_around(peer: Numbers, sizes: Numbers, reach: int) -> Numbers:
    """The share of the text within so many blocks that another program extracts."""
    kernel = np.ones(2 * reach + 1)
    n = len(sizes)
    taken = np.convolve(np.maximum(peer, 0) * sizes, kernel)[reach : reach + n]
    there = np.convolve(sizes, kernel)[reach : reach + n]
    return np.asarray(taken / np.maximum(there, 1), np.float32)


def lines(blocks: Sequence[Block], url: str) -> Numbers:
    """Numbers of single lines: a label, a byline, a counter; and the targets of their links."""
    host = host_of(url)
    since, seen = FAR, set[str]()
    of_cookies = may_mention_cookies("\n".join(block.text for block in blocks))
    rows: list[tuple[float, ...]] = []
    for block in blocks:
        text, place = block.text.removeprefix("- "), block.place
        label = TEASER.match(text) if len(text) < LONG else None
        short = len(text) < SHORT
        rows.append((
            0 if label is None else 2 if label.end() == len(text) else 1, since,
            BYLINE.match(text) is not None, short and is_counter(text),
            of_cookies and mentions_cookies(text), short and _is_offer(text), text in seen,
            place.above.alike.get(place.kind, 1) if place.above else 1,
            *(_targets(block, host) if block.anchors else NO_TARGETS),
        ))  # fmt: skip
        since = 0 if label else min(since + 1, FAR)
        seen.add(text)
    found = _numbers(rows).astype(np.float32)
    found[:, 7] = np.log1p(found[:, 7])
    return found


@lru_cache(maxsize=2**12)
def _is_offer(line: str) -> bool:
    """Whether a line offers something to do, as in menus; these are the same on all pages of a site."""
    return OFFER.occurs_in(line)


def _targets(block: Block, host: str) -> tuple[float, ...]:
    """The share of a block's links within the page, within the site, to other sites, and to no page; and
    whether the first has a picture."""
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
    count, picture = len(block.anchors), next(block.anchors[0].iterdescendants("img"), None)
    return here / count, site / count, away / count, other / count, picture is not None


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
    return np.hstack(columns).astype(np.float32, copy=False)


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
