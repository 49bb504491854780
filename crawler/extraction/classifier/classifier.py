"""Computes with boosted trees how probably each block of a page is its text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from lxml.html import HtmlElement
from numpy.typing import NDArray

from variorum.crawler.extraction.classifier.facts import facts
from variorum.crawler.extraction.classifier.features import Page, Vocabulary, describe
from variorum.crawler.extraction.classifier.page_kind import kind_of
from variorum.crawler.extraction.classifier.stop_words import hash_stop_words_once
from variorum.crawler.extraction.classifier.trees import Trees
from variorum.crawler.extraction.html.blocks import Block, blocks
from variorum.crawler.extraction.html.joiners import keep_joiners

WEIGHTS = Path(__file__).with_name("weights.npz")
"""Made by `python -m benchmarks.reader`; weights.md describes the training."""

Probabilities = NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """The trained weights of the classifier."""

    label: str
    """The name of the weights: readings with the same name used the same weights."""
    vocabulary: Vocabulary
    every: Trees
    """Decides for a block of any page whether it is text."""
    article: Trees
    """Decides for a block of an article whether it is text."""
    is_article: Trees
    """Decides for a page whether it is one article."""

    @classmethod
    def load(cls, path: Path) -> Weights:
        """The weights that `save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            settings = json.loads(str(arrays["settings"]))
            trees = [Trees.of(arrays, name) for name in ("every", "article", "is_article")]
        columns = {word: n for n, word in enumerate(settings["columns"])}
        return cls(settings["label"], Vocabulary(settings["weight"], columns), *trees)

    def save(self, path: Path) -> None:
        """Write the weights as plain arrays."""
        settings = {
            "label": self.label,
            "weight": self.vocabulary.weight,
            "columns": list(self.vocabulary.columns),
        }
        trees = {"every": self.every, "article": self.article, "is_article": self.is_article}
        arrays = {name: array for kind, one in trees.items() for name, array in one.arrays(kind).items()}
        np.savez_compressed(path, settings=np.array(json.dumps(settings)), **arrays)  # type: ignore[arg-type]


@cache
def shipped() -> Weights:
    """The weights that come with the program."""
    return Weights.load(WEIGHTS)


@dataclass(frozen=True)
class Judged:
    """A page with the probabilities of its blocks."""

    page: Page
    probability: Probabilities
    """For each block, the probability that it is text."""
    article: float
    """The probability that the page is one article."""


def knows(judged: Judged) -> bool:
    """Whether the classifier recognises text on the page; a page of three words has none."""
    return float(judged.probability.max(initial=0)) >= UNSURE


def judge(page: Page, weights: Weights) -> Judged:
    """The page with the probability of each of its blocks."""
    if not page.blocks:
        return Judged(page, np.zeros(0), 0.0)
    described = describe(page)
    rows = described.numbers(weights.vocabulary)
    article = float(weights.is_article.probability(described.page[None, :])[0])
    found = np.zeros(len(rows))
    if article < SURE:
        found += (1 - article) * weights.every.probability(rows)
    if article > 1 - SURE:
        found += article * weights.article.probability(rows)
    moving = np.array([_is_moving(block) for block in page.blocks])
    return Judged(page, np.where(moving, MOVING * found, found), article)


def _is_moving(block: Block) -> bool:
    return "marquee" in block.path and any(place.tag == "marquee" for place in block.place.around())


UNSURE = 0.35
"""The probability that some block must exceed for the classifier to recognise text."""
MOVING = 0.3
"""The factor for moving text such as a ticker of headlines, which no training example has."""
SURE = 0.97
"""The certainty about a page's kind from which one kind of weights is enough."""


def page_of(tree: HtmlElement, url: str, every: list[Block] | None = None) -> Page:
    """A page with everything that the classifier needs to know of its blocks; `every` are these, if known."""
    every = blocks(tree) if every is None else every
    return Page(every, facts(tree), url, peer_text(tree), kind_of(tree, every, ()) == "listing")


def peer_text(tree: HtmlElement) -> str:
    """The text of the page according to trafilatura; empty if it finds none.

    `deduplicate` stays off: its memory spans the process, and a page read twice would give two texts.
    """
    from trafilatura import bare_extraction  # noqa: PLC0415 - slow to import, and mostly not needed
    from trafilatura.settings import Document  # noqa: PLC0415

    keep_joiners()
    hash_stop_words_once()
    try:
        found = bare_extraction(tree, include_comments=False, include_tables=True, deduplicate=False)
    except RecursionError:
        return ""
    return found.text or "" if isinstance(found, Document) else ""
