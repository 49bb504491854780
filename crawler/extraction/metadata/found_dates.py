"""Finds a date in the address or text of a page that marks none as that of the article. Pure, and a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from functools import lru_cache
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from variorum.crawler.dates import sound_date
from variorum.crawler.urls.references import resolve

IN_ADDRESS = re.compile(r"/(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?=[/_.-]|$)")
PARTS = frozenset(["article", "main"])
ASIDE = frozenset(["nav", "aside", "noscript", "figure"])
ENTRIES = frozenset(["li", "tr", "article"])
RELATED = re.compile(r"related|teaser|recommend|read-?more|latest|popular|sidebar|comment|promo")
HEADLINE = 3
"""The number of words from which a link is the headline of another article."""
BESIDE = 60
"""The number of characters beside such a link in a teaser: a date, a name."""
ENTRY = 600
"""The same for an entry of a list or a row of a table, which may have a lead."""
CLIMB = 5
"""The number of elements above its link in which the box of a teaser is looked for."""
LAST = "2200-01-01"
"""A fixed last day: by default htmldate uses today's date, and so one page would be read in two ways."""


def found_date(tree: HtmlElement, url: str) -> str | None:
    """The date in the address of a page, else one in the part of it that holds its article."""
    if date := _in_address(url):
        return date
    part = _own_part(tree, url)
    own = (sound_date(one.get("datetime")) for one in part.iter("time"))
    return next(filter(None, own), None) or sound_date(_by_htmldate(part))


def _in_address(url: str) -> str | None:
    try:
        path = urlsplit(url).path
    except ValueError:  # such as an unfinished [IPv6] host
        return None
    dates = (sound_date("-".join(digits)) for digits in IN_ADDRESS.findall(path))
    return next(filter(None, dates), None)


def _by_htmldate(part: HtmlElement) -> str | None:
    from htmldate import find_date  # noqa: PLC0415 - slow to import, and needed where nothing is marked

    try:
        found: str | None = find_date(part, original_date=True, extensive_search=False, max_date=LAST, url="")
    except (ValueError, OverflowError, TypeError, RecursionError):  # of a date that it did not expect
        return None
    return found


def _own_part(tree: HtmlElement, url: str) -> HtmlElement:
    """A copy of the part around the headline, without content about other articles."""
    headline = next(tree.iter("h1"), None)
    around = [] if headline is None else [one for one in headline.iterancestors() if one.tag in PARTS]
    body = tree.find("body")
    part = deepcopy(around[0] if around else tree if body is None else body)
    part.tail = None
    for element in list(_of_others(part, url)):
        if element.getparent() is not None:
            element.drop_tree()
    return part


def _of_others(part: HtmlElement, url: str) -> Iterator[HtmlElement]:
    """What is beside the article, and teasers: a headline that leads elsewhere with little beside it."""
    kept = {above for one in part.iter("h1") for above in (one, *one.iterancestors())} | {part}
    sizes = _sizes(part)
    for element in part.iter("*"):
        if element in kept:
            continue
        if element.tag in ASIDE or _is_related(element, kept):
            yield element
        elif element.tag == "a" and _leads_elsewhere(element, url):
            yield _box(element, kept, sizes)


def _is_related(element: HtmlElement, kept: set[HtmlElement]) -> bool:
    """Whether its name says that it is about other articles; or it is the footer of the page itself."""
    if element.tag == "footer":
        return not any(above.tag == "article" for above in element.iterancestors())
    return len(kept) > 1 and _names_others(element.get("class") or "")


@lru_cache(maxsize=2**14)
def _names_others(classes: str) -> bool:
    return RELATED.search(classes) is not None


def _leads_elsewhere(link: HtmlElement, url: str) -> bool:
    """Whether it is the headline of another article; a date or an author can be a link, too."""
    text = "".join(link.itertext())
    if len(text.split()) < HEADLINE or "author" in (link.get("rel") or "") or sound_date(text):
        return False
    address = resolve(url, link.get("href") or "") or ""
    return address.partition("#")[0] != url.partition("#")[0]


def _box(link: HtmlElement, kept: set[HtmlElement], sizes: dict[HtmlElement, int]) -> HtmlElement:
    """The largest element that has little more than this link."""
    box = link
    for above, _ in zip(link.iterancestors(), range(CLIMB), strict=False):
        if above in kept:
            break
        if sizes[above] - sizes[link] <= (ENTRY if above.tag in ENTRIES else BESIDE):
            box = above
    return box


def _sizes(part: HtmlElement) -> dict[HtmlElement, int]:
    """The number of characters in each element."""
    sizes = dict.fromkeys(part.iter("*"), 0)
    for element in reversed(sizes):
        sizes[element] += len(element.text or "")
        if element is not part:
            sizes[element.getparent()] += sizes[element] + len(element.tail or "")
    return sizes
