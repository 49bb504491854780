"""Describes each block of a page by numbers: its contents, its place, and what is around and beside it.

The order of the numbers is that of `NAMES`; weights trained for one order are useless for another.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from crawler.extraction.classifier.facts import Facts
from crawler.extraction.html.blocks import Block, Place
from crawler.extraction.html.counters import is_counter
from crawler.extraction.html.hints import BYLINE, COOKIES, OFFER, TEASER, is_beside, is_marked

Numbers = NDArray[np.float32]

WORD = re.compile(r"\w+")
NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
PUNCTUATION = re.compile(r"[.,;:!?،؛؟。，、…»”\"]")
ENDS = re.compile(r"[.!?؟。…:][\"”»')\]]*\s*$")
DATED = re.compile(
    r"\b(19|20)\d\d\b|\b\d{1,2}[:.]\d\d\b|\bago\b"
    r"|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d",
    re.IGNORECASE,
)
PRICE = re.compile(r"[$€£¥₹]\s?\d|\d\s?(€|£|kr|zł|USD|EUR)\b")
TAGS = """p div li td tr th h1 h2 h3 h4 h5 h6 pre blockquote figcaption dd dt button section article main
    summary""".split()  # noqa: SIM905 - legible
AROUND = [
    "article",
    "main",
    "section",
    "aside",
    "nav",
    "footer",
    "header",
    "form",
    "ul",
    "ol",
    "table",
    "figure",
    "blockquote",
    "dl",
    "details",
    "li",
    "p",
    "noscript",
    "dialog",
    "button",
]
PARAGRAPH, LINKED = 80, 0.4
"""A block with more characters and a smaller share of links is a paragraph."""
FAR = 20
"""The number of steps or blocks from which a distance counts as infinite."""
SHORT = 120
SHORTEST, LONGEST = 3, 19
"""The number of letters of a word in a class that is used."""
LONG = 2_000
"""The length of a block above which its capitals are not counted."""
GRAM = 3
NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
OWN = 12
"""The number of a block's own numbers that its neighbours also get."""


class Pool:
    """The words of another text, to measure how much of a block is in it."""

    def __init__(self, text: str) -> None:
        words = WORD.findall(text.lower())
        self.all = f" {' '.join(words)} "
        self.grams = set(zip(words, words[1:], words[2:], strict=False))

    def share(self, words: Sequence[str]) -> float:
        """The share of the words that are in the text, by runs of three."""
        if len(words) < GRAM:
            return float(bool(words) and f" {' '.join(words)} " in self.all)
        grams = list(zip(words, words[1:], words[2:], strict=False))
        return sum(gram in self.grams for gram in grams) / len(grams)


@lru_cache(maxsize=2**15)
def name_words(names: str) -> tuple[str, ...]:
    """The words of classes, ids and roles, in lower case: `entryContent-2` is `entry` and `content`."""
    return tuple({word.lower() for word in NAME.findall(names) if SHORTEST <= len(word) <= LONGEST})


def names_of(place: Place) -> tuple[str, ...]:
    """The words of a place's own classes, id and roles."""
    get = place.element.get
    whole = " ".join(filter(None, (get("class"), get("id"), get("itemprop"), get("role"))))
    return name_words(whole) if whole else ()


@dataclass(frozen=True)
class Vocabulary:
    """What is known of the words of classes and ids: how often content is under each."""

    weight: Mapping[str, float]
    """Log-odds that content is under such a name."""
    columns: Mapping[str, int]
    """The words that have columns of their own."""


@dataclass
class Page:
    """A page ready to be classified."""

    blocks: list[Block]
    facts: Facts
    url: str
    peer: str
    """Its text according to trafilatura."""
    is_list: bool = False
    """Whether it leads to other pages, and has no text of its own."""


@dataclass(frozen=True, slots=True)
class Described:
    """A page's blocks as numbers, without those from the words of classes and ids."""

    rows: Numbers
    """A row for each block, with the numbers of the page as a whole at its end."""
    page: Numbers
    up: NDArray[np.int32]
    of: NDArray[np.int32]
    words: list[tuple[str, ...]]

    def numbers(self, vocabulary: Vocabulary) -> Numbers:
        """The complete rows of numbers, with those from the words of classes and ids."""
        return np.hstack([self.rows, name_numbers(self.up, self.of, self.words, vocabulary)])


