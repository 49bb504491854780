"""Whether a page is a text of its own, or a list that leads to other pages, as a home page is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from lxml.html import HtmlElement

from crawler.extraction.html.blocks import Block
from crawler.extraction.html.markup import folded, matching, text_of, tokens

Kind = Literal["article", "listing"]

SINGLE = frozenset(["single", "page", "attachment", "singular"])
LISTING = frozenset(["blog", "archive", "search-results", "search-no-results"])
"""WordPress says on `body` what kind of page it shows; `page`, a single one, also stands beside `home`."""
SAYS_ARTICLE = 'meta[property="og:type"][content="article"], meta[property="article:published_time"]'
HEADINGS = ("h1", "h2", "h3", "h4")
LEAST_ENTRIES = 5
LEAD = 300
"""A list shows a lead of at most so many characters a headline, on average; a text shows more."""
TOGETHER = 4
"""So many blocks of prose one after the other are a text, whatever headlines stand around it."""
PROSE, LINKED = 12, 0.5
"""A block of so many words, with a smaller share of links, is prose."""


def kind_of(tree: HtmlElement, every: Sequence[Block], taken: Sequence[Block]) -> Kind:
    """The kind of a page with these blocks, of which some are its text."""
    body = tree.find("body")
    says = tokens(body) if body is not None else set()
    if says & SINGLE:
        return "article"
    found = headlines(tree)
    if says & LISTING:
        return "article" if _is_of_its_only_entry(tree, found) else "listing"
    text = set(taken)
    said = [block for block in every if block in text or not _is_aside(block)]
    prose = [block for block in said if is_prose(block)]
    if prose and matching(tree, SAYS_ARTICLE):
        return "article"
    few = len(found) < LEAST_ENTRIES or sum(len(block.text) for block in prose) >= LEAD * len(found)
    return "article" if few or _most_together(said) >= TOGETHER else "listing"


def is_prose(block: Block) -> bool:
    """Whether a block says something itself."""
    return block.linked < LINKED and len(block.words) >= PROSE


def headlines(tree: HtmlElement) -> list[str]:
    """The headings that are links to other pages."""
    return [text for heading in tree.iter(*HEADINGS) if (text := _linked(heading))]


def _linked(heading: HtmlElement) -> str:
    """The text of a heading that is a link to another page or lies in one, else nothing."""
    links = [*heading.iter("a"), *(a for a in heading.iterancestors() if a.tag == "a")]
    return text_of(heading) if any(_leads_elsewhere(link) for link in links) else ""


def _leads_elsewhere(link: HtmlElement) -> bool:
    """True but for an anchor of the page itself, which many a long text has at each heading."""
    href = (link.get("href") or "").strip()
    return bool(href) and not href.startswith("#")


def _is_of_its_only_entry(tree: HtmlElement, found: Sequence[str]) -> bool:
    """Whether a page is named after the one entry that it shows: it is that entry's own."""
    return len(found) == 1 and found[0] in folded(tree.findtext(".//title") or "")


def _is_aside(block: Block) -> bool:
    return any(place.tag in ("nav", "aside", "footer") for place in block.place.around())


def _most_together(said: Sequence[Block]) -> int:
    """How many blocks of prose stand one after the other at most, with no linked heading between."""
    most = run = 0
    for block in said:
        if is_prose(block):
            run += 1
        elif block.linked >= LINKED:
            run = 0
        most = max(most, run)
    return most
