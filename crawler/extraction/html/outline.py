"""Finds the headings and links of a text, and its other editions, on the page that it was extracted from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml.html import HtmlElement

from variorum.crawler.extraction.html.article_parts import split
from variorum.crawler.extraction.html.markup import ExtractionError, folded, matching, parse
from variorum.crawler.urls.references import resolve

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*")
"""A language code of the web (BCP 47); `x-default` is none."""
STEPS = 6
"""The number of elements around a link in which its block must be for the link to be in the text."""


class Outline(NamedTuple):
    """What the plain words of a text do not show."""

    headings: list[str]
    links: list[str]
    """Absolute addresses, each once, in the order of the page."""
    editions: list[str]
    """The same article in other languages, as the page's head names them: language and address."""


def outline(body: bytes, url: str, encoding: str | None, text: str) -> Outline:
    """The headings that are blocks of the text, and the links in its blocks."""
    blocks = {block.removeprefix("- ") for block in text.split("\n")} - {""}
    headings: list[str] = []
    links: dict[str, None] = {}
    editions: dict[str, None] = {}
    for part in split(body):
        try:
            tree = parse(part, url, encoding)
        except ExtractionError:
            continue
        headings += [found for found in map(_heading_text, tree.iter(*HEADINGS)) if found in blocks]
        links |= dict.fromkeys(_links(tree, url, blocks))
        editions |= dict.fromkeys(_editions(tree, url))
    return Outline(headings, list(links), list(editions))


def levelled_headings(body: bytes, url: str, encoding: str | None, text: str) -> list[tuple[int, str]]:
    """The headings that are blocks of the text, in the order of the page, each with its level from 1 to 6."""
    blocks = {block.removeprefix("- ") for block in text.split("\n")} - {""}
    found: list[tuple[int, str]] = []
    for part in split(body):
        try:
            tree = parse(part, url, encoding)
        except ExtractionError:
            continue
        found += [(int(heading.tag[1]), _heading_text(heading)) for heading in tree.iter(*HEADINGS)]
    return [(level, heading) for level, heading in found if heading in blocks]


def _links(tree: HtmlElement, url: str, blocks: set[str]) -> Iterator[str]:
    for link in tree.iter("a"):
        if (target := _target(url, link.get("href", ""))) and _is_within(link, blocks):
            yield target


def _editions(tree: HtmlElement, url: str) -> Iterator[str]:
    """The editions, but not from a language menu: there a page without a translation links to a home page."""
    for link in matching(tree, "link[rel~=alternate][hreflang][href]"):
        language = link.get("hreflang", "").strip().lower()
        target = _target(url, link.get("href", ""))
        if LANGUAGE.fullmatch(language) and target and target != url:
            yield f"{language} {target}"


def _is_within(link: HtmlElement, blocks: set[str]) -> bool:
    element: HtmlElement | None = link
    for _ in range(STEPS):
        if element is None:
            return False
        if _heading_text(element) in blocks:
            return True
        element = element.getparent()
    return False


def _target(url: str, href: str) -> str:
    """The absolute address; empty if it is no web address, or is within the page."""
    if not href.strip() or href.startswith("#"):
        return ""
    found = resolve(url, href)
    return found if found and found.isprintable() else ""


def _heading_text(element: HtmlElement) -> str:
    return folded(str(element.text_content()))