def describe(page: Page) -> Described:
    """The page as numbers. It must have a block."""
    layout = _Layout(page.blocks)
    own = _own(page)
    where, title = _position(page, own)
    peer = where[:, PEER]
    places = layout.containers(own, peer)
    whole = _page(page, own, layout, peer, title)
    columns = [
        own, where, places, layout.tags(), layout.hints(own), _words(page), _paths(page.blocks, own, peer),
        _beside(page.blocks, own, where),
    ]  # fmt: skip
    columns.append(np.repeat(whole[None, :], len(page.blocks), axis=0))
    return Described(np.hstack(columns).astype(np.float32), whole, layout.up, layout.of, layout.words())


def _own(page: Page) -> Numbers:
    """The numbers of each block by itself. The first `OWN` are given to its neighbours too."""
    blocks = page.blocks
    texts = Counter(block.text for block in blocks)
    rows = np.empty((len(blocks), 20), np.float32)
    for row, block in zip(rows, blocks, strict=True):
        text = block.text
        size, count = len(text), len(block.words)
        upper = sum(map(str.isupper, text)) if size < LONG else 0
        row[:] = (
            size, count, block.linked, block.bold, len(PUNCTUATION.findall(text)) / size,
            ENDS.search(text) is not None, block.place.hidden, texts[text] > 1, text.startswith("- "),
            upper / size, sum(map(str.isdigit, text)) / size, DATED.search(text) is not None,
            size / max(count, 1), "|" in text or "»" in text or "·" in text, "©" in text,
            PRICE.search(text) is not None, len(block.anchors), text.count("\n"), "@" in text,
            text[:1].islower(),
        )  # fmt: skip
    rows[:, :2] = np.log1p(rows[:, :2])
    rows[:, 16:18] = np.log1p(rows[:, 16:18])
    return rows


PEER = 0


def _position(page: Page, own: Numbers) -> tuple[Numbers, int]:
    """The position of each block in the page, and how much of it other texts have."""
    blocks = page.blocks
    n = len(blocks)
    said = page.facts
    pools = [Pool(page.peer), Pool(f"{said.title} {said.headline}"), Pool(said.description), Pool(said.body)]
    rows = np.zeros((n, 12), np.float32)
    for row, block in zip(rows, blocks, strict=True):
        row[:4] = [pool.share(block.words) if len(pool.all) > 2 else -1 for pool in pools]  # noqa: PLR2004
    headings = [i for i, block in enumerate(blocks) if _heading(block) == "h1"]
    titled = [i for i, block in enumerate(blocks) if _heading(block) in ("h1", "h2") and rows[i, 1] > 0.6]  # noqa: PLR2004
    title = next(iter(titled or headings), -1)
    order = np.arange(n)
    sizes = np.expm1(own[:, 0])
    rows[:, 4] = order / n
    rows[:, 5] = (np.cumsum(sizes) - sizes) / max(sizes.sum(), 1)
    rows[:, 6] = n - order
    rows[:, 7] = np.log1p(np.abs(order - title)) * np.where(order >= title, 1, -1) if title >= 0 else -9
    rows[:, 8] = order == title
    rows[:, 9] = _share_around(rows[:, PEER], sizes, 2)
    rows[:, 10] = _share_around(rows[:, PEER], sizes, 6)
    rows[:, 11] = [block.place.depth for block in blocks]
    return rows, title


def _heading(block: Block) -> str:
    return next((place.tag for place in block.place.around() if place.tag in ("h1", "h2")), "")


def _share_around(peer: Numbers, sizes: Numbers, reach: int) -> Numbers:
    """The share of the text within so many blocks that another program extracts."""
    kernel = np.ones(2 * reach + 1)
    n = len(sizes)
    taken = np.convolve(np.maximum(peer, 0) * sizes, kernel)[reach : reach + n]
    there = np.convolve(sizes, kernel)[reach : reach + n]
    return np.asarray(taken / np.maximum(there, 1), np.float32)


