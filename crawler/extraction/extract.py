"""Extracts the text of a page from its bytes. Pure: the same bytes, rules and weights give the same text.

The page is a sequence of blocks. What the site's template knows as boilerplate is removed; for the rest a
classifier computes how probably each block is text, and the text is those blocks that are probable enough. If
the template knows the page's block paths, they decide, and nothing is classified.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from typing import Literal

import numpy as np
from lxml.etree import __version__ as lxml_version
from lxml.html import HtmlElement

from variorum.crawler.config.site import Rule
from variorum.crawler.diffing.tokens import count_words
from variorum.crawler.extraction.boilerplate.known_design import KnownDesign
from variorum.crawler.extraction.boilerplate.path_scores import PathScore, PathScores
from variorum.crawler.extraction.boilerplate.template import EMPTY, Template, cut
from variorum.crawler.extraction.classifier.classifier import Judged, Weights, judge, page_of, shipped
from variorum.crawler.extraction.classifier.facts import Facts
from variorum.crawler.extraction.classifier.features import Page
from variorum.crawler.extraction.classifier.page_kind import Kind, kind_of
from variorum.crawler.extraction.classifier.siblings import ALONE, Siblings, seen_with
from variorum.crawler.extraction.classifier.text_choice import text_blocks
from variorum.crawler.extraction.html.blocks import Block, blocks
from variorum.crawler.extraction.html.links import links
from variorum.crawler.extraction.html.markup import ExtractionError, drop, matching, outermost, parse, size_of
from variorum.crawler.extraction.html.overlays import drop_overlays
from variorum.crawler.extraction.html.stylesheet import StyleSheet
from variorum.crawler.extraction.known_page import KnownPage, SeenBy, drop_marked_teasers, known_page
from variorum.crawler.extraction.lines import lines_of
from variorum.crawler.extraction.metadata.headline import language, without_headline
from variorum.crawler.extraction.metadata.headline import title as headline
from variorum.crawler.extraction.metadata.metadata import Metadata, Stated, metadata

__all__ = ["EXTRACTOR", "Extract", "ExtractionError", "extract", "rules_at"]

READING = 8
"""Raised with every change to our own code that may change a text."""

EXTRACTOR = f"trafilatura {version('trafilatura')}, lxml {lxml_version}, reading {READING}"
"""Names everything that decides the text, except the site's rules and template. Stored with each version."""

NO_FACTS = Facts("", "", "", "", frozenset(), "")


@dataclass(frozen=True, slots=True)
class Extract:
    """The extraction of a page: its title, its text and its metadata."""

    title: str
    text: str
    """One block a line: paragraphs, headings, list items (`- `), table rows (` | `), captions, in order."""
    kind: Kind | Literal["file"]
    """`listing` for home pages, archives and search results: each line of their text is an entry.
    `file` for a document that is no web page."""
    author: str | None = None
    published: str | None = None
    modified: str | None = None
    language: str | None = None
    links: str | None = None
    """A line for each link in the text: its words, a tab, its target; None if they are not known."""
    published_by: str | None = None
    """`marked` if the page marks its date, or `found` if it was read from its text or address."""
    canonical: str | None = None
    """The page's own `rel=canonical`, absolute."""

    @property
    def blocks(self) -> tuple[str, ...]:
        """The lines of the text."""
        return tuple(self.text.split("\n")) if self.text else ()

    @property
    def digest(self) -> str:
        """SHA-256 of title and text, in hexadecimal. Metadata never takes part."""
        return hashlib.sha256(f"{self.title}\n\n{self.text}".encode()).hexdigest()

    @property
    def words(self) -> int:
        """The number of words of the text."""
        return count_words(self.text)


def rules_at(rules: Sequence[Rule], day: date) -> tuple[str, ...]:
    """The selectors of the rules that apply on the day of a capture."""
    return tuple(rule.css for rule in rules if (rule.from_ or date.min) <= day <= (rule.until or date.max))


@dataclass(frozen=True, slots=True)
class ExtractionRules:
    """What decides the text of a page, besides its bytes."""

    remove: tuple[str, ...] = ()
    """CSS selectors of the site file for what is no text."""
    select: tuple[str, ...] = ()
    """CSS selectors of the site file for the text; without any, the classifier chooses it."""
    template: Template = EMPTY
    """The boilerplate learned of the site."""
    weights: Weights | None = None
    """The weights of the classifier; by default the ones that come with the program."""

    @property
    def for_known_pages(self) -> SeenBy:
        """What of this counts for a page of a known design; the weights don't, and can't be hashed."""
        return self.template, self.remove


NO_RULES = ExtractionRules()


@dataclass(frozen=True, slots=True)
class Opened:
    """A page parsed and classified, before its text is chosen."""

    url: str
    tree: HtmlElement
    title: str
    judged: Judged | None
    """None if the site's own rule selects the text."""
    selected: tuple[Block, ...] = ()
    metadata_read: Metadata | None = None
    """None until it is needed."""
    source: tuple[bytes, str | None] = (b"", None)
    """Its bytes, with the encoding of the response."""
    stated: Stated | None = None
    """What a page of a known design states about itself."""
    paths: tuple[str, ...] = ()
    """The block paths of everything it shows; empty if nothing was classified."""

    @property
    def metadata_of(self) -> Metadata:
        """Author, dates and canonical URL."""
        told = self.metadata_read or (self.stated and self.stated.metadata())
        return told or _metadata_of(*self.source, self.url)

    @property
    def is_known(self) -> bool:
        """Whether its block paths decided its text."""
        return self.judged is not None and not self.paths


