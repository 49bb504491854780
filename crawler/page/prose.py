"""The article of a page that marks none: where trafilatura finds it, and all that stands there.

trafilatura is good at finding the place and bad at keeping all of it: captions, headings, paragraphs that
repeat another one come and go with the weather of the page. So its text is taken as a pointer. The smallest
element that holds nearly all of it is the article, and what stands in there is read whole, less lists of
links and scraps that are no prose. What trafilatura found elsewhere is kept too, where it is more than the
lone paragraph of a box.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from lxml.html import HtmlElement

from crawler.page.blocks import INLINE, Line, lines
from crawler.page.bounds import (
    LINKED,
    article_lines,
    count_words,
    ends_sentence,
    is_prose,
    is_sentence,
    opens,
    standfirst,
)
from crawler.page.metadata import title as headline

MOST = 0.7
"""The element with so much of what was found is the article; the rest of it may be a stray footer."""
SCRAP = 5
"""A block of fewer words than this, without the mark of a sentence, may be a button or a counter."""
RUN = 2
"""So many paragraphs beside each other are text, wherever they stand; a single one may be a box."""
ITEMS = 2
"""And so many items of a list, or rows of a table."""
LEADS = ("p", "h2", "h3", "h4", "blockquote")
"""What a lead between headline and text stands in; a cell may be a date."""
ALIKE = 0.8
"""A line is one of those found when so much of it is: spaces, marks and cells are joined differently."""

WORD = re.compile(r"\w+")
ROW_STEPS = 4
"""A cell with a paragraph or a list in it; a table for layout goes deeper."""

LAYOUT = re.compile(r"\b(row|col|column|container|wrap|wrapper|inner|block|widget|box|grid|card|post|item)")
"""Classes that say how something is laid out, not that it is a part of a text."""

TEXT_TAGS = frozenset(
    {
        *("p", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "caption", "blockquote", "pre"),
        *("li", "dt", "dd", "td", "th", "tr"),
    }
)


def article_blocks(tree: HtmlElement, found: Sequence[str]) -> list[str]:
    """The blocks of the article of which `found` are lines, in their order."""
    body = tree.find("body")
    every = lines(body if body is not None else tree)
    known = _known(every, found)
    prose = {line for line in known if is_prose(line)} or {line for line in known if line.linked < LINKED}
    place = _place(tree, prose) if prose else tree
    inside = [line for line in every if place in (line.element, *line.element.iterancestors())]
    rows = {row for line in known if (row := _row(line)) is not None}
    taken = [line for line in inside if line in known or not _is_beside(line) or _row(line) in rows]
    kept = article_lines(taken, headline(tree))
    if not kept:
        return list(found)
    before, after = _outside(every, inside, known, headline(tree))
    return [line.text for line in [*before, *kept, *after]]


def _known(every: Sequence[Line], found: Sequence[str]) -> set[Line]:
    """Those lines of the page that are among those found."""
    pairs = {pair for line in [*found, " ".join(found)] for pair in _pairs(line)}
    return {line for line in every if _share(_pairs(line.text), pairs) >= ALIKE}


def _pairs(text: str) -> list[tuple[str, ...]]:
    """Each two words beside each other; a single one by itself."""
    words = WORD.findall(text)
    return list(pairwise(words)) or [(word,) for word in words]


def _share(pairs: Sequence[tuple[str, ...]], known: set[tuple[str, ...]]) -> float:
    return sum(pair in known for pair in pairs) / len(pairs) if pairs else 0.0


def _place(tree: HtmlElement, known: set[Line]) -> HtmlElement:
    """The smallest element that holds most of the prose found."""
    weights: defaultdict[HtmlElement, float] = defaultdict(float)
    for line in known:
        for above in (line.element, *line.element.iterancestors()):
            weights[above] += len(line.text) * (1 - line.linked)
    body = tree.find("body")
    place = body if body is not None else tree
    least = MOST * weights[place]
    while least and (below := [child for child in place if weights.get(child, 0) >= least]):
        if all(part.tag in INLINE for part in below[0].iterdescendants()):
            break
        place = below[0]
    return _with_its_like(place)


def _with_its_like(place: HtmlElement) -> HtmlElement:
    """The place, or what is around it where it is one of several alike: a section of a text, not the text."""
    parent = place.getparent()
    while parent is not None and parent.tag not in ("html", "body") and _is_one_of_several(place, parent):
        place, parent = parent, parent.getparent()
    return place


def _is_one_of_several(place: HtmlElement, parent: HtmlElement) -> bool:
    kind = place.get("class") or ""
    if not kind or LAYOUT.search(kind):
        return False
    return len([child for child in parent if child.tag == place.tag and child.get("class") == kind]) > 1


def _row(line: Line) -> HtmlElement | None:
    """The table row in which a line is a cell, or a part of one."""
    around = (line.element, *line.element.iterancestors())
    return next((above for above in around[:ROW_STEPS] if above.tag == "tr"), None)


def _is_beside(line: Line) -> bool:
    """Whether a block that trafilatura did not take is none of the article's, although it stands in it."""
    if line.linked > LINKED:
        return not is_sentence(line.text)
    short = count_words(line.text) < SCRAP and not ends_sentence(line.text)
    return short and line.element.tag not in TEXT_TAGS


def _outside(
    every: Sequence[Line], inside: Sequence[Line], known: set[Line], title: str
) -> tuple[list[Line], list[Line]]:
    """What was found before the place and after it, and is text by its form."""
    here = set(inside)
    first = next((number for number, line in enumerate(every) if line in here), 0)
    leads = {line for line in standfirst(every[:first], title) if line in known and line.element.tag in LEADS}
    stray = [(n, line) for n, line in enumerate(every) if line in known and line not in here]
    together = Counter(line.element.getparent() for _, line in stray if is_prose(line))
    items = Counter(line.element.getparent() for _, line in stray if _is_item(line))
    before = [line for n, line in stray if n < first and (line in leads or (is_prose(line) and opens(line)))]
    after = [
        line
        for n, line in stray
        if n > first
        and (
            (is_prose(line) and together[line.element.getparent()] >= RUN)
            or (_is_item(line) and items[line.element.getparent()] >= ITEMS)
        )
    ]
    return before, after


def _is_item(line: Line) -> bool:
    return line.element.tag in ("li", "tr", "dt", "dd") and line.linked < LINKED