class _Layout:
    """The places of a page as arrays, each with the one above it; outer ones come before inner ones."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.at: dict[Place, int] = {}
        for block in blocks:
            for place in reversed(list(block.place.around())):
                self.at.setdefault(place, len(self.at))
        self.places = list(self.at)
        self.up = np.array([self.at[p.above] if p.above else 0 for p in self.places], np.int32)
        self.of = np.array([self.at[block.place] for block in blocks], np.int32)
        self.best = 0

    def _sums(self, rows: Numbers) -> Numbers:
        """For each place the sum of the rows of its blocks."""
        sums = np.zeros((len(self.places), rows.shape[1]), np.float64)
        np.add.at(sums, self.of, rows)
        for place in range(len(self.places) - 1, 0, -1):
            sums[self.up[place]] += sums[place]
        return np.asarray(sums, np.float32)

    def containers(self, own: Numbers, peer: Numbers) -> Numbers:
        """The contents of the four places around a block, and where the places with most prose are."""
        sizes, linked = np.expm1(own[:, 0]), own[:, 2]
        paragraph = (sizes > PARAGRAPH) & (linked < LINKED)
        commas = own[:, 4] * sizes
        facts = [
            sizes, linked * sizes, np.ones_like(sizes), paragraph, commas, own[:, 5],
            np.maximum(peer, 0) * sizes, paragraph * sizes,
        ]  # fmt: skip
        sums = self._sums(np.stack(facts, axis=1).astype(np.float32))
        chars, links, count, paragraphs, marks, ends, taken, prose = sums.T
        total, most_taken = max(chars[0], 1), max(taken[0], 1)
        room = np.maximum(chars, 1)
        about = np.stack(
            [
                np.log1p(chars), chars / total, links / room, paragraphs / np.maximum(count, 1),
                np.log1p(count), marks / room, ends / np.maximum(count, 1), taken / room, taken / most_taken,
            ],
            axis=1,
        )  # fmt: skip
        score = np.where(paragraphs > 0, (chars - 2 * links) * (1 - links / room) / (1 + 0.02 * count), 0)
        self.best, self.best_score = int(np.argmax(score)), float(score.max(initial=0)) / total
        holders = [
            self.best,
            self._smallest(taken >= 0.7 * most_taken),
            self._smallest(prose >= 0.7 * max(prose[0], 1)),
        ]
        steps = [self.of]
        for _ in range(3):
            steps.append(self.up[steps[-1]])
        columns = [about[step] for step in steps]
        columns += [self._distance(holder)[self.of][:, None] for holder in holders]
        repeated = self._repeated(chars)
        columns.append(repeated[self.of])
        columns.append((score[self.of] / max(score.max(initial=0), 1))[:, None])
        columns.append((score[self.up[self.of]] / max(score.max(initial=0), 1))[:, None])
        return np.hstack(columns).astype(np.float32)

    def _smallest(self, holds: NDArray[np.bool_]) -> int:
        """The deepest place among those with at least this content."""
        found = np.flatnonzero(holds)
        return int(max(found, key=lambda p: self.places[p].depth)) if len(found) else 0

    def _distance(self, holder: int) -> Numbers:
        """The number of steps of each place below another; negative outside: the distance to their common
        place."""
        steps = np.full(len(self.places), -20, np.float32)
        at, out = holder, 0
        above: dict[int, int] = {}
        while at:
            at, out = int(self.up[at]), out + 1
            above[at] = -out
        steps[holder] = 0
        inside = np.zeros(len(self.places), bool)
        inside[holder] = True
        for place in range(len(self.places)):
            over = self.up[place]
            if place != holder and inside[over] and place:
                inside[place] = True
                steps[place] = steps[over] + 1
            elif not inside[place]:
                steps[place] = above.get(place, steps[over] if place else above.get(0, -20))
        return steps

    def _repeated(self, chars: Numbers) -> Numbers:
        """How often a place, or one around it, is repeated beside itself; and how long these are."""
        rows = np.zeros((len(self.places), 3), np.float32)
        for i, place in enumerate(self.places):
            if place.above is None:
                continue
            count = place.above.alike.get(place.kind, 1)
            rows[i] = rows[self.up[i]]
            if place.tag in ("div", "li", "article", "section", "tr", "a") and place.kind[1]:
                rows[i, 2] = max(rows[i, 2], count)
            if count > rows[i, 0]:
                rows[i, :2] = count, chars[i]
        return np.asarray(np.log1p(rows), np.float32)

    def tags(self) -> Numbers:
        """The tags of a block's place and of those around it."""
        known = {tag: n for n, tag in enumerate(AROUND)}
        around = np.zeros((len(self.places), len(AROUND)), np.float32)
        for i, place in enumerate(self.places):
            around[i] = around[self.up[i]]
            if (at := known.get(place.tag)) is not None:
                around[i, at] += 1
        index = {tag: n for n, tag in enumerate(TAGS)}
        kinds = np.zeros((len(self.of), len(TAGS) + 1), np.float32)
        kinds[np.arange(len(self.of)), [index.get(self.places[p].tag, len(TAGS)) for p in self.of]] = 1
        return np.hstack([kinds, around[self.of]])

    def hints(self, own: Numbers) -> Numbers:
        """What the names of places claim: the text, or something beside it; how far up, and how much."""
        sizes = np.expm1(own[:, :1])
        share = self._sums(sizes)[:, 0] / max(float(sizes.sum()), 1)
        rows = np.zeros((len(self.places), 6), np.float32)
        rows[0] = 0, 0, FAR, 1, FAR, 1
        marks = 0
        for i, place in enumerate(self.places):
            if i:
                rows[i] = rows[self.up[i]]
                rows[i, 2] = min(rows[i, 2] + 1, FAR)
                rows[i, 4] = min(rows[i, 4] + 1, FAR)
            if is_marked(place):
                marks += not rows[i, 0]
                rows[i, 0], rows[i, 1] = 1, share[i]
                rows[i, 2:4] = 0, share[i]
            if is_beside(place):
                rows[i, 4:] = 0, share[i]
        return np.hstack([rows[self.of], np.full((len(self.of), 1), marks, np.float32)])

    def words(self) -> list[tuple[str, ...]]:
        """The words of each place's classes, id and roles."""
        return [names_of(place) for place in self.places]


