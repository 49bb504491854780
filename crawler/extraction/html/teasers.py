"""Removes teasers of other articles inside an article: «Also read», a linked headline, a picture, a lead.

They are recognised by their label, whatever the markup: a short line like «Also read:», alone or before a
link, followed by links to elsewhere. Prose ends a teaser, and a label without links after it is text. Without
a label they are recognised by their form: a small box that is a link, or one in which a picture and a
headline lead to the same other page of the site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from variorum.crawler.extraction.html.blocks import INLINE
from variorum.crawler.extraction.html.dom_paths import is_block
from variorum.crawler.extraction.html.hints import TEASER
from variorum.crawler.extraction.html.markup import drop, outermost, text_of

LABEL = 6
"""The maximum number of words of a label."""
MOST_LEADS = 2
"""The maximum number of paragraphs of lead before the link that ends a teaser."""
LINKED = 0.6
"""The share of links from which a block leads elsewhere."""
LONGEST_BOX = 1_500
SHORT, LONG = 12, 60
"""The maximum number of words beside a linked picture that are its caption; the number from which text
with hardly a link is prose."""
HARDLY = 0.2
CUT_SHORT = ("…", "...", "[…]", "[...]")


CARD = 60
"""The maximum number of words of a link with blocks in it that is a teaser card."""
CARD_STEPS = 4
"""The number of elements above its picture in which the box of a card is looked for."""
HEADLINE = 3
"""The least number of words of a headline."""
MOST_CARDS = 0.5
"""The share of cards from which they are the subject of a page."""
NO_BOX = ("body", "main", "article", "html")
FILE = re.compile(r"\.(jpe?g|png|gif|webp|avif|svg|pdf)$", re.IGNORECASE)


def drop_teasers(tree: HtmlElement) -> None:
    """Remove labelled teasers of other articles from a tree."""
    mixed = {
        element.getparent() for element in tree.iter() if element.tag not in INLINE
    }  # have blocks in them
    for element in list(tree.iter()):
        if element.getparent() is None or not (is_block(element) or _is_alone(element, mixed)):
            continue
        if not TEASER.match(_beginning(element)):
            continue
        rest = TEASER.sub("", text_of(element), count=1)
        if rest and _leads_elsewhere(element, rest):
            drop(element)
        elif not rest:
            _drop_what_is_announced(element)


def _beginning(element: HtmlElement) -> str:
    """The first words of an element, folded: as many as the longest label has."""
    words = (element.text or "").split(maxsplit=LABEL)
    if len(words) <= LABEL and len(element):
        words = "".join(element.itertext()).split(maxsplit=LABEL)
    return " ".join(words[:LABEL])


def drop_cards(tree: HtmlElement, url: str) -> None:
    """Remove boxes of a picture, a headline and a lead that link to one page."""
    mixed = {element.getparent() for element in tree.iter() if element.tag not in INLINE}
    cards = [link for link in tree.iter("a") if _is_card(link, mixed)]
    cards += [box for box in _boxes(tree, url) if box.find(".//figcaption") is None]
    cards = outermost(list(dict.fromkeys(cards)))
    if sum(len(text_of(card)) for card in cards) < MOST_CARDS * len(text_of(tree)):
        for card in cards:
            drop(card)


def _boxes(tree: HtmlElement, url: str) -> Iterator[HtmlElement]:
    """The small boxes in which a picture and a headline lead to the same other page of the site."""
    pictures = [link for link in tree.iter("a") if not text_of(link) and link.find(".//img") is not None]
    if not pictures:
        return
    links = [(link, _page_of(link, url)) for link in tree.iter("a")]
    named = {(page, link) for link, page in links if len(text_of(link).split()) >= HEADLINE}
    headlines: dict[str, list[HtmlElement]] = {}
    for page, link in named:
        headlines.setdefault(page, []).append(link)
    for link, page in links:
        if page and page in headlines and not text_of(link) and link.find(".//img") is not None:
            box = _box_of(link, set(headlines[page]))
            if box is not None:
                yield box


def _box_of(picture: HtmlElement, headlines: set[HtmlElement]) -> HtmlElement | None:
    """The smallest element around a picture with one of the headlines, if it is a small one."""
    for box in list(picture.iterancestors())[:CARD_STEPS]:
        if box.tag in NO_BOX or len(text_of(box).split()) > CARD:
            return None
        if not headlines.isdisjoint(box.iter("a")):
            return box
    return None


def _page_of(link: HtmlElement, url: str) -> str:
    """The other page of the site that a link leads to; empty for any other link."""
    try:
        target = urljoin(url, (link.get("href") or "").strip()).partition("#")[0]
        same = urlsplit(target).netloc == urlsplit(url).netloc
    except ValueError:  # such as an unfinished [IPv6] host
        return ""
    return target if same and target != url and not FILE.search(target) else ""


def _is_card(link: HtmlElement, mixed: set[HtmlElement | None]) -> bool:
    href = (link.get("href") or "").strip()
    text = text_of(link)
    if not text or not href or href.startswith("#") or FILE.search(href) or len(text.split()) > CARD:
        return False
    parts = [part for part in link.iterdescendants() if part.tag not in INLINE and text_of(part)]
    shown = any(part.tag == "figcaption" for part in parts)
    return not shown and (len(parts) > 1 or (_is_alone(link, mixed) and TEASER.match(text) is not None))


def _is_alone(link: HtmlElement, mixed: set[HtmlElement | None]) -> bool:
    """True for a link or the like that is a line of its own between blocks, in one of `mixed`."""
    parent = link.getparent()
    if link.tag not in INLINE or parent is None or parent.tag in INLINE or parent not in mixed:
        return False
    before = link.getprevious()
    return not (
        (link.tail or "").strip() or ((before.tail if before is not None else parent.text) or "").strip()
    )


def _drop_what_is_announced(label: HtmlElement) -> None:
    """Remove a label with the teasers after it, or the box that it heads."""
    box = label.getparent()
    if box is not None and _is_box(box, label):
        drop(box)
        return
    teasers = list(_teasers_after(label))
    for element in [label, *teasers] if teasers else []:
        drop(element)


def _is_box(box: HtmlElement, label: HtmlElement) -> bool:
    """Whether an element is a box of teasers: it begins with the label, is short, and leads elsewhere.

    An element with the headline of the page is none: the label may be the name of the article's category.
    """
    if box.tag in NO_BOX or box[0] is not label or box.find(".//a") is None or box.find(".//h1") is not None:
        return False
    text = text_of(box)
    others = [child for child in box if child is not label]
    return len(text) < LONGEST_BOX and not any(_is_prose(child) for child in others)


def _is_prose(element: HtmlElement) -> bool:
    """True for a long paragraph with hardly a link that is no cut lead."""
    text = text_of(element)
    whole = len(text.split()) > LONG and not text.endswith(CUT_SHORT)
    return whole and _linked(element) < HARDLY * len(text)


def _teasers_after(label: HtmlElement) -> Iterator[HtmlElement]:
    """The elements after a label, as long as each leads elsewhere or is a lead."""
    pages: set[str | None] = set()
    leads: list[HtmlElement] = []
    for element in label.itersiblings():
        text = text_of(element)
        if not text and element.find(".//img") is None and element.tag != "img":
            continue
        here = {link.get("href") for link in element.iter("a")}
        if _leads_elsewhere(element, text) or _is_linked_picture(element):
            if leads and pages.isdisjoint(here):
                return
            yield from [*leads, element]
            pages, leads = pages | here, []
        elif pages and text.endswith(CUT_SHORT) and not leads:
            yield element
        elif pages and is_block(element) and len(leads) < MOST_LEADS:
            leads.append(element)  # a lead, if the link to the same page comes again below it
        else:
            return


def _is_linked_picture(element: HtmlElement) -> bool:
    text = text_of(element)
    short = len(text.split()) <= SHORT or text.endswith(CUT_SHORT)
    return short and any(link.find(".//img") is not None for link in element.iter("a"))


def _leads_elsewhere(element: HtmlElement, text: str) -> bool:
    return bool(text) and _linked(element) >= LINKED * len(text)


def _linked(element: HtmlElement) -> int:
    return sum(len(text_of(link)) for link in element.iter("a"))
