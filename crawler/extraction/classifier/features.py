"""Describes each block of a page by numbers: its contents, its place, and what is around and beside it.

`block_features` has what single blocks say, `layout` what their containers hold. The order of the numbers is
fixed; weights made for one order are of no use for another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np

from variorum.crawler.extraction.classifier import block_features
from variorum.crawler.extraction.classifier.facts import Facts
from variorum.crawler.extraction.classifier.layout import BlockFacts, Indices, Layout, levels_of
from variorum.crawler.extraction.classifier.trees import Numbers
from variorum.crawler.extraction.html.blocks import Block

PARAGRAPH, LINKED = 80, 0.4
"""A block with more characters and a smaller share of links is a paragraph."""
KINDS = (
    "Article", "Posting", "Product", "Forum", "QAPage", "ItemList", "CollectionPage", "WebPage", "Recipe",
    "Event",
)  # fmt: skip
"""What a page may be, by its JSON-LD."""


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
    up: Indices
    of: Indices
    words: list[tuple[str, ...]]

    def numbers(self, vocabulary: Vocabulary) -> Numbers:
        """The complete rows of numbers, with those from the words of classes and ids."""
        return np.hstack([self.rows, name_numbers(self.up, self.of, self.words, vocabulary)])


def describe(page: Page) -> Described:
    """The page as numbers. It must have a block."""
    blocks = page.blocks
    layout = Layout(blocks)
    own = block_features.own(blocks)
    sizes = np.expm1(own[:, 0])
    where, title = block_features.position(blocks, page.facts, page.peer, sizes, layout.headings())
    facts = BlockFacts(
        sizes, own[:, 2], (sizes > PARAGRAPH) & (own[:, 2] < LINKED), own[:, 4] * sizes, own[:, 5],
        where[:, block_features.PEER],
    )  # fmt: skip
    columns = [
        own, where, layout.containers(facts), layout.tags(), layout.hints(sizes),
        block_features.lines(blocks, page.url), block_features.beside(blocks, own, where),
    ]  # fmt: skip
    whole = np.array(
        [
            *_prose(facts), *_declared(page.facts), layout.best_score, title >= 0, len_of(page.facts.body),
            len_of(page.facts.description), len_of(page.peer), _taken(facts), *_address(page.url),
            *_counts(blocks, own), float(np.sort(sizes)[-5:].sum()) / max(float(sizes.sum()), 1),
        ],
        np.float32,
    )  # fmt: skip
    columns.append(np.repeat(whole[None, :], len(blocks), axis=0))
    return Described(
        np.hstack(columns).astype(np.float32, copy=False), whole, layout.up, layout.of, layout.words()
    )


def len_of(text: str) -> float:
    """The logarithm of the length of a text."""
    return float(np.log1p(len(text)))


def _prose(facts: BlockFacts) -> tuple[float, ...]:
    """How many blocks a page has, how long they are, and how much of them is links and paragraphs."""
    count, total = len(facts.sizes), max(float(facts.sizes.sum()), 1)
    paragraphs = facts.paragraph.sum()
    return (
        np.log1p(count), np.log1p(total), float((facts.linked * facts.sizes).sum()) / total,
        paragraphs / count, np.log1p(paragraphs), float((facts.paragraph * facts.sizes).sum()) / total,
    )  # fmt: skip


def _taken(facts: BlockFacts) -> float:
    """What share of the page another program takes for its text."""
    return float((np.maximum(facts.peer, 0) * facts.sizes).sum()) / max(float(facts.sizes.sum()), 1)


def _declared(facts: Facts) -> tuple[float, ...]:
    """What the page says it is."""
    kinds = [any(kind in one for one in facts.types) for kind in KINDS]
    return "article" in facts.og_type, "product" in facts.og_type, bool(facts.body), *kinds


def _address(url: str) -> tuple[float, ...]:
    """What its address is like."""
    path = urlsplit(url).path if "[" not in url else ""
    slug = path.rstrip("/").rpartition("/")[2]
    return path.strip("/").count("/"), not path.strip("/"), slug.count("-"), any(map(str.isdigit, slug))


def _counts(blocks: Sequence[Block], own: Numbers) -> tuple[float, ...]:
    """How many items, programs, headings, rows, prices, dates and repeated texts there are."""
    tags = Counter(block.tag for block in blocks)
    counts = tags["li"], tags["pre"], tags["h2"] + tags["h3"], tags["tr"] + tags["td"]
    return tuple(float(np.log1p(count)) for count in (*counts, *own[:, [15, 11, 7]].sum(axis=0)))


def name_numbers(
    up: Indices, of: Indices, words: Sequence[tuple[str, ...]], vocabulary: Vocabulary
) -> Numbers:
    """The numbers from the words of classes and ids, near a block and above it.

    `up` is the place above each place, `of` the place of each block, `words` those of each place.
    """
    count, columns, weight = len(up), vocabulary.columns, vocabulary.weight
    kinds = {names: kind for kind, names in enumerate(dict.fromkeys(words))}
    odds_of, own_of = np.zeros((len(kinds), 3), np.float32), np.zeros((len(kinds), len(columns)), bool)
    for kind, names in enumerate(kinds):
        if known := [weight[word] for word in names if word in weight]:
            odds_of[kind] = sum(known), max(known), min(known)
            own_of[kind, [columns[word] for word in names if word in columns]] = True
    of_kind = [kinds[names] for names in words]
    odds = np.zeros((count, 6), np.float32)  # sum, most, least: of the place; of it and all above
    odds[:, :3], own = odds_of[of_kind], own_of[of_kind]
    chain = own.copy()
    odds[0, 3:] = odds[0, 0], max(odds[0, 1], 0), min(odds[0, 2], 0)
    for level in levels_of(up):
        over = up[level]
        chain[level] |= chain[over]
        odds[level, 3] = odds[over, 3] + odds[level, 0]
        odds[level, 4] = np.maximum(odds[over, 4], odds[level, 1])
        odds[level, 5] = np.minimum(odds[over, 5], odds[level, 2])
    above = up[of]
    further = up[above]
    near = own[of] | own[above]
    return np.hstack([odds[of], odds[above, :3], odds[further, :3], near, chain[of]]).astype(
        np.float32, copy=False
    )