def name_numbers(
    up: NDArray[np.int32], of: NDArray[np.int32], words: Sequence[Sequence[str]], vocabulary: Vocabulary
) -> Numbers:
    """The numbers from the words of classes and ids, near a block and above it.

    `up` is the place above each place, `of` the place of each block, `words` those of each place.
    """
    count, width = len(up), len(vocabulary.columns)
    odds = np.zeros((count, 6), np.float32)  # sum, most, least: of the place; of it and all above
    own = np.zeros((count, width), bool)
    chain = np.zeros((count, width), bool)
    weight, columns = vocabulary.weight, vocabulary.columns
    for i, said in enumerate(words):
        if i:
            chain[i] = chain[up[i]]
            odds[i, 3:] = odds[up[i], 3:]
        known = [weight[word] for word in said if word in weight]
        if known:
            odds[i, :3] = sum(known), max(known), min(known)
            odds[i, 3] += odds[i, 0]
            odds[i, 4] = max(odds[i, 4], odds[i, 1])
            odds[i, 5] = min(odds[i, 5], odds[i, 2])
            own[i, [columns[word] for word in said if word in columns]] = True
            chain[i] |= own[i]
    above = up[of]
    further = up[above]
    near = own[of] | own[above]
    return np.hstack([odds[of], odds[above, :3], odds[further, :3], near, chain[of]]).astype(np.float32)


def _words(page: Page) -> Numbers:
    """Numbers of single lines: a label, a byline, a counter; and the targets of their links."""
    rows = np.zeros((len(page.blocks), 13), np.float32)
    host = _host(page.url)
    since, seen = FAR, set[str]()
    for row, block in zip(rows, page.blocks, strict=True):
        text = block.text.removeprefix("- ")
        label = TEASER.match(text) if len(text) < LONG else None
        row[0] = 0 if label is None else 2 if label.end() == len(text) else 1
        row[1] = since
        since = 0 if label else min(since + 1, FAR)
        short = len(text) < SHORT
        row[2:6] = (
            BYLINE.match(text) is not None, short and is_counter(text),
            COOKIES.search(text) is not None, short and OFFER.search(text) is not None,
        )  # fmt: skip
        row[6] = text in seen
        seen.add(text)
        row[7] = block.place.above.alike.get(block.place.kind, 1) if block.place.above else 1
        row[8:12] = _targets(block, host)
        row[12] = bool(block.anchors) and block.anchors[0].find(".//img") is not None
    rows[:, 7] = np.log1p(rows[:, 7])
    return rows


