"""Chooses the blocks of a classified page that are its text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from variorum.crawler.extraction.classifier.block_features import ENDS, Runs
from variorum.crawler.extraction.classifier.classifier import Judged, Probabilities, knows
from variorum.crawler.extraction.classifier.marked import marked_blocks
from variorum.crawler.extraction.html.blocks import Block, Place
from variorum.crawler.extraction.metadata.headline import without_headline

LOWEST, HIGHEST = 0.3, 0.5
"""The cut of an article is between these, where the expected F1 is largest."""
LEAST, MOST = 0.2, 0.9
"""The cut of other pages is between these."""
OF_A_PRODUCT = 0.4
"""The cut of a page that says it shows a product is not below this: less of the shop around it is text. F1 of
products, cross-validated by host: .658 to .668 (trafilatura .652)."""
WITHIN = 0.3
"""The cut in the place with nearly all of the text, where nothing should be lost."""
NEARLY_ALL = 0.9
LINKED = 0.5
HALF = 0.5
AROUND = frozenset(["nav", "footer", "aside", "button", "dialog", "time", "form"])


def text_blocks(judged: Judged, title: str) -> list[Block]:
    """The blocks of the page's text, in order, without the headline of an article."""
    marked = marked_blocks(judged)
    taken = marked or probable_blocks(judged)
    if marked is None and taken and judged.article < HALF:
        return taken
    return without_headline(taken or _by_peer(judged), title)


def probable_blocks(judged: Judged) -> list[Block]:
    """The blocks that are probable enough; none if the classifier recognises no text on the page."""
    blocks, found = judged.page.blocks, judged.probability
    if not knows(judged):
        return []
    words = np.array([len(block.words) for block in blocks])
    cut = best_cut(found, words)
    low, high = (LOWEST, HIGHEST) if judged.article >= HALF else (LEAST, MOST)
    if judged.page.facts.is_product:
        low, high = OF_A_PRODUCT, MOST
    taken = found >= min(max(cut, low), high)
    sentences = np.array([is_sentence(block) for block in blocks], bool)
    taken |= sentences & inside(blocks, taken * words) & (found >= WITHIN)
    return [blocks[n] for n in np.flatnonzero(taken)]


def is_sentence(block: Block) -> bool:
    """Whether a block ends as a sentence does, and does not lead elsewhere."""
    return block.linked < LINKED and ENDS.search(block.text) is not None


def inside(blocks: Sequence[Block], words: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which blocks are in the smallest place that holds nearly all of these words."""
    held: dict[Place, int] = {}
    for block, count in zip(blocks, words.tolist(), strict=True):
        if count:
            held |= dict.fromkeys(block.place.around_but(held), 0)
            held[block.place] += count
    for one in reversed(held):
        if one.above is not None:
            held[one.above] += held[one]
    most = NEARLY_ALL * words.sum()
    place = max(
        (one for one, count in held.items() if count >= most), key=lambda one: one.depth, default=None
    )
    within: dict[Place | None, bool] = {None: False}
    for block in blocks:
        for one in block.place.around_but(within):
            within[one] = one is place or within[one.above]
    return np.array([within[block.place] for block in blocks], bool)


def best_cut(probability: Probabilities, words: NDArray[np.int64]) -> float:
    """The cut at which the expected F1, over words, is largest."""
    order = np.argsort(-probability)
    sure, size = probability[order], words[order]
    right = np.cumsum(sure * size)
    expected = 2 * right / (np.cumsum(size) + max(right[-1], 1e-9))
    return float(sure[int(np.argmax(expected))])


def _is_aside(block: Block) -> bool:
    tags = {place.tag for place in block.place.around()}
    return not tags.isdisjoint(AROUND) or ("header" in tags and tags.isdisjoint(("article", "main")))


def _by_peer(judged: Judged) -> list[Block]:
    """Of the blocks outside of menus and the like, those that trafilatura extracts, or all; else all
    visible ones."""
    shown = [block for block in judged.page.blocks if not block.place.hidden]
    inside = [block for block in shown if not _is_aside(block)]
    shares = Runs(inside).shares(judged.page.peer)
    taken = [] if shares is None else [inside[n] for n in np.flatnonzero(shares > HALF)]
    return taken or inside or shown
