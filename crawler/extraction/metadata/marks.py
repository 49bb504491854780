"""Finds the elements that mark the dates and names of a page's own article: microdata, RDFa, microformats.
Pure.

A page also has the dates of other articles, in teasers and lists. Its own are with its headline.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

SCOPES = frozenset(["article", "li", "aside", "nav", "footer", "tr"])
NEVER = frozenset(["li", "aside", "nav", "footer", "tr"])
"""Elements in which other articles are, or none."""
OTHERS = ("Comment", "Review", "Answer", "Person", "Organization", "ImageObject", "VideoObject")
RDFA = {"dc:created": "datePublished", "dc:issued": "datePublished", "dc:modified": "dateModified"}
WITH_PROPERTIES = etree.XPath("/descendant::*/@itemprop/.. | /descendant::*/@property/..")
"""Several times as fast as with conditions on each element."""
LEAST_WORDS = 50
"""The number of words from which an object without a headline is an article."""
LEVELS = 40
"""The number of ancestors in which the nearest scope is looked for."""


class Marks:
    """The marked elements of one page."""

    def __init__(self, tree: HtmlElement) -> None:
        self._tree = tree

    @cached_property
    def _around(self) -> set[HtmlElement]:
        """All that is around its headlines."""
        headlines = [*self._tree.iter("h1"), *self._named_headlines()]
        return {above for one in headlines for above in one.iterancestors()}

    @cached_property
    def _with_properties(self) -> list[HtmlElement]:
        marked = cast("list[HtmlElement]", WITH_PROPERTIES(self._tree))
        return [one for one in marked if one.tag != "meta" or one.get("property") is None]

    def _named_headlines(self) -> list[HtmlElement]:
        return [one for one in self._with_properties if one.get("itemprop") == "headline"]

    def dates(self, name: str) -> Iterator[str]:
        """The times in the article's own elements with this `itemprop`."""
        for element in self._own(self._with_property(name)):
            yield from _values(element)

    def classed(self, *names: str) -> Iterator[str]:
        """The times in its own `time` elements with one of these classes or attributes, as in
        microformats."""
        marked = [
            one
            for one in self._tree.iter("time", "abbr")
            if set(names) & set((one.get("class") or "").split())
            or ("pubdate" in names and one.get("pubdate") is not None)
        ]
        for element in self._own(marked):
            yield from _values(element)

    def names(self, name: str) -> Iterator[str]:
        """The names of people in its own elements with this `itemprop`."""
        own = self._own(self._with_property(name))
        for element in (one for one in own if one.getparent() is own[0].getparent()):
            inner = element.xpath(".//*[contains(concat(' ', @itemprop, ' '), ' name ')]")
            for one in inner or [element]:
                text = one.get("content") or " ".join("".join(one.itertext()).split())
                yield text

    def _with_property(self, name: str) -> list[HtmlElement]:
        return [one for one in self._with_properties if name in _properties(one)]

    def _own(self, elements: list[HtmlElement]) -> list[HtmlElement]:
        if not elements:
            return []
        scopes = [(element, _scope(element)) for element in elements]
        with_headline = [element for element, scope in scopes if scope is not None and scope in self._around]
        if with_headline:
            return with_headline
        free = [element for element, scope in scopes if scope is None]
        if free:
            return free
        if any(_is_scope(above) for above in self._around):
            return []  # the article is known, and says nothing
        articles = {scope for _, scope in scopes if scope is not None and _is_article(scope)}
        return [element for element, scope in scopes if scope in articles] if len(articles) == 1 else []


def _scope(element: HtmlElement) -> HtmlElement | None:
    """The nearest object that the element may describe; None for the page itself."""
    for depth, above in enumerate(element.iterancestors()):
        if depth > LEVELS:
            return None
        if _is_scope(above):
            return above
    return None


def _is_scope(element: HtmlElement) -> bool:
    return element.tag in SCOPES or element.get("itemscope") is not None


def _is_article(scope: HtmlElement) -> bool:
    kind = (scope.get("itemtype") or "").rpartition("/")[2]
    if scope.tag in NEVER or kind in OTHERS:
        return False
    return len("".join(scope.itertext()).split()) >= LEAST_WORDS


def _properties(element: HtmlElement) -> list[str]:
    """Its properties by microdata, and by RDFa as Drupal writes them, without their vocabulary."""
    named = f"{element.get('itemprop') or ''} {element.get('property') or ''}".split()
    return [RDFA.get(one, one.removeprefix("schema:")) for one in named]


def _values(element: HtmlElement) -> Iterator[str]:
    for attribute in ("content", "datetime", "title"):
        if value := element.get(attribute):
            yield value
            return
    yield "".join(element.itertext())