@lru_cache(maxsize=4)
def _metadata_of(body: bytes, encoding: str | None, url: str) -> Metadata:
    """The metadata of a page; the last ones are cached, since a page that changed is extracted twice."""
    return metadata(parse(body, url, encoding), url)


def extract(
    body: bytes, url: str, *, encoding: str | None = None, rules: ExtractionRules = NO_RULES
) -> Extract:
    """The text of a page: an article, the entries of a list, the posts of a forum, all of a manual's page.

    Raises ExtractionError if there is no text to be read, Misuse if a selector is invalid.
    """
    return extract_opened(opened(body, url, encoding=encoding, rules=rules))


def opened(
    body: bytes, url: str, *, encoding: str | None = None, rules: ExtractionRules = NO_RULES
) -> Opened:
    """The page parsed, without what the rules remove, its blocks classified. Raises as `extract` does."""
    known = None if rules.select else rules.template.known
    if known and (page := _opened_by_paths(known_page(body, url, encoding, rules.for_known_pages))):
        return page
    tree = parse(body, url, encoding)
    metadata_of = metadata(tree, url)
    if rules.select:
        title = cleaned(tree, rules)
        selected = tuple(_selected(tree, url, rules.select))
        return Opened(url, tree, title, None, selected, metadata_read=metadata_of)
    whole, size = blocks(tree), size_of(tree)
    paths = tuple(block.path for block in whole)
    title = cleaned(tree, rules)
    left = whole if size_of(tree) == size else blocks(tree)
    judged = judge(page_of(tree, url, left), rules.weights or shipped())
    judged = judged_by(judged, known) if known else judged
    return Opened(url, tree, title, judged, metadata_read=metadata_of, paths=paths)


def _opened_by_paths(page: KnownPage) -> Opened | None:
    """A page as its block paths tell its text; None if these don't decide for all but a few words."""
    if page.labelled is None:
        return None
    every, labels = [block for block, _ in page.labelled], [label for _, label in page.labelled]
    judged = Judged(Page(every, NO_FACTS, page.url, ""), np.array(labels, float), 1.0)
    return Opened(page.url, page.tree, page.title, judged, source=page.source, stated=page.stated)


def cleaned(tree: HtmlElement, rules: ExtractionRules) -> str:
    """Remove what the rules name from a tree, and return the title of the page."""
    for css in rules.remove:
        for element in matching(tree, css):
            drop(element)
    title = headline(tree)
    if not rules.select:
        drop_overlays(tree)
        drop_marked_teasers(tree)
    cut(tree, rules.template)
    return title


def extract_opened(page: Opened, known: Siblings = ALONE) -> Extract:
    """The extract of an opened page; `known` is the evidence of other pages of its site. Raises
    ExtractionError."""
    return extract_of(page, taken_of(page, known))


def taken_of(page: Opened, known: Siblings = ALONE) -> Sequence[Block]:
    """The blocks of an opened page that are its text; call it only once, since it removes boilerplate from
    the tree."""
    if page.judged is None:
        return page.selected
    if page.is_known:
        labelled = zip(page.judged.page.blocks, page.judged.probability, strict=True)
        return without_headline([block for block, label in labelled if label], page.title)
    return text_blocks(seen_with(page.judged, known), page.title)


def evidence(page: Opened, taken: Sequence[Block]) -> PathScores:
    """What a classified page shows about its block paths: how much of the content there is text.

    Removed content counts as no text, unless something else is at its path.
    """
    if page.judged is None or not page.paths:
        return PathScores()
    elements = {block.place.element for block in taken}
    every = page.judged.page.blocks
    found = PathScores.of(every, [float(block.place.element in elements) for block in every])
    cut_ones = Counter(path for path in page.paths if path not in found.paths)
    return found.joined(PathScores({path: PathScore(0.0, count, 1) for path, count in cut_ones.items()}))


def extract_of(page: Opened, taken: Sequence[Block]) -> Extract:
    """The extract of an opened page with these blocks as its text. Raises ExtractionError."""
    every = page.judged.page.blocks if page.judged else page.selected
    kind = kind_of(page.tree, every, taken)
    lines = lines_of(taken, as_entries=kind == "listing", with_counters=bool(page.selected))
    if not lines and not (page.title and (kind == "listing" or _shows_something(page.tree))):
        raise ExtractionError(f"{page.url}: there is no text; a page made by scripts needs `render = true`")
    text, found = "\n".join(lines), page.metadata_of
    return Extract(
        title=page.title,
        text=text,
        kind=kind,
        author=found.author,
        published=found.published,
        published_by=found.published_by,
        modified=found.modified,
        language=language(text, page.tree.get("lang")),
        links=links(taken, page.url),
        canonical=found.canonical,
    )


def judged_by(judged: Judged, known: KnownDesign) -> Judged:
    """A classified page, with the evidence of known block paths for its blocks."""
    labels = [known.is_text(block) for block in judged.page.blocks]
    sure = np.array([math.nan if label is None else float(label) for label in labels])
    return replace(judged, probability=np.where(np.isnan(sure), judged.probability, sure))


def _shows_something(tree: HtmlElement) -> bool:
    """Whether a page without text may be complete: it has a picture or a film."""
    return next(tree.iter("img", "picture", "video", "audio", "iframe", "object"), None) is not None


def _selected(tree: HtmlElement, url: str, select: Sequence[str]) -> list[Block]:
    chosen = {element for css in select for element in matching(tree, css)}
    if not chosen:
        raise ExtractionError(f"{url}: nothing matches select = {list(select)}; has the site a new design?")
    sheet = StyleSheet.of(tree)
    parts = outermost([element for element in tree.iter() if element in chosen])
    return [block for part in parts for block in blocks(part, sheet)]