def _targets(block: Block, host: str) -> tuple[float, float, float, float]:
    """The share of a block's links within the page, within the site, to other sites, and to no page."""
    if not block.anchors:
        return 0, 0, 0, 0
    here = site = away = other = 0
    for anchor in block.anchors:
        href = (anchor.get("href") or "").strip()
        if href.startswith("#") or not href:
            here += 1
        elif href.startswith(("mailto:", "tel:", "javascript:")):
            other += 1
        elif "//" in href[:8] and _host(href) != host:
            away += 1
        else:
            site += 1
    count = len(block.anchors)
    return here / count, site / count, away / count, other / count


@lru_cache(maxsize=2**12)
def _host(url: str) -> str:
    return url.partition("//")[2].partition("/")[0].removeprefix("www.").lower()


def _paths(blocks: Sequence[Block], own: Numbers, peer: Numbers) -> Numbers:
    """The contents at the same block path: how much, how long, how linked, how much of it others extract."""
    at: dict[str, int] = {}
    of = np.array([at.setdefault(block.path, len(at)) for block in blocks], np.int32)
    sizes = np.expm1(own[:, 0])
    facts = np.stack(
        [np.ones_like(sizes), sizes, own[:, 2] * sizes, np.maximum(peer, 0) * sizes, own[:, 5]], axis=1
    )
    sums = np.zeros((len(at), facts.shape[1]))
    np.add.at(sums, of, facts)
    count, chars, linked, taken, ends = sums.T
    about = [
        np.log1p(count),
        np.log1p(chars / count),
        linked / chars,
        taken / chars,
        ends / count,
        chars / sizes.sum(),
    ]
    return np.asarray(np.stack(about, axis=1)[of], np.float32)


def _beside(blocks: Sequence[Block], own: Numbers, where: Numbers) -> Numbers:
    """The neighbours' own numbers, and whether they are at the same path."""
    n = len(blocks)
    some = np.hstack([own[:, :OWN], where[:, :2]])
    paths = [block.path for block in blocks]
    padded = np.vstack(
        [np.zeros((3, some.shape[1]), np.float32), some, np.zeros((3, some.shape[1]), np.float32)]
    )
    columns = []
    for step in NEIGHBOURS:
        same = [0 <= i + step < n and paths[i + step] == paths[i] for i in range(n)]
        columns += [padded[3 + step : 3 + step + n], np.array(same, np.float32)[:, None]]
    return np.hstack(columns)


KINDS = (
    "Article",
    "Posting",
    "Product",
    "Forum",
    "QAPage",
    "ItemList",
    "CollectionPage",
    "WebPage",
    "Recipe",
    "Event",
)


def _page(page: Page, own: Numbers, layout: _Layout, peer: Numbers, title: int) -> Numbers:
    """The numbers of the page as a whole."""
    sizes, linked = np.expm1(own[:, 0]), own[:, 2]
    total = max(float(sizes.sum()), 1)
    paragraph = (sizes > PARAGRAPH) & (linked < LINKED)
    said = page.facts
    path = urlsplit(page.url).path if "[" not in page.url else ""
    slug = path.rstrip("/").rpartition("/")[2]
    tags = Counter(block.tag for block in page.blocks)
    n = len(page.blocks)
    return np.array(
        [
            np.log1p(n), np.log1p(total), float((linked * sizes).sum()) / total, paragraph.sum() / n,
            np.log1p(paragraph.sum()), float((paragraph * sizes).sum()) / total, "article" in said.og_type,
            "product" in said.og_type, bool(said.body),
            *(any(kind in t for t in said.types) for kind in KINDS), layout.best_score, title >= 0,
            np.log1p(len(said.body)), np.log1p(len(said.description)),
            np.log1p(len(page.peer)), float((np.maximum(peer, 0) * sizes).sum()) / total,
            path.strip("/").count("/"), not path.strip("/"), slug.count("-"), any(map(str.isdigit, slug)),
            np.log1p(tags["li"]), np.log1p(tags["pre"]), np.log1p(tags["h2"] + tags["h3"]),
            np.log1p(tags["tr"] + tags["td"]),
            np.log1p(own[:, 15].sum()), np.log1p(own[:, 11].sum()), np.log1p(own[:, 7].sum()),
            float(np.sort(sizes)[-5:].sum()) / total,
        ],
        np.float32,
    )  # fmt: skip
