"""Decides whether a page is a text of its own, or a list that leads to other pages, such as a home page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from lxml.html import HtmlElement

from variorum.crawler.extraction.html.blocks import Block, Place
from variorum.crawler.extraction.html.markup import folded, matching, text_of, tokens

Kind = Literal["article", "listing"]

SINGLE = frozenset(["single", "page", "attachment", "singular"])
LISTING = frozenset(["blog", "archive", "search-results", "search-no-results"])
"""WordPress's classes on `body` for the kind of a page; `page`, a single one, also occurs beside `home`."""
SAYS_ARTICLE = 'meta[property="og:type"][content="article"], meta[property="article:published_time"]'
HEADINGS = ("h1", "h2", "h3", "h4")
LEAST_ENTRIES = 5
LEAD = 300
"""The average length of text per headline above which a page is no list."""
TOGETHER = 4
"""The number of consecutive blocks of prose that make a text, whatever headlines are around."""
PROSE, LINKED = 12, 0.5
"""A block with at least so many words and a smaller share of links is prose."""


def kind_of(tree: HtmlElement, every: Sequence[Block], taken: Sequence[Block]) -> Kind:
    """The kind of a page with these blocks, some of which are its text."""
    body = tree.find("body")
    says = tokens(body) if body is not None else set()
    if says & SINGLE:
        return "article"
    found = headlines(tree)
    if says & LISTING:
        return "article" if _is_of_its_only_entry(tree, found) else "listing"
    text, aside = set(taken), _asides(every)
    shown = [block for block in every if block in text or not aside[block.place]]
    prose = [block for block in shown if is_prose(block)]
    if prose and matching(tree, SAYS_ARTICLE):
        return "article"
    few = len(found) < LEAST_ENTRIES or sum(len(block.text) for block in prose) >= LEAD * len(found)
    return "article" if few or _most_together(shown) >= TOGETHER else "listing"


def is_prose(block: Block) -> bool:
    """Whether a block is prose."""
    return block.linked < LINKED and len(block.words) >= PROSE


def headlines(tree: HtmlElement) -> list[str]:
    """The headings that are links to other pages."""
    return [text for heading in tree.iter(*HEADINGS) if (text := _linked(heading))]


def _linked(heading: HtmlElement) -> str:
    """The text of a heading that is a link to another page or lies in one, else nothing."""
    links = [*heading.iter("a"), *(a for a in heading.iterancestors() if a.tag == "a")]
    return text_of(heading) if any(_leads_elsewhere(link) for link in links) else ""


def _leads_elsewhere(link: HtmlElement) -> bool:
    """True unless the link is an anchor of the page itself, as long texts have at each heading."""
    href = (link.get("href") or "").strip()
    return bool(href) and not href.startswith("#")


def _is_of_its_only_entry(tree: HtmlElement, found: Sequence[str]) -> bool:
    """Whether a page has the title of its only entry: then it is that entry's own page."""
    return len(found) == 1 and found[0] in folded(tree.findtext(".//title") or "")


def _asides(every: Sequence[Block]) -> dict[Place | None, bool]:
    """For each place whether it is beside the text, or in one that is."""
    found: dict[Place | None, bool] = {None: False}
    for block in every:
        for place in block.place.around_but(found):
            found[place] = place.tag in ("nav", "aside", "footer") or found[place.above]
    return found


def _most_together(shown: Sequence[Block]) -> int:
    """The maximum number of consecutive blocks of prose without a linked heading between."""
    most = run = 0
    for block in shown:
        if is_prose(block):
            run += 1
        elif block.linked >= LINKED:
            run = 0
        most = max(most, run)
    return most
